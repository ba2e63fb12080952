"""Steps of a case manager: with their reason, one at a time or several, and with somebody else at work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
import sqlalchemy as sa

from domain.ecalcura.declaration import DossierStatus
from models.all import db
from models.declaration import Dossier, ReopeningRequest
from models.reference import FacilityPeriod
from tests.factories import declarations
from tests.factories.database import save
from tests.integration.back_office.conftest import World
from tests.support.client import Client
from tests.support.sign_in import SignedIn

At = Callable[[str], datetime]


def status(number: str) -> DossierStatus:
    """The status a dossier has now."""
    return db.session.execute(sa.select(Dossier.status).where(Dossier.number == number)).scalar_one()


def trace(event: str) -> list[str]:
    """The data of the audit entries of an event."""
    return list(db.session.execute(sa.text("SELECT data FROM audit_entry WHERE event = :e"), {"e": event}).scalars())


def test_a_step_needs_its_reason(els: Client, world: World) -> None:
    """T-09: without a reason nothing happens, and the field says so."""
    number = world.number("CLOSED")
    page = els.page(els.page(f"/beheer/dossiers/{number}").links()["In audit nemen"])
    refused = els.submit(page, {"reason": "  "})
    assert refused.status == 422
    assert "Vul een reden in." in refused.field_error("reason")
    assert status(number) is DossierStatus.CLOSED


def test_a_step_moves_the_dossier_and_leaves_timeline_trace_and_mail(els: Client, world: World) -> None:
    """T-09, E-063."""
    number = world.number("CLOSED")
    page = els.page(f"/beheer/dossiers/{number}/stap/TAKE_INTO_AUDIT")
    after = els.submit(page, {"reason": "Steekproef van september"})
    assert after.heading == f"Dossier {number}"
    assert "Gelukt: In audit nemen" in after.text
    assert "Steekproef van september" in after.text
    assert "Dossier in audit genomen" in after.text
    assert status(number) is DossierStatus.AUDIT
    assert len(trace("dossier.state")) == 1
    assert {"Afsluiten", "Terugzetten", "Opnieuw openstellen"} <= set(after.links())


def test_a_step_that_is_not_possible_now_is_not_offered(els: Client, world: World) -> None:
    """T-10: what is not under audit cannot be opened out of one."""
    after = els.page(f"/beheer/dossiers/{world.number('BLOCKED')}/stap/REOPEN_FROM_AUDIT")
    assert "Deze actie kan nu niet meer" in after.text


def test_the_once_only_reopening_asks_which_quarters(els: Client, world: World) -> None:
    """A-10: it is one act for all quarters of a request, never a button for one of them."""
    page = els.page(f"/beheer/dossiers/{world.number('BLOCKED')}/stap/REOPEN_ONCE")
    assert page.heading == "Aanvraag tot heropening"


def test_the_second_case_manager_is_told_what_the_first_did(els: Client, world: World, signed_in: SignedIn) -> None:
    """Two case managers decide at once: one decision, one trace; the other sees who did what and when (409)."""
    number = world.number("CLOSED")
    bart = signed_in("EL_DOSSIERBEHEERDER")
    first = els.page(f"/beheer/dossiers/{number}/stap/TAKE_INTO_AUDIT")
    second = bart.page(f"/beheer/dossiers/{number}/stap/REOPEN")
    els.submit(first, {"reason": "Steekproef"})
    refused = bart.submit(second, {"reason": "Vraag van de voorziening"})
    assert refused.status == 409
    assert "In audit genomen" in refused.text
    assert "16 september 2024" in refused.text
    assert status(number) is DossierStatus.AUDIT
    assert len(trace("dossier.state")) == 1


def test_several_dossiers_show_a_preview_and_a_result_each(els: Client, world: World) -> None:
    page = els.page("/beheer/dossiers/?voorziening=71000012")
    rows = [f"{dossier.number}:{dossier.version}" for dossier in world.dossiers.values()]
    token = page.find("//form[@id='acties']//input[@name='csrf_token']").get("value")
    action = page.find("//form[@id='acties']").get("action")
    data = {"csrf_token": token, "action": "TAKE_INTO_AUDIT", "rowid": [*rows, "71000012-1999K1:1", "rommel"]}
    preview = els.post(action, data=data)
    assert "3 van de 4 gekozen dossiers" in preview.text
    assert status(world.number("OPEN")) is DossierStatus.OPEN
    no_reason = els.post(action, data=data | {"confirmed": "1", "reason": ""})
    assert no_reason.status_code == 422
    assert status(world.number("OPEN")) is DossierStatus.OPEN
    done = els.post(action, data=data | {"confirmed": "1", "reason": "Controle"})
    assert "3 gelukt, 0 niet" in done.text
    assert {status(world.number(name)) for name in ("OPEN", "CLOSED", "BLOCKED")} == {DossierStatus.AUDIT}
    assert len(trace("dossier.state")) == 3


def test_several_dossiers_one_changed_meanwhile(els: Client, world: World, signed_in: SignedIn) -> None:
    """What one dossier says does not stop the others; the version that was shown counts."""
    rows = [f"{world.number(name)}:{world.dossiers[name].version}" for name in ("CLOSED", "BLOCKED")]
    data = {"action": "TAKE_INTO_AUDIT", "rowid": rows}
    assert "2 van de 2" in els.post("/beheer/dossiers/acties", data=data).text
    bart = signed_in("EL_DOSSIERBEHEERDER")
    for event in ("TAKE_INTO_AUDIT", "RESTORE"):
        bart.submit(bart.page(f"/beheer/dossiers/{world.number('CLOSED')}/stap/{event}"), {"reason": "Eerst ik"})
    done = els.post("/beheer/dossiers/acties", data=data | {"confirmed": "1", "reason": "Controle"})
    assert "1 gelukt, 1 niet" in done.text
    assert "Audit beëindigd zonder wijziging" in done.text
    assert status(world.number("CLOSED")) is DossierStatus.CLOSED
    assert status(world.number("BLOCKED")) is DossierStatus.AUDIT


@pytest.mark.parametrize("action", ("SUBMIT", "REOPEN_ONCE", "SAVE", "delete", ""))
def test_only_steps_for_several_can_be_taken_for_several(action: str, els: Client, world: World) -> None:
    response = els.post("/beheer/dossiers/acties", data={"action": action, "rowid": [world.number("OPEN")]})
    assert response.status_code == 404


def _request(client: Client, number: str, **values: object):
    page = client.page(f"/beheer/dossiers/{number}/heropening")
    filled = {"received_on": "16/09/2024", "received_at": "09:30", "decision": "GRANTED", "reason": "Op vraag"}
    return client.submit(page, filled | values)


def test_a_request_by_mail_reopens_before_the_deadline(els: Client, world: World) -> None:
    """T-04, E-126: registered with its moment of receipt, granted, in the timeline of the dossier."""
    number = world.number("CLOSED")
    after = _request(els, number)
    assert status(number) is DossierStatus.OPEN
    assert "Aanvraag tot heropening: ingewilligd" in after.text
    request = db.session.scalars(sa.select(ReopeningRequest)).one()
    assert (request.channel, request.quarters, request.decision) == ("EMAIL", "2023K3", "GRANTED")
    assert request.received_at.isoformat() == "2024-09-16T07:30:00+00:00"


def test_a_request_for_several_quarters_is_all_or_nothing(els: Client, world: World) -> None:
    """A-10: one of the quarters cannot be reopened, so none is, and nothing is registered."""
    number = world.number("CLOSED")
    refused = _request(els, number, quarters=["2023K3", "2024K2"])
    assert refused.status == 422
    assert refused.errors
    assert status(number) is DossierStatus.CLOSED
    assert not db.session.scalars(sa.select(ReopeningRequest)).all()


@pytest.mark.parametrize(
    ("values", "field", "says"),
    (
        ({"received_on": "31/02/2024"}, "received_on", "bestaande datum"),
        ({"received_on": "17/09/2024"}, "received_on", "toekomst"),
        ({"received_at": "25:00"}, "received_at", "uur"),
        ({"quarters": []}, "quarters", "minstens één kwartaal"),
        ({"reason": ""}, "reason", "reden"),
    ),
)
def test_a_request_tells_what_is_wrong_at_its_field(
    values: dict[str, object], field: str, says: str, els: Client, world: World
) -> None:
    refused = _request(els, world.number("CLOSED"), **values)
    assert refused.status == 422
    assert any(says in error for error in refused.errors), refused.errors


def test_a_request_can_wait_and_be_refused_later(els: Client, world: World) -> None:
    number = world.number("CLOSED")
    _request(els, number, decision="LATER", reason="")
    assert "te beslissen" in els.page("/beheer/").text
    page = els.page(f"/beheer/dossiers/{number}")
    decide = els.page(page.links()["Beslissen"])
    after = els.submit(decide, {"refusal": "Te weinig onderbouwd"}, form="weigeren-vraag")
    assert "geweigerd" in after.text
    assert status(number) is DossierStatus.CLOSED
    again = els.post(decide.path, data={"decision": "GRANTED", "reason": "Toch"})
    assert again.status_code == 409
    assert status(number) is DossierStatus.CLOSED


def test_after_the_provisional_calculation_a_request_uses_up_the_one_reopening(
    world: World, at: At, signed_in: SignedIn
) -> None:
    """T-06, A-10, V-65: every requested quarter in one act, once per reference period."""
    declarations.dossier(world.linden, "2023K3", "CLOSED")
    declarations.dossier(world.linden, "2023K4", "BLOCKED")
    save(FacilityPeriod(facility_id=world.linden.id, period_code="2023-2024", provisional_on=date(2024, 10, 16)))
    at("2024-10-20T10:00:00+02:00")
    els = signed_in("EL_DOSSIERBEHEERDER")
    number = "71000023-2023K3"
    page = els.page(f"/beheer/dossiers/{number}/heropening")
    assert "één keer per referentieperiode" in page.text
    outside = _request(els, number, received_on="16/10/2024", quarters=["2023K3", "2023K4"])
    assert outside.status == 422
    assert status(number) is DossierStatus.CLOSED
    _request(els, number, received_on="18/10/2024", quarters=["2023K3", "2023K4"])
    assert {status(number), status("71000023-2023K4")} == {DossierStatus.OPEN}
    used = db.session.scalars(sa.select(FacilityPeriod.reopenings_used)).one()
    assert used == 1


def test_looking_at_a_dossier_leaves_a_trace(els: Client, world: World) -> None:
    els.page(f"/beheer/dossiers/{world.number('OPEN')}")
    els.page(f"/beheer/dossiers/{world.number('OPEN')}/prestaties")
    assert trace("backoffice.dossier_viewed") == ['{"as":"department","concerns":["71000012"]}'] * 2


def test_reading_a_dossier_takes_few_statements(els: Client, world: World) -> None:
    """At most six to read everything on the page, with the session and the block check; the trace is written after."""
    from tests.integration.back_office.test_dossier_list import statements

    number = world.number("CLOSED")
    els.page(f"/beheer/dossiers/{number}")
    with statements() as seen:
        els.get(f"/beheer/dossiers/{number}")
    reading = [one for one in seen if one.lstrip().startswith("SELECT") and "audit_head" not in one]
    assert len(reading) <= 6, "\n\n".join(reading)
