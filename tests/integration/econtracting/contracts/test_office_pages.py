"""Contracts in the back office: the list, its files, the guided form, and who gets to them."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import pytest

from domain.audit_events import AuditEvent
from domain.econtracting.contracts import ContractState, ContractType
from domain.econtracting.terms import Regime
from domain.permissions import Role
from models.audit import AuditEntry
from models.base import db
from models.public_contract import PublicContract
from services import transaction
from services.econtracting.contracts import looking_up, office
from services.econtracting.contracts.office import Criteria
from services.listing import Position
from tests.factories import contracting as make
from tests.factories.actors import actor
from tests.factories.contracting import Somebody
from tests.factories.database import change
from tests.integration.declaration.scene import statements
from tests.support.client import Client
from tests.support.sign_in import SignedIn

FORM = {
    "number": "MOW/2026/17",
    "description": "Herstelling van het fietspad",
    "unit": "Wegen",
    "type": "WERKEN",
    "order_number": "",
    "contractor_number": "0999.000.129",
    "contractor_name": "Wegenbouw Voorbeeld NV",
    "ground": "BESTEK",
    "ground_reference": "Bestek 1",
    "published_on": "03/03/2025",
    "contact_name": "Secretariaat",
    "contact_email": "wegen@mow.example.be",
}


@pytest.fixture
def dirk(ground: datetime) -> Somebody:
    return make.official()


@pytest.fixture
def client(dirk: Somebody, signed_in: SignedIn) -> Client:
    signed: Client = make.sign_in(signed_in(actor=dirk.actor), dirk)
    return signed


def numbers(who: Somebody, criteria: Criteria) -> list[str]:
    return [row.number for row in office.contract_list(who.actor, criteria, Position()).page.rows]


def test_the_list_is_searched_and_filtered(dirk: Somebody) -> None:
    other = make.competitor()
    make.public_contract(number="A", description="Brug over de Leie", published_on=date(2024, 5, 1))
    make.public_contract(number="B", description="Fietspad", by=other, type=ContractType.SERVICES)
    make.public_contract(number="C", state=ContractState.CLOSED, order_number="4500099")
    make.public_contract(make.other_authority(), number="Vreemd")
    assert numbers(dirk, Criteria()) == ["C", "B", "A"]
    assert numbers(dirk, Criteria(search="leie brug")) == ["A"]
    assert numbers(dirk, Criteria(search="4500099")) == ["C"]
    assert numbers(dirk, Criteria(state=ContractState.ACTIVE)) == ["B", "A"]
    assert numbers(dirk, Criteria(regime=Regime.KB2013)) == ["A"]
    assert numbers(dirk, Criteria(type=ContractType.SERVICES)) == ["B"]
    for typed in ("Baggerwerken", "0999.000.228", "999000228"):
        assert numbers(dirk, Criteria(contractor=typed)) == ["B"]
    counts = office.contract_list(dirk.actor, Criteria(), Position()).counts
    assert [counts[state].number for state in (None, *ContractState)] == [3, 2, 1, 0]


def test_the_list_asks_a_fixed_number_of_statements(dirk: Somebody, client: Client) -> None:
    for _ in range(3):
        make.public_contract()
    client.page("/beheer/opdrachten/")
    with statements() as few:
        client.page("/beheer/opdrachten/")
    for _ in range(20):
        make.public_contract()
    with statements() as many:
        page = client.page("/beheer/opdrachten/?zoek=herstelling&toestand=ACTIEF&type=WERKEN&regime=KB2024")
    assert len(many) == len(few) <= 8
    assert "23 opdrachten" in page.text
    assert page.all("//a[@rel='next']")


def test_odd_words_in_the_address_ask_for_nothing(client: Client) -> None:
    make.public_contract(number="A")
    page = client.page("/beheer/opdrachten/?toestand=X&regime=KB1&type=%00&pagina=-3&na=~~~&zoek=%25")
    assert page.heading


def test_a_contract_is_filled_in_looked_at_and_made(dirk: Somebody, client: Client) -> None:
    page = client.page("/beheer/opdrachten/nieuw")
    wrong = client.submit(page, {"number": "", "contractor_number": "1"}, form="opdracht")
    assert wrong.status == 422
    assert wrong.field_error("number")
    assert wrong.field_error("contractor_number")
    review = client.submit(page, FORM, form="opdracht")
    assert "Opdracht nakijken" in review.text
    assert "op of na 1 januari 2025" in review.text
    assert "Deze onderneming is hier nieuw" in review.text
    assert db.session.query(PublicContract).count() == 0
    back = client.submit(review, button="edit", form="/beheer/opdrachten/nieuw")
    assert back.field("description").get("value") == FORM["description"]
    review = client.submit(back, {"regime": "KB2013", "regime_reason": "Raming van 2024"}, form="opdracht")
    made = client.submit(review, button="save", form="/beheer/opdrachten/nieuw")
    assert "De opdracht is gemaakt" in made.text
    contract = db.session.query(PublicContract).one()
    assert (contract.regime, contract.regime_reason) == (Regime.KB2013, "Raming van 2024")
    again = client.submit(review, button="save", form="/beheer/opdrachten/nieuw")
    assert "De opdracht is gemaakt" in again.text
    assert db.session.query(PublicContract).count() == 1


def test_a_contract_is_changed_and_closed(dirk: Somebody, client: Client) -> None:
    contract = make.public_contract(kinds=("SCHULDVORDERING",))
    address = f"/beheer/opdrachten/{contract.reference}"
    form = client.page(f"{address}/bewerken")
    changed = client.submit(form, {"unit": "Bruggen"}, form="opdracht")
    assert "De opdracht is bewaard" in changed.text
    assert "Bruggen" in changed.text
    conflict = client.submit(form, {"unit": "Tunnels"}, form="opdracht")
    assert conflict.status == 409
    closing = client.page(f"{address}/afsluiten")
    assert client.submit(closing, {"accepted_on": "17/11/2026"}).status == 422
    closed = client.submit(closing, {"accepted_on": "16/11/2026"})
    assert "Deze opdracht is afgesloten" in closed.text
    assert "Bewerken" not in closed.links()
    assert client.submit(closing, {"accepted_on": "16/11/2026"}).status in (409, 422)


def test_what_belongs_to_another_authority_does_not_exist(client: Client) -> None:
    foreign = make.public_contract(make.other_authority())
    for path in ("", "/bewerken", "/afsluiten"):
        assert client.get(f"/beheer/opdrachten/{foreign.reference}{path}").status_code == 404


def test_the_own_words_of_the_contractor_stay_with_it(client: Client) -> None:
    contract = make.public_contract(internal_reference="INTERN-7", internal_description="Werf van Kim")
    for path in ("", f"{contract.reference}", f"{contract.reference}/bewerken", "export/csv", "?zoek=INTERN-7"):
        text = client.get(f"/beheer/opdrachten/{path}").text
        assert "Werf van Kim" not in text
        assert contract.number not in text if path.startswith("?") else "INTERN-7" not in text


@pytest.mark.parametrize("role", [Role.EC_AB_BEHANDELAAR, Role.EC_AB_VRIJGEVER])
def test_the_desk_reads_and_only_who_manages_changes(role: Role, ground: datetime, signed_in: SignedIn) -> None:
    contract = make.public_contract()
    who = make.official(None, role)
    client = make.sign_in(signed_in(actor=who.actor), who)
    assert "Opdracht maken" not in client.page("/beheer/opdrachten/").links()
    assert client.get(f"/beheer/opdrachten/{contract.reference}").status_code == 200
    for path in ("nieuw", "inlezen", f"{contract.reference}/bewerken", f"{contract.reference}/afsluiten"):
        assert client.get(f"/beheer/opdrachten/{path}").status_code == 403
    assert client.get("/beheer/instellingen/").status_code == 403


def test_invariant_10_no_route_of_the_office_answers_a_contractor(ground: datetime, signed_in: SignedIn) -> None:
    """No request of a contractor makes a contract or adds a party: walk every address, with each method."""
    an = make.manager()
    contract = make.public_contract()
    client = make.sign_in(signed_in(actor=an.actor), an)
    rules = [rule for rule in client.application.url_map.iter_rules() if str(rule).startswith("/beheer/opdrachten")]
    assert len(rules) > 8
    for rule in rules:
        values = {name: contract.reference if name == "reference" else "csv" for name in rule.arguments}
        path = client.application.url_map.bind("").build(rule.endpoint, values)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            answer = client.open(path, method=method, data=FORM | {"step": "save"} if method == "POST" else None)
            assert answer.status_code == 403, (method, path)
    assert db.session.query(PublicContract).count() == 1


def test_the_list_is_taken_along_as_a_file_that_calculates_nothing(dirk: Somebody, client: Client) -> None:
    make.public_contract(number="A", description='=HYPERLINK("http://kwaad.example")', by=make.competitor())
    make.public_contract(number="B")
    text = client.get("/beheer/opdrachten/export/csv").data.decode("utf-8-sig")
    assert "'=HYPERLINK" in text
    assert len(text.splitlines()) == 3
    assert len(client.get("/beheer/opdrachten/export/csv?opdrachtnemer=Bagger").data.decode().splitlines()) == 2
    book = zipfile.ZipFile(io.BytesIO(client.get("/beheer/opdrachten/export/xlsx").data))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert client.get("/beheer/opdrachten/export/pdf").status_code == 404


def test_the_settings_of_the_own_authority(client: Client) -> None:
    page = client.page("/beheer/instellingen/")
    assert page.field("two_people").get("checked") is not None
    saved = client.submit(page, {"mailbox": "ec@mow.example.be"})
    assert "De instellingen zijn bewaard" in saved.text
    assert client.submit(page, {"mailbox": "anders@mow.example.be"}).status == 409
    assert client.submit(saved, {"mailbox": "geen adres"}).field_error("mailbox")


def test_a22_the_helpdesk_looks_a_contract_up_without_documents_or_persons(
    ground: datetime, signed_in: SignedIn
) -> None:
    karim = make.user()
    staffed = make.public_contract(number="MOW/7", internal_reference="GEHEIM-1")
    make.group(members=[karim], contracts=[staffed], name="Groep van Karim")
    make.public_contract(number="MOW/8", by=make.competitor())
    client = signed_in(Role.EC_HELPDESK)
    page = client.page("/beheer/opdrachten-opzoeken/")
    for typed, found in (("MOW/7", "MOW/7"), ("0999.000.228", "MOW/8"), ("baggerwerken", "MOW/8")):
        answer = client.submit(page, {"search": typed})
        assert "1 opdracht gevonden" in answer.text
        assert found in answer.text
        for secret in ("Karim", "GEHEIM-1", "Secretariaat Wegenbouw", "wegenbouw@mow"):
            assert secret not in answer.text
    assert "Er werkt een groep met leden aan" in client.submit(page, {"search": "MOW/7"}).text
    assert "Niets gevonden" in client.submit(page, {"search": "%"}).text
    assert client.get(f"/beheer/opdrachten/{staffed.reference}").status_code == 403


def test_a_look_up_leaves_a_trace_without_what_was_typed(ground: datetime) -> None:
    make.public_contract(number="MOW/7")
    with transaction.unit_of_work():
        looking_up.look_up(actor(Role.EC_HELPDESK), "MOW/7")
    entry = db.session.query(AuditEntry).filter_by(event=AuditEvent.LOOKED_UP.value).one()
    assert "MOW/7" not in entry.data
    assert '"hits":1' in entry.data


def test_an_erased_contract_is_gone_from_every_list(dirk: Somebody, client: Client) -> None:
    contract = make.public_contract(number="Gewist")
    change(contract, erased_at=contract.made_at)
    assert "Gewist" not in client.page("/beheer/opdrachten/").text
    assert client.get(f"/beheer/opdrachten/{contract.reference}").status_code == 404
