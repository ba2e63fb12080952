"""What a contractor's people see of their contracts: the list with what waits, the overview, nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from domain.econtracting.actions import ActionType
from domain.econtracting.contracts import ContractState
from domain.errors import Forbidden
from models.base import db
from models.gate import writing
from models.organisation import Organisation
from models.public_contract import PublicContract
from services import transaction
from services.econtracting import actions
from services.econtracting.contracts import mine
from services.econtracting.contracts.mine import Criteria
from services.listing import Position
from tests.factories import contracting as make
from tests.factories import contracting_documents as documents
from tests.factories.contracting import EXECUTION, PAYMENTS, Somebody
from tests.integration.declaration.scene import statements
from tests.integration.econtracting.contracts.test_office_pages import FORM
from tests.support.client import Client
from tests.support.sign_in import SignedIn

Enter = Callable[[Somebody], Client]


@pytest.fixture
def an(ground: datetime) -> Somebody:
    return make.manager()


@pytest.fixture
def enter(app: Flask, ground: datetime, signed_in: SignedIn) -> Enter:
    def sign_in(who: Somebody) -> Client:
        client: Client = make.sign_in(signed_in(actor=who.actor), who)
        return client

    return sign_in


def numbers(who: Somebody, criteria: Criteria = Criteria()) -> list[str]:
    return [row.number for row in mine.my_contracts(who.actor, criteria, Position()).page.rows]


def test_c044_a_gebruiker_sees_assigned_contracts_only(an: Somebody) -> None:
    karim, tom = make.user(), make.user(name="Tom Wouters")
    assigned = make.public_contract(number="A")
    make.public_contract(number="B")
    make.public_contract(number="C", by=make.competitor())
    make.group(members=[karim], contracts=[assigned])
    assert numbers(karim) == ["A"]
    assert numbers(karim, Criteria(every=True)) == ["A"]  # the switch is of beheerders
    assert numbers(tom) == []
    assert numbers(an, Criteria(every=True)) == ["B", "A"]
    assert numbers(an) == []
    assert numbers(an, Criteria(every=True, without_group=True)) == ["B"]
    assert mine.my_contracts(an.actor, Criteria(), Position()).unstaffed.number == 1
    assert mine.my_contracts(karim.actor, Criteria(), Position()).unstaffed.number == 0


def test_only_contractors_have_contracts_of_their_own(an: Somebody) -> None:
    with pytest.raises(Forbidden):
        mine.my_contracts(make.official().actor, Criteria(), Position())


def test_contracts_are_found_by_the_words_of_both_sides(an: Somebody) -> None:
    make.public_contract(number="A", description="Brug over de Leie", internal_reference="W-17")
    make.public_contract(make.other_authority(), number="B", state=ContractState.CLOSED)
    for search, found in (("leie", ["A"]), ("w-17", ["A"]), ("elders", ["B"]), ("niets", [])):
        assert numbers(an, Criteria(search=search, every=True)) == found
    assert numbers(an, Criteria(state=ContractState.CLOSED, every=True)) == ["B"]


def test_what_waits_is_counted_in_the_themes_one_reads(an: Somebody) -> None:
    """A-15: a task of a document of another theme is not even counted."""
    karim, kim = make.user(), make.user(name="Kim")
    contract = make.public_contract()
    make.group(theme=PAYMENTS, members=[karim], contracts=[contract])
    make.group(theme=EXECUTION, members=[kim], contracts=[contract])
    claim = documents.sent(contract, karim)
    with transaction.unit_of_work():
        actions.reopen(contract, ActionType.SUPPLEMENT, claim, "Vul de staat aan")
    found = {who.actor.name: mine.waiting_in(who.actor, [contract.id])[contract.id].actions for who in (karim, kim)}
    assert found["Karim El Amrani"] == found["Kim"] + 1


def test_the_list_of_five_thousand_asks_as_many_statements_as_that_of_five(an: Somebody, enter: Enter) -> None:
    for _ in range(5):
        make.public_contract()
    client = enter(an)
    client.page("/econtracting/?toon=alle")
    with statements() as few:
        client.page("/econtracting/?toon=alle")
    template = db.session.query(PublicContract).first()
    assert template is not None
    values = {
        column.name: getattr(template, column.name)
        for column in PublicContract.__table__.columns
        if column.name != "id"
    }
    with transaction.unit_of_work(), writing("test"):
        rows = [values | {"reference": f"ref{place:013d}", "number": f"N{place}"} for place in range(100, 5100)]
        db.session.execute(PublicContract.__table__.insert(), rows)
    with statements() as many:
        page = client.page("/econtracting/?toon=alle")
    assert len(many) == len(few) <= 22
    assert "meer dan 1.000 opdrachten" in page.text
    following = page.all("//a[@rel='next']")[0].get("href")
    assert "Pagina 2" in client.page(following).text


def test_the_overview_tells_where_a_contract_stands(an: Somebody, enter: Enter) -> None:
    karim = make.user()
    contract = make.public_contract(processing_days=45, derogation_reason="Zorginstelling")
    make.group(theme=PAYMENTS, members=[karim], contracts=[contract])
    with transaction.unit_of_work():
        actions.open(contract, ActionType.MAKE_CLAIM)
    page = enter(karim).page(f"/econtracting/opdracht/{contract.reference}")
    for told in (
        contract.description,
        "Schuldvordering opmaken",
        "op of na 1 januari 2025",
        "45 dagen",
        "Zorginstelling",
        "Secretariaat Wegenbouw",
        "Afdeling Wegenbouw",
        "nog niets",
        "U zit voor dit thema in geen enkele groep",
    ):
        assert told in page.text, told
    assert "Eigen gegevens wijzigen" not in page.links()


def test_the_overview_asks_a_bounded_number_of_statements(an: Somebody, enter: Enter) -> None:
    contract = make.public_contract()
    client = enter(an)
    client.page(f"/econtracting/opdracht/{contract.reference}")
    with statements() as asked:
        client.page(f"/econtracting/opdracht/{contract.reference}")
    assert len(asked) <= 24


def test_a_beheerder_names_a_contract_for_the_company_alone(an: Somebody, enter: Enter) -> None:
    contract = make.public_contract()
    client = enter(an)
    address = f"/econtracting/opdracht/{contract.reference}/eigen-gegevens"
    form = client.page(address)
    saved = client.submit(form, {"internal_reference": "W-17", "internal_description": "Werf Gent"})
    assert "Uw gegevens bij de opdracht zijn bewaard" in saved.text
    assert "W-17" in saved.text
    assert client.submit(form, {"internal_reference": "X"}).status == 409
    assert client.submit(client.page(address), {"internal_reference": "x" * 61}).field_error("internal_reference")


def test_nobody_of_elsewhere_finds_a_contract(an: Somebody, enter: Enter) -> None:
    """A gebruiker without a group, a competitor: 404; an authority has no business at this door: 403."""
    contract = make.public_contract(make.authority())
    tom, nora = make.user(name="Tom Wouters"), make.manager(make.competitor(), name="Nora Simons")
    for who, status in ((tom, 404), (nora, 404), (make.official(), 403)):
        client = enter(who)
        for path in ("", "/eigen-gegevens"):
            expected = 403 if who is tom and path else status
            assert client.get(f"/econtracting/opdracht/{contract.reference}{path}").status_code == expected


def test_every_empty_list_says_what_to_do(an: Somebody, enter: Enter) -> None:
    tom = make.user(name="Tom Wouters")
    assert "Vraag het aan uw beheerder" in enter(tom).page("/econtracting/").text
    client = enter(an)
    assert "zodra een aanbesteder ze" in client.page("/econtracting/").text
    assert "U werkt zelf aan geen enkele opdracht" in client.page("/econtracting/?toon=mijn").text
    assert "Aan elke opdracht werkt iemand" in client.page("/econtracting/?toon=zonder-groep").text
    assert "Niets gevonden" in client.page("/econtracting/?toon=alle&zoek=niets").text


def test_invariant_10_no_request_of_a_contractor_makes_a_contract_or_a_party(an: Somebody, enter: Enter) -> None:
    """Walk every address of the contractor's door with what would make one; nothing is added."""
    contract = make.public_contract()
    client = enter(an)
    before = db.session.query(Organisation).count()
    rules = [
        rule
        for rule in client.application.url_map.iter_rules()
        if str(rule).startswith("/econtracting") and "POST" in (rule.methods or set())
    ]
    assert rules
    for rule in rules:
        values = dict.fromkeys(rule.arguments, contract.reference)
        path = client.application.url_map.bind("").build(rule.endpoint, values)
        client.post(path, data=FORM | {"contractor_number": "0999000426", "step": "save"})
    assert db.session.query(PublicContract).count() == 1
    assert db.session.query(Organisation).count() == before


def test_who_sees_no_contract_yet_reads_on_the_start_page_whom_to_ask(enter: Enter) -> None:
    contract = make.public_contract()
    tom = make.user(name="Tom Wouters")
    client = enter(tom)
    assert "Vraag het aan uw beheerder." in client.page("/start").text
    make.group(members=[tom], contracts=[contract])
    assert "Vraag het aan uw beheerder." not in client.page("/start").text
    new = enter(make.manager(make.competitor(), name="Nora Simons"))
    assert "zodra een aanbesteder ze voor uw onderneming maakt" in new.page("/start").text
