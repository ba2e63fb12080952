"""The filters of the staff list as they stand in an address; a national number never does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import Request, url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from blueprints.pages import long_date
from domain.calendars import Quarter
from domain.errors import InvalidValue
from forms.fields import read_date
from services.ecalcura.personnel_facts import CodeLists
from services.ecalcura.staff_queries import ROLE_LABELS, Sort, StaffFilter, StaffRole

_SEPARATORS = re.compile(r"[\s.\-/\u00a0]")
#: From so many digits on, what is typed is taken for (part of) a national number.
_NUMBER_FROM = 6


def is_number(text: str) -> bool:
    """Whether a search text is meant as a national number, and so must stay out of addresses."""
    digits = _SEPARATORS.sub("", text)
    return digits.isdigit() and len(digits) >= _NUMBER_FROM


@dataclass(frozen=True)
class ListState:
    """What an address says about the list: the filter, the page, and the values to build the next address from.

    ``active`` is the day or quarter as typed; ``wrong`` the message when it is neither.
    """

    wanted: StaffFilter
    page: int = 1
    active: str = ""
    wrong: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    def but(self, **changes: Any) -> dict[str, Any]:
        """The values of the address with some changed; None leaves one out."""
        return {name: value for name, value in {**self.values, **changes}.items() if value not in (None, "", [], ())}


def read(request: Request) -> ListState:
    """The state of the list in the address of this request."""
    return read_values(request.args)


def read_values(values: MultiDict[str, str]) -> ListState:
    """The state of the list in values that were typed or stand in an address. Unknown values are left out."""
    text = " ".join(values.get("zoek", "").replace("\0", "").split())[:100]
    if is_number(text):
        text = ""
    roles = tuple(role for role in StaffRole if role.value in values.getlist("rol"))
    kinds = tuple(dict.fromkeys(code for code in values.getlist("contracttype") if code.isidentifier()))
    known = tuple(dict.fromkeys(code for code in values.getlist("kwalificatie") if code.isidentifier()))
    active = values.get("actief", "").strip()[:20]
    days, wrong = _days(active)
    descending = values.get("sorteer", "").startswith("-")
    chosen = values.get("sorteer", "").removeprefix("-")
    sort = Sort(chosen) if chosen in set(Sort) else Sort.NAME
    wanted = StaffFilter(
        text=text,
        contract_types=kinds,
        qualifications=known,
        roles=roles,
        active_from=days[0] if days else None,
        active_to=days[1] if days else None,
        without_contract=values.get("zonder") == "contract",
        sort=sort,
        descending=descending,
    )
    page = values.get("pagina", "1")
    state = ListState(wanted, int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1, active, wrong)
    kept = {
        "zoek": text,
        "contracttype": list(kinds),
        "kwalificatie": list(known),
        "rol": [role.value for role in roles],
        "actief": active,
        "zonder": "contract" if wanted.without_contract else "",
        "sorteer": "" if sort is Sort.NAME and not descending else f"{'-' if descending else ''}{sort.value}",
    }
    return ListState(wanted, state.page, active, wrong, state.but(**kept))


def _days(active: str) -> tuple[tuple[date, date] | None, str | None]:
    if not active:
        return None, None
    try:
        quarter = Quarter.parse(active.upper())
        return (quarter.start, quarter.end), None
    except InvalidValue:
        pass
    try:
        day = read_date(active)
        return (day, day), None
    except ValueError:
        return None, gettext("Vul een datum in (bijvoorbeeld 15/03/2024) of een kwartaal (bijvoorbeeld 2024K1).")


def chips(state: ListState, lists: CodeLists) -> list[tuple[str, str]]:
    """What narrows the list, in words, each with the address without it."""
    wanted = state.wanted
    found = []
    if wanted.text:
        found.append((f"“{wanted.text}”", state.but(zoek=None)))
    for name, codes, names in (
        ("contracttype", wanted.contract_types, lists.contract_type_names),
        ("kwalificatie", wanted.qualifications, lists.qualification_names),
    ):
        found += [
            (names.get(code, code), state.but(**{name: [other for other in codes if other != code]})) for code in codes
        ]
    found += [
        (gettext(ROLE_LABELS[role]), state.but(rol=[other.value for other in wanted.roles if other is not role]))
        for role in wanted.roles
    ]
    if wanted.active_from is not None:
        when = state.active.upper() if wanted.active_from != wanted.active_to else long_date(wanted.active_from)
        found.append((gettext("Actief: %(when)s", when=when), state.but(actief=None)))
    if wanted.without_contract:
        found.append((gettext("Zonder contract"), state.but(zonder=None)))
    return [(label, url_for("staff.index", **values)) for label, values in found]
