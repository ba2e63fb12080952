"""The tab *Bankgegevens* as people use it (E-009, E-050 to E-055)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from domain.permissions import Role
from models.all import db
from models.organisation import BankAccount, Facility
from tests.factories import actors, organisations, reference
from tests.integration.organisation.traces import mails, traces
from tests.support.sign_in import SignedIn

LIST = "/organisatie/bankgegevens"
ADD = f"{LIST}/toevoegen"
ENTRY: dict[str, Any] = {
    "iban": "BE68 5390 0754 7034",
    "holder": "PVT De Brug vzw",
    "street": "Brugse Vaart",
    "house_number": "118",
    "box": "",
    "postal_code": "9000",
    "city": "Gent",
}


def current(of: Facility) -> list[BankAccount]:
    db.session.rollback()
    db.session.expire_all()
    where = (BankAccount.facility_id == of.id, BankAccount.valid_to.is_(None))
    return list(db.session.scalars(select(BankAccount).where(*where).order_by(BankAccount.id)))


def tabs(page: Any) -> list[str]:
    return [" ".join(link.text_content().split()) for link in page.all("//nav[contains(@class,'tabs')]//a")]


def test_e009_the_tab_is_there_with_the_financial_role_only(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    organisations.bank_account(brug)
    financial = signed_in(Role.EL_FINANCIEEL, facility=brug)
    privacy = signed_in(Role.EL_PRIVACY, facility=brug)
    common = ["Organisatiegegevens", "Contactpersonengegevens"]
    assert tabs(financial.page("/organisatie/")) == [*common, "Bankgegevens"]
    assert tabs(privacy.page("/organisatie/")) == [*common, "Inzage en verbetering", "Raadplegingen"]


def test_e009_by_its_address_the_refusal_explains_itself(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    account = organisations.bank_account(brug)
    for client in (signed_in(Role.EL_PRIVACY, facility=brug), signed_in(actor=actors.actor(facility=brug))):
        for path in (LIST, ADD, f"{LIST}/{account.reference}", f"{LIST}/{account.reference}/verwijderen"):
            page = client.page(path, status=403)
            assert "Beheer financiële gegevens" in page.text
            assert "De hoofdtoegangsbeheerder van uw voorziening geeft de rol" in page.text
            assert account.iban not in page.text
            assert client.open(path, method="POST", data=ENTRY).status_code in (403, 405)
    assert len(current(brug)) == 1


def test_e050_the_first_account_is_proposed_as_default(signed_in: SignedIn) -> None:
    reference.code_lists()
    brug = organisations.facility()
    client = signed_in(Role.EL_FINANCIEEL, facility=brug)
    empty = client.page(LIST)
    assert "Er is nog geen bankrekeningnummer" in empty.text
    assert "U kunt pas indienen als er een standaard bankrekeningnummer is ingevuld." in empty.text
    page = client.submit(client.page(ADD), ENTRY)
    assert page.path == LIST
    assert "BE68 5390 0754 7034 Standaard" in page.text
    assert "Brugse Vaart 118, 9000 Gent" in page.text
    assert "Elke financiering zonder eigen rekening" in page.text
    assert page.table()[1][1:] == ["Toegevoegd", "BE68 5390 0754 7034", "–", client.actor.name]  # type: ignore[union-attr]
    second = client.page(ADD)
    assert second.field("is_default").get("checked") is None


def test_v70_to_v74_at_the_field_and_nothing_typed_is_lost(signed_in: SignedIn) -> None:
    reference.code_lists()
    brug = organisations.facility()
    client = signed_in(Role.EL_FINANCIEEL, facility=brug)
    typed = ENTRY | {
        "iban": "be68539007547034",
        "street": "",
        "fundings": ["ECALCURA_EINDELOOPBAAN"],
        "is_default": None,
    }
    page = client.submit(client.page(ADD), typed)
    assert page.status == 422
    assert page.errors == [
        "Vul een Belgisch IBAN-nummer in (BE + 14 cijfers).",
        "Duid precies één bankrekeningnummer aan als standaard.",
        "Vul alle gegevens van de rekeninghouder in: de straat ontbreekt.",
    ]
    assert page.field_error("iban").endswith("(BE + 14 cijfers).")
    assert page.field_error("street")
    assert page.field_error("is_default")
    assert not page.field_error("holder")
    assert page.field("iban").get("value") == "be68539007547034"
    assert page.field("city").get("value") == "Gent"
    checked = page.all("//input[@name='fundings'][@checked]/@value")
    assert checked == ["ECALCURA_EINDELOOPBAAN"]
    assert current(brug) == []


def test_v73_says_which_financing(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    organisations.bank_account(brug)
    organisations.bank_account(brug, "ECALCURA_EINDELOOPBAAN")
    client = signed_in(Role.EL_FINANCIEEL, facility=brug)
    page = client.submit(client.page(ADD), ENTRY | {"fundings": ["ECALCURA_EINDELOOPBAAN", "WERKINGSMIDDELEN"]})
    assert page.errors == ["De financiering 'eCalcura/eindeloopbaan' is al gekoppeld aan een ander bankrekeningnummer."]


def test_e051_the_default_moves_and_both_say_so(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    first = organisations.bank_account(brug)
    client = signed_in(Role.EL_FINANCIEEL, facility=brug)
    page = client.submit(client.page(ADD), ENTRY | {"is_default": "y"})
    assert [row.is_default for row in current(brug)] == [False, True]
    changed = next(row for row in page.table()[1:] if row[1] == "Gewijzigd")
    assert changed[3] == "Standaard: ja → nee"
    # the address of the old row leads to the account as it is now
    moved = client.page(f"{LIST}/{first.reference}")
    assert moved.path == f"{LIST}/{current(brug)[0].reference}"
    assert moved.field("iban").get("value") == first.iban


def test_e055_changing_shows_what_is_kept(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    account = organisations.bank_account(brug, box="4")
    client = signed_in(Role.EL_FINANCIEEL, facility=brug)
    form = client.page(f"{LIST}/{account.reference}")
    assert form.field("box").get("value") == "4"
    assert form.field("is_default").get("checked") is not None
    page = client.submit(form, {"holder": "Nieuwe naam vzw"})
    assert "Nieuwe naam vzw" in page.text
    assert f"Rekeninghouder: {account.holder} → Nieuwe naam vzw" in page.table()[1][3]
    assert len(mails("bank_accounts_changed")) == 1


def test_v72_the_default_cannot_be_removed_and_the_page_says_what_to_do(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    account = organisations.bank_account(brug)
    client = signed_in(Role.EL_FINANCIEEL, facility=brug)
    path = f"{LIST}/{account.reference}/verwijderen"
    page = client.page(path)
    assert "Duid eerst een ander nummer aan als standaard" in page.text
    assert page.all("//main//form") == []
    answer = client.post(path, data={})
    assert answer.status_code == 422
    assert "Duid eerst een ander nummer aan als standaard" in answer.text
    assert len(current(brug)) == 1


def test_removing_asks_first_and_keeps_the_history(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    organisations.bank_account(brug)
    account = organisations.bank_account(brug, "WERKINGSMIDDELEN")
    client = signed_in(Role.EL_FINANCIEEL, facility=brug)
    ask = client.page(f"{LIST}/{account.reference}/verwijderen")
    assert len(current(brug)) == 2
    page = client.submit(ask)
    assert page.table()[1][1] == "Verwijderd"
    assert len(current(brug)) == 1
    gone = client.page(f"{LIST}/{account.reference}")
    assert gone.path == LIST
    assert "Dit bankrekeningnummer werd intussen verwijderd." in gone.text


def test_two_tabs_the_second_sees_both_versions(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    account = organisations.bank_account(brug)
    client, colleague = signed_in(Role.EL_FINANCIEEL, facility=brug), signed_in(Role.EL_FINANCIEEL, facility=brug)
    path = f"{LIST}/{account.reference}"
    mine, theirs = client.page(path), colleague.page(path)
    colleague.submit(theirs, {"holder": "Van de collega"})
    page = client.submit(mine, {"holder": "Van mij"})
    assert page.status == 409
    rows = {row[0].removesuffix(" verschilt"): row[1:] for row in page.table()[1:]}
    assert rows["Rekeninghouder"] == ["Van de collega", "Van mij"]
    assert rows["IBAN"][0] == rows["IBAN"][1]
    latest = client.page(page.links()["Open de laatste versie"])
    assert latest.field("holder").get("value") == "Van de collega"
    assert [row.holder for row in current(brug)] == ["Van de collega"]


def test_a_change_of_what_a_colleague_removed(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    organisations.bank_account(brug)
    account = organisations.bank_account(brug, "WERKINGSMIDDELEN")
    client, colleague = signed_in(Role.EL_FINANCIEEL, facility=brug), signed_in(Role.EL_FINANCIEEL, facility=brug)
    path = f"{LIST}/{account.reference}"
    mine = client.page(path)
    colleague.submit(colleague.page(f"{path}/verwijderen"))
    page = client.submit(mine, {"holder": "Van mij"})
    assert page.status == 409
    assert "intussen verwijderd" in page.text
    assert "Van mij" in page.text
    assert len(current(brug)) == 1


def test_a_double_click_has_one_effect(signed_in: SignedIn) -> None:
    reference.code_lists()
    brug = organisations.facility()
    organisations.contact_person(brug)
    client = signed_in(Role.EL_FINANCIEEL, facility=brug)
    form = client.page(ADD)
    assert [client.submit(form, ENTRY).path for _ in range(2)] == [LIST, LIST]
    (account,) = current(brug)
    form = client.page(f"{LIST}/{account.reference}")
    assert [client.submit(form, {"holder": "Anders"}).path for _ in range(2)] == [LIST, LIST]
    assert [row.holder for row in current(brug)] == ["Anders"]
    client.submit(client.page(ADD), ENTRY | {"is_default": None, "iban": "BE91999003133776"})
    form = client.page(f"{LIST}/{current(brug)[1].reference}/verwijderen")
    assert [client.submit(form).path for _ in range(2)] == [LIST, LIST]
    assert (traces(), len(mails("bank_accounts_changed"))) == (4, 4)


def test_foreign_and_unknown_look_the_same(signed_in: SignedIn) -> None:
    brug, other = organisations.facility(), organisations.facility()
    theirs = organisations.bank_account(other)
    client = signed_in(Role.EL_FINANCIEEL, facility=brug)
    for path in ("", "/verwijderen"):
        for method in ("GET", "POST"):
            answers = [
                client.open(f"{LIST}/{one}{path}", method=method, data=ENTRY | {"is_default": "y"})
                for one in (theirs.reference, "onbestaand")
            ]
            assert [answer.status_code for answer in answers] == [404, 404]
            assert theirs.iban not in answers[0].text
    assert [row.iban for row in current(other)] == [theirs.iban]
