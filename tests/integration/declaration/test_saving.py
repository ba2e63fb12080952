"""Reading and saving the grid (E-111 to E-117, V-45 to V-51)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from domain.ecalcura.declaration import Event
from domain.ecalcura.performances import Kind, PerformanceEntry, Reason
from domain.ecalcura.review import Content
from domain.errors import Forbidden, NotAllowedNow, NotFound
from domain.permissions import Role
from models.all import db
from models.audit import AuditEntry
from models.declaration import Performance
from models.gate import writing
from models.personnel import Contract
from services import transaction
from services.ecalcura import performances
from services.ecalcura.performances import TypedRow
from tests.factories import actors, personnel
from tests.integration.declaration.scene import Scene, count, days, hours, scene

At = Callable[[str], datetime]


def stored(place: Scene) -> dict[str, tuple[str, ...]]:
    """Name to entry and version, as read back."""
    grid = performances.grid(place.clerk, place.number())
    db.session.rollback()
    return {
        line.last_name: (
            shown(line.entry.paid_days),
            shown(line.entry.unpaid_days),
            shown(line.entry.paid_hours),
            str(line.version),
        )
        for line in grid.lines
    }


def shown(value: Decimal | None) -> str:
    """A number without needless zeros; nothing is a dash."""
    return "-" if value is None else format(value.normalize(), "f")


def test_e111_shows_the_contracts_that_fall_in_the_quarter(database: Any) -> None:
    place = scene()
    personnel.contract(personnel.staff_member(place.facility), ends_on=date(2023, 12, 31))
    personnel.contract(personnel.staff_member(place.facility), starts_on=date(2024, 4, 1))
    last = personnel.contract(personnel.staff_member(place.facility, last_name="Zeger"), ends_on=date(2024, 1, 1))
    personnel.contract(personnel.staff_member(scene().facility))
    number = place.open()
    lines = performances.grid(place.clerk, number).lines
    assert [line.last_name for line in lines] == ["Aerts", "Bos", "Claes", "Zeger"]
    assert lines[-1].contract.reference == last.reference


def test_e112_days_for_full_time_and_hours_for_the_rest_e024_only_who_needs_them(database: Any) -> None:
    place = scene()
    grid = performances.grid(place.clerk, place.open())
    assert [(line.line.kind, line.line.reason) for line in grid.lines] == [
        (Kind.DAYS, Reason.PREMIUM),
        (Kind.HOURS, Reason.REPLACEMENT),
        (Kind.DAYS, None),
    ]
    assert (grid.filled, grid.expected, grid.content) == (0, 2, Content.MISSING)


def test_lines_are_sorted_as_people_read_names(database: Any) -> None:
    place = scene()
    for name in ("Çelik", "de Backer", "Dé", "Zwart"):
        personnel.contract(personnel.staff_member(place.facility, last_name=name))
    names = [line.last_name for line in performances.grid(place.clerk, place.open()).lines]
    assert names == ["Aerts", "Bos", "Çelik", "Claes", "Dé", "de Backer", "Zwart"]


def test_t02_saves_and_counts_versions_per_row(database: Any) -> None:
    place = scene()
    place.open()
    before = place.dossier().version
    outcome = place.save(days(place.nurse, "60,5", "4"), hours(place.replacer, "230,25"))
    assert (outcome.changed, outcome.rejected) == (2, {})
    assert stored(place) == {
        "Aerts": ("60.5", "4", "-", "1"),
        "Bos": ("-", "-", "230.25", "1"),
        "Claes": ("-", "-", "-", "0"),
    }
    place.save(days(place.nurse, "61", "", version=1))
    assert stored(place)["Aerts"] == ("61", "-", "-", "2")
    assert place.dossier().version == before, "a saved row must not make the page of somebody else stale"


def test_e114_v45_half_a_full_time_line_is_not_filled(database: Any) -> None:
    place = scene()
    number = place.open()
    place.save(days(place.nurse, "60", ""), hours(place.replacer, "230"))
    grid = performances.grid(place.clerk, number)
    assert [(line.missing, [one.code for one in line.findings]) for line in grid.lines] == [
        (True, ["V-45"]),
        (False, []),
        (False, []),
    ]
    assert (grid.filled, grid.expected) == (1, 2)


@pytest.mark.parametrize(
    ("paid", "unpaid", "codes"),
    [("60", "5,5", ["V-48"]), ("0", "0", ["V-49"]), ("65", "0", []), ("", "", ["V-45"])],
)
def test_v45_v48_v49_warn_and_are_saved(database: Any, paid: str, unpaid: str, codes: list[str]) -> None:
    place = scene()
    number = place.open()
    assert place.save(days(place.nurse, paid, unpaid)).rejected == {}
    assert [one.code for one in performances.grid(place.clerk, number).lines[0].findings] == codes


def test_v50_too_many_hours_warn(database: Any) -> None:
    place = scene()
    number = place.open()
    place.save(hours(place.replacer, "400"))
    assert [one.code for one in performances.grid(place.clerk, number).lines[1].findings] == ["V-50"]


def test_v51_performances_of_an_exemption_are_kept_and_not_used(database: Any) -> None:
    place = scene()
    number = place.open()
    place.save(days(place.exempted, "60", "0"))
    line = performances.grid(place.clerk, number).lines[2]
    assert [one.code for one in line.findings] == ["V-51"]
    assert line.needed is False


@pytest.mark.parametrize("text", ["12,3", "-1", "abc", "1e3", "NaN", "60.25", "1000000"])
def test_v47_an_impossible_number_is_told_at_its_field_and_the_other_rows_are_saved(database: Any, text: str) -> None:
    place = scene()
    place.open()
    outcome = place.save(TypedRow(place.nurse.reference, 0, text, "4"), hours(place.replacer, "230"))
    rejected = outcome.rejected[place.nurse.reference]
    assert [(one.code, one.field) for one in rejected.findings] == [("V-47", "paid_days")]
    assert (rejected.typed.paid_days, rejected.name) == (text, "Aerts An")
    assert stored(place)["Aerts"][3] == "0"
    assert stored(place)["Bos"][2] == "230"


def test_v47_every_wrong_field_of_a_row_is_told(database: Any) -> None:
    place = scene()
    place.open()
    outcome = place.save(TypedRow(place.nurse.reference, 0, "x", "y"), hours(place.replacer, "1,234"))
    assert [one.field for one in outcome.rejected[place.nurse.reference].findings] == ["paid_days", "unpaid_days"]
    assert [one.code for one in outcome.rejected[place.replacer.reference].findings] == ["E-112"]


def test_a_row_somebody_else_changed_is_told_with_both_values_and_the_others_are_saved(database: Any) -> None:
    place = scene()
    place.open()
    colleague = actors.facility_user(place.facility, Role.EL_PRIVACY, name="Jan Wils")
    place.save(days(place.nurse, "65", "0"), actor=colleague)
    outcome = place.save(days(place.nurse, "60", "4"), hours(place.replacer, "230"))
    (conflict,) = outcome.conflicts
    assert conflict.line is not None
    assert (conflict.typed.paid_days, shown(conflict.line.entry.paid_days)) == ("60", "65")
    assert "Jan Wils" in str(conflict.findings[0])
    assert stored(place)["Aerts"] == ("65", "0", "-", "1")
    assert stored(place)["Bos"][3] == "1"
    assert place.save(days(place.nurse, "60", "4", version=conflict.line.version)).rejected == {}
    assert stored(place)["Aerts"] == ("60", "4", "-", "2")


def test_the_same_value_twice_is_no_conflict_and_no_new_version(database: Any) -> None:
    place = scene()
    place.open()
    for _ in range(2):
        outcome = place.save(days(place.nurse, "60", "4"))
        assert outcome.rejected == {}
    assert outcome.changed == 0
    assert stored(place)["Aerts"][3] == "1"


def test_an_untouched_row_is_left_alone_whatever_others_did(database: Any) -> None:
    place = scene()
    place.open()
    place.save(days(place.nurse, "65", "0"))
    outcome = place.save(TypedRow(place.nurse.reference, 0, "", "", touched=False), hours(place.replacer, "230"))
    assert outcome.rejected == {}
    assert stored(place)["Aerts"] == ("65", "0", "-", "1")


def test_only_changed_rows_are_written_and_traced(database: Any) -> None:
    place = scene()
    place.open()
    place.save(days(place.nurse, "60", "4"), hours(place.replacer, "230"))
    place.save(days(place.nurse, "61", "4", version=1), hours(place.replacer, "230", version=1))
    entries = db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.event == "dossier.performances_saved").order_by(AuditEntry.sequence)
    ).all()
    assert ['"rows":2' in entry.data for entry in entries] == [True, False]
    assert '"rows":1' in entries[1].data


def test_nothing_changed_leaves_no_trace(database: Any) -> None:
    place = scene()
    place.open()
    traced = count(AuditEntry)
    place.save(days(place.nurse, "", ""))
    assert count(AuditEntry) == traced
    assert count(Performance) == 0


def test_a_contract_of_another_facility_or_quarter_is_not_in_this_grid(database: Any) -> None:
    place, other = scene(), scene()
    ended = personnel.contract(personnel.staff_member(place.facility), ends_on=date(2023, 12, 31))
    place.open()
    outcome = place.save(days(other.nurse, "60", "4"), days(ended, "60", "4"), days(place.nurse, "60", "4"))
    assert set(outcome.rejected) == {other.nurse.reference, ended.reference}
    assert {one.findings[0].code for one in outcome.rejected.values()} == {"E-111"}
    assert count(Performance) == 1


def test_a_foreign_dossier_does_not_exist(database: Any) -> None:
    place, other = scene(), scene()
    number = place.open()
    for act in (
        lambda: performances.grid(other.clerk, number),
        lambda: performances.save(other.clerk, number, [days(place.nurse, "1", "1")]),
        lambda: performances.copy_previous(other.clerk, number),
    ):
        with pytest.raises(NotFound):
            act()


def test_e009_the_financial_role_sees_no_performances(database: Any) -> None:
    place = scene()
    number = place.open()
    with pytest.raises(Forbidden):
        performances.grid(actors.facility_user(place.facility, Role.EL_FINANCIEEL), number)


def test_t02_saving_stops_with_the_postponement(database: Any, at: At) -> None:
    place = scene()
    place.open()
    at("2024-10-15T23:59:59+02:00")
    place.save(days(place.nurse, "60", "4"))
    at("2024-10-16T00:00:00+02:00")
    with pytest.raises(NotAllowedNow) as refused:
        place.save(days(place.nurse, "61", "4", version=1))
    assert refused.value.code == "V-62"
    assert stored(place)["Aerts"][0] == "60"


def test_e062_a_submitted_quarter_is_not_changed(database: Any) -> None:
    place = scene()
    place.submit(place.fill())
    with pytest.raises(NotAllowedNow) as refused:
        place.save(days(place.nurse, "61", "4", version=1))
    assert refused.value.code == "E-062"


def test_e063_during_an_audit_only_the_case_manager_edits(database: Any) -> None:
    place = scene()
    place.fill()
    with pytest.raises(NotAllowedNow) as refused:
        place.save(days(place.nurse, "50", "0", version=1), actor=place.manager)
    assert refused.value.code == "E-063"
    place.fire(Event.TAKE_INTO_AUDIT)
    with pytest.raises(NotAllowedNow):
        place.save(days(place.nurse, "50", "0", version=1))
    place.save(days(place.nurse, "50", "0", version=1), actor=place.manager)
    line = performances.grid(place.clerk, place.number()).lines[0]
    assert (line.entry.paid_days, line.changed_by) == (Decimal(50), "Departement Zorg")


def test_last_quarter_is_taken_over_on_empty_lines_only(database: Any) -> None:
    place = scene()
    place.fill("2023K4")
    number = place.open()
    place.save(days(place.nurse, "33", ""))
    assert performances.grid(place.clerk, number).copyable == 1
    db.session.rollback()
    with transaction.unit_of_work():
        outcome = performances.copy_previous(place.clerk, number)
    assert outcome.changed == 1
    assert stored(place)["Aerts"] == ("33", "-", "-", "1")
    assert stored(place)["Bos"] == ("-", "-", "230", "1")


def test_last_quarter_of_one_line(database: Any) -> None:
    place = scene()
    place.fill("2023K4")
    number = place.open()
    with transaction.unit_of_work():
        performances.copy_previous(place.clerk, number, [place.nurse.reference])
    assert (stored(place)["Aerts"][0], stored(place)["Bos"][2]) == ("60", "-")


def test_nothing_is_taken_over_when_last_quarter_was_counted_otherwise(database: Any) -> None:
    place = scene()
    place.fill("2023K4")
    with transaction.unit_of_work(), writing("test"):
        db.session.get_one(Contract, place.nurse.id).hours = Decimal(19)
    number = place.open()
    line = performances.grid(place.clerk, number).lines[0]
    assert (line.line.kind, line.previous) == (Kind.HOURS, PerformanceEntry())
