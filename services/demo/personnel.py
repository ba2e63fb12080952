"""Writing the made-up staff as rows, in bulk."""

from __future__ import annotations

from random import Random
from typing import Any

from domain.ecalcura.raas import SECTORS_WITHOUT_RAAS
from models.base import db
from models.gate import writing
from models.organisation import Facility
from models.personnel import Contract, EndOfCareerChoice, Source, StaffMember
from services.demo.calendar import DemoCalendar, at
from services.demo.people import People
from services.demo.staff import ContractPlan, PersonPlan, Team, particular_cases
from services.ecalcura.personnel_facts import CodeLists, code_lists

#: The facility that shows the particular cases.
SHOWCASE = "71000012"
GRANTED = "Bericht van de voorziening: recht op premie uit het verleden"


def add(calendar: DemoCalendar, facilities: dict[str, Facility], described: list[dict[str, Any]]) -> int:
    """Write the staff of every facility; gives the number of people."""
    people, lists, total = People(), code_lists(), 0
    with writing("demo.staff"):
        for entry in described:
            facility = facilities[entry["hco_number"]]
            draw = Random(f"dossierloket {facility.hco_number}")  # noqa: S311 - made-up data, the same every time
            team = Team(calendar, people, facility.sector.value, entry.get("statutory", False), draw)
            plans = list(team.members(entry["staff"]))
            if facility.hco_number == SHOWCASE:
                plans += particular_cases(team)
            db.session.add_all(_member(facility, plan, calendar, lists) for plan in plans)
            total += len(plans)
    return total


def _member(facility: Facility, plan: PersonPlan, calendar: DemoCalendar, lists: CodeLists) -> StaffMember:
    by_hand = facility.sector.value in SECTORS_WITHOUT_RAAS
    taken_over = not by_hand and any(contract.starts_on < calendar.start for contract in plan.contracts)
    person = plan.person
    member = StaffMember(
        facility_id=facility.id,
        national_number=person.national_number,
        last_name=person.last_name,
        first_name=person.first_name,
        birth_date=person.birth_date,
        sex=person.sex,
        source=Source.RAAS if taken_over else Source.REGISTER,
        looked_up_at=None if taken_over else at(calendar.start, 11),
    )
    member.contracts = [_contract(facility, contract, calendar, lists, by_hand) for contract in plan.contracts]
    member.choices = [
        EndOfCareerChoice(
            facility_id=facility.id,
            decided_on=choice.decided_on,
            begins_on=choice.begins_on,
            ends_on=choice.ends_on,
            age_category=choice.age_category,
            premium_hours=choice.premium_hours,
            exemption_hours=choice.exemption_hours,
            premium_exception=choice.exception,
            exception_note=GRANTED if choice.exception else None,
        )
        for choice in plan.choices
    ]
    return member


def _contract(
    facility: Facility, plan: ContractPlan, calendar: DemoCalendar, lists: CodeLists, by_hand: bool
) -> Contract:
    return Contract(
        facility_id=facility.id,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        contract_type_code=plan.contract_type,
        qualification_code=plan.qualification,
        hours=plan.hours,
        replacement_hours=plan.replacement_hours,
        el_right=lists.is_automatic(plan.contract_type, plan.qualification),
        source=Source.MANUAL if by_hand or plan.starts_on >= calendar.start else Source.RAAS,
    )
