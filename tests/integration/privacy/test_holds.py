"""Holding one notice, or everything of a facility or a quarter, and announcing again what was left (E-153)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from domain.erasing import EVERYTHING, HoldScope, Obstacle
from domain.errors import Forbidden, NotAllowedNow
from domain.retention import RetentionClass
from models.audit import AuditEntry, OrganisationView
from models.base import db
from models.identity import AccessRefusal, Account
from models.message import Message
from models.privacy import ErasureNotice, ErasureProof
from services import clock, evidence, transaction
from services.ecalcura import case_page
from services.listing import Position
from services.messaging import places
from services.messaging import writing as threads
from services.privacy import announced, holds, retention
from tests.factories import actors
from tests.factories.database import save
from tests.integration.privacy.conftest import World
from tests.integration.privacy.test_retention import count, notices
from tests.support.sign_in import SignedIn

#: Without an account row; its number is nobody else’s.
ELS = replace(actors.case_manager(), account_id=999_999)
#: The views and look-ups of 2024K3 may go from 1 October 2029 on, the threads of 2024 from 1 January 2030 on.
VIEWS_TOLD, VIEWS_GONE = "2029-08-15T10:00:00+02:00", "2029-10-20T10:00:00+02:00"
TEXTS_TOLD, TEXTS_GONE = "2029-12-01T10:00:00+01:00", "2030-02-01T10:00:00+01:00"
LATER = "2031-06-01T10:00:00+02:00"


def views(world: World) -> None:
    """The department looks at a dossier of each facility."""
    for dossier in (world.dossier, world.foreign):
        with transaction.unit_of_work():
            case_page.viewed(ELS, dossier.number)


def thread(facility: Any) -> None:
    """A thread of a facility that waits for nothing."""
    who = actors.facility_user(facility)
    who = actors.known(who)
    with transaction.unit_of_work():
        threads.open_thread(places.facility_place(who), "Vraag", "Greet is ziek.", who, awaits_reply=False)


def held(notice: ErasureNotice, scope: HoldScope = HoldScope.ALL) -> ErasureNotice:
    """Hold, as Els does."""
    with transaction.unit_of_work():
        return holds.hold(ELS, notice.reference, "Geschil voor de rechtbank", scope)


def let_go(reference: str) -> None:
    """Release, as Els does."""
    with transaction.unit_of_work():
        holds.release(ELS, reference)


def whose() -> set[str]:
    """Of which organisations views are kept."""
    return set(db.session.scalars(sa.select(OrganisationView.organisation_key)))


def test_everything_of_a_facility_is_held_also_what_is_announced_later(world: World, at: Any) -> None:
    """One class held by hand and the others gone would lose the dispute: all of De Brug stays, Ter Linden goes."""
    views(world)
    thread(world.brug)
    thread(world.linden)
    at(TEXTS_TOLD)
    retention.announce()
    texts = {one.facility_id: one for one in notices(RetentionClass.MESSAGES)}
    everything = held(texts[world.brug.id])
    assert (everything.retention_class, everything.subject_key) == (EVERYTHING, "71000012")
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.event == "privacy.erasure_held")).one()
    assert entry.subject_key == everything.reference
    assert json.loads(entry.data)["class"] == EVERYTHING
    at(TEXTS_GONE)
    assert announced.notice(ELS, texts[world.brug.id].reference).obstacles == [Obstacle.HELD]
    retention.erase_due()
    assert count(Message, Message.body != "") == 1, "the text of De Brug"
    assert whose() == {"71000012"}, "rows of De Brug, in a quarter of nobody in particular"
    views_notice = notices(RetentionClass.VIEWS)[0]
    assert views_notice.erased_at is not None
    at("2034-06-01T10:00:00+02:00")
    retention.announce()
    later = [one for one in notices(RetentionClass.STAFF) if one.facility_id == world.brug.id]
    assert later
    assert announced.notice(ELS, later[0].reference).everything == everything.reference
    assert not [one for one in notices(RetentionClass.VIEWS) if one.erased_at is None], "held rows are not announced"
    assert evidence.verify().broken == ()


def test_what_a_hold_of_everything_kept_is_announced_again_when_it_is_let_go(world: World, at: Any) -> None:
    """With a term of its own, and no day earlier than sixty days after."""
    views(world)
    thread(world.brug)
    at(TEXTS_TOLD)
    retention.announce()
    everything = held(notices(RetentionClass.MESSAGES)[0])
    at(TEXTS_GONE)
    retention.erase_due()
    at(LATER)
    let_go(everything.reference)
    assert retention.erase_due() == 0, "not on the day of the release"
    retention.announce()
    first, again = notices(RetentionClass.VIEWS)
    assert (first.subject_key, again.subject_key) == ("2024K3", "2024K3/2")
    retention.announce()
    assert len(notices(RetentionClass.VIEWS)) == 2, "once"
    at("2031-06-02T10:00:00+02:00")
    retention.erase_due()
    assert count(Message, Message.body != "") == 0, "this was announced before"
    assert whose() == {"71000012"}
    at("2031-07-30T23:30:00+02:00")
    retention.erase_due()
    assert whose() == {"71000012"}
    at("2031-07-31T10:00:00+02:00")
    retention.erase_due()
    assert whose() == set()
    keys = db.session.scalars(
        sa.select(ErasureProof.subject_key).where(ErasureProof.retention_class == "RAADPLEGINGEN")
    )
    assert sorted(keys) == ["2024K3", "2024K3/2"]
    assert evidence.verify().broken == ()


def test_everything_of_a_quarter_is_held(world: World, at: Any) -> None:
    """Of nobody in particular: every class of that quarter waits, that of another quarter does not."""
    views(world)
    clock.fix(datetime.fromisoformat("2024-10-10T10:00:00+02:00"))
    views(world)
    save(AccessRefusal(code="AAA-BBB", at=datetime.fromisoformat("2024-08-01T10:00:00+02:00"), reason="x", facts="{}"))
    at("2029-11-15T10:00:00+01:00")
    retention.announce()
    third, fourth = notices(RetentionClass.VIEWS)
    everything = held(third)
    assert (everything.subject_key, everything.facility_id) == ("2024K3", None)
    at("2030-06-01T10:00:00+02:00")
    retention.announce()
    retention.erase_due()
    assert count(OrganisationView) == 2
    kept = [one for one in db.session.scalars(sa.select(ErasureNotice)) if one.subject_key == "2024K3"]
    assert {one.erased_at for one in kept} == {None}
    assert {one.retention_class for one in kept} >= {"RAADPLEGINGEN", "WEIGERINGEN", EVERYTHING}
    let_go(everything.reference)
    at("2030-06-02T10:00:00+02:00")
    retention.erase_due()
    assert count(OrganisationView) == 0
    assert fourth.subject_key == "2024K4"
    assert evidence.verify().broken == ()


def test_one_notice_held_holds_nothing_else(world: World, at: Any) -> None:
    views(world)
    thread(world.brug)
    at(TEXTS_TOLD)
    retention.announce()
    held(notices(RetentionClass.MESSAGES)[0], HoldScope.ONE)
    at(TEXTS_GONE)
    retention.erase_due()
    assert count(Message, Message.body != "") == 1
    assert whose() == set()


def test_everything_is_held_once_and_let_go_once(world: World, at: Any) -> None:
    views(world)
    at(VIEWS_TOLD)
    retention.announce()
    notice = notices(RetentionClass.VIEWS)[0]
    everything = held(notice)
    with pytest.raises(NotAllowedNow):
        held(notice)
    let_go(everything.reference)
    with pytest.raises(NotAllowedNow):
        let_go(everything.reference)
    assert held(notice).reference == everything.reference, "the same row again"
    with pytest.raises(Forbidden):
        holds.hold(actors.helpdesk(), notice.reference, "x", HoldScope.ALL)
    assert announced.waiting_count(ELS) == count(ErasureNotice) - 1
    page = announced.notices(ELS, None, erased=False, position=Position())
    assert EVERYTHING not in {one.notice.retention_class for one in page.rows}


def test_accounts_of_a_facility_of_which_everything_is_held_keep_their_name(
    world: World, at: Any, signed_in: SignedIn
) -> None:
    """Who did it is part of a dispute."""
    for facility in (world.brug, world.linden):
        client = signed_in("EL_PRIVACY", facility=facility)
        assert client.actor is not None
        with transaction.unit_of_work():
            who = client.actor
            threads.open_thread(places.facility_place(who), "Vraag", "Tekst.", who, awaits_reply=False)
    at(TEXTS_TOLD)
    retention.announce()
    (notice,) = [one for one in notices(RetentionClass.MESSAGES) if one.facility_id == world.brug.id]
    held(notice)
    at("2036-01-01T10:00:00+01:00")
    retention.announce()
    at("2036-06-01T10:00:00+02:00")
    retention.erase_due()
    kept = db.session.scalars(sa.select(Account).where(Account.family_name != "")).all()
    assert len(kept) == 1
    entry = sa.select(AuditEntry.organisation_key).where(AuditEntry.actor_id == kept[0].id)
    assert set(db.session.scalars(entry)) == {"71000012"}


def test_the_case_manager_chooses_on_the_page(world: World, at: Any, signed_in: SignedIn) -> None:
    thread(world.brug)
    at(TEXTS_TOLD)
    retention.announce()
    els = signed_in("EL_DOSSIERBEHEERDER")
    notice = notices(RetentionClass.MESSAGES)[0]
    address = f"/beheer/bewaartermijnen/{notice.reference}"
    page = els.page(address)
    assert "Alle soorten gegevens van PVT De Brug" in page.text
    answer = els.post(address, data={"reason": "Geschil"})
    assert answer.status_code == 422
    assert "Kies wat moet wachten." in answer.text
    answer = els.post(address, data={"scope": "ALLES", "reason": "Geschil"})
    assert answer.status_code == 303, answer.text
    shown = els.page(answer.location)
    assert "Alle soorten gegevens" in shown.text
    assert "Geschil" in shown.text
    assert "Alle soorten gegevens worden tegengehouden" in els.page(address).text
    assert "Alle soorten gegevens tegengehouden" in els.page("/beheer/bewaartermijnen/").text
    assert els.post(f"{answer.location}/vrijgeven").status_code == 303
    assert "Alle soorten gegevens tegengehouden" not in els.page("/beheer/bewaartermijnen/").text


def test_the_facility_reads_that_its_data_are_held(world: World, at: Any) -> None:
    thread(world.brug)
    at(TEXTS_TOLD)
    retention.announce()
    held(notices(RetentionClass.MESSAGES)[0])
    assert [one.held for one in announced.of_facility(actors.facility_user(world.brug))] == [True]


def test_everything_of_a_facility_is_held_before_anything_of_it_is_announced(
    world: World, at: Any, signed_in: SignedIn
) -> None:
    """A dispute begins long before the sixty days: rows of De Brug stay when the quarter of everybody goes."""
    views(world)
    at(VIEWS_TOLD)
    els = signed_in("EL_DOSSIERBEHEERDER")
    address = "/beheer/bewaartermijnen/voorziening"
    assert address in els.get("/beheer/bewaartermijnen/").text
    answer = els.post(address, data={"hco_number": "79999999", "reason": "Geschil"})
    assert answer.status_code == 422
    assert "Er is geen voorziening met dit HCO-nummer." in answer.text
    answer = els.post(address, data={"hco_number": "71000012", "reason": "Geschil"})
    assert answer.status_code == 303, answer.text
    assert "PVT De Brug" in els.page(answer.location).text
    assert "Iemand houdt dit al tegen." in els.post(address, data={"hco_number": "71000012", "reason": "Weer"}).text
    retention.announce()
    at(VIEWS_GONE)
    retention.erase_due()
    assert whose() == {"71000012"}
    with pytest.raises(Forbidden):
        holds.hold_facility(actors.helpdesk(), "71000012", "x")
