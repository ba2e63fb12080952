"""Issues and releases: written, published once, told to subscribers, read by anybody on a page and on paper (C-073)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import select

from domain.audit_events import AuditEvent
from domain.errors import Conflict, Findings, Forbidden, InvalidValue, NotAllowedNow
from domain.news import Topic
from models.audit import AuditEntry
from models.base import db
from models.outbox import OutboxMessage
from services.listing import Position
from services.news import issues, releases
from services.outbox import letters
from services.transaction import unit_of_work
from tests.factories import actors
from tests.factories.news import draft, issue, release, subscribed, writer, written
from tests.integration.declaration.scene import statements
from tests.support.client import Client
from tests.support.databases import PreparedDatabase

At = Callable[[str], datetime]


def mail() -> str:
    """The text of the last mail."""
    written()
    row = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc()).limit(1)).one()
    message = letters.message_of(letters.letter_of(row))
    body = message.get_body(("plain",))
    assert body is not None
    return f"{message['Subject']}\n{body.get_content()}"


def test_c073_an_issue_announces_a_release_and_a_later_one_reports_it(database: PreparedDatabase, at: At) -> None:
    at("2026-10-05T10:00:00+02:00")
    subscribed("lezer@voorbeeld.be", Topic.NEWS)
    coming = release("1.4", on=date(2026, 10, 17))
    first = issue(of=coming)
    assert first.number == 1
    assert "Nieuwsbrief 1: versie 1.4 komt op 17 oktober 2026" in mail()
    assert "/nieuws/1" in mail()
    at("2026-10-17T09:00:00+02:00")
    issue(of=coming)
    assert "Nieuwsbrief 2: versie 1.4 is er" in mail()
    issue()
    assert "Nieuwsbrief 3 van het Dossierloket" in mail()


def test_what_is_published_is_never_changed(database: PreparedDatabase) -> None:
    row = issue()
    entry = issues.IssueEntry("Anders", "Anders")
    for act in (
        lambda: issues.change(writer(), row.reference, row.version, entry),
        lambda: issues.publish(writer(), row.reference, row.version),
        lambda: issues.remove(writer(), row.reference, row.version),
    ):
        with pytest.raises(NotAllowedNow):
            act()
        db.session.rollback()
    assert issues.one(1).title == "Wat er verandert"


def test_a_draft_is_changed_on_the_version_that_was_seen(database: PreparedDatabase) -> None:
    row = draft()
    with unit_of_work():
        issues.change(writer(), row.reference, 1, issues.IssueEntry("Beter", "Tekst"))
    with pytest.raises(Conflict):
        issues.publish(writer(), row.reference, 1)
    db.session.rollback()
    with unit_of_work():
        issues.remove(writer(), row.reference, 2)
    assert issues.listed(writer(), Position()).rows == ()


def test_publishing_leaves_a_trace_with_the_digest_of_the_text(database: PreparedDatabase) -> None:
    subscribed("lezer@voorbeeld.be", Topic.NEWS)
    issue()
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.event == AuditEvent.ISSUE_PUBLISHED)).one()
    data = json.loads(entry.data)
    assert (data["number"], data["subscribers"], len(data["digest"])) == (1, 1, 64)


def test_only_who_keeps_the_newsletter_writes_it(database: PreparedDatabase) -> None:
    with pytest.raises(Forbidden):
        issues.add(actors.helpdesk(), issues.IssueEntry("a", "b"))
    with pytest.raises(Forbidden):
        releases.add(actors.helpdesk(), releases.ReleaseEntry("1.0", date(2026, 1, 1), "a", "b", False))


def test_c063_a_release_is_numbered_once_and_may_be_put_in_the_manual_later(database: PreparedDatabase) -> None:
    row = release("1.4")
    with pytest.raises(InvalidValue) as refused:
        release("1.4")
    assert refused.value.field == "number"
    entry = releases.ReleaseEntry("1.4", row.released_on, row.title, row.changes, True)
    with unit_of_work():
        releases.change(writer(), row.reference, row.version, entry)
    assert releases.one("1.4").in_manual
    with pytest.raises(Findings):
        releases.add(writer(), releases.ReleaseEntry("x", None, "", "", False))


def test_pages_for_anybody(app: Flask, client: Client) -> None:
    draft("Nog niet af")
    coming = release("1.4")
    release("1.5", published=False)
    issue("Zo wordt het", "## Kop\n\nTekst met **nadruk** en [een link](/versies/1.4).", coming)
    text = client.get("/nieuws").text
    assert "Zo wordt het" in text
    assert "Nog niet af" not in text
    text = client.get("/nieuws/1").text
    assert "<h2>Kop</h2>" in text
    assert "<strong>nadruk</strong>" in text
    assert "Aankondiging" in text
    text = client.get("/versies").text
    assert "Nog niet in de handleiding" in text
    assert "(PDF, opent in een nieuw venster)" in text, "C-078"
    assert "1.5" not in text
    assert "Zo wordt het" in client.get("/versies/1.4").text
    for path in (
        "/nieuws/2",
        "/nieuws/99999999999",
        "/versies/1.5",
        "/versies/1.5.pdf",
        "/versies/%00",
        "/nieuws/0.pdf",
    ):
        assert client.get(path).status_code == 404, path


BODY = """# Kop

Een alinea met **vet**, *schuin*, `code` en [een link](https://example.be).

- eerste
  - binnenin
- tweede

1. een
2. twee

> een citaat

| Thema | Wat |
|---|---|
| eCalcura | nieuw |

---

```
#set page(fill: red)
```

#set text(red) \\ <script>alert(1)</script> 漢字
"""


def test_an_issue_on_paper_is_an_accessible_pdf_and_nothing_in_it_is_markup(app: Flask, client: Client) -> None:
    issue("Zo wordt het", BODY)
    answer = client.get("/nieuws/1.pdf")
    assert answer.mimetype == "application/pdf"
    with pikepdf.open(BytesIO(answer.data)) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Zo wordt het"
        assert str(pdf.Root.Lang).startswith("nl")
        assert pdf.Root.MarkInfo.Marked
        metadata = bytes(pdf.Root.Metadata.read_bytes())
    assert re.search(rb"pdfuaid:part>\s*1", metadata)
    assert client.get("/nieuws/1.pdf").data == answer.data


def test_a_release_on_paper(app: Flask, client: Client) -> None:
    release("1.4")
    assert client.get("/versies/1.4.pdf").data.startswith(b"%PDF")


def test_lists_ask_the_same_however_long_they_are(app: Flask, client: Client) -> None:
    for number in range(25):
        issue(f"Nummer {number}", of=release(f"1.{number}"))
    for path in ("/nieuws", "/versies"):
        client.get(path)
        with statements() as seen:
            text = client.get(path).text
        assert len(seen) <= 2, seen
        assert "Volgende" in text
