"""National numbers: hidden everywhere, found by post only, shown once for a reason that is kept."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from models.all import db
from models.audit import AuditEntry, AuditPersonalValue
from tests.integration.back_office.conftest import World
from tests.support.client import Client

DIGITS = "66051700137"
FORMATTED = "66.05.17-001.37"
MASKED = "••.••.••-•••.37"


def entries(event: str) -> list[AuditEntry]:
    """The audit entries of an event."""
    return list(db.session.scalars(sa.select(AuditEntry).where(AuditEntry.event == event)))


def hidden(text: str) -> bool:
    """Whether neither form of the number, nor a large part of it, stands in a text."""
    return not any(part in text for part in (DIGITS, FORMATTED, "660517", "66.05.17"))


@pytest.mark.parametrize(
    "path",
    (
        "/beheer/personeel/",
        "/beheer/personeel/?zoek=vermeulen",
        "/beheer/personeel/{reference}",
        "/beheer/dossiers/{number}",
        "/beheer/dossiers/{number}/prestaties",
        "/beheer/voorzieningen/71000012",
        "/beheer/logboek/",
    ),
)
def test_the_number_is_nowhere_in_a_page(path: str, els: Client, world: World) -> None:
    address = path.format(reference=world.person.reference, number=world.number("AUDIT"))
    response = els.get(address)
    assert response.status_code == 200
    assert hidden(response.text)


def test_the_list_shows_the_masked_number(els: Client, world: World) -> None:
    assert MASKED in els.page("/beheer/personeel/").text


def test_the_number_is_shown_once_for_a_reason(els: Client, world: World) -> None:
    page = els.page(f"/beheer/personeel/{world.person.reference}")
    after = els.submit(page, {"reason": "Vraag van de arbeidsinspectie"})
    assert FORMATTED in after.text
    (entry,) = entries("backoffice.national_number_revealed")
    assert (entry.subject_type, entry.subject_key) == ("staff", world.person.reference)
    assert hidden(entry.data)
    reason = db.session.scalars(sa.select(AuditPersonalValue.value)).one()
    assert reason == "Vraag van de arbeidsinspectie"
    assert hidden(els.get(f"/beheer/personeel/{world.person.reference}").text)


def test_no_reason_no_number(els: Client, world: World) -> None:
    page = els.page(f"/beheer/personeel/{world.person.reference}")
    after = els.submit(page, {"reason": " "})
    assert after.status == 422
    assert hidden(after.response.text)
    assert not entries("backoffice.national_number_revealed")


def test_somebody_is_found_by_number_without_it_in_the_address(els: Client, world: World) -> None:
    page = els.page("/beheer/personeel/")
    found = els.submit(page, {"nummer": FORMATTED}, form="/beheer/personeel/nummer")
    assert "Vermeulen Greet" in found.text
    assert hidden(found.response.request.url)
    nobody = els.submit(page, {"nummer": "85.07.30-033.28"}, form="/beheer/personeel/nummer")
    assert "Niemand gevonden" in nobody.text


def test_a_wrong_number_is_told_at_its_field(els: Client, world: World) -> None:
    page = els.page("/beheer/personeel/")
    wrong = els.submit(page, {"nummer": "66.05.17-001.38"}, form="/beheer/personeel/nummer")
    assert wrong.status == 422
    assert "controlegetal" in wrong.field_error("nummer")


@pytest.mark.parametrize("path", ("personeel", "dossiers", "voorzieningen", "logboek"))
def test_a_number_that_was_typed_in_a_list_leaves_the_address(path: str, els: Client, world: World) -> None:
    response = els.get(f"/beheer/{path}/", query_string={"zoek": FORMATTED})
    assert response.status_code == 302
    assert response.headers["Location"] == f"/beheer/{path}/"
    page = els.page(f"/beheer/{path}/", query_string={"zoek": DIGITS})
    assert "bij Opzoeken" in page.text
    assert hidden(page.response.text)
