"""A block holds on after the account reached the end of its term and was erased (E-153)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from flask import Flask

from domain.retention import RetentionClass
from models.audit import AuditEntry
from models.base import db
from models.contract_rights import WorkRelation
from models.identity import AccessBlock, Account
from models.organisation import Facility
from models.privacy import ErasureNotice
from services import clock, evidence, transaction
from services.identity import blocks
from services.privacy import retention
from tests.factories import actors
from tests.factories.database import change
from tests.saml.browser import Browser, page_of

ELS = replace(actors.case_manager(), account_id=900_013)
#: Who signed in for the last time in 2024K3 is announced from 2 August 2034 on and erased on 1 October.
TOLD, GONE = "2034-08-15T10:00:00+02:00", "2034-10-20T10:00:00+02:00"


def erased(at: Any, told: str = TOLD, gone: str = GONE) -> Account:
    """The only account, after its term."""
    at(told)
    retention.announce()
    at(gone)
    retention.erase_due()
    db.session.expire_all()
    return db.session.scalars(sa.select(Account)).one()


def block(account_id: int) -> AccessBlock:
    with transaction.unit_of_work():
        return blocks.block(ELS, "PERSON", str(account_id), "Misbruik")


def test_who_is_blocked_is_refused_after_the_account_is_erased(
    app: Flask, facilities: dict[str, Facility], browser: Browser, at: Any
) -> None:
    """Name and language go; the key by which the person is found again stays, as long as the block does."""
    browser.sign_in("sofie-voorziening", "ehealth")
    row = block((browser.identity or {})["account_id"])
    before = db.session.scalars(sa.select(Account.account_key)).one()
    account = erased(at)
    assert (account.given_name, account.family_name) == ("", "")
    assert account.account_key == before
    assert account.national_number_digest is not None
    answer = browser.sign_in("sofie-voorziening", "ehealth")
    assert answer.status_code == 403
    assert "geblokkeerd" in page_of(answer).text
    assert browser.identity is None
    assert db.session.scalars(sa.select(Account.id)).all() == [int(row.key)], "found again, not made anew"
    assert evidence.verify().broken == ()


def test_when_the_block_is_lifted_the_key_goes_too_with_a_term_of_its_own(
    app: Flask, facilities: dict[str, Facility], browser: Browser, at: Any
) -> None:
    browser.sign_in("sofie-voorziening", "ehealth")
    row = block((browser.identity or {})["account_id"])
    key = erased(at).account_key
    retention.announce()
    of_accounts = sa.select(ErasureNotice.subject_key).where(
        ErasureNotice.retention_class == RetentionClass.ACCOUNTS.value
    )
    assert list(db.session.scalars(of_accounts)) == ["2024K3"], "nothing more to erase while the block holds"
    with transaction.unit_of_work():
        blocks.unblock(ELS, row.id, "Opgelost")
    retention.announce()
    assert sorted(db.session.scalars(of_accounts)) == ["2024K3", "2024K3/2"]
    retention.erase_due()
    db.session.expire_all()
    assert db.session.scalars(sa.select(Account.account_key)).one() == key, "sixty days first"
    account = erased(at, GONE, "2034-12-20T10:00:00+01:00")
    assert account.account_key == f"gewist-{account.id}"
    assert account.national_number_digest is None
    answer = browser.sign_in("sofie-voorziening", "ehealth")
    assert answer.status_code == 303
    assert db.session.scalar(sa.select(sa.func.count(Account.id))) == 2, "a new account: nothing leads to the old one"


def test_who_an_enterprise_blocked_is_refused_after_the_account_is_erased(
    app: Flask, browser: Browser, at: Any
) -> None:
    browser.sign_in("an-beheerder")
    change(db.session.scalars(sa.select(WorkRelation)).one(), blocked_at=clock.now(), block_reason="Uit dienst")
    account = erased(at)
    assert account.family_name == ""
    answer = browser.sign_in("an-beheerder")
    assert answer.status_code == 403
    assert browser.identity is None


def test_who_is_not_blocked_is_erased_whole(app: Flask, browser: Browser, at: Any) -> None:
    browser.sign_in("an-beheerder")
    account = erased(at)
    assert account.account_key == f"gewist-{account.id}"
    assert account.national_number_digest is None
    assert account.family_name == ""
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.event == "identity.signed_in")).one()
    assert entry.actor_id == account.id
