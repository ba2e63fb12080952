"""The file of one person: contracts and choices, what can be done with each, and what needs a look (E-067)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from domain.actor import Actor
from domain.ecalcura.case_manager_changes import check_case_manager
from domain.ecalcura.frozen_quarters import Line, check_change, check_delete_choice, check_delete_contract
from domain.ecalcura.personnel import share_a_day
from domain.errors import Finding, NotFound
from domain.identifiers import format_national_number
from models.base import db
from models.declaration import Performance
from models.personnel import Contract, EndOfCareerChoice, StaffMember
from services import clock
from services.ecalcura import staff_access
from services.ecalcura.contracts import registered
from services.ecalcura.frozen import FrozenQuarters, frozen
from services.ecalcura.personnel_facts import CodeLists, choice_facts, code_lists, contract_facts, person_facts
from services.ecalcura.staff_findings import Standing, standing


class Editing(StrEnum):
    """How far a line can be changed by this actor now (A-13)."""

    FREE = "FREE"
    END_ONLY = "END_ONLY"
    CLOSED = "CLOSED"


@dataclass(frozen=True, slots=True)
class Offer:
    """The end date of one line that a line of the other tab could get too (V-20, V-21)."""

    reference: str
    version: int
    ends_on: date
    description: str


@dataclass(frozen=True, slots=True)
class LineView:
    """What every line of the file shows.

    ``removal`` says why it cannot be deleted, or is None; ``first_free_day`` is the first day an end date can still
    have when ``editing`` is END_ONLY; ``findings`` need a look; ``offers`` end the lines of the other tab.
    """

    reference: str
    version: int
    starts_on: date
    ends_on: date | None
    ended: bool
    editing: Editing
    first_free_day: date | None
    removal: Finding | None
    findings: tuple[Finding, ...]
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class ContractView(LineView):
    """A contract; codes and names of the lists, weekly hours. ``automatic``: the right follows by itself (E-075)."""

    contract_type_code: str
    contract_type: str
    qualification_code: str
    qualification: str
    hours: Decimal
    replacement_hours: Decimal
    el_right: bool
    automatic: bool


@dataclass(frozen=True, slots=True)
class ChoiceView(LineView):
    """A choice line; hours per week for a full-time job."""

    decided_on: date
    age_category: str
    premium_hours: int
    exemption_hours: int
    premium_exception: bool
    exception_note: str


@dataclass(frozen=True, slots=True)
class StaffFile:
    """One person with all lines, the newest first."""

    reference: str
    version: int
    national_number: str
    last_name: str
    first_name: str
    birth_date: date | None
    contracts: tuple[ContractView, ...]
    choices: tuple[ChoiceView, ...]
    lists: CodeLists

    @property
    def name(self) -> str:
        """``An Peeters``."""
        return f"{self.first_name} {self.last_name}"

    @property
    def removable(self) -> bool:
        """Whether the person may still be removed from the list (E-068)."""
        return not self.contracts and not self.choices

    def contract(self, reference: str) -> ContractView:
        """One contract; NotFound for any other."""
        for line in self.contracts:
            if line.reference == reference:
                return line
        raise NotFound

    def choice(self, reference: str) -> ChoiceView:
        """One choice line; NotFound for any other."""
        for line in self.choices:
            if line.reference == reference:
                return line
        raise NotFound


def staff_file(actor: Actor, facility_id: int, reference: str) -> StaffFile:
    """The file of a person; NotFound when there is none or it is another facility's. Seven statements at most."""
    staff_access.require_read(actor, facility_id)
    member = db.session.scalar(
        select(StaffMember).where(StaffMember.facility_id == facility_id, StaffMember.reference == reference)
    )
    if member is None:
        raise NotFound
    contracts = list(
        db.session.scalars(
            select(Contract)
            .where(Contract.staff_member_id == member.id)
            .order_by(Contract.starts_on.desc(), Contract.id.desc())
        )
    )
    choices = list(
        db.session.scalars(
            select(EndOfCareerChoice)
            .where(EndOfCareerChoice.staff_member_id == member.id)
            .order_by(EndOfCareerChoice.begins_on.desc(), EndOfCareerChoice.id.desc())
        )
    )
    lists = code_lists()
    judged = standing(
        person_facts(member), [contract_facts(row) for row in contracts], [choice_facts(row) for row in choices], lists
    )
    views = _Views(lists, frozen(facility_id), judged, _performed(contracts), actor.is_case_manager, clock.today())
    return StaffFile(
        reference=member.reference,
        version=member.version,
        national_number=format_national_number(member.national_number),
        last_name=member.last_name,
        first_name=member.first_name,
        birth_date=member.birth_date,
        contracts=tuple(views.contract(row, choices) for row in contracts),
        choices=tuple(views.choice(row, contracts) for row in choices),
        lists=lists,
    )


def _performed(contracts: Sequence[Contract]) -> set[int]:
    """The contracts on which something was registered (V-19)."""
    if not contracts:
        return set()
    keys = [row.id for row in contracts]
    return set(
        db.session.scalars(select(Performance.contract_id).where(Performance.contract_id.in_(keys), registered()))
    )


@dataclass(frozen=True, slots=True)
class _Views:
    lists: CodeLists
    quarters: FrozenQuarters
    judged: Standing
    performed: set[int]
    by_case_manager: bool
    today: date

    def contract(self, row: Contract, choices: Iterable[EndOfCareerChoice]) -> ContractView:
        facts = contract_facts(row)
        removal = self._by_side(facts) or check_delete_contract(
            facts, self.quarters.closed, has_performance=row.id in self.performed, **self._desk()
        )
        described = {choice.reference: (choice.version, f"{choice.age_category}") for choice in choices}
        return ContractView(
            **self._common(row.reference, row.version, facts, removal, described),
            contract_type_code=row.contract_type_code,
            contract_type=self.lists.contract_type_names[row.contract_type_code],
            qualification_code=row.qualification_code,
            qualification=self.lists.qualification_names[row.qualification_code],
            hours=row.hours,
            replacement_hours=row.replacement_hours,
            el_right=row.el_right,
            automatic=self.lists.is_automatic(row.contract_type_code, row.qualification_code),
        )

    def choice(self, row: EndOfCareerChoice, contracts: Iterable[Contract]) -> ChoiceView:
        facts = choice_facts(row)
        removal = self._by_side(facts) or check_delete_choice(facts, self.quarters.closed, **self._desk())
        names = self.lists.qualification_names
        described = {item.reference: (item.version, names[item.qualification_code]) for item in contracts}
        return ChoiceView(
            **self._common(row.reference, row.version, facts, removal, described),
            decided_on=row.decided_on,
            age_category=row.age_category,
            premium_hours=row.premium_hours,
            exemption_hours=row.exemption_hours,
            premium_exception=row.premium_exception,
            exception_note=row.exception_note or "",
        )

    def _common(
        self,
        reference: str,
        version: int,
        facts: Line,
        removal: Sequence[Finding],
        described: dict[str, tuple[int, str]],
    ) -> dict[str, Any]:
        start, end = facts.period
        editing, first_free_day = self._editing(facts)
        return {
            "reference": reference,
            "version": version,
            "starts_on": start,
            "ends_on": end,
            "ended": end is not None and end < self.today,
            "editing": editing,
            "first_free_day": first_free_day,
            "removal": removal[0] if removal else None,
            "findings": self.judged.findings.get(reference, ()),
            "offers": tuple(
                Offer(target, described[target][0], end, described[target][1])
                for target in self.judged.to_end.get(reference, ())
                if end is not None
            ),
        }

    def _editing(self, facts: Line) -> tuple[Editing, date | None]:
        """Ask the guards what they would say to any change, and to another end date only."""
        if self._by_side(facts):
            return Editing.CLOSED, None
        touched = [q for q in self.quarters.closed if share_a_day(facts.period, (q.start, q.end))]
        if not touched or not self._refused(facts, None):
            return Editing.FREE, None
        first_free_day = max(touched).end + timedelta(days=1)
        probe = first_free_day if facts.ends_on is None else facts.ends_on + timedelta(days=1)
        if self._refused(facts, replace(facts, ends_on=probe)):
            return Editing.CLOSED, None
        return Editing.END_ONLY, first_free_day

    def _refused(self, old: Line, new: Line | None) -> list[Finding]:
        return check_change(old, new, self.quarters.closed, **self._desk())

    def _by_side(self, facts: Line) -> list[Finding]:
        return check_case_manager(facts, None, self.quarters.audit) if self.by_case_manager else []

    def _desk(self) -> dict[str, Any]:
        return {"audit_quarters": self.quarters.audit, "by_case_manager": self.by_case_manager}
