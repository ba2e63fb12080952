"""Estimates and simulations from the live tables: who may, what counts, what is missing, nothing is stored (E-002)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from domain.calendars import quarters_of
from domain.ecalcura.calculation_states import ParameterSetStatus
from domain.ecalcura.differences import CauseKind
from domain.ecalcura.estimate import GapKind
from domain.ecalcura.scenario import ChoiceChange, ContractChange, EndOfContract, Hiring
from domain.errors import Forbidden, InvalidValue, NotFound
from domain.permissions import Role
from models.all import db
from models.compensation import ParameterSet
from models.personnel import Contract
from services.ecalcura import calculations, estimates, parameter_sets, what_if
from tests.factories import actors, compensation, declarations, organisations, personnel
from tests.factories.compensation import PERIOD, PROVISIONAL_AT, Household, household
from tests.factories.database import change
from tests.integration.staff.scene import statements
from tests.support.client import Client
from tests.support.sign_in import SignedIn

K3, K4, K1, K2 = quarters_of(PERIOD)
RATE = Decimal("2930.92")


def clerk(it: Household) -> Any:
    """The clerk of the facility."""
    return actors.actor(Role.EL_PRIVACY, facility=it.facility)


def of(it: Household, period: str = PERIOD) -> estimates.Estimate:
    """The estimate as the clerk gets it."""
    return estimates.of(clerk(it), it.facility.id, period)


def test_closed_quarters_give_what_a_calculation_gives(database, at):
    """The same case, so the same amount to the cent; nothing is left to fill in."""
    at(PROVISIONAL_AT)
    it = household()
    found = of(it)
    (row,) = compensation.calculations(compensation.ready([it]))
    assert found.now.total == row.total
    assert found.settled
    assert found.gaps == ()
    assert found.now.case == calculations.derivation(row).case


def test_open_quarters_count_as_they_are_entered_now(database):
    """A-37 is for calculations: an estimate shows what is entered before anything is submitted."""
    it = household(closed=False)
    compensation.declare(it, K3)
    compensation.declare(it, K4, paid="60.0", unpaid="5.0")
    declarations.dossier(it.facility, str(K1))
    found = of(it)
    assert found.now.as_if == {K3, K4, K1}
    assert [line.quarter for line in found.now.compensation.premiums if line.amount] == [K3, K4]
    assert [(gap.kind, gap.quarter) for gap in found.gaps] == [
        (GapKind.NOT_SUBMITTED, K3),
        (GapKind.NOT_SUBMITTED, K4),
        (GapKind.NOT_SUBMITTED, K1),
        (GapKind.PERFORMANCES, K1),
        (GapKind.NOT_OPENED, K2),
    ]
    assert not found.settled
    whole = [line.effective_time for line in found.whole_year.compensation.premiums]
    assert whole == [Decimal("1.000"), *[Decimal("0.923")] * 3]
    assert found.whole_year.total > found.now.total


def test_a_closed_quarter_keeps_its_copy_and_a_reopened_one_follows_the_screen(database, at):
    """What was changed after closing does not count; what is open again does."""
    at(PROVISIONAL_AT)
    it = household()
    before = of(it).now.total
    change(it.nurse_contract, hours=Decimal("19.00"))
    assert of(it).now.total == before
    change(it.dossiers[K2], status="OPEN", snapshot_id=None)
    opened = of(it)
    assert opened.now.as_if == {K2}
    assert opened.now.total < before
    change(it.dossiers[K2], reopened=True)
    told = of(it).gaps[0]
    assert (told.kind, told.quarter) == (GapKind.NOT_RESUBMITTED, K2), "T-08"


def test_the_amounts_of_last_year_stand_in_while_those_of_this_year_are_not_released(database, at):
    at("2024-10-16T10:00:00+02:00")
    it = household()
    compensation.declare(it, quarters_of("2024-2025")[0])
    for row in db.session.scalars(sa.select(ParameterSet).where(ParameterSet.period_code == "2024-2025")).all():
        change(row, status=ParameterSetStatus.DRAFT)
    found = of(it, "2024-2025")
    assert (found.borrowed, found.period_of_amounts) == (True, PERIOD)
    assert found.now.total > 0
    nothing = of(it, "2019-2020")
    assert nothing.now is None
    assert nothing.problem.code == "PARAMETERS"


def test_a_missing_yearly_amount_is_a_problem_not_an_error(database, monkeypatch):
    """L-04: a premium by exception for a qualification without Y1."""
    it = household(closed=False)
    personnel.choice(it.senior, premium_hours=2, exemption_hours=0, premium_exception=True)
    compensation.declare(it, K3)
    declarations.performance(it.dossiers[K3], it.senior_contract)
    in_force = compensation.parameters()
    held = in_force.content.compensation
    fewer = replace(held, y1={code: rate for code, rate in held.y1.items() if code != "ZORGKUNDIGE"})
    poor = replace(in_force, content=replace(in_force.content, compensation=fewer))
    monkeypatch.setattr(parameter_sets, "in_force", lambda _period: poor)
    found = of(it)
    assert found.now is None
    assert (found.problem.code, found.problem.params["parameter"]) == ("L-04", "Y1 ZORGKUNDIGE")


def test_only_the_own_facility_and_the_department(database):
    it, other = household(closed=False), organisations.facility()
    with pytest.raises(NotFound):
        estimates.of(actors.actor(Role.EL_PRIVACY, facility=other), it.facility.id, PERIOD)
    with pytest.raises(Forbidden):
        estimates.of(actors.actor(Role.EL_FINANCIEEL, facility=it.facility), it.facility.id, PERIOD)
    with pytest.raises(Forbidden):
        estimates.of(actors.actor(Role.EL_HELPDESK), it.facility.id, PERIOD)
    assert estimates.of(actors.case_manager(), it.facility.id, PERIOD).problem is None


def test_the_number_of_statements_does_not_grow_with_the_staff(database):
    it = household(closed=False)
    for quarter in (K3, K4):
        compensation.declare(it, quarter)
    actor = clerk(it)
    db.session.commit()
    with statements() as few:
        estimates.of(actor, it.facility.id, PERIOD)
    for _ in range(12):
        personnel.contract(personnel.staff_member(it.facility), replacement_hours=Decimal("4.00"))
    db.session.commit()
    with statements() as many:
        estimates.of(actor, it.facility.id, PERIOD)
    assert len(many) == len(few) <= 11, "\n".join(many)


def simulated(it: Household, *changes: Any) -> what_if.WhatIf:
    """The scenario of these changes."""
    return what_if.of(clerk(it), it.facility.id, PERIOD, [one.code for one in changes])


def test_a_simulation_tells_the_effect_in_euro_and_writes_nothing(database, at):
    at(PROVISIONAL_AT)
    it = household()
    hired = Hiring("ZORGKUNDIGE", K3.start, None, Decimal("19.00"), Decimal("19.00"))
    db.session.commit()
    with statements() as seen:
        found = simulated(it, ChoiceChange(it.nurse.reference, K1, 2, 0), hired)
    assert not [one for one in seen if one.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))]
    assert sum((cause.amount for cause in found.causes), Decimal(0)) == found.after.total - found.before.total
    assert {cause.kind for cause in found.causes} == {CauseKind.RIGHT, CauseKind.STAFF}
    assert [line.name for line in found.lines] == [
        f"{it.nurse.last_name} {it.nurse.first_name}",
        "Nieuwe vervanger 2",
    ]
    assert found.lines[0].others == [hired.code]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Contract)) == 3


def test_a_choice_for_somebody_without_the_right_says_so(database, at):
    """L-11: the replacer has no contract with *Recht eindeloopbaan*."""
    at(PROVISIONAL_AT)
    it = household()
    found = simulated(it, ChoiceChange(it.replacer.reference, K3, 0, 6))
    assert found.lines[0].without_right
    assert found.after.total == found.before.total


def test_each_kind_of_change_reads_back(database, at):
    at(PROVISIONAL_AT)
    it = household()
    found = simulated(
        it,
        ContractChange(it.replacer_contract.reference, K1, Decimal("19.00"), Decimal("6.00")),
        EndOfContract(it.nurse_contract.reference, K4.end),
    )
    assert found.after.premium_total == RATE * 2
    with pytest.raises(InvalidValue):
        what_if.of(clerk(it), it.facility.id, PERIOD, ["onzin"])


@pytest.fixture
def place(app: Flask) -> Household:
    """A facility with two quarters entered and none submitted."""
    it = household(closed=False, name="PVT De Brug")
    for quarter in (K3, K4):
        compensation.declare(it, quarter)
    return it


@pytest.fixture
def sofie(place: Household, signed_in: SignedIn) -> Client:
    """Somebody with the privacy role."""
    return signed_in(Role.EL_PRIVACY, facility=place.facility)


def test_the_page_of_the_estimate(sofie: Client, place: Household) -> None:
    page = sofie.page(f"/ecalcura/berekening/raming/{PERIOD}")
    assert "Raming" in page.heading
    assert "telt in deze raming mee alsof het ingediend is" in page.text
    assert "Er is nog geen dossier voor dit kwartaal" in page.text
    assert "/ecalcura/aangifte/2023K3" in page.links().values()
    whole = sofie.page(f"/ecalcura/berekening/raming/{PERIOD}?jaar=1")
    assert "De vier kwartalen van 2023-2024 tellen mee." in whole.text


def test_the_overview_and_the_declaration_lead_to_the_estimate(sofie: Client, place: Household) -> None:
    address = f"/ecalcura/berekening/raming/{PERIOD}"
    assert address in sofie.page("/ecalcura/").links().values()
    assert address in sofie.page("/ecalcura/aangifte/2023K3").links().values()


def test_the_page_of_the_simulation_without_script(sofie: Client, place: Household) -> None:
    """The scenario stands in the address; what is wrong is told at its field."""
    start = f"/ecalcura/berekening/simulatie/{PERIOD}"
    wrong = sofie.get(f"{start}?doe=uren&uren-hours=40&uren-replacement_hours=x")
    assert wrong.status_code == 422
    assert "Kies uit de lijst." in wrong.text
    sent = sofie.get(
        start,
        query_string={
            "doe": "uren",
            "uren-contract": place.replacer_contract.reference,
            "uren-since": "2023K4",
            "uren-hours": "19",
            "uren-replacement_hours": "6",
        },
    )
    assert sent.status_code == 302
    assert sent.location.endswith(f"?w=c.{place.replacer_contract.reference}.2023K4.1900.600#effect")
    page = sofie.page(sent.location)
    assert "Effect van uw wijzigingen" in page.text
    assert "vanaf 4de kwartaal 2023 19 uur per week, waarvan 6 vervanging (nu 19, waarvan 12)" in page.text
    assert start in page.links().values()
    broken = sofie.page(f"{start}?w=kapot")
    assert "Dit scenario is niet leesbaar." in broken.text


def test_too_many_hours_are_told_at_the_field(sofie: Client, place: Household) -> None:
    """E-072."""
    words = {"doe": "uren", "uren-contract": place.replacer_contract.reference, "uren-since": "2023K4"}
    hours = {"uren-hours": "19", "uren-replacement_hours": "20"}
    answer = sofie.get(f"/ecalcura/berekening/simulatie/{PERIOD}", query_string=words | hours)
    assert answer.status_code == 422
    assert "De uren vervanging EL kunnen niet hoger zijn dan de uren van het contract." in answer.text


def test_without_parameters_the_pages_say_what_is_going_on(
    app: Flask, signed_in: SignedIn, at: Callable[[str], None]
) -> None:
    facility = organisations.facility()
    someone = signed_in(Role.EL_PRIVACY, facility=facility)
    for kind in ("raming", "simulatie"):
        page = someone.page(f"/ecalcura/berekening/{kind}/2026-2027")
        assert "Het Departement Zorg heeft de bedragen van 2026-2027 nog niet vrijgegeven." in page.text
