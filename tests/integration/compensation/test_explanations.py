"""Why an amount is what it is, at three desks: the facility, the department, the helpdesk (E-002, E-003)."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from blueprints.ecalcura import amount_tree
from domain.calendars import quarters_of
from domain.ecalcura.calculation_states import CalculationKind
from domain.ecalcura.differences import CauseKind
from domain.ecalcura.explained_steps import Step, Text
from domain.errors import Forbidden, NotFound
from domain.permissions import Role
from models.all import db
from models.audit import AuditEntry
from services import transaction
from services.ecalcura import explanations
from tests.factories import actors, compensation, organisations
from tests.factories.compensation import DEFINITIVE_AT, PERIOD, PROVISIONAL_AT, Household, declare_again, household
from tests.factories.database import change
from tests.integration.staff.scene import statements
from tests.support.client import Client
from tests.support.sign_in import SignedIn

K3, K4, K1, K2 = quarters_of(PERIOD)
DEFINITIVE = CalculationKind.DEFINITIVE
SHOW = f"/ecalcura/berekening/{PERIOD}"


def clerk(it: Household) -> Any:
    """The clerk of the facility."""
    return actors.actor(Role.EL_PRIVACY, facility=it.facility)


def both(at: Callable[[str], None], **values: Any) -> Household:
    """A facility with a provisional and a definitive calculation; in between the nurse was ill for five days."""
    at(PROVISIONAL_AT)
    it = household(**values)
    compensation.released([it])
    declare_again(it, K4, paid="60.0", unpaid="5.0")
    at(DEFINITIVE_AT)
    compensation.released([it], DEFINITIVE)
    return it


def test_provisional_beside_definitive_with_the_causes_in_euro(database, at):
    it = both(at)
    page = explanations.of_period(clerk(it), PERIOD)
    assert page.calculation == page.definitive
    assert page.provisional is not None
    assert page.tree is not None
    assert page.tree.value == page.definitive.total
    (one,) = page.differences
    assert (one.before, one.after) == (page.provisional, page.definitive)
    assert one.amount == page.definitive.total - page.provisional.total < 0
    (cause,) = one.causes
    assert (cause.kind, cause.amount) == (CauseKind.PERFORMANCE, one.amount)
    name = f"{it.nurse.last_name} {it.nurse.first_name}"
    assert [(person.name, person.key) for person in cause.people] == [(name, f"premies.{it.nurse.reference}")]
    assert page.tree.find(f"premies.{it.nurse.reference}") is not None


def test_an_older_calculation_is_explained_when_asked_for(database, at):
    it = both(at)
    first = explanations.of_period(clerk(it), PERIOD).provisional
    page = explanations.of_period(clerk(it), PERIOD, first.reference)
    assert page.calculation == first
    assert page.differences == ()


def test_another_facility_does_not_exist(database, at):
    it, other = both(at), organisations.facility()
    stranger = actors.actor(Role.EL_PRIVACY, facility=other)
    reference = explanations.of_period(clerk(it), PERIOD).calculation.reference
    assert explanations.of_period(stranger, PERIOD).calculation is None
    with pytest.raises(NotFound):
        explanations.of_period(stranger, PERIOD, reference)
    with pytest.raises(Forbidden):
        explanations.of_calculation(stranger, reference)


def test_a_round_that_waits_is_nothing_yet_for_the_facility_and_the_helpdesk(database, at):
    """A draft is explained to the department only: the dry run is looked at before it is told."""
    at(PROVISIONAL_AT)
    it = household()
    (draft,) = compensation.calculations(compensation.ready([it]))
    assert explanations.of_period(clerk(it), PERIOD).calculation is None
    with pytest.raises(NotFound):
        explanations.of_period(clerk(it), PERIOD, draft.reference)
    with transaction.unit_of_work():
        assert explanations.of_calculation(actors.case_manager(), draft.reference).tree is not None
    with pytest.raises(NotFound):
        explanations.of_calculation(actors.actor(Role.EL_HELPDESK), draft.reference)


def test_the_helpdesk_sees_no_names_and_each_look_is_traced(database, at):
    it = both(at)
    reference = explanations.of_period(clerk(it), PERIOD).calculation.reference
    with transaction.unit_of_work():
        page = explanations.of_calculation(actors.actor(Role.EL_HELPDESK), reference)
    told = " ".join(f"{step.title} {step.sentence}" for step in page.tree.walk())
    told += " ".join(person.name for one in page.differences for cause in one.causes for person in cause.people)
    assert "Personeelslid 1" in told
    for staff in (it.nurse, it.senior, it.replacer):
        assert staff.last_name not in told
        assert staff.national_number not in told
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.event == "backoffice.amount_viewed")).one()
    assert json.loads(entry.data) == {"calculation": reference, "as": "helpdesk", "concerns": [it.facility.hco_number]}


def test_last_year_stands_beside_it(database, at):
    """Two reference periods of the same people: the difference is told to the cent, by cause."""
    it = both(at)
    at("2025-10-16T09:00:00+02:00")
    compensation.parameters("2024-2025")
    for quarter in quarters_of("2024-2025"):
        compensation.declare(it, quarter)
        compensation.close(it.dossiers[quarter])
    compensation.released([it], period="2024-2025")
    page = explanations.of_period(clerk(it), "2024-2025")
    assert page.last_year is not None
    assert page.last_year.period_code == PERIOD
    (one,) = page.differences
    assert one.other_period
    assert sum((cause.amount for cause in one.causes), Decimal(0)) == one.amount
    rows = explanations.overview(clerk(it))
    assert [(row.period, row.shown.kind.value) for row in rows] == [
        ("2024-2025", "VOORLOPIG"),
        (PERIOD, "DEFINITIEF"),
    ]


def test_the_number_of_statements_does_not_grow_with_the_staff(database, at):
    it = both(at)
    actor = clerk(it)
    db.session.commit()
    with statements() as seen:
        explanations.of_period(actor, PERIOD)
    assert len(seen) <= 10, "\n".join(seen)


def test_a_calculation_that_could_not_be_made_says_why(database, at):
    """L-04: no yearly amount for a qualification; the department reads what to do."""
    at(PROVISIONAL_AT)
    it = household()
    (row,) = compensation.calculations(compensation.ready([it]))
    problem = {"problem": "De parameter {parameter} ontbreekt.", "problem_params": '{"parameter": "Y1"}'}
    change(row, total=None, premium_total=None, replacement_total=None, **problem)
    with transaction.unit_of_work():
        page = explanations.of_calculation(actors.case_manager(), row.reference)
    assert page.tree is None
    assert str(page.problem) == "De parameter Y1 ontbreekt."


@pytest.fixture
def place(app: Flask, at: Callable[[str], None]) -> Household:
    """The facility of the pages."""
    return both(at, name="PVT De Brug")


@pytest.fixture
def sofie(place: Household, signed_in: SignedIn) -> Client:
    """Somebody with the privacy role."""
    return signed_in(Role.EL_PRIVACY, facility=place.facility)


def test_the_page_shows_the_amount_the_tree_and_the_difference(sofie: Client, place: Household) -> None:
    page = sofie.page(SHOW)
    total = explanations.of_period(clerk(place), PERIOD).calculation.total
    assert f"{total:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".") in page.text
    assert "60 betaalde dagen op 65 aangegeven dagen geeft een effectieve arbeidstijd van 0,923." in page.text
    assert "Waarom verschilt dit van de voorlopige berekening?" in page.text
    assert "Recht en vervanging" in page.text
    assert "Regel" not in page.text, "the numbers of the rules mean nothing to a clerk"
    assert "Link naar deze stap" in page.text
    step = page.root.xpath(f"//details[@id='premies.{place.nurse.reference}']")
    assert len(step) == 1
    assert step[0].get("open") is None


def test_a_deep_link_opens_the_way_to_a_step_and_all_can_be_unfolded(sofie: Client, place: Household) -> None:
    """Without JavaScript: native disclosures, opened by the address."""
    key = f"premies.{place.nurse.reference}.{place.premium.reference}.2023K4"
    opened = sofie.page(f"{SHOW}?stap={key}").root
    assert opened.xpath(f"//details[@id='{key}']/@open")
    assert opened.xpath(f"//details[@id='premies.{place.nurse.reference}']/@open")
    assert not opened.xpath("//details[@id='recht']/@open")
    everything = sofie.page(f"{SHOW}?alles=1").root
    assert everything.xpath("count(//section[contains(@class, 'amounts')]//details)") > 10
    assert not everything.xpath("//section[contains(@class, 'amounts')]//details[not(@open)]")


def test_the_search_box_keeps_one_person(sofie: Client, place: Household) -> None:
    page = sofie.page(f"{SHOW}?zoek={place.replacer.last_name[:4]}")
    assert page.root.xpath(f"//details[@id='vervangers.{place.replacer.reference}']/@open")
    assert not page.root.xpath(f"//*[@id='premies.{place.nurse.reference}']")
    assert "Niemand in deze berekening heet zo." in sofie.page(f"{SHOW}?zoek=zzz").text


def test_nothing_calculated_yet_leads_to_the_estimate(sofie: Client) -> None:
    page = sofie.page("/ecalcura/berekening/2024-2025")
    assert page.links()["Raming van het bedrag"] == "/ecalcura/berekening/raming/2024-2025"
    assert sofie.get("/ecalcura/berekening/geen-periode").status_code in (404, 422)


def test_e009_the_financial_role_sees_amounts_in_the_history_only(place: Household, signed_in: SignedIn) -> None:
    ines = signed_in(Role.EL_FINANCIEEL, facility=place.facility)
    assert ines.get("/ecalcura/berekening/").status_code == 403
    assert ines.get(SHOW).status_code == 403
    assert "/ecalcura/berekening/" not in ines.page("/ecalcura/").links().values()


def test_the_department_and_the_helpdesk_open_the_same_page(place: Household, signed_in: SignedIn) -> None:
    reference = explanations.of_period(clerk(place), PERIOD).calculation.reference
    els = signed_in(Role.EL_DOSSIERBEHEERDER).page(f"/beheer/berekeningen/{reference}")
    assert place.nurse.last_name in els.text
    assert "Regel: nummer in de rekenregels van het departement." in els.text
    assert "Regel E-" in els.text
    hilde = signed_in(Role.EL_HELPDESK)
    page = hilde.page(f"/beheer/berekeningen/{reference}")
    assert "Personeelslid" in page.text
    assert "Regel E-" in page.text
    assert place.nurse.last_name not in page.text.replace("Personeelslid", "")
    listed = hilde.page(f"/beheer/berekeningen/voorziening/{place.facility.hco_number}")
    assert f"/beheer/berekeningen/{reference}" in listed.links().values()


def _step(key: str, *children: Step, person: str | None = None) -> Step:
    return Step(key, Text(key), Text(key), "E-002", person=person, children=children)


def test_of_a_large_facility_people_wait_until_somebody_asks() -> None:
    """A hundred contracts stay usable: only the heads of people are on the page, and each opens by a link."""
    people = [_step(f"p{one}", *(_step(f"p{one}.{two}") for two in range(10)), person=f"p{one}") for one in range(100)]
    root = _step("totaal", _step("premies", *people))
    tree = amount_tree.tree_of(root, {}, None)
    assert tree.folded
    assert tree.waits(people[3])
    assert not tree.is_open(people[3])
    asked = amount_tree.tree_of(root, {"stap": "p3.4"}, None)
    assert asked.opened == {"totaal", "premies", "p3", "p3.4"}
    assert not asked.waits(people[3])
    assert asked.waits(people[4])
    everything = amount_tree.tree_of(root, {"alles": "1"}, None)
    assert everything.is_open(people[4])
    assert not everything.waits(people[4])
    found = amount_tree.tree_of(root, {"zoek": "p5"}, frozenset({"p5"}))
    assert not found.waits(people[5])
    assert found.root is not None
    assert [step.key for step in found.root.walk() if step.person] == ["p5"]
    assert amount_tree.tree_of(root, {"zoek": "x"}, frozenset()).root is None
