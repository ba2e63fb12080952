"""How mail is called in the back office: what it is about and how its delivery stands."""

from __future__ import annotations

from flask_babel import get_locale, gettext

from services import mail_texts


def mail_label(template: str) -> str:
    """What a mail is about, in words; the name of the template when it is not a known one."""
    return mail_texts.label(template, str(get_locale()))


def mail_state(state: str | None) -> str:
    """How the delivery of a mail stands."""
    states = {
        "PENDING": gettext("wacht op verzending"),
        "DIGEST": gettext("wacht op het overzicht"),
        "SENT": gettext("verzonden"),
        "BOUNCED": gettext("teruggekomen"),
        "FAILED": gettext("niet verzonden"),
    }
    return states.get(state or "", state or "")


def mail_subject(subject_type: str) -> str:
    """What kind of thing a mail is about."""
    kinds = {
        "dossier": gettext("Dossier"),
        "facility": gettext("Voorziening"),
        "letter": gettext("Brief"),
        "conversation": gettext("Gesprek"),
        "public_contract": gettext("Opdracht"),
        "notification_address": gettext("Meldingsadres"),
        "subscription": gettext("Inschrijving"),
        "ticket": gettext("Helpdeskvraag"),
        "digest": gettext("Overzicht van de dag"),
        "hidden_digest": gettext("Overzicht van de dag"),
    }
    return kinds.get(subject_type, "")
