"""What the staff tests share: a facility with somebody in it, forms filled in as a clerk does, statements counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from domain.actor import Actor
from models.all import db
from models.personnel import StaffMember
from services.transaction import unit_of_work
from tests.factories import reference
from tests.pages.page import Page
from tests.support.client import Client

LIST = "/ecalcura/personeel"

#: A full-time nurse from 1 July 2024 on: a quarter that no test closes unless it says so.
CONTRACT = {
    "starts_on": "01/07/2024",
    "ends_on": "",
    "contract_type": "LOONTREKKENDE",
    "qualification": "VERPLEEGKUNDIGE_BACHELOR",
    "hours": "38",
    "replacement_hours": "",
}

#: Six hours of exemption for somebody of 55 or older.
CHOICE = {
    "decided_on": "01/07/2024",
    "begins_on": "01/07/2024",
    "ends_on": "",
    "age_category": "55+",
    "premium_hours": "0",
    "exemption_hours": "6",
}


def file_of(member: StaffMember, tab: str = "") -> str:
    """The address of a person's file."""
    return f"{LIST}/{member.reference}{tab}"


def add_contract(client: Client, member: StaffMember, **values: Any) -> Page:
    """Fill in the page 'Contract toevoegen' and send it."""
    reference.code_lists()
    page = client.page(file_of(member, "/contracten/toevoegen"))
    return client.submit(page, CONTRACT | values, form="contract", button="Toevoegen")


def add_choice(client: Client, member: StaffMember, **values: Any) -> Page:
    """Fill in the page 'Eindeloopbaan toevoegen' and send it."""
    reference.code_lists()
    page = client.page(file_of(member, "/eindeloopbaan/toevoegen"))
    return client.submit(page, CHOICE | values, form="keuze", button="Toevoegen")


def warnings(page: Page) -> list[str]:
    """What the warning summary of a form says."""
    return [" ".join(item.text_content().split()) for item in page.all("//*[contains(@class, 'summary--warning')]//li")]


def messages(page: Page) -> list[str]:
    """The messages on top of a page, without their kind."""
    return [" ".join(item.text_content().split()) for item in page.all("//*[@data-flash]//p")]


def notices(page: Page) -> str:
    """What stands in the box 'Na te kijken' of a file; empty when there is none."""
    return " ".join(" ".join(item.text_content().split()) for item in page.all("//*[@class='attention-list']/li"))


def rows(model: type[Any]) -> list[Any]:
    """All rows of a table in the order of their key, read anew."""
    db.session.rollback()
    ordered = sa.select(model).order_by(*sa.inspect(model).primary_key)
    return list(db.session.scalars(ordered, execution_options={"populate_existing": True}))


def using(use_case: Any, actor: Actor, *values: Any, **named: Any) -> Any:
    """Run a use case in a committed transaction, as an entry point does."""
    with unit_of_work():
        return use_case(actor, *values, **named)


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that reach the database meanwhile, transaction control left out."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "SET", "PRAGMA", "SHOW")):
            seen.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
