"""A facility asks to reopen, a case manager decides (T-04, T-06, A-10, A-12, V-64, V-65, E-126, E-127)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from domain.ecalcura.declaration import DossierStatus, Event
from domain.errors import Conflict, Forbidden, InvalidValue, NotAllowedNow, NotFound
from domain.permissions import Role
from models.all import db
from models.declaration import DossierEvent, ReopeningRequest
from models.outbox import OutboxMessage
from models.reference import FacilityPeriod
from services import transaction
from services.ecalcura import declarations, reopening_asking, reopening_list, reopening_requests
from services.form_keys import new_form_key
from tests.factories import actors
from tests.integration.reopening.scene import ALL, PERIOD, WHAT, asking
from tests.support.sign_in import SignedIn

At = Callable[[str], datetime]
IN_WINDOW = "2024-11-04T09:30:15+01:00"
P = date(2024, 10, 16)


def mails(template: str | None = None) -> int:
    """How many mails wait."""
    db.session.rollback()
    statement = sa.select(sa.func.count()).select_from(OutboxMessage)
    return db.session.scalar(statement.where(OutboxMessage.template == template) if template else statement) or 0


def test_t04_e126_many_times_before_16_october(database: Any, at: At) -> None:
    """Asked and granted again and again, until the last minute of 15 October; the reopening of T-06 is not used."""
    place = asking()
    for moment in ("2024-09-16T10:00:00+02:00", "2024-10-02T10:00:00+02:00", "2024-10-15T23:59:00+02:00"):
        at(moment)
        request = place.ask("2024K1")
        assert (request.kind, request.channel) == ("VOOR_16_OKT", "MESSAGE")
        place.grant(request)
        assert place.statuses()["2024K1"] is DossierStatus.OPEN
        with transaction.unit_of_work():
            declarations.fire(place.manager, f"{place.facility.hco_number}-2024K1", Event.TAKE_INTO_AUDIT, "Steekproef")
            declarations.fire(place.manager, f"{place.facility.hco_number}-2024K1", Event.CLOSE_FROM_AUDIT)
    used = db.session.scalars(sa.select(FacilityPeriod.reopenings_used)).all()
    assert sum(used) == 0
    at("2024-10-16T00:00:00+02:00")
    with pytest.raises(NotAllowedNow) as refused:
        place.ask("2024K1")
    assert refused.value.code == "V-62"


def test_t06_a10_all_four_in_one_act_also_what_was_blocked_and_never_twice(database: Any, at: At) -> None:
    place = asking("CLOSED", "BLOCKED", "CLOSED", "BLOCKED", provisional=P)
    at(IN_WINDOW)
    request = place.ask()
    assert (request.kind, request.received_at.isoformat()) == ("NA_VOORLOPIGE", "2024-11-04T08:30:15+00:00")
    place.grant(request)
    assert set(place.statuses().values()) == {DossierStatus.OPEN}
    reasons = db.session.scalars(sa.select(DossierEvent.reason).where(DossierEvent.request_id == request.id)).all()
    assert reasons == [WHAT] * 4
    with pytest.raises(NotAllowedNow) as refused:
        place.ask("2024K1")
    assert refused.value.code == "V-65"
    assert place.state(request) == "GRANTED"


def test_a12_an_audit_opens_without_using_up_the_reopening(database: Any, at: At) -> None:
    place = asking(provisional=P)
    at(IN_WINDOW)
    number = f"{place.facility.hco_number}-2023K3"
    with transaction.unit_of_work():
        declarations.fire(place.manager, number, Event.TAKE_INTO_AUDIT, "Steekproef")
        declarations.fire(place.manager, number, Event.REOPEN_FROM_AUDIT, "Mag verbeterd worden")
    page = reopening_asking.page(place.clerk, PERIOD)
    assert [str(quarter) for quarter in page.possible.quarters] == list(ALL[1:])
    assert page.possible.times_left == 1
    db.session.rollback()
    place.grant(place.ask(*ALL[1:]))
    assert set(place.statuses().values()) == {DossierStatus.OPEN}


def test_v64_after_the_window_nothing_can_be_asked_and_what_waits_has_lapsed(database: Any, at: At) -> None:
    """A request of inside the window counts as received in it, but can only be granted while it runs (E-127)."""
    place = asking(provisional=P)
    at("2024-11-16T23:59:00+01:00")
    request = place.ask()
    assert reopening_list.waiting(place.manager)[0].days_left == 0
    db.session.rollback()
    at("2024-11-17T00:00:00+01:00")
    assert place.state(request) == "LAPSED"
    assert reopening_list.waiting(place.manager)[0].lapsed
    db.session.rollback()
    with pytest.raises(NotAllowedNow) as refused:
        place.grant(request)
    assert refused.value.code == "V-64"
    db.session.rollback()
    with pytest.raises(NotAllowedNow) as refused:
        place.ask("2024K1")
    assert (refused.value.code, "16 november 2024" in str(refused.value)) == ("V-64", True)
    db.session.rollback()
    place.refuse(request)
    assert place.state(request) == "REFUSED"


def test_e127_received_inside_the_window_and_decided_later_in_it(database: Any, at: At) -> None:
    place = asking(provisional=P)
    at("2024-10-17T00:00:00+02:00")
    request = place.ask()
    at("2024-11-16T23:00:00+01:00")
    place.grant(request)
    assert set(place.statuses().values()) == {DossierStatus.OPEN}


def test_a_request_that_lapsed_before_the_blocking_does_not_count_after_it(database: Any, at: At) -> None:
    """T-06: the request must be received within the window; and it keeps nobody from asking again."""
    place = asking(provisional=P)
    at("2024-10-14T10:00:00+02:00")
    early = place.ask("2024K1")
    at(IN_WINDOW)
    with pytest.raises(NotAllowedNow) as refused:
        place.grant(early)
    assert refused.value.code == "T-06"
    db.session.rollback()
    place.grant(place.ask())
    assert set(place.statuses().values()) == {DossierStatus.OPEN}


def test_the_same_form_twice_is_one_request_and_a_second_one_waits(database: Any) -> None:
    place = asking()
    key = new_form_key()
    first = place.ask("2024K1", key=key)
    assert place.ask("2024K1", key=key).id == first.id
    with pytest.raises(NotAllowedNow) as refused:
        place.ask("2023K3", key=new_form_key())
    assert "wacht nog op een beslissing" in str(refused.value)
    db.session.rollback()
    place.withdraw(first.reference)
    place.withdraw(first.reference)
    assert place.state(first) == "WITHDRAWN"
    assert place.ask("2023K3", key=new_form_key()).id != first.id
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ReopeningRequest)) == 2


def test_a_refusal_reaches_the_contacts_with_its_reason_behind_the_sign_in(database: Any) -> None:
    place = asking()
    request = place.ask("2024K1")
    assert (mails("message_for_department"), mails()) == (1, 1)
    place.refuse(request, "De vraag is niet onderbouwd.")
    assert mails() == 2
    assert place.state(request) == "REFUSED"
    with pytest.raises(Conflict):
        place.grant(request)
    db.session.rollback()
    with pytest.raises(Conflict):
        place.withdraw(request.reference)
    db.session.rollback()
    assert place.statuses()["2024K1"] is DossierStatus.CLOSED


def test_granting_tells_the_contacts_once_for_all_quarters(database: Any) -> None:
    place = asking()
    place.grant(place.ask("2024K1", "2023K4"))
    assert (mails("dossier_reopened"), mails("new_message"), mails()) == (0, 1, 2)


def test_what_is_withdrawn_cannot_be_granted(database: Any) -> None:
    place = asking()
    request = place.ask("2024K1")
    place.withdraw(request.reference)
    with pytest.raises(Conflict):
        place.grant(request)
    db.session.rollback()
    assert place.statuses()["2024K1"] is DossierStatus.CLOSED
    assert reopening_list.waiting(place.manager) == []


def test_only_the_own_facility_and_only_with_the_role(database: Any) -> None:
    """E-008, E-009: the financial role asks nothing; another facility's request does not exist."""
    place, other = asking(), asking()
    request = place.ask("2024K1")
    financial = actors.facility_user(place.facility, Role.EL_FINANCIEEL)
    with pytest.raises(Forbidden):
        place.ask("2023K3", actor=financial)
    with pytest.raises(Forbidden):
        reopening_asking.page(financial, PERIOD)
    with pytest.raises(Forbidden):
        reopening_asking.page(place.manager, PERIOD)
    with pytest.raises(NotFound):
        other.withdraw(request.reference)
    db.session.rollback()
    assert other.ask("2024K1", key=request.reference).id != request.id
    assert reopening_asking.page(other.clerk, PERIOD).requests[0].request.facility_id == other.facility.id
    with pytest.raises(NotFound):
        reopening_asking.page(place.clerk, "2023-2025")
    with pytest.raises(Forbidden):
        reopening_list.waiting(place.clerk)


def test_the_explanation_is_asked(database: Any) -> None:
    place = asking()
    with pytest.raises(InvalidValue) as refused:
        place.ask("2024K1", text="  ")
    assert refused.value.field == "explanation"


def test_the_list_of_the_case_manager_has_the_first_last_day_on_top(database: Any, at: At) -> None:
    late, soon = asking(provisional=date(2024, 10, 20)), asking(provisional=P)
    at(IN_WINDOW)
    late.ask()
    soon.ask()
    found = reopening_list.waiting(soon.manager)
    assert [(one.facility.id, one.days_left) for one in found] == [(soon.facility.id, 12), (late.facility.id, 16)]
    assert reopening_list.waiting_count(soon.manager).number == 2


# --- pages -----------------------------------------------------------------------------------------------------------


def test_the_button_on_the_overview_leads_to_a_request_and_back(app: Any, at: At, signed_in: SignedIn) -> None:
    place = asking("CLOSED", "BLOCKED", "CLOSED", "CLOSED", provisional=P)
    at(IN_WINDOW)
    client = signed_in(actor=place.clerk)
    page = client.page("/ecalcura/")
    assert "nog 12 dagen, tot en met zaterdag 16 november 2024 · 1 keer mogelijk" in page.text
    page = client.page(page.links()["Heropening vragen: 2023-2024"])
    assert page.heading == "Heropening vragen"
    assert "ten laatste op 16 november 2024" in page.text
    ticked = page.all("//input[@name='quarters' and @checked]")
    assert [one.get("value") for one in ticked] == list(ALL), "A-10: all four by default"
    page = client.submit(page, {"explanation": ""})
    assert page.status == 422
    assert "Schrijf kort wat u wilt wijzigen" in page.field_error("explanation")
    page = client.submit(page, {"explanation": WHAT})
    assert (page.status, page.path) == (200, f"/ecalcura/heropening/{PERIOD}")
    assert "Uw aanvraag wacht op een beslissing" in page.text
    assert "4 november 2024 om 09:30:15" in page.text
    assert "Bekijk uw aanvraag: 2023-2024" in client.page("/ecalcura/").links()
    page = client.submit(page, form="intrekken")
    assert "Uw aanvraag is ingetrokken" in page.text


@pytest.mark.one_database
def test_a_second_request_is_refused_with_a_link_to_the_first(app: Any, signed_in: SignedIn) -> None:
    place = asking()
    client = signed_in(actor=place.clerk)
    page = client.page(f"/ecalcura/heropening/{PERIOD}")
    place.ask("2024K1")
    refused = client.submit(page, {"explanation": WHAT})
    assert refused.status == 409
    assert "wacht nog op een beslissing" in refused.text
    assert "Bekijk uw aanvraag" in refused.links()


@pytest.mark.one_database
@pytest.mark.parametrize("text", [WHAT, ""])
def test_a_request_granted_meanwhile_is_refused_in_one_sentence(
    app: Any, at: At, signed_in: SignedIn, text: str
) -> None:
    place = asking(provisional=P)
    at(IN_WINDOW)
    client = signed_in(actor=place.clerk)
    page = client.page(f"/ecalcura/heropening/{PERIOD}")
    place.grant(place.ask())
    refused = client.submit(page, {"explanation": text})
    assert (refused.status, refused.heading) == (409, "Heropening")
    assert "ongeldige keuze" not in refused.text
    assert "Schrijf kort" not in refused.text
    assert refused.text.count("werden al één keer heropend") == 1


@pytest.mark.one_database
def test_a_quarter_reopened_meanwhile_is_named_in_the_refusal(app: Any, signed_in: SignedIn) -> None:
    place = asking()
    client = signed_in(actor=place.clerk)
    page = client.page(f"/ecalcura/heropening/{PERIOD}")
    place.grant(place.ask("2024K1"))
    refused = client.submit(page, {"explanation": WHAT})
    assert refused.status == 409
    assert "ongeldige keuze" not in refused.text
    assert any("2024" in error and "Dit kwartaal is open" in error for error in refused.errors), refused.errors
    assert client.get("/ecalcura/aangifte/2024K1/").status_code == 200


@pytest.mark.one_database
def test_a_closed_dossier_offers_the_reopening(app: Any, signed_in: SignedIn) -> None:
    place = asking("CLOSED", "OPEN", "AUDIT", "-")
    client = signed_in(actor=place.clerk)
    page = client.page("/ecalcura/aangifte/2023K3")
    assert "tot en met dinsdag 15 oktober 2024 · zo vaak als nodig" in page.text
    asked = client.page(page.links()["Heropening vragen"])
    assert [one.get("value") for one in asked.all("//input[@name='quarters' and @checked]")] == ["2023K3"]
    assert "Heropening vragen" not in client.page("/ecalcura/aangifte/2023K4").links()
    assert "Heropening vragen" not in client.page("/ecalcura/aangifte/2024K1").links()


@pytest.mark.one_database
def test_the_page_says_why_nothing_can_be_asked(app: Any, at: At, signed_in: SignedIn) -> None:
    place = asking(provisional=P)
    at(IN_WINDOW)
    place.grant(place.ask())
    client = signed_in(actor=place.clerk)
    assert "één keer laten heropenen" not in client.page("/ecalcura/").text
    page = client.page(f"/ecalcura/heropening/{PERIOD}/")
    assert page.heading == "Heropening"
    assert "één keer laten heropenen" not in page.text
    assert "kunt u tot en met 16 november 2024 wijzigen en opnieuw indienen" in page.text
    assert "werden al één keer heropend" in page.text
    assert "Dien de heropende kwartalen opnieuw in: nog 12 dagen, tot en met zaterdag 16 november 2024" in page.text
    at("2024-11-17T00:00:00+01:00")
    page = signed_in(actor=place.clerk).page(f"/ecalcura/heropening/{PERIOD}")
    assert "De termijn van 30 dagen is verstreken op 16 november 2024." in page.text


@pytest.mark.one_database
@pytest.mark.parametrize("role", ["EL_FINANCIEEL"])
def test_the_page_needs_its_permission(app: Any, signed_in: SignedIn, role: str) -> None:
    place = asking()
    request = place.ask("2024K1")
    client = signed_in(role, facility=place.facility)
    assert client.get(f"/ecalcura/heropening/{PERIOD}").status_code == 403
    assert client.post(f"/ecalcura/heropening/{PERIOD}").status_code == 403
    assert client.post(f"/ecalcura/heropening/{PERIOD}/{request.reference}/intrekken").status_code == 403
    other = asking()
    stranger = signed_in(actor=other.clerk)
    assert stranger.post(f"/ecalcura/heropening/{PERIOD}/{request.reference}/intrekken").status_code == 404
    assert stranger.get("/ecalcura/heropening/rommel").status_code == 404


def test_one_click_on_the_work_list_reopens_with_the_reason_of_the_request(
    app: Any, at: At, signed_in: SignedIn
) -> None:
    place = asking(provisional=P)
    at(IN_WINDOW)
    request = place.ask()
    els = signed_in("EL_DOSSIERBEHEERDER")
    assert place.facility.name in els.page("/beheer/").text
    page = els.page("/beheer/heropeningen/")
    assert "1 aanvraag wacht" in page.text
    assert WHAT in page.text
    page = els.submit(page, form="inwilligen")
    assert "De kwartalen zijn heropend" in page.text
    assert set(place.statuses().values()) == {DossierStatus.OPEN}
    again = els.post(f"/beheer/heropeningen/{request.id}/inwilligen", data={"reason": "Nog eens"})
    assert again.status_code == 409
    assert "Er wacht geen aanvraag" in els.page("/beheer/heropeningen/").text


@pytest.mark.one_database
def test_the_reason_stands_ready_on_the_page_of_a_request(app: Any, signed_in: SignedIn) -> None:
    place = asking()
    request = place.ask("2024K1")
    els = signed_in("EL_DOSSIERBEHEERDER")
    page = els.page(f"/beheer/heropeningen/{request.id}")
    assert page.field("reason").text.strip() == WHAT
    assert "nog 29 dagen, tot en met dinsdag 15 oktober 2024" in page.text
    refused = els.submit(page, {"refusal": ""}, form="weigeren-vraag")
    assert refused.status == 422
    els.submit(refused, {"refusal": "Niet onderbouwd."}, form="weigeren-vraag")
    clerk = signed_in(actor=place.clerk).page(f"/ecalcura/heropening/{PERIOD}")
    assert "Niet onderbouwd." in clerk.text


def test_a_request_by_mail_has_its_kind_and_shows_to_the_facility(database: Any, at: At) -> None:
    place = asking(provisional=P)
    moment = at(IN_WINDOW)
    with transaction.unit_of_work():
        made = reopening_requests.register(
            place.manager, place.facility.hco_number, PERIOD, [reopening_asking.quarters_of(PERIOD)[0]], moment
        )
    assert made.kind == "NA_VOORLOPIGE"
    assert place.state(made) == "WAITING"
