"""The overview tab (E-060 to E-064, T-01)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from domain.calendars import Quarter
from domain.ecalcura.campaign import DueKind, Phase
from domain.ecalcura.declaration import Event
from domain.errors import Forbidden, NotFound
from domain.permissions import Role
from models.all import db
from services.ecalcura import queries
from tests.factories import actors, reference
from tests.integration.declaration.scene import QUARTER, scene, statements
from tests.support.sign_in import SignedIn

At = Callable[[str], datetime]


def test_e060_every_quarter_with_what_may_be_done(database: Any) -> None:
    place = scene(entry_from="2023K3")
    place.submit(place.fill("2023K4"))
    place.fill()
    shown = queries.overview(place.clerk)
    period = next(one for one in shown.periods if one.code == "2023-2024")
    assert [
        (str(row.quarter), row.dossier and row.dossier.status.value, row.can_open, row.can_edit) for row in period.rows
    ] == [
        ("2024K2", None, True, False),
        ("2024K1", "OPEN", False, True),
        ("2023K4", "CLOSED", False, False),
        ("2023K3", None, True, False),
    ]
    assert [row.receipt is not None for row in period.rows] == [False, False, True, False]
    assert [(quarters, reason.code) for reason, quarters in period.reasons] == [([Quarter(2023, 4)], "E-062")]


def test_a08_e019_a_new_dossier_only_for_quarters_that_may_be_opened(database: Any) -> None:
    place = scene(entry_from="2024K2")
    assert queries.overview(place.clerk).can_be_opened == [Quarter(2024, 2), Quarter(2024, 3)]
    place.open("2024K2")
    assert queries.overview(place.clerk).can_be_opened == [Quarter(2024, 3)]


@pytest.mark.parametrize(
    ("moment", "provisional", "phase", "due", "days_left"),
    [
        ("2024-09-16T10:00:00+02:00", None, Phase.ENTRY, DueKind.SUBMIT, 14),
        ("2024-09-30T23:59:59+02:00", None, Phase.ENTRY, DueKind.SUBMIT, 0),
        ("2024-10-01T00:00:00+02:00", None, Phase.POSTPONEMENT, DueKind.SUBMIT_IN_POSTPONEMENT, 14),
        ("2024-10-16T00:00:00+02:00", None, Phase.CALCULATION, None, None),
        ("2024-10-17T00:00:00+02:00", date(2024, 10, 16), Phase.CORRECTION, DueKind.REQUEST_REOPENING, 30),
        ("2024-11-17T00:00:00+01:00", date(2024, 10, 16), Phase.CLOSING, None, None),
    ],
)
def test_5_2_the_phase_and_what_is_due(
    database: Any,
    at: At,
    moment: str,
    provisional: date | None,
    phase: Phase,
    due: DueKind | None,
    days_left: int | None,
) -> None:
    place = scene(entry_from="2023K3")
    place.open()
    if provisional:
        reference.facility_period(place.facility, provisional_on=provisional)
    at(moment)
    period = next(one for one in queries.overview(place.clerk).periods if one.code == "2023-2024")
    assert period.phase is phase
    assert (period.due and period.due.kind, period.due and period.due.days_left) == (due, days_left)


def test_quarters_before_the_first_one_of_the_facility_do_not_keep_it_due(database: Any) -> None:
    place = scene(entry_from="2024K2")
    place.submit(place.fill("2024K2"))
    period = next(one for one in queries.overview(place.clerk).periods if one.code == "2023-2024")
    assert (period.due, [str(row.quarter) for row in period.rows]) == (None, ["2024K2"])


def test_what_is_due_first_stands_first(database: Any, at: At) -> None:
    place = scene(entry_from="2022K3")
    at("2024-10-05T09:00:00+02:00")
    reference.facility_period(
        place.facility, "2022-2023", provisional_on=date(2023, 10, 16), definitive_on=date(2023, 11, 28)
    )
    assert [period.code for period in queries.overview(place.clerk).periods] == ["2023-2024", "2024-2025", "2022-2023"]


def test_only_the_own_dossiers(database: Any) -> None:
    place, other = scene(), scene()
    other.fill()
    assert all(row.dossier is None for period in queries.overview(place.clerk).periods for row in period.rows)
    with pytest.raises(NotFound):
        queries.receipts(place.clerk, other.number())


def test_e009_the_financial_role_sees_no_dossiers_and_the_others_no_overview(database: Any) -> None:
    place = scene()
    place.fill()
    shown = queries.overview(actors.facility_user(place.facility, Role.EL_FINANCIEEL))
    assert (shown.can_see_dossiers, list(shown.periods), list(shown.can_be_opened)) == (False, [], [])
    with pytest.raises(Forbidden):
        queries.overview(actors.helpdesk())


def test_the_overview_takes_a_fixed_number_of_statements(database: Any) -> None:
    place = scene(entry_from="2022K3")
    for quarter in ("2023K3", "2023K4", "2024K1", "2024K2"):
        place.submit(place.fill(quarter))
    db.session.rollback()
    with statements() as seen:
        queries.overview(place.clerk)
    assert len(seen) <= 4, seen


def test_the_page_offers_a_new_dossier_and_opens_it(app: Any, signed_in: SignedIn) -> None:
    place = scene(entry_from="2023K3")
    client = signed_in(actor=place.clerk)
    page = client.page("/ecalcura")
    assert page.heading == "Overzicht dossiers"
    assert next(option.get("value") for option in page.field("quarter").iter("option")) == "2023K3"
    page = client.submit(page, {"quarter": QUARTER}, form="nieuw")
    assert (page.path, page.heading) == (f"/ecalcura/aangifte/{QUARTER}", "Aangifte 1ste kwartaal 2024")
    again = client.post("/ecalcura/aangifte", data={"quarter": QUARTER})
    assert again.headers["Location"] == f"/ecalcura/aangifte/{QUARTER}", "a second click shows the dossier"
    assert len(place.events()) == 1


@pytest.mark.one_database
@pytest.mark.parametrize("wanted", ["", "2022K1", "2099K1", "<script>", "2024K9"])
def test_a_quarter_that_is_not_offered_is_refused_with_advice(app: Any, signed_in: SignedIn, wanted: str) -> None:
    place = scene(entry_from="2023K3")
    client = signed_in(actor=place.clerk)
    page = client.page("/ecalcura")
    answer = client.post("/ecalcura/aangifte", data={"quarter": wanted}, follow_redirects=True)
    assert "Kies een kwartaal uit de lijst" in answer.text
    assert page.status == 200


@pytest.mark.one_database
def test_the_page_says_who_submitted_when_and_why_nothing_can_be_changed(app: Any, signed_in: SignedIn) -> None:
    place = scene(entry_from="2023K4")
    place.submit(place.fill("2023K4"))
    place.fill()
    place.fire(Event.TAKE_INTO_AUDIT)
    page = signed_in(actor=place.clerk).page("/ecalcura/")
    assert "door Sofie Maes" in page.text
    assert "Ontvangstbewijs 4de kwartaal 2023" in page.links()
    assert "1ste kwartaal 2024: Een dossierbeheerder controleert dit kwartaal." in page.text
    assert "4de kwartaal 2023: Dit kwartaal is ingediend; u kunt het enkel raadplegen." in page.text


@pytest.mark.one_database
def test_the_financial_role_is_told_which_role_shows_dossiers(app: Any, signed_in: SignedIn) -> None:
    place = scene()
    client = signed_in("EL_FINANCIEEL", facility=place.facility)
    assert "Beheer privacygevoelige gegevens" in client.page("/ecalcura/").text
    assert client.get(f"/ecalcura/aangifte/{QUARTER}").status_code == 403
    assert client.post("/ecalcura/aangifte", data={"quarter": QUARTER}).status_code == 403
