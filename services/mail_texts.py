"""The texts of mail: a subject and a body for each template, in both languages.

A mail names the facility, the quarter and the moment; never a person, an amount or an account (E-154). What it is about
is read after signing in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from domain.calendars import BRUSSELS
from domain.dutch import long_date

LANGUAGES = ("nl", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One mail in one language; placeholders are the names of ``_values``."""

    subject: str
    body: str


_SIGNED = {
    "nl": "\n\nMeld u aan om verder te gaan: {address}\n\n"
    "Dit is een automatisch bericht. U kunt er niet op antwoorden.\n",
    "en": "\n\nSign in to continue: {address}\n\nThis is an automatic message. You cannot reply to it.\n",
}

TEXTS: dict[str, dict[str, Text]] = {
    "certificate_notice": {
        "nl": Text(
            "Attest gewijzigd: {facility} ({hco_number})",
            "De voorziening {facility} (HCO-nummer {hco_number}) heeft een attest gemeld.\n\n"
            "Attest: {certificate}\nVroegere periode: {before}\nNieuwe periode: {after}\nTijdstip van de melding: {at}",
        ),
        "en": Text(
            "Certificate changed: {facility} ({hco_number})",
            "The facility {facility} (HCO number {hco_number}) notified a certificate.\n\n"
            "Certificate: {certificate}\nFormer period: {before}\nNew period: {after}\nNotified on: {at}",
        ),
    },
    "dossier_in_audit": {
        "nl": Text(
            "Uw dossier {quarter} is in audit",
            "Het Departement heeft uw dossier van kwartaal {quarter} in audit genomen. Tijdens de audit kunt u "
            "het dossier "
            "bekijken, maar niet wijzigen. De reden vindt u in het dossier.",
        ),
        "en": Text(
            "Your dossier {quarter} is being audited",
            "The Department has taken your dossier of quarter {quarter} into audit. During the audit you can read the "
            "dossier, but not change it. The reason is in the dossier.",
        ),
    },
    "dossier_reopened": {
        "nl": Text(
            "Uw dossier {quarter} is heropend",
            "Het Departement heeft uw dossier van kwartaal {quarter} heropend. U kunt het weer wijzigen en moet het "
            "opnieuw indienen. In het dossier ziet u tot en met welke dag dat kan.",
        ),
        "en": Text(
            "Your dossier {quarter} has been reopened",
            "The Department has reopened your dossier of quarter {quarter}. You can change it again and have to "
            "submit it "
            "again. The dossier shows until which day you can do so.",
        ),
    },
    "dossier_closed": {
        "nl": Text(
            "Uw dossier {quarter} is afgesloten",
            "Het Departement heeft de audit van uw dossier van kwartaal {quarter} beëindigd en het dossier afgesloten. "
            "Wat er gewijzigd is, vindt u in het dossier.",
        ),
        "en": Text(
            "Your dossier {quarter} has been closed",
            "The Department has ended the audit of your dossier of quarter {quarter} and closed the dossier. What was "
            "changed is in the dossier.",
        ),
    },
    "dossier_restored": {
        "nl": Text(
            "De audit van uw dossier {quarter} is beëindigd",
            "Het Departement heeft de audit van uw dossier van kwartaal {quarter} beëindigd zonder iets te "
            "wijzigen. Het "
            "dossier heeft weer de status van vóór de audit.",
        ),
        "en": Text(
            "The audit of your dossier {quarter} has ended",
            "The Department has ended the audit of your dossier of quarter {quarter} without changing anything. The "
            "dossier has the status it had before the audit.",
        ),
    },
    "bank_accounts_changed": {
        "nl": Text(
            "De bankrekeningen van uw voorziening zijn gewijzigd",
            "De bankrekeningnummers van de voorziening met HCO-nummer {hco_number} zijn gewijzigd. Kijk na of "
            "dat klopt. "
            "Hebt u dit niet gevraagd, verwittig dan meteen het Departement.",
        ),
        "en": Text(
            "The bank accounts of your facility have changed",
            "The bank account numbers of the facility with HCO number {hco_number} have been changed. Check "
            "that this is "
            "right. If you did not ask for it, tell the Department at once.",
        ),
    },
    "address_confirmation": {
        "nl": Text(
            "[e-Contracting] Bevestig dit meldingsadres",
            "{company} wil meldingen van e-Contracting op dit adres ontvangen. Bevestig dat binnen de 7 dagen:\n"
            "{address}{path}\n\nVerwacht u dit niet, dan hoeft u niets te doen: zonder bevestiging sturen we niets.",
        ),
        "en": Text(
            "[e-Contracting] Confirm this notification address",
            "{company} wants to receive notifications of e-Contracting at this address. Confirm it within 7 days:\n"
            "{address}{path}\n\nIf you do not expect this, do nothing: without confirmation we send nothing.",
        ),
    },
    "contract_new": {
        "nl": Text(
            "[e-Contracting] nieuwe opdracht – opdracht {number}",
            "De aanbesteder heeft een nieuwe opdracht in e-Contracting gezet. Een beheerder van uw "
            "onderneming kan nu collega's toegang geven.\n\nOpdracht: {number} ({title})\nZichtbaar "
            "sinds: {at}\nBekijk het na aanmelden: {address}{path}\nContact: {contact}\nWelke meldingen u "
            "krijgt, regelt een beheerder van uw onderneming: {address}/econtracting/meldingen\n\nDeze "
            "e-mail is enkel informatief: wat in e-Contracting staat, telt, ook als een e-mail laat of "
            "niet aankomt.",
        ),
        "en": Text(
            "[e-Contracting] new contract – contract {number}",
            "The contracting authority put a new contract in e-Contracting. A manager of your company "
            "can now give colleagues access.\n\nContract: {number} ({title})\nVisible since: {at}\nSee it "
            "after signing in: {address}{path}\nContact: {contact}\nWhich notifications you get is "
            "settled by a manager of your company: {address}/econtracting/meldingen\n\nThis mail is "
            "information only: what is in e-Contracting counts, even when a mail arrives late or not "
            "at all.",
        ),
    },
    "contract_document": {
        "nl": Text(
            "[e-Contracting] nieuw dossierstuk – opdracht {number}",
            "De aanbesteder heeft een nieuw dossierstuk voor u klaargezet.\n\nOpdracht: {number} "
            "({title})\nDossierstuk: {document}\nRaadpleegbaar sinds: {at}\nBekijk het na aanmelden: "
            "{address}{path}\nContact: {contact}\nWelke meldingen u krijgt, regelt een beheerder van uw "
            "onderneming: {address}/econtracting/meldingen\n\nDeze e-mail is enkel informatief: wat in "
            "e-Contracting staat, telt, ook als een e-mail laat of niet aankomt.",
        ),
        "en": Text(
            "[e-Contracting] new document – contract {number}",
            "The contracting authority has put a new document ready for you.\n\nContract: {number} "
            "({title})\nDocument: {document}\nConsultable since: {at}\nSee it after signing in: "
            "{address}{path}\nContact: {contact}\nWhich notifications you get is settled by a manager of "
            "your company: {address}/econtracting/meldingen\n\nThis mail is information only: what is in "
            "e-Contracting counts, even when a mail arrives late or not at all.",
        ),
    },
    "contract_message": {
        "nl": Text(
            "[e-Contracting] nieuw bericht – opdracht {number}",
            "De aanbesteder heeft u een bericht gestuurd.\n\nOpdracht: {number} ({title})\nRaadpleegbaar "
            "sinds: {at}\nBekijk het na aanmelden: {address}{path}\nContact: {contact}\nWelke meldingen u "
            "krijgt, regelt een beheerder van uw onderneming: {address}/econtracting/meldingen\n\nDeze "
            "e-mail is enkel informatief: wat in e-Contracting staat, telt, ook als een e-mail laat of "
            "niet aankomt.",
        ),
        "en": Text(
            "[e-Contracting] new message – contract {number}",
            "The contracting authority has sent you a message.\n\nContract: {number} "
            "({title})\nConsultable since: {at}\nSee it after signing in: {address}{path}\nContact: "
            "{contact}\nWhich notifications you get is settled by a manager of your company: "
            "{address}/econtracting/meldingen\n\nThis mail is information only: what is in e-Contracting "
            "counts, even when a mail arrives late or not at all.",
        ),
    },
    "contract_action_reopened": {
        "nl": Text(
            "[e-Contracting] actie heropend – opdracht {number}",
            "De aanbesteder heeft een actie heropend. U kunt een nieuwe versie opmaken en "
            "verzenden.\n\nOpdracht: {number} ({title})\nDossierstuk: {document}\nHeropend op: {at}\nBekijk "
            "het na aanmelden: {address}{path}\nContact: {contact}\nWelke meldingen u krijgt, regelt een "
            "beheerder van uw onderneming: {address}/econtracting/meldingen\n\nDeze e-mail is enkel "
            "informatief: wat in e-Contracting staat, telt, ook als een e-mail laat of niet aankomt.",
        ),
        "en": Text(
            "[e-Contracting] action reopened – contract {number}",
            "The contracting authority has reopened an action. You can draft and send a new "
            "version.\n\nContract: {number} ({title})\nDocument: {document}\nReopened on: {at}\nSee it "
            "after signing in: {address}{path}\nContact: {contact}\nWhich notifications you get is "
            "settled by a manager of your company: {address}/econtracting/meldingen\n\nThis mail is "
            "information only: what is in e-Contracting counts, even when a mail arrives late or not "
            "at all.",
        ),
    },
    "contract_from_contractor": {
        "nl": Text(
            "[e-Contracting] nieuw van de opdrachtnemer – opdracht {number}",
            "{contractor} heeft iets verzonden in e-Contracting.\n\nOpdracht: {number} ({title})\nHet "
            "gaat om: {document}\nVerzonden op: {at}\nBekijk het na aanmelden: {address}{path}\nContact: "
            "{contact}\n\nDeze e-mail is enkel informatief: wat in e-Contracting staat, telt, ook als "
            "een e-mail laat of niet aankomt.",
        ),
        "en": Text(
            "[e-Contracting] new from the contractor – contract {number}",
            "{contractor} has sent something in e-Contracting.\n\nContract: {number} ({title})\nIt is "
            "about: {document}\nSent on: {at}\nSee it after signing in: {address}{path}\nContact: "
            "{contact}\n\nThis mail is information only: what is in e-Contracting counts, even when a "
            "mail arrives late or not at all.",
        ),
    },
    "new_message": {
        "nl": Text("Er staat een nieuw bericht klaar", "Er staat een nieuw bericht klaar in het Dossierloket."),
        "en": Text("A new message is waiting", "A new message is waiting for you in the Dossierloket."),
    },
}


def compose(template: str, parameters: Mapping[str, Any], *, language: str = "nl", address: str = "") -> Text:
    """The subject and body of one mail. ``address`` is where people sign in.

    Raises KeyError for an unknown template or a parameter that its text needs and did not get (a bug).
    """
    text = TEXTS[template][language if language in LANGUAGES else "nl"]
    values = {name: _shown(value, language) for name, value in parameters.items()} | {"address": address}
    body = (text.body + _SIGNED[language if language in LANGUAGES else "nl"]).format_map(values)
    return Text(text.subject.format_map(values), body)


def _shown(value: Any, language: str) -> str:
    """A value as people read it, on one line: a period, a moment, or the text itself."""
    if value is None:
        return "geen" if language != "en" else "none"
    if isinstance(value, Mapping):
        return _period(value, language)
    text = " ".join(str(value).split())
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return _moment(moment, language) if moment.tzinfo is not None else text


def _period(value: Mapping[str, Any], language: str) -> str:
    first, last = date.fromisoformat(value["start"]), value.get("end")
    show: Callable[[date], str] = long_date if language != "en" else date.isoformat
    if language == "en":
        return f"{show(first)} to {show(date.fromisoformat(last))}" if last else f"from {show(first)} on"
    return f"{show(first)} tot en met {show(date.fromisoformat(last))}" if last else f"vanaf {show(first)}"


def _moment(instant: datetime, language: str) -> str:
    local = instant.astimezone(BRUSSELS)
    if language == "en":
        return f"{local:%Y-%m-%d %H:%M:%S %z}"
    return f"{long_date(local.date())} om {local:%H:%M:%S}"
