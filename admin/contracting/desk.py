"""The work list of an authority: what is to be reviewed, made, released, published, and which invoices are expected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext, ngettext

from admin.base import PageView
from admin.dossiers import counted
from admin.lists import Address, position, typed
from domain.econtracting.claims import CLAIM_LABELS, ClaimState
from domain.econtracting.publication import WAITING_LABELS
from domain.permissions import Permission
from services.econtracting.desk import worklist
from services.econtracting.desk.worklist import DUE_LABELS, PILE_LABELS, Criteria, Due, Pile
from services.listing import Capped

#: Piles of claims; the others hold documents of the authority itself.
_CLAIMS = (Pile.REVIEW, Pile.INVOICE)


class DeskPages(PageView):
    """The desk: one list with five piles; which one, and what of it, stands in the address."""

    required_permission = Permission.AUTHORITY_DESK

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """A pile, by the term that ends first or by what waits longest."""
        pile, criteria = read(request.args)
        address = Address(self.get_url(".index"), _words(pile, criteria))
        counts = worklist.counts(self.actor)
        find = worklist.claims if pile in _CLAIMS else worklist.drafts
        page: Any = find(self.actor, pile, criteria, position())
        return self.render(
            f"admin/contracting/desk/{'claims' if pile in _CLAIMS else 'drafts'}.html",
            page=page,
            pile=pile,
            criteria=criteria,
            address=address,
            search=criteria.search,
            search_label=gettext("Opdracht of opdrachtnemer"),
            chips=_chips(criteria, address),
            result=None if criteria != Criteria() else _result(counts[pile]),
            tabs=_tabs(pile, counts, self.get_url(".index")),
            units=worklist.units(self.actor),
            due_labels=DUE_LABELS,
            claim_labels=CLAIM_LABELS,
            waiting_labels=WAITING_LABELS,
            may_draft=self.actor.may(Permission.AUTHORITY_DRAFT),
            may_release=self.actor.may(Permission.AUTHORITY_RELEASE),
        )


def read(words: Mapping[str, str]) -> tuple[Pile, Criteria]:
    """What an address asks for; an odd word asks for nothing."""
    pile, due, state = words.get("lijst", ""), words.get("termijn", ""), words.get("stand", "")
    chosen = Pile(pile) if pile in set(Pile) else Pile.REVIEW
    return chosen, Criteria(
        search=typed("zoek"),
        due=Due(due) if due in set(Due) and chosen in _CLAIMS else None,
        unit=typed("dienst"),
        state=ClaimState(state) if state in (ClaimState.SUBMITTED, ClaimState.IN_REVIEW) else None,
    )


def _words(pile: Pile, criteria: Criteria) -> dict[str, str]:
    found = {
        "lijst": "" if pile is Pile.REVIEW else pile.value,
        "zoek": criteria.search,
        "termijn": criteria.due.value if criteria.due else "",
        "dienst": criteria.unit,
        "stand": criteria.state.value if criteria.state else "",
    }
    return {name: text for name, text in found.items() if text}


def _chips(criteria: Criteria, address: Address) -> list[tuple[str, str]]:
    chips = []
    if criteria.search:
        chips.append((gettext("Zoekterm: %(text)s", text=criteria.search), address.without("zoek")))
    if criteria.due:
        label = gettext(DUE_LABELS[criteria.due])
        chips.append((gettext("Termijn: %(text)s", text=label), address.without("termijn")))
    if criteria.state:
        label = gettext(CLAIM_LABELS[criteria.state])
        chips.append((gettext("Stand: %(text)s", text=label), address.without("stand")))
    if criteria.unit:
        chips.append((gettext("Dienst: %(text)s", text=criteria.unit), address.without("dienst")))
    return chips


def _result(count: Capped) -> str:
    if count.more:
        return gettext("meer dan 1.000")
    return ngettext("%(num)s stuk", "%(num)s stukken", count.number)


def _tabs(here: Pile, counts: Mapping[Pile, Capped], path: str) -> list[dict[str, Any]]:
    return [
        {
            "label": gettext(PILE_LABELS[pile]),
            "href": Address(path, {} if pile is Pile.REVIEW else {"lijst": pile.value}).plus(),
            "active": pile is here,
            "count": counted(counts[pile]),
        }
        for pile in Pile
    ]
