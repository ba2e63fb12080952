"""Mail to who subscribed to outages: one for each event, in words, with nothing that somebody typed (C-074, E-154)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from domain.econtracting.document_states import Function
from domain.news import Topic
from models.base import db
from models.outbox import OutboxMessage
from services import clock
from services.econtracting import outages
from services.outbox import letters
from services.transaction import unit_of_work
from tests.factories import contracting
from tests.factories.contracting_terms import calendar
from tests.factories.news import subscribed, written
from tests.factories.notices import notice, published
from tests.support.databases import PreparedDatabase

At = Callable[[str], datetime]


@pytest.fixture(autouse=True)
def _scene(database: PreparedDatabase) -> None:
    calendar()
    subscribed("lezer@voorbeeld.be", Topic.OUTAGES)
    subscribed("anders@voorbeeld.be", Topic.NEWS)


def told() -> list[str]:
    """The templates of the mails about outages, in order."""
    written()
    found = select(OutboxMessage.template).where(OutboxMessage.template.like("outage_%")).order_by(OutboxMessage.id)
    return list(db.session.scalars(found))


def last(language: str = "nl") -> str:
    """Subject and text of the last mail."""
    written()
    row = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc()).limit(1)).one()
    row.language = language
    message = letters.message_of(letters.letter_of(row))
    db.session.rollback()
    body = message.get_body(("plain",))
    assert body is not None
    return f"{message['Subject']}\n{body.get_content()}"


def test_an_unexpected_one_is_told_when_it_opens_and_when_it_is_over(at: At) -> None:
    at("2024-09-16T10:00:00+02:00")
    row = published(notice("Typfout van Jan Janssens"))
    assert told() == ["outage_unexpected"]
    text = last()
    assert "Dit lukt nu niet in het Dossierloket: verzenden" in text
    assert "16 september 2024 om 09:00" in text
    assert f"/onbeschikbaarheden/{row.reference}" in text
    assert "Janssens" not in text
    assert "Not possible now in the Dossierloket: sending" in last("en")
    with unit_of_work():
        outages.end(contracting.official().actor, row.reference, row.version)
    assert told() == ["outage_unexpected", "outage_over"]
    assert "Opgelost in het Dossierloket: verzenden" in last()


def test_a_planned_one_is_told_at_its_publication_and_prolongs_nothing() -> None:
    begins = clock.now() + timedelta(days=20)
    published(
        notice(planned=True, functions=frozenset(Function), starts_at=begins, ends_at=begins + timedelta(hours=2))
    )
    assert told() == ["outage_planned"]
    assert "Gepland onderhoud van het Dossierloket: alles" in last()
    assert "verlengt geen enkele termijn" in last()


def test_an_unexpected_one_that_is_told_afterwards_is_over() -> None:
    published(notice(ends_at=clock.now()))
    assert told() == ["outage_over"]


def test_a_correction_and_a_withdrawal_are_told() -> None:
    keeper = contracting.official().actor
    row = published()
    with unit_of_work():
        better = outages.correct(
            keeper, row.reference, row.version, notice(functions=frozenset({Function.UPLOAD})), "Een andere functie."
        )
    assert "Verbeterd bericht over een onbeschikbaarheid: opladen" in last()
    with unit_of_work():
        outages.withdraw(keeper, better.reference, better.version, "Er was niets.")
    assert told() == ["outage_unexpected", "outage_corrected", "outage_withdrawn"]
    assert "Er was niets." not in last()


def test_what_is_undone_is_told_to_nobody() -> None:
    outages.publish(contracting.official().actor, notice())
    db.session.rollback()
    assert told() == []
