"""The staff list: searching, filtering, paging, and who comes before and after somebody (E-065)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ScalarSelect, and_, exists, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from domain.actor import Actor
from domain.errors import N_, InvalidValue
from domain.folding import words_of
from domain.identifiers import format_national_number, parse_national_number
from models.base import db
from models.personnel import Contract, EndOfCareerChoice, StaffMember
from services import clock, listing
from services.ecalcura import staff_access
from services.ecalcura.personnel_facts import CodeLists, choice_facts, code_lists, contract_facts, person_facts
from services.ecalcura.staff_findings import standing

PAGE_SIZE = 50


class StaffRole(StrEnum):
    """Why somebody is on the list (E-023); the values stand in addresses."""

    PREMIUM = "premie"
    EXEMPTION = "vrijstelling"
    REPLACER = "vervanger"


ROLE_LABELS = {
    StaffRole.PREMIUM: N_("Gerechtigde premie"),
    StaffRole.EXEMPTION: N_("Gerechtigde vrijstelling"),
    StaffRole.REPLACER: N_("Vervanger"),
}
SHORT_LABELS = {
    StaffRole.PREMIUM: N_("Premie"),
    StaffRole.EXEMPTION: N_("Vrijstelling"),
    StaffRole.REPLACER: N_("Vervanger"),
}


class Sort(StrEnum):
    """What the list is sorted by; the values stand in addresses."""

    NAME = "naam"
    NUMBER = "rijksregisternummer"


@dataclass(frozen=True, slots=True)
class StaffFilter:
    """Which people of the list: all conditions together, choices of one kind as alternatives (E-116).

    ``active_from``/``active_to`` limit contracts and choices to those that run on one of these days. Contract type and
    qualification must be of the same contract.
    """

    text: str = ""
    contract_types: tuple[str, ...] = ()
    qualifications: tuple[str, ...] = ()
    roles: tuple[StaffRole, ...] = ()
    active_from: date | None = None
    active_to: date | None = None
    without_contract: bool = False
    sort: Sort = Sort.NAME
    descending: bool = False


@dataclass(frozen=True, slots=True)
class ContractSummary:
    """A contract in one line of the list; names of the code lists, weekly hours."""

    contract_type: str
    qualification: str
    hours: Decimal
    replacement_hours: Decimal
    ends_on: date | None
    ended: bool


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A person of the list. ``roles`` says of each whether it still holds; ``attention`` counts what needs a look."""

    reference: str
    national_number: str
    last_name: str
    first_name: str
    contracts: tuple[ContractSummary, ...]
    roles: tuple[tuple[StaffRole, bool], ...]
    attention: int


@dataclass(frozen=True, slots=True)
class StaffPage:
    """A page of the list. ``matching`` people fit the filter, ``total`` are listed at all."""

    rows: tuple[StaffRow, ...]
    matching: int
    total: int
    page: int
    pages: int
    lists: CodeLists


@dataclass(frozen=True, slots=True)
class Neighbours:
    """References of the people before and after somebody in a filtered list, and the place in it (from 1)."""

    previous: str | None
    next: str | None
    place: int
    matching: int


def staff_list(actor: Actor, facility_id: int, wanted: StaffFilter, page: int = 1) -> StaffPage:
    """A page of the staff of a facility; a page beyond the end gives the last one. Six statements for any size."""
    staff_access.require_read(actor, facility_id)
    lists = code_lists()
    fitting = _fitting(facility_id, wanted)
    matching, total = db.session.execute(
        select(_count(*fitting).label("matching"), _count(StaffMember.facility_id == facility_id).label("total"))
    ).one()
    pages = max(1, -(-matching // PAGE_SIZE))
    page = min(max(1, page), pages)
    statement = (
        select(StaffMember)
        .where(*fitting)
        .order_by(*_order(wanted).clauses())
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    members = list(db.session.scalars(statement))
    return StaffPage(_rows(members, lists), matching, total, page, pages, lists)


def reference_of(actor: Actor, facility_id: int, national_number: str) -> str | None:
    """The reference of a listed person with exactly this national number; None when not listed or no right number."""
    staff_access.require_read(actor, facility_id)
    try:
        digits = parse_national_number(national_number).digits
    except InvalidValue:
        return None
    return db.session.scalar(
        select(StaffMember.reference).where(
            StaffMember.facility_id == facility_id, StaffMember.national_number == digits
        )
    )


def neighbours(actor: Actor, facility_id: int, reference: str, wanted: StaffFilter) -> Neighbours:
    """Who comes before and after somebody in the list as filtered; also when the person no longer fits the filter."""
    staff_access.require_read(actor, facility_id)
    order = _order(wanted)
    key = db.session.execute(
        select(*order.columns).where(StaffMember.facility_id == facility_id, StaffMember.reference == reference)
    ).one_or_none()
    if key is None:
        return Neighbours(None, None, 0, 0)
    fitting = _fitting(facility_id, wanted)
    chosen = select(StaffMember.reference).where(*fitting)
    before, after = order.beyond(backwards=True), order.beyond()
    row = db.session.execute(
        select(
            chosen.where(before).order_by(*order.clauses(backwards=True)).limit(1).scalar_subquery().label("previous"),
            chosen.where(after).order_by(*order.clauses()).limit(1).scalar_subquery().label("next"),
            _count(*fitting, before).label("before"),
            _count(*fitting).label("matching"),
        ),
        order.bound(tuple(key)),
    ).one()
    return Neighbours(row.previous, row.next, row.before + 1, row.matching)


def _order(wanted: StaffFilter) -> listing.Order:
    column: Any = {Sort.NAME: StaffMember.search_name, Sort.NUMBER: StaffMember.national_number}[wanted.sort]
    return listing.Order((column, StaffMember.__table__.c.id), wanted.descending)


def _count(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(StaffMember).where(*conditions).scalar_subquery()


def _fitting(facility_id: int, wanted: StaffFilter) -> list[ColumnElement[bool]]:
    """What somebody of the list must be to fit."""
    conditions: list[ColumnElement[bool]] = [StaffMember.facility_id == facility_id]
    conditions += [listing.like(StaffMember.__table__.c.search_name, word) for word in words_of(wanted.text)]
    contract = and_(Contract.staff_member_id == StaffMember.id, *_active(Contract.starts_on, Contract.ends_on, wanted))
    if wanted.without_contract:
        conditions.append(~exists().where(contract))
    if wanted.contract_types or wanted.qualifications:
        kinds = [Contract.contract_type_code.in_(wanted.contract_types)] if wanted.contract_types else []
        kinds += [Contract.qualification_code.in_(wanted.qualifications)] if wanted.qualifications else []
        conditions.append(exists().where(contract, *kinds))
    elif wanted.active_from is not None and not wanted.without_contract and not wanted.roles:
        conditions.append(exists().where(contract))
    if wanted.roles:
        conditions.append(or_(*(_has_role(role, contract, wanted) for role in wanted.roles)))
    return conditions


def _has_role(role: StaffRole, contract: ColumnElement[bool], wanted: StaffFilter) -> ColumnElement[bool]:
    if role is StaffRole.REPLACER:
        return exists().where(contract, Contract.replacement_hours > 0)
    hours = {
        StaffRole.PREMIUM: EndOfCareerChoice.premium_hours,
        StaffRole.EXEMPTION: EndOfCareerChoice.exemption_hours,
    }[role]
    running = _active(EndOfCareerChoice.begins_on, EndOfCareerChoice.ends_on, wanted)
    return exists().where(EndOfCareerChoice.staff_member_id == StaffMember.id, hours > 0, *running)


def _active(start: Any, end: Any, wanted: StaffFilter) -> list[ColumnElement[bool]]:
    """That a line runs on one of the days asked for; nothing when no day was."""
    if wanted.active_from is None:
        return []
    last = wanted.active_to or wanted.active_from
    return [start <= last, or_(end.is_(None), end >= wanted.active_from)]


def _rows(members: Sequence[StaffMember], lists: CodeLists) -> tuple[StaffRow, ...]:
    keys = [member.id for member in members]
    contracts: dict[int, list[Contract]] = {key: [] for key in keys}
    choices: dict[int, list[EndOfCareerChoice]] = {key: [] for key in keys}
    for contract in db.session.scalars(
        select(Contract).where(Contract.staff_member_id.in_(keys)).order_by(Contract.starts_on.desc(), Contract.id)
    ):
        contracts[contract.staff_member_id].append(contract)
    for choice in db.session.scalars(select(EndOfCareerChoice).where(EndOfCareerChoice.staff_member_id.in_(keys))):
        choices[choice.staff_member_id].append(choice)
    return tuple(_row(member, contracts[member.id], choices[member.id], lists) for member in members)


def _row(
    member: StaffMember, contracts: Sequence[Contract], choices: Sequence[EndOfCareerChoice], lists: CodeLists
) -> StaffRow:
    today = clock.today()

    def running(ends_on: date | None) -> bool:
        return ends_on is None or ends_on >= today

    held = {
        StaffRole.PREMIUM: [running(choice.ends_on) for choice in choices if choice.premium_hours > 0],
        StaffRole.EXEMPTION: [running(choice.ends_on) for choice in choices if choice.exemption_hours > 0],
        StaffRole.REPLACER: [running(contract.ends_on) for contract in contracts if contract.replacement_hours > 0],
    }
    judged = standing(
        person_facts(member),
        [contract_facts(contract) for contract in contracts],
        [choice_facts(choice) for choice in choices],
        lists,
    )
    return StaffRow(
        reference=member.reference,
        national_number=format_national_number(member.national_number),
        last_name=member.last_name,
        first_name=member.first_name,
        contracts=tuple(
            ContractSummary(
                lists.contract_type_names[contract.contract_type_code],
                lists.qualification_names[contract.qualification_code],
                contract.hours,
                contract.replacement_hours,
                contract.ends_on,
                not running(contract.ends_on),
            )
            for contract in contracts
        ),
        roles=tuple((role, any(lines)) for role, lines in held.items() if lines),
        attention=judged.count,
    )
