"""Mail, local blocks, the audit log and the take-over from RaaS, as a case manager follows them up."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa

from models.all import db
from models.identity import AccessBlock
from models.outbox import DeliveryState, OutboxMessage
from models.personnel import Contract, StaffMember
from services import outbox, transaction
from tests.factories import organisations, reference
from tests.integration.back_office.conftest import World
from tests.support.client import Client
from tests.support.sign_in import SignedIn

HEAD = "riziv_nummer;hco_nummer;insz;naam;voornaam;contracttype;kwalificatie_code;start;einde;uren;uren_vervanging\r\n"
GOOD = "77712345;71000034;85.07.30-033.28;Maes;Greet;L;VB;01/07/2019;;38;0\r\n"
BAD = "77712345;71000034;85.07.30-033.29;Fout;Jan;L;VB;01/07/2019;;38;0\r\n"


@pytest.fixture
def mail(world: World) -> OutboxMessage:
    """One mail that failed for good."""
    with transaction.unit_of_work():
        outbox.enqueue(
            "dossier_in_audit",
            "sofie.maes@example.be",
            event_key="x",
            subject_type="dossier",
            subject_key=world.number("AUDIT"),
            parameters={"quarter": "2023K4"},
        )
        (message,) = outbox.take()
        outbox.settle(message.id, error="550 user unknown", permanent=True)
    return message


def test_failed_mail_is_shown_and_sent_again(els: Client, mail: OutboxMessage) -> None:
    """To whom, what, the result; again with the same Message-ID."""
    page = els.page("/beheer/mails/?toestand=FAILED")
    assert "Dit adres bestaat niet" in page.text
    assert "550 user unknown" in page.text
    assert "Dossier in audit genomen" in page.text
    before = mail.message_id
    after = els.submit(page, form=f"/beheer/mails/{mail.id}/opnieuw")
    assert "wordt opnieuw verzonden" in after.text
    row = db.session.execute(sa.select(OutboxMessage.state, OutboxMessage.message_id)).one()
    assert row == (DeliveryState.PENDING, before)
    assert els.get("/beheer/mails/999/opnieuw").status_code == 405
    assert els.post("/beheer/mails/999/opnieuw").status_code == 404


def test_mail_of_a_dossier_stands_on_its_timeline(els: Client, mail: OutboxMessage, world: World) -> None:
    assert "niet verzonden" in els.page(f"/beheer/dossiers/{world.number('AUDIT')}").text


def test_a_block_acts_at_the_next_request_and_can_be_lifted(els: Client, sofie: Client, world: World) -> None:
    assert sofie.get("/start").status_code == 200
    page = els.page("/beheer/blokkeringen/nieuw")
    after = els.submit(page, {"kind": "ORGANISATION", "key": world.brug.hco_number, "reason": "Misbruik"})
    assert "PVT De Brug" in after.text
    assert "Misbruik" in after.text
    assert sofie.get("/start").status_code == 302
    lift = els.page(after.links()["Opheffen: PVT De Brug"])
    refused = els.submit(lift, {"reason": " "})
    assert refused.status == 422
    done = els.submit(lift, {"reason": "Opgehelderd"})
    assert "opgeheven" in done.text
    assert not db.session.scalars(sa.select(AccessBlock)).all()
    events = db.session.execute(sa.text("SELECT event FROM audit_entry ORDER BY sequence")).scalars().all()
    assert events == ["identity.blocked", "identity.unblocked"]


def test_a_block_needs_whom_and_why(els: Client) -> None:
    refused = els.submit(els.page("/beheer/blokkeringen/nieuw"), {"kind": "PERSON", "key": "", "reason": ""})
    assert refused.status == 422
    assert refused.field_error("key")
    assert refused.field_error("reason")


@pytest.mark.parametrize(
    ("kind", "key", "says"),
    (
        ("PERSON", "Sofie", "geen account"),
        ("PERSON", "99999", "geen account"),
        ("PERSON", "99999999999999999999", "geen account"),
        ("PERSON", "self", "uzelf"),
        ("ORGANISATION", "OVO009901", "eigen organisatie"),
    ),
)
def test_whom_one_cannot_block_is_told_at_the_field(kind: str, key: str, says: str, els: Client) -> None:
    page = els.page("/beheer/blokkeringen/nieuw")
    number = str(els.actor.account_id) if key == "self" else key
    refused = els.submit(page, {"kind": kind, "key": number, "reason": "Misbruik"})
    assert refused.status == 422
    assert says in refused.field_error("key")
    assert not db.session.scalars(sa.select(AccessBlock)).all()


def test_the_log_filters_and_shows_no_personal_values(els: Client, world: World) -> None:
    els.submit(els.page(f"/beheer/dossiers/{world.number('CLOSED')}/stap/TAKE_INTO_AUDIT"), {"reason": "Geheime reden"})
    els.submit(els.page(f"/beheer/personeel/{world.person.reference}"), {"reason": "Inspectie"})
    every = els.page("/beheer/logboek/")
    assert "dossier.state" in every.text
    assert "Geheime reden" not in every.response.text
    assert "Inspectie" not in every.response.text
    one = els.page(f"/beheer/logboek/?zoek={world.number('CLOSED')}&gebeurtenis=dossier.state")
    assert len(one.table()) == 2
    entry = els.page(one.all("//main//tbody//a")[0].get("href"))
    assert "Geheime reden" in entry.text
    assert "CLOSED" in entry.text
    of_somebody = els.page(f"/beheer/logboek/?persoon={els.actor.account_id}")
    assert len(of_somebody.table()) > 1
    assert els.page("/beheer/logboek/?persoon=99999").all("//main//tbody/tr") == []


def test_the_log_shows_no_values_of_people(els: Client, world: World) -> None:
    """What belongs to a person (a key, values before and after) is not for this page, whatever the entry."""
    els.submit(
        els.page("/beheer/blokkeringen/nieuw"),
        {"kind": "ORGANISATION", "key": "0999000228", "reason": "Misbruik"},
    )
    entry = els.page(els.page("/beheer/logboek/").all("//main//tbody//a")[0].get("href"))
    assert "Misbruik" in entry.text
    assert "0999000228" not in entry.response.text


@pytest.fixture
def wissel(world: World):
    """A facility without staff."""
    reference.code_lists()
    return organisations.facility(hco_number="71000034", name="PVT De Wissel")


def _upload(client: Client, text: str, hco: str = "71000034"):
    data = {"hco_number": hco, "file": (io.BytesIO(text.encode()), "raas.csv")}
    return client.post("/beheer/raas/", data=data, content_type="multipart/form-data")


def test_raas_shows_a_preview_and_takes_over_after_it(els: Client, wissel, signed_in: SignedIn) -> None:
    """E-015 to E-019: taken, rejected with number, value and reason; nothing is written before the confirmation."""
    from tests.pages.page import Page

    preview = Page(_upload(els, HEAD + GOOD + BAD))
    assert "Er is nog niets overgenomen." in preview.text
    assert "Rijksregisternummer ongeldig" in preview.text
    assert "3" in preview.table()[1]
    assert db.session.scalars(sa.select(StaffMember).where(StaffMember.facility_id == wissel.id)).all() == []
    done = els.submit(preview, form="/beheer/raas/overnemen")
    assert "1 contract is overgenomen." in done.text
    assert len(db.session.scalars(sa.select(Contract).where(Contract.facility_id == wissel.id)).all()) == 1
    again = Page(_upload(els, HEAD + GOOD + BAD))
    assert "Er is niets over te nemen" in again.text
    traced = db.session.execute(sa.text("SELECT count(*) FROM audit_entry WHERE event = 'raas.imported'")).scalar_one()
    assert traced == 1


@pytest.mark.parametrize(
    ("text", "hco"),
    (("", "71000034"), ("geen;raas;bestand\r\n", "71000034"), (HEAD + GOOD, "79999999"), (HEAD + GOOD, "")),
)
def test_raas_tells_what_is_wrong_with_the_file(text: str, hco: str, els: Client, wissel) -> None:
    response = _upload(els, text, hco)
    assert response.status_code == 422
    assert "summary--error" in response.text


@pytest.mark.parametrize("digest", ("", "zzz", "0" * 64, "../../etc/passwd"))
def test_raas_confirms_only_what_was_uploaded(digest: str, els: Client, wissel) -> None:
    response = els.post("/beheer/raas/overnemen", data={"hco_number": "71000034", "digest": digest})
    assert response.status_code in {302, 404}
    assert db.session.scalars(sa.select(StaffMember).where(StaffMember.facility_id == wissel.id)).all() == []
