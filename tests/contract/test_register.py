"""The register of processing: every table says what it holds about people, and the committed register is that."""

from __future__ import annotations

import re
from typing import Any

import pytest

from domain.permissions import Permission, Role, roles_granting
from domain.processing import (
    BASIS_LABELS,
    CATEGORY_LABELS,
    RECIPIENT_LABELS,
    SUBJECT_LABELS,
    NoPersonalData,
    Processing,
    Recipients,
)
from domain.retention import RULES, Procedure, RetentionClass
from models.all import Base
from services.privacy import processing
from services.privacy.erasing import ERASERS
from tests.contract.register import FILE, text

MODELS: list[Any] = sorted((mapper.class_ for mapper in Base.registry.mappers), key=lambda one: str(one.__tablename__))

#: Columns that tell of a person by their name: only what is named here is none.
TELLING = re.compile(
    r"((?<!replaced)_by(_id)?|(?<!bank_)account_id|(?<!contr)actor_id|author_id|author_label|actor_name|national_number(_digest)?|number_digest|email"
    r"|recipient|phone|given_name|family_name|first_name|last_name|birth_date|sex|iban|holder|person|name_id|wanted"
    r"|explanation|body|browser|client(_digest)?|contact_(name|email|phone))$"
)
#: Telling by name, and of no person all the same.
OF_NO_PERSON = {
    ("facility", "email"),
    ("facility", "phone"),
    ("outage", "body"),
    ("canned_text", "body"),
    ("news_issue", "body"),
}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: str(model.__tablename__))
def test_each_table_says_what_it_holds_about_people(model: Any) -> None:
    """Its own words, not those of another; columns that exist; a class that has a rule."""
    says = model.__dict__.get("__processing__")
    assert isinstance(says, Processing | NoPersonalData), "declare __processing__"
    columns = {column.name for column in model.__table__.columns}
    assert set(says.columns) <= columns, set(says.columns) - columns
    telling = {name for name in columns if TELLING.search(name) and (model.__tablename__, name) not in OF_NO_PERSON}
    assert telling <= set(says.columns), f"{telling - set(says.columns)} tell of somebody"
    if isinstance(says, Processing):
        assert says.columns
        assert says.subjects
        assert says.recipients
        assert says.retention in RULES
        assert set(says.columns.values()) <= set(CATEGORY_LABELS)
        assert set(says.subjects) <= set(SUBJECT_LABELS)
        assert set(says.recipients) <= set(RECIPIENT_LABELS)
        assert says.basis in BASIS_LABELS


#: What lets somebody read the persons in a table, and as whom a role does so.
READ_WITH = {
    "account": {Permission.AUDIT_READ},
    "access_block": {Permission.BLOCKS_MANAGE},
    "canned_text": {Permission.DESKS_MANAGE},
    "conversation": {Permission.MESSAGES, Permission.MESSAGES_OFFICE},
    "correction_request": {Permission.PERSON_FILE, Permission.PERSON_FILE_REVIEW},
    "desk_member": {Permission.DESKS_MANAGE},
    "erasure_notice": {Permission.RETENTION_MANAGE},
    "help_ticket": {Permission.TICKETS_MANAGE},
    "mail_address": {Permission.PREFERENCES, Permission.NEWS_MANAGE},
    "message": {Permission.MESSAGES, Permission.MESSAGES_OFFICE},
    "news_issue": {Permission.NEWS_MANAGE},
    "organisation_view": {Permission.VIEWS_READ},
    "outbox_message": {Permission.OUTBOX_READ},
    "product_release": {Permission.NEWS_MANAGE},
    "subscription": {Permission.NEWS_MANAGE},
}
AS_WHOM = {
    Role.EL_PRIVACY: {Recipients.OWN},
    Role.EL_DOSSIERBEHEERDER: {Recipients.DEPARTMENT},
    Role.EL_HELPDESK: {Recipients.HELPDESK},
    Role.EC_HELPDESK: {Recipients.HELPDESK},
    Role.EC_BEHEERDER: {Recipients.OWN},
    Role.EC_GEBRUIKER: {Recipients.OWN},
    Role.EC_AB_DOSSIERBEHEERDER: {Recipients.AUTHORITY, Recipients.KEEPER, Recipients.OWN},
    Role.EC_AB_BEHANDELAAR: {Recipients.AUTHORITY},
    Role.EC_AB_VRIJGEVER: {Recipients.AUTHORITY},
}


@pytest.mark.parametrize("table", READ_WITH)
def test_whoever_may_read_a_table_is_named_as_a_recipient_of_it(table: str) -> None:
    (says,) = (one.__processing__ for one in MODELS if one.__tablename__ == table)
    for permission in READ_WITH[table]:
        for role in roles_granting(permission):
            assert AS_WHOM[role] & set(says.recipients), f"{role} reads {table} with {permission}"


@pytest.mark.parametrize("table", ["message_read", "terms_acceptance"])
def test_of_these_the_program_alone_knows_who_it_was(table: str) -> None:
    (says,) = (one.__processing__ for one in MODELS if one.__tablename__ == table)
    assert says.recipients == (Recipients.NOBODY,)


def test_no_table_is_forgotten() -> None:
    """Tables without a class of their own would hold what nobody declared."""
    assert {table.name for table in Base.metadata.sorted_tables} == {str(one.__tablename__) for one in MODELS}


def test_each_class_has_a_rule_and_each_announced_one_an_eraser() -> None:
    assert set(RULES) == set(RetentionClass)
    announced = {one for one, rule in RULES.items() if rule.procedure is Procedure.NOTICE}
    assert announced == set(ERASERS)
    assert all((rule.months is not None) == (one in announced) for one, rule in RULES.items())


def test_each_class_is_used_by_a_table() -> None:
    used = {one.__processing__.retention for one in MODELS if isinstance(one.__processing__, Processing)}
    assert set(RetentionClass) - used == set()


def test_the_committed_register_is_what_the_models_say() -> None:
    assert FILE.read_text(encoding="utf-8") == text(), "run: python -m tests.contract.register"


def test_the_json_names_every_table_once() -> None:
    held = processing.as_json(processing.register())
    names = [one["table"] for one in (*held["processing"], *held["without_personal_data"])]
    assert sorted(names) == sorted(str(one.__tablename__) for one in MODELS)
