"""The calendar of the campaign: the last days of one's own facility, or those of the department (E-121 to E-130)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from domain.errors import Forbidden, NotFound
from domain.permissions import Role
from models.organisation import Facility
from services import transaction
from services.ecalcura import campaign_feed
from services.identity import blocks
from tests.factories import actors, declarations, organisations, reference
from tests.support.client import Client
from tests.support.sign_in import SignedIn

At = Callable[[str], datetime]


@pytest.fixture
def brug(database: object, at: At) -> Facility:
    at("2024-09-23T10:00:00+02:00")
    reference.reference_period("2023-2024")
    reference.reference_period("2024-2025")
    return organisations.facility(entry_from="2023K3")


def address_of(client: Client, page: str) -> str:
    text = client.submit(client.page(page), form=f"{page}nieuw" if page.endswith("/") else page).text
    start = text.index("/agenda/")
    return text[start : text.index(".ics", start) + 4]


def lines(client: Client, address: str) -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.text.replace("\r\n ", "").split("\r\n")


def test_e121_a_facility_gets_its_last_days_with_reminders(brug: Facility, signed_in: SignedIn, client: Client) -> None:
    address = address_of(signed_in(Role.EL_PRIVACY, facility=brug), "/ecalcura/agenda")
    found = lines(client, address)
    assert "SUMMARY:Laatste dag om in te dienen (wettelijke termijn): 2023-2024" in found
    assert "DTSTART;VALUE=DATE:20240930" in found
    assert "TRIGGER:-P7D" in found
    assert not [line for line in found if "betaald" in line or "€" in line]


def test_what_is_submitted_is_taken_away(brug: Facility, signed_in: SignedIn, client: Client, at: At) -> None:
    address = address_of(signed_in(Role.EL_PRIVACY, facility=brug), "/ecalcura/agenda")
    for quarter in ("2023K3", "2023K4", "2024K1", "2024K2"):
        declarations.dossier(brug, quarter, status="CLOSED")
    text = client.get(address).text
    event = text[text.index("UID:indienen-2023-2024") :]
    assert "STATUS:CANCELLED" in event[: event.index("END:VEVENT")]


def test_e008_without_the_role_for_dossiers_only_the_payment(
    brug: Facility, signed_in: SignedIn, client: Client
) -> None:
    address = address_of(signed_in(Role.EL_FINANCIEEL, facility=brug), "/ecalcura/agenda")
    summaries = [line for line in lines(client, address) if line.startswith("SUMMARY")]
    assert summaries == ["SUMMARY:Betaling: 2023-2024", "SUMMARY:Betaling: 2024-2025"]


def test_the_department_gets_the_days_of_every_period(brug: Facility, signed_in: SignedIn, client: Client) -> None:
    address = address_of(signed_in(Role.EL_DOSSIERBEHEERDER), "/beheer/agenda-campagne/")
    found = lines(client, address)
    assert "SUMMARY:Ambtshalve blokkeren van open kwartalen: 2023-2024" in found
    assert "DTSTART;VALUE=DATE:20241016" in found


def test_an_address_stops_when_it_is_renewed_revoked_blocked_or_unused(
    brug: Facility, signed_in: SignedIn, client: Client, at: At
) -> None:
    own = signed_in(Role.EL_PRIVACY, facility=brug)
    first = address_of(own, "/ecalcura/agenda")
    second = address_of(own, "/ecalcura/agenda")
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    with transaction.unit_of_work():
        blocks.block(actors.actor(Role.EL_DOSSIERBEHEERDER), "ORGANISATION", brug.hco_number, "proef")
    assert client.get(second).status_code == 404
    other = address_of(signed_in(Role.EL_DOSSIERBEHEERDER), "/beheer/agenda-campagne/")
    at("2025-03-01T10:00:00+01:00")
    assert client.get(other).status_code == 404, "who does not sign in for 100 days has no known roles"
    assert client.get("/agenda/" + "x" * 43 + ".ics").status_code == 404


def test_roles_are_those_of_the_last_sign_in(brug: Facility, signed_in: SignedIn, client: Client) -> None:
    own = signed_in(Role.EL_PRIVACY, facility=brug)
    address = address_of(own, "/ecalcura/agenda")
    assert own.actor is not None
    with transaction.unit_of_work():
        campaign_feed.seen(replace(own.actor, roles=frozenset()))
    assert client.get(address).status_code == 404


def test_nobody_else_has_a_calendar_of_the_campaign(database: object) -> None:
    with pytest.raises(NotFound):
        campaign_feed.text("not-a-token")
    with pytest.raises(Forbidden):
        campaign_feed.of(actors.actor(Role.EL_HELPDESK))
