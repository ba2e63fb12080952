"""How mail is called in the back office: what it is about and how its delivery stands."""

from __future__ import annotations

from flask_babel import gettext


def mail_label(template: str) -> str:
    """What a mail is about, in words; the name of the template when it is not a known one."""
    labels = {
        "certificate_notice": gettext("Attest gewijzigd"),
        "dossier_in_audit": gettext("Dossier in audit genomen"),
        "dossier_reopened": gettext("Dossier heropend"),
        "dossier_closed": gettext("Dossier afgesloten"),
        "dossier_restored": gettext("Audit beëindigd"),
        "bank_accounts_changed": gettext("Bankgegevens gewijzigd"),
        "new_message": gettext("Nieuw bericht"),
        "address_confirmation": gettext("Meldingsadres bevestigen"),
        "contract_new": gettext("Nieuwe opdracht"),
        "contract_document": gettext("Nieuw dossierstuk van de aanbesteder"),
        "contract_message": gettext("Nieuw bericht van de aanbesteder"),
        "contract_action_reopened": gettext("Actie heropend"),
        "contract_from_contractor": gettext("Nieuw stuk of bericht van de opdrachtnemer"),
    }
    return labels.get(template, template)


def mail_state(state: str | None) -> str:
    """How the delivery of a mail stands."""
    states = {
        "PENDING": gettext("wacht op verzending"),
        "SENT": gettext("verzonden"),
        "FAILED": gettext("niet verzonden"),
    }
    return states.get(state or "", state or "")
