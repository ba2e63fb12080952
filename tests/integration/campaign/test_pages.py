"""The pages of the campaign: what is due, the dry run, starting, progress, stopping, and who may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin.plots import line_plot
from domain.ecalcura.campaign import Phase
from jobs import campaign as calendar
from jobs import worker
from models.all import db
from models.audit import AuditEntry
from services import clock, transaction
from services.ecalcura import campaign, campaign_overview
from tests.factories import actors, reference
from tests.integration.campaign.scene import (
    BLOCKING,
    DURING_CALCULATION,
    LETTER_DAY,
    PERIOD,
    everything,
    facility,
    runs,
    statuses,
)
from tests.integration.declaration.scene import scene
from tests.support.client import Client

At = Callable[[str], datetime]


@pytest.fixture
def sign_in(app: Flask, signed_in: Any) -> Callable[[], Client]:
    """Sign a case manager in at the time of the clock: a session does not outlive a move of weeks."""
    return lambda: signed_in("EL_DOSSIERBEHEERDER")


def test_the_pages_open_without_any_data(sign_in: Callable[[], Client]) -> None:
    els = sign_in()
    for path in ("/beheer/campagne/", "/beheer/campagne/vooruitblik", "/beheer/campagne/vooruitblik?dag=2030-10-16"):
        assert els.page(path).heading


def test_the_page_says_what_is_due_what_comes_next_and_how_the_period_stands(
    sign_in: Callable[[], Client], at: At
) -> None:
    facility("OCC-")
    facility("CCCC")
    at(LETTER_DAY)
    els = sign_in()
    page = els.page("/beheer/campagne/")
    assert "1 brief over niet-ingediende kwartalen" in page.text
    assert "woensdag 16 oktober 2024" in page.text
    assert "1 nooit geopend kwartaal leeg blokkeren" in page.text
    assert "Referentieperiode 2023-2024" in page.text
    found = campaign_overview.overview(actors.case_manager(), PERIOD)
    assert (found.facilities, found.phases[Phase.POSTPONEMENT], sum(found.phases.values())) == (2, 2, 2)
    assert [row.missing for row in found.quarters] == [0, 0, 0, 1]


def test_a_period_is_chosen_in_the_address_and_a_wrong_one_is_the_current(
    sign_in: Callable[[], Client], at: At
) -> None:
    facility("CCCC")
    reference.reference_period("2024-2025")
    at(LETTER_DAY)
    els = sign_in()
    assert "Referentieperiode 2024-2025" in els.page("/beheer/campagne/?periode=2024-2025").text
    assert "Referentieperiode 2023-2024" in els.page("/beheer/campagne/?periode=onzin").text


def test_the_dry_run_lists_facilities_mails_and_who_has_no_address(sign_in: Callable[[], Client], at: At) -> None:
    reached, alone = facility("OCCC"), facility("OOOO", contact=False)
    at(LETTER_DAY)
    els = sign_in()
    before = everything() | {"web_session": []}
    page = els.page("/beheer/campagne/vooruitblik")
    assert everything() | {"web_session": []} == before
    for text in (reached.name, alone.name, "1 voorziening heeft geen contactpersoon voor eCalcura", "Nu uitvoeren"):
        assert text in page.text
    ahead = els.page("/beheer/campagne/vooruitblik?dag=16/10/2024")
    assert "5 open kwartalen blokkeren" in ahead.text
    assert "Nu uitvoeren" not in ahead.text
    assert "Deze dag bestaat niet" in els.page("/beheer/campagne/vooruitblik?dag=morgen").text


def test_a_long_dry_run_has_pages(sign_in: Callable[[], Client], at: At) -> None:
    made = sorted(facility("").hco_number for _ in range(51))
    at(BLOCKING)
    els = sign_in()
    first = els.page("/beheer/campagne/vooruitblik")
    second = els.page("/beheer/campagne/vooruitblik?pagina=2")
    assert made[0] in first.text
    assert made[-1] not in first.text
    assert made[-1] in second.text


def test_started_watched_and_done(sign_in: Callable[[], Client], at: At) -> None:
    one = facility("OO--")
    at(BLOCKING)
    els = sign_in()
    page = els.submit(els.page("/beheer/campagne/vooruitblik"), {}, form="starten", button="Nu uitvoeren")
    assert page.heading == "Uitvoering van de kalender"
    assert "wacht" in page.text
    assert "Stoppen" in page.text
    assert worker.work(once=True).jobs == 1
    (run,) = runs()
    done = els.page(f"/beheer/campagne/uitvoeringen/{run.reference}")
    assert statuses(one) == "BBBB"
    for text in ("klaar", one.name, "2023K3, 2023K4, 2024K1, 2024K2", "2 open kwartalen geblokkeerd"):
        assert text in done.text
    overview = els.page("/beheer/campagne/")
    assert "Er is niets te doen" in overview.text
    assert "Els" in overview.text or run.started_by in overview.text


def test_stopped_held_and_resumed(sign_in: Callable[[], Client], at: At) -> None:
    one = facility("OO--")
    at(BLOCKING)
    els = sign_in()
    page = els.submit(els.page("/beheer/campagne/vooruitblik"), {}, form="starten", button="Nu uitvoeren")
    stopped = els.submit(page, {}, form="stoppen")
    assert "gestopt" in stopped.text
    assert "De kalender staat stil" in els.page("/beheer/campagne/").text
    assert (worker.work(once=True).jobs, statuses(one)) == (0, "OO--")
    els.submit(stopped, {}, form="verderzetten")
    assert (worker.work(once=True).jobs, statuses(one)) == (1, "BBBB")
    assert "De kalender staat stil" not in els.page("/beheer/campagne/").text
    (run,) = runs()
    about = select(AuditEntry).where(AuditEntry.subject_key == run.reference).order_by(AuditEntry.sequence)
    traced = db.session.scalars(about).all()
    assert [row.event for row in traced] == [
        "campaign.started",
        "campaign.stopped",
        "campaign.resumed",
        "campaign.run",
    ]
    assert [row.actor_side for row in traced[:3]] == ["department"] * 3


def test_a_problem_is_shown_with_its_facility(
    sign_in: Callable[[], Client], at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = facility("OO--")

    def broken(*_words: Any) -> None:
        raise RuntimeError

    at(BLOCKING)
    with monkeypatch.context() as patched:
        patched.setattr(campaign, "_block", broken)
        calendar.run(clock.now())
    els = sign_in()
    page = els.page(f"/beheer/campagne/uitvoeringen/{runs()[0].reference}")
    assert "1 voorziening is niet gelukt" in page.text
    assert one.hco_number in page.text
    assert "1 probleem" in els.page("/beheer/campagne/").text


def test_only_a_case_manager(app: Flask, signed_in: Any, at: At) -> None:
    one = facility("OO--")
    for client in (signed_in("EL_HELPDESK"), signed_in("EL_PRIVACY", facility=one)):
        assert client.get("/beheer/campagne/").status_code == 403
        assert client.post("/beheer/campagne/starten", headers={"X-CSRFToken": "x"}).status_code in (400, 403)


def test_the_share_that_was_submitted_counts_the_first_time(database: Any, at: At) -> None:
    """A quarter that is reopened and submitted again in November does not leave the earlier weeks."""
    place = scene(entry_from="2024K1")
    reference.reference_period(PERIOD)
    at("2024-09-16T10:00:00+02:00")
    place.submit(place.fill())
    at(DURING_CALCULATION)
    found = campaign_overview.overview(actors.case_manager(), PERIOD)
    (line,) = [one for one in found.submitted if one.period == PERIOD]
    assert [day.isoformat() for day in found.days[-5:]] == [
        "2024-09-17",
        "2024-09-24",
        "2024-10-01",
        "2024-10-08",
        "2024-10-15",
    ]
    assert line.shares[-6:] == (Decimal(0), *[Decimal(50)] * 5)
    at("2024-09-16T10:00:00+02:00")
    (line,) = campaign_overview.overview(actors.case_manager(), PERIOD).submitted
    assert line.shares[-5:] == (Decimal(50), None, None, None, None), "no line where nothing happened yet"


def test_the_overview_costs_the_same_however_many_facilities(database: Any, at: At) -> None:
    from tests.integration.declaration.scene import statements

    costs = []
    at(LETTER_DAY)
    for _ in range(2):
        for _ in range(4):
            facility("OC--")
        transaction.rollback()
        with statements() as seen:
            campaign_overview.overview(actors.case_manager(), PERIOD)
            campaign_overview.next_day(actors.case_manager(), clock.now())
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 26


def test_labels_of_lines_never_lie_over_each_other() -> None:
    plot = line_plot(["a", "b"], [(str(n), [Decimal(0), Decimal(50 + n)]) for n in range(4)], every=1)
    heights = sorted(line.label_y for line in plot.lines)
    assert all(second - first >= 15 for first, second in pairwise(heights))
