"""*Mijn organisatie* (E-040 to E-055): organisation data, contact persons, bank accounts."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext

from blueprints.access import optional_actor
from blueprints.organisation import bank, contacts, details
from blueprints.organisation.blueprint import bp
from blueprints.privacy import bp as privacy_bp
from blueprints.privacy import inspection, views
from domain.errors import N_
from domain.permissions import Permission

__all__ = ["bp"]

#: Label, endpoint of the tab, permission, and the module whose pages belong to it.
_TABS = (
    (N_("Organisatiegegevens"), "organisation.data", Permission.ORGANISATION_READ, details),
    (N_("Contactpersonengegevens"), "organisation.contact_list", Permission.CONTACTS_WRITE, contacts),
    (N_("Bankgegevens"), "organisation.bank", Permission.BANK_READ, bank),
    (N_("Inzage en verbetering"), "privacy.inspection", Permission.PERSON_FILE, inspection),
    (N_("Raadplegingen"), "privacy.views", Permission.VIEWS_READ, views),
)


@privacy_bp.context_processor
@bp.context_processor
def _context() -> dict[str, object]:
    """The tabs somebody may open: the bank tab is absent without the financial role (E-009)."""
    actor = optional_actor()
    return {
        "organisation_tabs": [
            {"label": gettext(label), "href": url_for(endpoint), "pages": pages.ENDPOINTS}
            for label, endpoint, permission, pages in _TABS
            if actor is not None and actor.may(permission)
        ]
    }
