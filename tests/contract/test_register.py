"""The register of processing: every table says what it holds about people, and the committed register is that."""

from __future__ import annotations

import re
from typing import Any

import pytest

from domain.processing import (
    BASIS_LABELS,
    CATEGORY_LABELS,
    RECIPIENT_LABELS,
    SUBJECT_LABELS,
    NoPersonalData,
    Processing,
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
