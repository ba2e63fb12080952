"""Contracts from a CSV: shown first, made once, never overwritten; bad files change nothing."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from sqlalchemy import func, select

from domain.actor import Actor
from domain.econtracting.contract_rows import COLUMNS, RowResult
from domain.errors import Forbidden, InvalidValue, NotFound
from models.audit import AuditEntry
from models.base import db
from models.public_contract import ContractImport, PublicContract
from services import spreadsheets, transaction
from services.econtracting.contracts import importing, making
from services.econtracting.contracts.importing import Reading
from tests.factories import contracting as make
from tests.factories.contracting import Somebody
from tests.integration.declaration.scene import statements
from tests.integration.econtracting.contracts.test_making import DATA
from tests.support.sign_in import SignedIn

ROW = {
    "omschrijving": "Onderhoud",
    "ondernemingsnummer": "0999000129",
    "naam_opdrachtnemer": "Wegenbouw Voorbeeld NV",
    "type": "DIENSTEN",
    "grond": "BIJAKTE",
    "verwijzing": "Bijakte 1",
    "bekendmaking": "01/12/2024",
    "contact_naam": "Secretariaat",
    "contact_email": "wegen@mow.example.be",
    "soorten": "SCHULDVORDERING NAZICHT",
}


def csv_of(*rows: dict[str, str]) -> bytes:
    lines = [";".join(COLUMNS), *(";".join((ROW | row).get(column, "") for column in COLUMNS) for row in rows)]
    return "\r\n".join(lines).encode("cp1252")


@pytest.fixture
def dirk(ground: datetime) -> Somebody:
    return make.official()


def read(who: Actor, content: bytes) -> str:
    with transaction.unit_of_work():
        return importing.read(who, "opdrachten.csv", content).reference


def take(who: Actor, reference: str) -> Reading:
    with transaction.unit_of_work():
        return importing.take(who, reference)


def contracts() -> int:
    return db.session.scalar(select(func.count()).select_from(PublicContract)) or 0


def test_rows_are_shown_first_and_made_once(dirk: Somebody) -> None:
    reference = read(dirk.actor, csv_of({"opdrachtnummer": "A"}, {"opdrachtnummer": "B", "type": "IETS"}))
    shown = importing.reading(dirk.actor, reference)
    assert [row.result for row in shown.rows] == [RowResult.NEW, RowResult.REFUSED]
    assert contracts() == 0
    assert set(take(dirk.actor, reference).made) == {"A"}
    again = take(dirk.actor, reference)
    assert set(again.made) == {"A"}
    assert contracts() == 1
    assert (
        db.session.scalar(
            select(func.count()).select_from(AuditEntry).where(AuditEntry.event == "public_contract.imported")
        )
        == 1
    )
    kept = importing.reading(dirk.actor, reference)
    assert kept.taken_at is not None
    assert [row.result for row in kept.rows] == [RowResult.NEW, RowResult.REFUSED]
    assert kept.made == again.made


def test_what_is_known_is_told_and_never_overwritten(dirk: Somebody) -> None:
    take(dirk.actor, read(dirk.actor, csv_of({"opdrachtnummer": "A"})))
    reference = read(dirk.actor, csv_of({"opdrachtnummer": "A", "dienst": "Bruggen"}, {"opdrachtnummer": "B"}))
    shown = importing.reading(dirk.actor, reference)
    assert [(row.result, row.differs) for row in shown.rows] == [
        (RowResult.DIFFERENT, ("dienst",)),
        (RowResult.NEW, ()),
    ]
    take(dirk.actor, reference)
    assert db.session.scalar(select(PublicContract.unit).where(PublicContract.number == "A")) == ""
    assert contracts() == 2
    again = importing.reading(dirk.actor, read(dirk.actor, csv_of({"opdrachtnummer": "A"}, {"opdrachtnummer": "B"})))
    assert {row.result for row in again.rows} == {RowResult.SAME}


def test_what_a_colleague_made_between_preview_and_confirmation_is_left_alone(dirk: Somebody) -> None:
    reference = read(dirk.actor, csv_of({"opdrachtnummer": DATA.number}, {"opdrachtnummer": "B"}))
    with transaction.unit_of_work():
        making.make(dirk.actor, DATA)
    done = take(dirk.actor, reference)
    assert [row.result for row in done.rows] == [RowResult.DIFFERENT, RowResult.NEW]
    assert contracts() == 2


def test_two_rows_of_a_new_contractor_make_one_organisation(dirk: Somebody) -> None:
    rows = [{"opdrachtnummer": one, "ondernemingsnummer": "999000228"} for one in "AB"]
    done = take(dirk.actor, read(dirk.actor, csv_of(*rows)))
    assert len(done.made) == 2


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"a;b\r\n1;2", ";".join(COLUMNS).encode()])
def test_a_file_that_is_none_keeps_nothing(dirk: Somebody, content: bytes) -> None:
    with pytest.raises(InvalidValue), transaction.unit_of_work():
        importing.read(dirk.actor, "x", content)
    assert db.session.scalar(select(func.count()).select_from(ContractImport)) == 0


def test_a_file_is_of_the_authority_that_read_it(dirk: Somebody) -> None:
    reference = read(dirk.actor, csv_of({"opdrachtnummer": "A"}))
    lena, an = make.official(make.other_authority(), name="Lena"), make.manager()
    for who, refusal in ((lena, NotFound), (an, Forbidden)):
        with pytest.raises(refusal):
            importing.reading(who.actor, reference)
        with pytest.raises(refusal), transaction.unit_of_work():
            importing.take(who.actor, reference)
    assert contracts() == 0


def test_the_example_reads_as_one_new_contract(dirk: Somebody) -> None:
    titles, rows = importing.template()
    shown = importing.reading(dirk.actor, read(dirk.actor, b"".join(spreadsheets.as_csv(titles, rows))))
    assert [row.result for row in shown.rows] == [RowResult.NEW]


def test_five_thousand_rows_are_read_and_made(dirk: Somebody) -> None:
    """In one request: a few statements for each five hundred, and one trace per contract."""
    content = csv_of(*({"opdrachtnummer": f"MOW/{place:05d}"} for place in range(5_000)))
    reference = read(dirk.actor, content)
    assert importing.reading(dirk.actor, reference).counts[RowResult.NEW] == 5_000
    with statements() as asked:
        assert len(take(dirk.actor, reference).made) == 5_000
    traces = [one for one in asked if "audit_" in one]
    assert len(asked) - len(traces) < 5_300  # SQLite writes the contracts themselves one by one
    assert len(traces) < 10_100
    assert contracts() == 5_000


def test_reading_through_the_pages(dirk: Somebody, signed_in: SignedIn) -> None:
    client = make.sign_in(signed_in(actor=dirk.actor), dirk)
    page = client.page("/beheer/opdrachten/inlezen")
    wrong = client.post("/beheer/opdrachten/inlezen", data={"file": (io.BytesIO(b"PK\x03\x04"), "opdrachten.xlsx")})
    assert wrong.status_code == 422
    assert "Bewaar uw rekenblad als CSV" in wrong.text
    content = csv_of({"opdrachtnummer": "A"}, {"opdrachtnummer": "B", "ondernemingsnummer": "1"})
    shown = client.post(
        "/beheer/opdrachten/inlezen", data={"file": (io.BytesIO(content), "opdrachten.csv")}, follow_redirects=True
    )
    assert "1 opdracht maken" in shown.text
    assert "Dit ondernemingsnummer is niet geldig" in shown.text
    address = shown.request.path
    for told in ("1 opdracht gemaakt", "Er is niets bijgekomen"):
        assert told in client.post(address, follow_redirects=True).text
    assert contracts() == 1
    assert client.get("/beheer/opdrachten/inlezen/voorbeeld.csv").data.startswith(b"\xef\xbb\xbfopdrachtnummer;")
    assert page.heading
