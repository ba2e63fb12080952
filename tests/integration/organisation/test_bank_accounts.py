"""Bank accounts as one set: the rules V-70 to V-74, the default, the history, the mail, two people at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from domain.actor import Actor
from domain.errors import Conflict, Findings, Forbidden, NotFound
from domain.organisation import AccountFacts
from domain.permissions import Role
from models.all import db
from models.organisation import BankAccount, BankAccountFunding, Facility
from services import audit, transaction
from services.organisations import bank_accounts, bank_history, bank_reading
from tests.factories import actors, numbers, organisations, reference
from tests.integration.organisation.traces import mails, personal, trace, traces
from tests.support.databases import PreparedDatabase

ENTRY = AccountFacts(
    iban="BE68 5390 0754 7034",
    holder="PVT De Brug vzw",
    street="Brugse Vaart",
    house_number="118",
    postal_code="9000",
    city="Gent",
    is_default=True,
)


def clerk(of: Facility) -> Actor:
    return actors.facility_user(of, Role.EL_FINANCIEEL, name="Ines Aerts")


def rows(of: Facility, *, ended: bool = False) -> list[BankAccount]:
    """The accounts in use, or those that are not any more, oldest first."""
    db.session.rollback()
    db.session.expire_all()
    where = BankAccount.valid_to.is_not(None) if ended else BankAccount.valid_to.is_(None)
    own = select(BankAccount).where(BankAccount.facility_id == of.id, where)
    return list(db.session.scalars(own.order_by(BankAccount.id)))


def add(of: Facility, **values: Any) -> BankAccount:
    reference.code_lists()
    with transaction.unit_of_work():
        bank_accounts.add_account(clerk(of), replace(ENTRY, **({"iban": numbers.iban()} | values)))
    return rows(of)[-1]


def codes(refused: pytest.ExceptionInfo[Findings]) -> list[tuple[str, str | None]]:
    return [(finding.code, finding.field) for finding in refused.value.findings]


def test_e050_e054_an_account_is_kept_as_it_is_shown(database: Any) -> None:
    brug = organisations.facility()
    row = add(
        brug, iban=ENTRY.iban, holder=" PVT De Brug vzw ", box="2", fundings=frozenset({"ECALCURA_EINDELOOPBAAN"})
    )
    assert (row.iban, row.holder, row.box, row.is_default) == ("BE68539007547034", "PVT De Brug vzw", "2", True)
    assert (row.made_by, row.ended_by, row.valid_to) == ("Ines Aerts", None, None)
    assert [(one.funding_code, one.active) for one in row.fundings] == [("ECALCURA_EINDELOOPBAAN", True)]


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"iban": "NL91ABNA0417164300"}, ("V-70", "iban")),
        ({"iban": "be68539007547034"}, ("V-70", "iban")),
        ({"iban": "BE6853900754703"}, ("V-70", "iban")),
        ({"iban": ""}, ("V-70", "iban")),
        ({"iban": "BE69539007547034"}, ("V-71", "iban")),
        ({"iban": "BE41091811735141"}, ("V-71", "iban")),
        ({"is_default": False}, ("V-72", "is_default")),
        ({"fundings": frozenset({"ONBEKEND"})}, ("V-73", "fundings")),
        ({"holder": " "}, ("V-74", "holder")),
        ({"street": ""}, ("V-74", "street")),
        ({"house_number": ""}, ("V-74", "house_number")),
        ({"postal_code": ""}, ("V-74", "postal_code")),
        ({"city": ""}, ("V-74", "city")),
    ],
)
def test_v70_to_v74_a_first_account_that_is_wrong(
    wrong: dict[str, Any], expected: tuple[str, str], database: Any
) -> None:
    brug = organisations.facility()
    with pytest.raises(Findings) as refused:
        add(brug, **wrong)
    assert codes(refused) == [expected]
    assert (rows(brug), traces(), mails("bank_accounts_changed")) == ([], 0, [])


def test_everything_wrong_is_told_at_once(database: Any) -> None:
    with pytest.raises(Findings) as refused:
        add(organisations.facility(), iban="x", holder="", is_default=False, fundings=frozenset({"ONBEKEND"}))
    assert {code for code, _ in codes(refused)} == {"V-70", "V-72", "V-73", "V-74"}


def test_v73_a_financing_of_another_account_is_named_as_in_the_list(database: Any) -> None:
    brug = organisations.facility()
    add(brug, fundings=frozenset({"ECALCURA_EINDELOOPBAAN"}))
    with pytest.raises(Findings) as refused:
        add(brug, is_default=False, fundings=frozenset({"ECALCURA_EINDELOOPBAAN", "SOCIALE_AKKOORDEN"}))
    (finding,) = refused.value.findings
    assert str(finding) == "De financiering 'eCalcura/eindeloopbaan' is al gekoppeld aan een ander bankrekeningnummer."


def test_e052_a_financing_moves_after_it_was_taken_off(database: Any) -> None:
    brug = organisations.facility()
    first = add(brug, fundings=frozenset({"ECALCURA_EINDELOOPBAAN"}))
    with transaction.unit_of_work():
        bank_accounts.change_account(
            clerk(brug), first.reference, replace(bank_reading.facts(first), fundings=frozenset())
        )
    add(brug, is_default=False, fundings=frozenset({"ECALCURA_EINDELOOPBAAN"}))
    active = db.session.scalars(select(BankAccountFunding).where(BankAccountFunding.active)).all()
    assert len(active) == 1
    # what the ended row served is still known
    assert [one.funding_code for one in rows(brug, ended=True)[0].fundings] == ["ECALCURA_EINDELOOPBAAN"]


def test_e052_two_facilities_may_use_the_same_financing(database: Any) -> None:
    for facility in (organisations.facility(), organisations.facility()):
        add(facility, fundings=frozenset({"ECALCURA_EINDELOOPBAAN"}))
    assert len(db.session.scalars(select(BankAccountFunding)).all()) == 2


def test_e051_a_new_default_takes_over(database: Any) -> None:
    brug = organisations.facility()
    first = add(brug, fundings=frozenset({"ECALCURA_EINDELOOPBAAN"}))
    second = add(brug, holder="Nieuwe houder")
    by_iban = {row.iban: row for row in rows(brug)}
    assert {iban: row.is_default for iban, row in by_iban.items()} == {first.iban: False, second.iban: True}
    assert [one.funding_code for one in by_iban[first.iban].fundings] == ["ECALCURA_EINDELOOPBAAN"]
    (ended,) = rows(brug, ended=True)
    assert (ended.id, ended.replaced_by_id, ended.ended_by) == (first.id, by_iban[first.iban].id, "Ines Aerts")
    assert ended.valid_to == by_iban[first.iban].valid_from == by_iban[second.iban].valid_from


def test_v72_the_default_is_not_just_given_up(database: Any) -> None:
    brug = organisations.facility()
    first = add(brug)
    add(brug, is_default=False)
    with pytest.raises(Findings) as refused, transaction.unit_of_work():
        bank_accounts.change_account(clerk(brug), first.reference, replace(bank_reading.facts(first), is_default=False))
    assert codes(refused) == [("V-72", "is_default")]
    with pytest.raises(Findings) as refused, transaction.unit_of_work():
        bank_accounts.remove_account(clerk(brug), first.reference)
    assert "Duid eerst een ander nummer aan als standaard" in str(refused.value.findings[0])


def test_a_change_ends_the_row_and_keeps_it(database: Any) -> None:
    brug = organisations.facility()
    first = add(brug)
    with transaction.unit_of_work():
        bank_accounts.change_account(clerk(brug), first.reference, replace(bank_reading.facts(first), holder="Anders"))
    (now,), (ended,) = rows(brug), rows(brug, ended=True)
    assert (now.holder, ended.holder) == ("Anders", "PVT De Brug vzw")
    assert (ended.replaced_by_id, ended.valid_to) == (now.id, now.valid_from)
    assert now.is_default
    assert ended.is_default


def test_saving_the_same_again_changes_nothing(database: Any) -> None:
    brug = organisations.facility()
    first = add(brug, fundings=frozenset({"ECALCURA_EINDELOOPBAAN"}))
    with transaction.unit_of_work():
        same = replace(
            bank_reading.facts(first), iban="BE" + first.iban[2:4] + " " + first.iban[4:], holder=first.holder + " "
        )
        bank_accounts.change_account(clerk(brug), first.reference, same)
    assert [row.id for row in rows(brug)] == [first.id]
    assert (traces(), len(mails("bank_accounts_changed"))) == (1, 1)


def test_another_account_that_was_taken_over_wrong_does_not_stand_in_the_way(database: Any) -> None:
    brug = organisations.facility()
    organisations.bank_account(brug, street="", house_number="")
    add(brug, is_default=False)
    assert len(rows(brug)) == 2


def test_e052_the_same_number_twice_only_warns(database: Any) -> None:
    brug = organisations.facility()
    add(brug, iban=ENTRY.iban)
    with transaction.unit_of_work():
        (warning,) = bank_accounts.add_account(clerk(brug), replace(ENTRY, is_default=False))
    assert "twee keer in de lijst" in str(warning)
    assert len(rows(brug)) == 2


def test_e154_the_contacts_are_told_without_the_number(database: Any) -> None:
    brug = organisations.facility()
    organisations.contact_person(brug, email="a@brug.example.be")
    organisations.contact_person(brug, email="b@brug.example.be")
    row = add(brug)
    sent = mails("bank_accounts_changed")
    assert [mail.recipient for mail in sent] == ["a@brug.example.be", "b@brug.example.be"]
    for mail in sent:
        assert mail.parameters == f'{{"hco_number": "{brug.hco_number}"}}'
        assert row.iban not in mail.parameters + mail.dedupe_key + mail.subject_key


def test_without_contacts_the_facility_itself_is_told(database: Any) -> None:
    brug = organisations.facility(email="algemeen@brug.example.be")
    add(brug)
    assert [mail.recipient for mail in mails("bank_accounts_changed")] == ["algemeen@brug.example.be"]


def test_every_change_is_a_mail_of_its_own(database: Any) -> None:
    """The clock of a test stands still; two changes in one instant are two mails all the same."""
    brug = organisations.facility()
    first = add(brug)
    second = add(brug, is_default=False)
    with transaction.unit_of_work():
        bank_accounts.change_account(clerk(brug), first.reference, replace(bank_reading.facts(first), holder="Anders"))
    with transaction.unit_of_work():
        bank_accounts.remove_account(clerk(brug), second.reference)
    assert len(mails("bank_accounts_changed")) == 4


def test_changes_are_traced_with_the_numbers_as_erasable_values(database: Any) -> None:
    brug = organisations.facility()
    row = add(brug, fundings=frozenset({"ECALCURA_EINDELOOPBAAN"}))
    event, subject, data = trace()
    assert (event, subject) == ("organisation.bank_accounts_changed", brug.hco_number)
    assert data == {"fields": ["bank_accounts"]}
    assert personal("before") == []
    (after,) = personal("after")
    assert after.startswith(f"{row.iban} (standaard), ")
    assert after.endswith(": eCalcura/eindeloopbaan")
    assert audit.verify().broken is None


def test_the_history_says_who_did_what_when(database: Any, at: Any) -> None:
    brug = organisations.facility()
    first = add(brug, fundings=frozenset({"ECALCURA_EINDELOOPBAAN"}))
    at("2024-09-17T10:00:00+02:00")
    other = actors.facility_user(brug, Role.EL_FINANCIEEL, name="Bram Goossens")
    with transaction.unit_of_work():
        changed = replace(bank_reading.facts(first), holder="Anders", fundings=frozenset({"SOCIALE_AKKOORDEN"}))
        bank_accounts.change_account(other, first.reference, changed)
    at("2024-09-18T10:00:00+02:00")
    second = add(brug)
    at("2024-09-19T10:00:00+02:00")
    with transaction.unit_of_work():
        kept = next(row for row in rows(brug) if row.iban == first.iban)
        bank_accounts.remove_account(clerk(brug), kept.reference)
    told = [
        (f"{event.at:%d}", event.who, event.act.value, event.iban, event.changes)
        for event in bank_history.bank_history(clerk(brug))
    ]
    assert told == [
        ("19", "Ines Aerts", "REMOVED", first.iban, ()),
        ("18", "Ines Aerts", "ADDED", second.iban, ()),
        ("18", "Ines Aerts", "CHANGED", first.iban, (("Standaard", "ja", "nee"),)),
        (
            "17",
            "Bram Goossens",
            "CHANGED",
            first.iban,
            (
                ("Rekeninghouder", "PVT De Brug vzw", "Anders"),
                ("Financiering", "eCalcura/eindeloopbaan", "Andere sociale akkoorden"),
            ),
        ),
        ("16", "Ines Aerts", "ADDED", first.iban, ()),
    ]


def test_e009_nothing_without_the_financial_role(database: Any) -> None:
    brug = organisations.facility()
    row = add(brug)
    privacy = actors.facility_user(brug, Role.EL_PRIVACY)
    for act in (
        lambda: bank_reading.accounts(privacy),
        lambda: bank_reading.account(privacy, row.reference),
        lambda: bank_history.bank_history(privacy),
        lambda: bank_accounts.add_account(privacy, ENTRY),
        lambda: bank_accounts.change_account(privacy, row.reference, ENTRY),
        lambda: bank_accounts.remove_account(privacy, row.reference),
        lambda: bank_reading.accounts(actors.case_manager()),
        lambda: bank_accounts.add_account(actors.case_manager(), ENTRY),
    ):
        with pytest.raises(Forbidden):
            act()


def test_v60_that_a_default_is_missing_is_known_without_the_role(database: Any) -> None:
    brug = organisations.facility()
    privacy = actors.facility_user(brug, Role.EL_PRIVACY)
    assert str(bank_reading.default_missing(privacy)).startswith("U kunt pas indienen als er een standaard")
    add(brug)
    assert bank_reading.default_missing(privacy) is None


def test_foreign_accounts_do_not_exist(database: Any) -> None:
    brug, other = organisations.facility(), organisations.facility()
    theirs = add(other)
    for act in (
        lambda: bank_reading.account(clerk(brug), theirs.reference),
        lambda: bank_accounts.change_account(clerk(brug), theirs.reference, ENTRY),
        lambda: bank_accounts.remove_account(clerk(brug), theirs.reference),
    ):
        with pytest.raises(NotFound):
            act()
        transaction.rollback()
    assert [row.iban for row in rows(other)] == [theirs.iban]


def _at_once(database: PreparedDatabase, *acts: Any) -> list[Any]:
    """Run acts in threads that start together; gives what each returned or raised."""
    start = Barrier(len(acts))

    def run(act: Any) -> Any:
        with database.bare.app_context():
            start.wait()
            try:
                with transaction.unit_of_work():
                    return act()
            except (Findings, Conflict) as refused:
                return refused
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_e051_two_people_at_once_leave_exactly_one_default(database: PreparedDatabase) -> None:
    brug = organisations.facility()
    references = [add(brug, is_default=place == 0).reference for place in range(3)]
    facts = {row.reference: bank_reading.facts(row) for row in rows(brug)}
    user = clerk(brug)

    def make_default(of: str) -> Any:
        return lambda: bank_accounts.change_account(
            user, of, replace(facts[of], is_default=True, holder=f"Houder {of}")
        )

    _at_once(database, *(make_default(of) for of in references[1:]), make_default(references[0]))
    assert sum(row.is_default for row in rows(brug)) == 1
    assert len({row.iban for row in rows(brug)}) == 3
    assert audit.verify().broken is None


def test_two_changes_of_one_account_at_once_are_one_change_and_one_conflict(database: PreparedDatabase) -> None:
    brug = organisations.facility()
    row = add(brug)
    entry, user = bank_reading.facts(row), clerk(brug)
    before = traces()
    answers = _at_once(
        database,
        *(
            lambda name=name: bank_accounts.change_account(user, row.reference, replace(entry, holder=name))  # type: ignore[misc]
            for name in ("Een", "Twee")
        ),
    )
    (conflict,) = [answer for answer in answers if isinstance(answer, Conflict)]
    assert {conflict.theirs["Rekeninghouder"], conflict.yours["Rekeninghouder"]} == {"Een", "Twee"}
    assert [one.holder for one in rows(brug)] == [conflict.theirs["Rekeninghouder"]]
    assert traces() == before + 1


def test_twenty_sendings_of_one_form_add_one_account(database: PreparedDatabase) -> None:
    brug = organisations.facility()
    reference.code_lists()
    user = clerk(brug)
    _at_once(database, *(lambda: bank_accounts.add_account(user, ENTRY, key="abcdefghABCDEFGH") for _ in range(20)))
    assert len(rows(brug)) == 1
    assert traces() == 1
