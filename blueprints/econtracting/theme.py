"""The tabs of the theme e-Contracting and of one contract: those whose page exists and whose permission one has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for
from flask_babel import gettext

from blueprints.access import optional_actor
from domain.errors import N_
from domain.permissions import Permission


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab. It is the current one on its own page, on the pages of ``blueprints`` and on ``endpoints``.

    Tabs of a contract are given its ``reference``.
    """

    label: str
    endpoint: str
    permission: Permission
    blueprints: frozenset[str] = frozenset()
    endpoints: frozenset[str] = frozenset()

    @property
    def current(self) -> bool:
        """Whether the page that is shown belongs to it."""
        here = request.endpoint or ""
        return here == self.endpoint or here in self.endpoints or here.partition(".")[0] in self.blueprints


#: The tabs of the theme, in their order.
_THEME = (
    Tab(N_("Opdrachten"), "contracting.index", Permission.CONTRACTS_READ, frozenset({"contracting"})),
    Tab(
        N_("Groepen en rechten"),
        "contracting_rights.index",
        Permission.RIGHTS_MANAGE,
        frozenset({"contracting_rights"}),
    ),
    Tab(
        N_("Meldingen"),
        "contracting_addresses.index",
        Permission.CONTRACT_INFO_WRITE,
        endpoints=frozenset({f"contracting_addresses.{page}" for page in ("add", "edit", "remove")}),
    ),
    Tab(N_("Mijn agenda"), "calendars.contracts", Permission.CONTRACTS_READ, frozenset({"calendars"})),
)

#: The tabs of one contract (/econtracting/opdracht/<reference>/…), in their order.
_CONTRACT = (
    Tab(N_("Overzicht"), "contracting.show", Permission.CONTRACTS_READ, frozenset({"contracting"})),
    Tab(
        N_("Dossierstukken"),
        "contracting_documents.index",
        Permission.DOCUMENTS_READ,
        frozenset({"contracting_documents", "contracting_drafts"}),
    ),
    Tab(N_("Berichten"), "contracting_messages.index", Permission.DOCUMENTS_READ, frozenset({"contracting_messages"})),
    Tab(N_("Acties en termijnen"), "contracting_terms.index", Permission.CONTRACTS_READ),
    Tab(N_("Bewijs"), "contracting_evidence.index", Permission.DOCUMENTS_READ, frozenset({"contracting_evidence"})),
    Tab(N_("Toegang"), "contracting_access.index", Permission.RIGHTS_MANAGE, frozenset({"contracting_access"})),
    Tab(N_("Adressen"), "contracting_addresses.of_contract", Permission.CONTRACT_INFO_WRITE),
)


def theme_items() -> list[dict[str, Any]]:
    """The tabs of the theme, for the macro ``theme_tabs``; on the page of a contract ``Opdrachten`` is the current."""
    of_contract = any(tab.current for tab in _CONTRACT)
    items = _items(_THEME)
    if of_contract:
        for place, item in enumerate(items):
            item["active"] = place == 0
    return items


def contract_items(reference: str) -> list[dict[str, Any]]:
    """The tabs of a contract, for the macro ``tabs``."""
    return _items(_CONTRACT, reference=reference)


def _items(tabs: Iterable[Tab], **values: Any) -> list[dict[str, Any]]:
    actor = optional_actor()
    if actor is None:
        return []
    return [
        {"label": gettext(tab.label), "href": url_for(tab.endpoint, **values), "active": tab.current}
        for tab in tabs
        if tab.endpoint in current_app.view_functions and actor.may(tab.permission)
    ]
