"""Parameter sets as rows: what is in force, four eyes, no change after the release, the calendar taking effect."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from types import MappingProxyType

import pytest
import sqlalchemy as sa

from domain.actor import Actor
from domain.ecalcura.calculation_states import ParameterSetStatus
from domain.ecalcura.campaign import PeriodCalendar
from domain.ecalcura.parameter_sets import ParameterContent, next_year
from domain.ecalcura.personnel import DEFAULT_RIGHTS
from domain.errors import Conflict, Findings, Forbidden, InvalidValue, NotAllowedNow, NotFound, Severity
from domain.permissions import Role
from models.all import db
from models.base import RuleBypass
from models.compensation import ParameterSet
from models.declaration import Dossier, DossierSnapshot
from models.gate import writing
from models.reference import ReferencePeriod
from services import transaction
from services.connections import connections
from services.ecalcura import dossiers, parameter_editing, parameter_pages, parameter_sets
from services.ecalcura.lines import lines
from services.ecalcura.parameter_editing import Source
from services.ecalcura.personnel_facts import code_lists, contract_facts
from services.ecalcura.staff_changes import open_for_change
from tests.factories import actors, personnel, reference
from tests.reliability.scenes import scene, status
from tests.support.databases import PreparedDatabase

At = Callable[[str], datetime]
PERIOD = "2023-2024"

pytestmark = pytest.mark.usefixtures("lists")

ELS = replace(actors.case_manager("Els De Smet"), account_id=900_002)
BART = replace(actors.case_manager("Bart Maes"), account_id=900_004)


@pytest.fixture
def lists(database: PreparedDatabase) -> None:
    """Code lists and periods, each with the released example set."""
    reference.code_lists()


def draft(actor: Actor = ELS, period: str = PERIOD, source: Source = Source.IN_FORCE) -> ParameterSet:
    with transaction.unit_of_work():
        return parameter_editing.create(actor, period, source, "omdat het moet")


def change(row: ParameterSet, actor: Actor = ELS, **values: object) -> ParameterSet:
    with transaction.unit_of_work():
        parameter_editing.change(actor, row.reference, row.version, values)
    return db.session.get_one(ParameterSet, row.id)


def release(row: ParameterSet, actor: Actor = BART) -> ParameterSet:
    with transaction.unit_of_work():
        return parameter_editing.release(actor, row.reference, row.version)


def traces(event: str) -> list[dict[str, object]]:
    rows = db.session.execute(sa.text("SELECT data FROM audit_entry WHERE event = :e ORDER BY sequence"), {"e": event})
    return [json.loads(data) for data in rows.scalars()]


def test_the_examples_are_those_of_the_worked_examples_and_are_released() -> None:
    """7.8: VOORBEELDBEDRAG, for every qualification of the list, so that a demonstration can calculate."""
    found = parameter_sets.in_force(PERIOD)
    y2 = found.content.compensation.y2
    assert y2["VERPLEEGKUNDIGE_BACHELOR"] == Decimal("74250.00")
    assert (y2["ZORGKUNDIGE"], y2["KINESITHERAPEUT"]) == (Decimal("57600.00"), Decimal("71400.00"))
    assert parameter_sets.of(found.set_id) == found
    row = db.session.get_one(ParameterSet, found.set_id)
    assert (row.status, row.number) == (ParameterSetStatus.RELEASED, 1)
    assert "VOORBEELDBEDRAG" in (row.note or "")
    for code in db.session.scalars(sa.select(ReferencePeriod.code)):
        assert not any(f.severity != "W" for f in parameter_editing.check_of(parameter_sets.in_force(code).content))


def test_amounts_of_examples_rise_every_year() -> None:
    years = [parameter_sets.in_force(f"{year}-{year + 1}").content.compensation.y2 for year in range(2021, 2028)]
    for before, after in pairwise(years):
        assert before.keys() == after.keys()
        assert all(Decimal("1.005") < after[code] / before[code] < Decimal("1.05") for code in before)


def test_production_starts_with_a_draft_without_amounts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is paid invented amounts: two people fill in and release first."""
    monkeypatch.setattr(connections(), "settings", replace(connections().settings, environment="production"))
    with transaction.unit_of_work():
        reference.reference_period("2030-2031")
        assert parameter_sets.ensure(["2030-2031", PERIOD]) == 1
    row = db.session.scalars(sa.select(ParameterSet).where(ParameterSet.period_code == "2030-2031")).one()
    assert row.status is ParameterSetStatus.DRAFT
    assert parameter_sets.content_of(row.content).compensation.y1 == {}
    with pytest.raises(NotAllowedNow) as refused:
        parameter_sets.in_force("2030-2031")
    assert refused.value.code == "PARAMETERS"
    assert "2030-2031" in str(refused.value)
    with pytest.raises(Findings), transaction.unit_of_work():
        parameter_editing.release(BART, row.reference, row.version)


def test_a_draft_is_not_in_force_and_a_release_is() -> None:
    before = parameter_sets.in_force(PERIOD)
    row = change(draft(), floor_hours=Decimal(14))
    assert parameter_sets.in_force(PERIOD) == before
    release(row)
    after = parameter_sets.in_force(PERIOD)
    assert (after.number, after.content.compensation.floor_hours) == (2, Decimal(14))
    assert after.digest != before.digest
    assert parameter_sets.of(before.set_id) == before
    fields = [trace["fields"] for trace in traces("parameters.changed")]
    assert fields == [["*"], ["floor_hours"]]
    assert [(one["number"], one["status"]) for one in traces("parameters.released")] == [(2, "VRIJGEGEVEN")]


def test_four_eyes_the_one_who_changed_it_last_does_not_release_it() -> None:
    row = draft()
    with pytest.raises(NotAllowedNow) as refused, transaction.unit_of_work():
        parameter_editing.release(ELS, row.reference, row.version)
    assert refused.value.code == "FOUR_EYES"
    assert parameter_sets.in_force(PERIOD).number == 1
    row = change(row, BART, floor_hours=Decimal(14))
    with pytest.raises(NotAllowedNow), transaction.unit_of_work():
        parameter_editing.release(BART, row.reference, row.version)
    released = release(row, ELS)
    assert (released.released_by, released.released_by_id) == ("Els De Smet", ELS.account_id)
    assert released.changed_by_id == BART.account_id


def test_four_eyes_nobody_releases_a_value_that_nobody_else_looked_at() -> None:
    """A colleague who changes something else, or the note only, does not make it theirs."""
    row = change(draft(), floor_hours=Decimal(14))
    with transaction.unit_of_work():
        parameter_editing.change(BART, row.reference, row.version, {}, "nagelezen")
    for who in (ELS, replace(ELS, account_id=None)):
        with pytest.raises(NotAllowedNow) as refused:
            release(row, who)
        assert refused.value.code == "FOUR_EYES"
    assert parameter_pages.release_of(ELS, row.reference).obstacle is not None
    assert parameter_pages.release_of(BART, row.reference).obstacle is None
    db.session.rollback()
    row = change(row, BART, hours_per_day=Decimal("7.5"))
    for who in (ELS, BART):
        with pytest.raises(NotAllowedNow):
            release(row, who)
    row = change(row, ELS, hours_per_day=Decimal("7.6"))
    assert release(row, BART).released_by_id == BART.account_id


def test_saving_what_is_there_already_changes_nothing() -> None:
    """Who looks at a form and saves it as it is did not write it, and can still release it."""
    row = draft()
    same = change(row, BART, floor_hours=Decimal("13.00"))
    assert (same.changed_by_id, same.version) == (ELS.account_id, row.version)
    assert len(traces("parameters.changed")) == 1
    release(same, BART)


@pytest.mark.parametrize("used", [False, True])
def test_a_released_or_used_set_never_changes(used: bool) -> None:
    """Part 8: a change makes a new version."""
    row = release(draft())
    if used:
        with transaction.unit_of_work(), writing("test"):
            parameter_sets.mark_used(row.id)
            parameter_sets.mark_used(row.id)
        assert row.status is ParameterSetStatus.USED
        assert row.used_at is not None
    text, version = row.content, row.version
    acts: list[Callable[[], object]] = [
        lambda: parameter_editing.change(ELS, row.reference, version, {"floor_hours": Decimal(14)}),
        lambda: parameter_editing.refill(ELS, row.reference, version, Source.DEFAULTS),
        lambda: parameter_editing.release(ELS, row.reference, version),
    ]
    for act in acts:
        with pytest.raises(NotAllowedNow), transaction.unit_of_work():
            act()
    with pytest.raises(RuleBypass), transaction.unit_of_work():
        db.session.get_one(ParameterSet, row.id).content = "{}"
    db.session.expire_all()
    assert db.session.get_one(ParameterSet, row.id).content == text
    assert parameter_sets.in_force(PERIOD).set_id == row.id


def test_a_draft_cannot_be_used() -> None:
    row = draft()
    with pytest.raises(NotAllowedNow), transaction.unit_of_work(), writing("test"):
        parameter_sets.mark_used(row.id)


def test_one_draft_per_period() -> None:
    draft()
    with pytest.raises(NotAllowedNow) as refused:
        draft(BART)
    assert "versie 2" in str(refused.value)
    draft(BART, "2024-2025")


def test_two_editors_are_not_lost() -> None:
    """The second one is told who changed it and when."""
    row = draft()
    change(row, BART, floor_hours=Decimal(14))
    with pytest.raises(Conflict) as refused, transaction.unit_of_work():
        parameter_editing.change(ELS, row.reference, 1, {"floor_hours": Decimal(15)})
    assert "Bart Maes" in str(refused.value)
    assert parameter_pages.view(ELS, row.reference).content.compensation.floor_hours == 14


def test_an_impossible_value_is_not_saved() -> None:
    row = draft()
    with pytest.raises(Findings) as refused, transaction.unit_of_work():
        parameter_editing.change(ELS, row.reference, row.version, {"cap": Decimal(2), "floor_hours": Decimal(-1)})
    assert {one.field for one in refused.value.findings} == {"cap", "floor_hours"}
    assert parameter_pages.view(ELS, row.reference).content.compensation.cap == 1


def test_a02_campaigns_of_two_periods_do_not_overlap() -> None:
    """Against the calendars in force: the campaign of 2024-2025 starts on 30 September 2025."""
    row = draft()
    with pytest.raises(Findings) as refused, transaction.unit_of_work():
        parameter_editing.change(ELS, row.reference, row.version, {"payment_on": date(2025, 10, 1)})
    assert [one.field for one in refused.value.findings] == ["payment_on"]
    assert "2024-2025" in str(refused.value.findings[0])


def test_copy_from_last_year_moves_dates_and_keeps_amounts() -> None:
    last = parameter_sets.in_force("2022-2023").content
    copied = parameter_sets.content_of(draft(source=Source.LAST_YEAR).content)
    assert copied == next_year(last)
    assert copied.calendar == PeriodCalendar.default(PERIOD)
    assert copied.compensation.y2 == last.compensation.y2
    with pytest.raises(NotAllowedNow):
        draft(period="2021-2022", source=Source.LAST_YEAR)
    with pytest.raises(InvalidValue):
        draft(period="2050-2051", source=Source.DEFAULTS)


def test_a_draft_can_start_anew() -> None:
    row = change(draft(), floor_hours=Decimal(14))
    with transaction.unit_of_work():
        parameter_editing.refill(BART, row.reference, row.version, Source.DEFAULTS)
    content = parameter_pages.view(ELS, row.reference).content
    assert content.compensation == ParameterContent.default(PERIOD).compensation
    assert "y2" in {str(field).partition(".")[0] for field in traces("parameters.changed")[-1]["fields"]}  # type: ignore[attr-defined]


def test_n2_v64_a_longer_window_moves_the_last_day_from_the_release_on(at: At) -> None:
    """A-02, A-05: P = 16 October; 30 days end on 16 November, 40 days on 26 November."""
    it = scene("2024K1", reopened=True)
    reference.facility_period(it.facility, PERIOD, provisional_on=date(2024, 10, 16), reopenings_used=1)
    at("2024-11-20T12:00:00+01:00")
    with pytest.raises(NotAllowedNow) as refused:
        it.review()
    assert (refused.value.code, refused.value.params["days"]) == ("V-64", 30)
    assert "16 november 2024" in str(refused.value)

    row = change(draft(), window_days=40)
    effects = [str(one.message).format(**one.params) for one in parameter_pages.release_of(BART, row.reference).effects]
    assert any(
        "16 oktober 2024" in one and "26 november 2024" in one and "aantal voorzieningen: 1" in one for one in effects
    )
    with pytest.raises(NotAllowedNow):
        it.review()
    release(row)
    situation = dossiers.situation_of(it.facility, PERIOD)
    assert situation.window == (date(2024, 10, 17), date(2024, 11, 26))
    at("2024-11-26T23:59:59+01:00")
    it.review()
    at("2024-11-27T00:00:00+01:00")
    with pytest.raises(NotAllowedNow) as refused:
        it.review()
    assert (refused.value.code, refused.value.params["days"]) == ("V-64", 40)
    assert status(it.number).value == "OPEN"


def test_a_release_puts_every_date_of_the_calendar_in_force() -> None:
    calendar = PeriodCalendar.default(PERIOD)
    dates = {
        "statutory_deadline": date(2024, 10, 7),
        "letter_on": date(2024, 10, 8),
        "postponed_until": date(2024, 10, 20),
        "blocking_on": date(2024, 10, 21),
        "definitive_from": date(2024, 12, 2),
        "definitive_until": date(2024, 12, 20),
        "payment_on": date(2025, 2, 14),
    }
    row = draft()
    row = change(row, **dates, window_offset_days=2, reopenings_allowed=2)
    release(row)
    period = db.session.get_one(ReferencePeriod, PERIOD)
    expected = replace(calendar, **dates, window_offset_days=2, reopenings_allowed=2)  # type: ignore[arg-type]
    assert dossiers.calendar_of(PERIOD, period) == expected == parameter_sets.in_force(PERIOD).content.calendar


def test_the_note_can_be_changed_with_the_values() -> None:
    row = draft()
    with transaction.unit_of_work():
        parameter_editing.change(ELS, row.reference, row.version, {}, "  Nieuwe reden  ")
    assert parameter_pages.view(ELS, row.reference).row.note == "Nieuwe reden"


def test_a34_amounts_follow_the_coefficients_when_a_set_is_saved() -> None:
    months = MappingProxyType({f"{2023 + (m > 11)}-{m % 12 + 1:02}": Decimal("1.02") for m in range(6, 18)})
    row = change(draft(), index_months=months, base_y2=MappingProxyType({"ZORGKUNDIGE": Decimal(50000)}))
    assert parameter_pages.view(ELS, row.reference).content.compensation.y2["ZORGKUNDIGE"] == Decimal(51000)


@pytest.mark.parametrize("role", [Role.EL_HELPDESK, Role.EC_AB_DOSSIERBEHEERDER])
def test_only_who_manages_parameters_reads_and_writes_them(role: Role) -> None:
    row = draft()
    other = actors.actor(role)
    acts: list[Callable[[], object]] = [
        lambda: parameter_pages.overview(other),
        lambda: parameter_pages.view(other, row.reference),
        lambda: parameter_pages.release_of(other, row.reference),
        lambda: parameter_editing.create(other, "2024-2025", Source.DEFAULTS),
        lambda: parameter_editing.change(other, row.reference, row.version, {}),
        lambda: parameter_editing.release(other, row.reference, row.version),
    ]
    for act in acts:
        with pytest.raises(Forbidden), transaction.unit_of_work():
            act()


def test_what_does_not_exist_is_not_found() -> None:
    for act in (
        lambda: parameter_sets.of(10**6),
        lambda: parameter_pages.view(ELS, "nergens"),
        lambda: parameter_pages.period_sets(ELS, "2050-2051"),
        lambda: parameter_editing.change(ELS, "nergens", 1, {}),
    ):
        with pytest.raises(NotFound):
            act()


def test_v48_the_performance_screen_and_its_copy_follow_the_set_in_force() -> None:
    """Part 8: 67 days of 65 are a warning, unless the period of the dossier has a tolerance of 2.5 days."""
    it = scene("2024K1")
    with transaction.unit_of_work():
        it.type_days("67")
    assert _findings(it.dossier) == ["V-48"]
    release(change(draft(), day_tolerance=Decimal("2.5")))
    assert _findings(it.dossier) == []
    it.submitted()
    copy = db.session.scalars(sa.select(DossierSnapshot)).one()
    assert json.loads(copy.content)["parameters"]["day_tolerance"] == "2.5"


def _findings(dossier: Dossier) -> list[str]:
    in_force = dossiers.parameters_of(db.session.get(ReferencePeriod, dossier.period_code))
    return [finding.code for line in lines(dossier, in_force) for finding in line.findings]


def test_v16_the_staff_screens_follow_the_set_of_the_period_that_runs() -> None:
    """Part 8: the severity of V-16 and the hours to choose from; on 16 September 2024 that is 2024-2025."""
    assert code_lists().rights == DEFAULT_RIGHTS
    row = draft(period="2024-2025")
    row = change(row, excluded_replacer_severity=Severity.WARNING, selectable_hours=frozenset({0, 2, 3, 4, 6}))
    release(row)
    rights = code_lists().rights
    assert rights.excluded_replacer_severity is Severity.WARNING
    assert 3 in rights.selectable_hours


def test_v16_as_a_warning_lets_the_contract_be_saved() -> None:
    release(change(draft(period="2024-2025"), excluded_replacer_severity=Severity.WARNING))
    it = scene("2024K1")
    contract = personnel.contract(
        it.other,
        contract_type_code="INTERIM",
        replacement_hours=Decimal("10.00"),
        el_right=False,
        starts_on=date(2024, 9, 1),
    )
    with transaction.unit_of_work():
        opened = open_for_change(it.user, it.facility.id, it.other.reference)
        found = opened.contract_findings(None, contract_facts(contract), [])
    assert [one.severity for one in found if one.code == "V-16"] == [Severity.WARNING]


def test_two_who_make_a_version_at_the_same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one saw no draft and took the same number: told, not an error page."""
    draft()
    monkeypatch.setattr(parameter_editing, "draft_of", lambda period: None)
    monkeypatch.setattr(parameter_sets, "next_number", lambda period: 2)
    with pytest.raises(Conflict):
        draft(BART)
    assert db.session.scalar(sa.select(sa.func.max(ParameterSet.number))) == 2
