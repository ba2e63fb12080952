"""Kinds of documents: shipped once, changed in drafts, released by the authority that keeps them (A-07)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import func, select

from domain.actor import Actor
from domain.econtracting.document_states import Direction
from domain.econtracting.kinds import Field, FieldType, Kind
from domain.errors import Conflict, Findings, Forbidden, InvalidValue, NotAllowedNow, NotFound
from models.audit import AuditEntry
from models.base import db
from models.file_document import DocumentKind
from services import audit, transaction
from services.econtracting import kind_editing, kinds
from tests.factories import contracting
from tests.integration.declaration.scene import statements
from tests.support.databases import PreparedDatabase

REPORT = Kind(
    "WERFVERSLAG",
    "Werfverslag",
    "UITVOERING",
    frozenset({Direction.TO_AUTHORITY}),
    fields=(Field("day", "Dag", FieldType.DATE),),
)


@pytest.fixture
def owner(database: PreparedDatabase) -> Actor:
    with transaction.unit_of_work():
        kinds.ensure()
    return contracting.official().actor


def save(actor: Actor, kind: Kind, version: int) -> DocumentKind:
    with transaction.unit_of_work():
        return kind_editing.save(actor, kind, version)


def make(actor: Actor, kind: Kind = REPORT) -> DocumentKind:
    with transaction.unit_of_work():
        return kind_editing.make(actor, kind)


def release(actor: Actor, code: str, version: int) -> DocumentKind:
    with transaction.unit_of_work():
        return kind_editing.release(actor, code, version)


def test_the_shipped_kinds_are_added_once(owner: Actor) -> None:
    with transaction.unit_of_work():
        assert kinds.ensure() == {"themes": 0, "kinds": 0}
    assert [one.kind.code for one in kinds.all_in_use()][:3] == ["SCHULDVORDERING", "NAZICHT", "FACTUURAANVRAAG"]
    up = {one.kind.code for one in kinds.all_in_use(Direction.TO_AUTHORITY)}
    assert "SCHULDVORDERING" in up
    assert "NAZICHT" not in up
    assert [theme.name for theme in kinds.themes()] == [
        "Betalingen",
        "Wijzigingen",
        "Uitvoering",
        "Waarborgen",
        "Algemeen",
    ]
    with pytest.raises(NotFound):
        kinds.in_use("BERICHT")
    with pytest.raises(NotFound):
        kinds.of(0)


def test_a_change_acts_after_its_release_and_documents_keep_their_version(
    owner: Actor, at: Callable[[str], datetime]
) -> None:
    before = kinds.in_use("PLANNING")
    changed = replace(before.kind, name="Planning van de werken", number=1)
    draft = save(owner, changed, 0)
    assert kinds.in_use("PLANNING") == before
    moment = at("2024-09-17T09:00:00+02:00")
    released = release(owner, "PLANNING", draft.version)
    assert (released.number, released.released_at, released.released_by) == (2, moment, "Dirk Lemmens")
    assert kinds.in_use("PLANNING").kind.name == "Planning van de werken"
    assert kinds.of(before.id) == before.kind
    newest, first = kind_editing.versions_of(owner, "PLANNING")
    assert [str(one) for one in newest.changes] == ["Naam: 'Planning' wordt 'Planning van de werken'."]
    assert (newest.in_use, first.in_use) == (True, False)


def test_a_new_kind_can_be_used_once_it_is_released(owner: Actor) -> None:
    draft = make(owner)
    with pytest.raises(NotFound):
        kinds.in_use("WERFVERSLAG")
    assert kind_editing.overview(owner)[-1].code != "WERFVERSLAG"
    release(owner, "WERFVERSLAG", draft.version)
    assert kinds.in_use("WERFVERSLAG").kind == REPORT
    assert REPORT in [one.kind for one in kinds.all_in_use()]


def test_a_kind_out_of_use_makes_no_new_documents(owner: Actor) -> None:
    draft = save(owner, replace(kinds.in_use("PLANNING").kind, active=False), 0)
    release(owner, "PLANNING", draft.version)
    with pytest.raises(NotAllowedNow):
        kinds.in_use("PLANNING")
    assert "PLANNING" not in [one.kind.code for one in kinds.all_in_use()]
    assert "PLANNING" in [line.code for line in kind_editing.overview(owner)]


def test_only_the_authority_that_keeps_the_kinds_changes_them(owner: Actor) -> None:
    other = contracting.official(contracting.authority("OVO009904", "Agentschap Wegen en Verkeer (test)")).actor
    assert kind_editing.overview(other)
    assert not kind_editing.may_change(other)
    for act in (
        lambda: make(other),
        lambda: save(other, kinds.in_use("PLANNING").kind, 0),
        lambda: release(other, "PLANNING", 1),
    ):
        with pytest.raises(Forbidden):
            act()
    with pytest.raises(Forbidden):
        kind_editing.overview(contracting.manager().actor)


def test_what_is_wrong_is_told_and_nothing_is_kept(owner: Actor) -> None:
    count = select(func.count()).select_from(DocumentKind)
    before = db.session.scalar(count)
    with pytest.raises(Findings) as refused:
        make(owner, replace(REPORT, name="", theme="GEEN"))
    assert {one.field for one in refused.value.findings} == {"name", "theme"}
    with pytest.raises(InvalidValue) as taken:
        make(owner, replace(REPORT, code="PLANNING"))
    assert taken.value.field == "code"
    assert db.session.scalar(count) == before


def test_two_people_do_not_overwrite_each_other(owner: Actor) -> None:
    kind = kinds.in_use("PLANNING").kind
    draft = save(owner, replace(kind, name="Een"), 0)
    shown = draft.version
    save(owner, replace(kind, name="Twee"), shown)
    with pytest.raises(Conflict):
        save(owner, replace(kind, name="Drie"), shown)
    with pytest.raises(Conflict):
        release(owner, "PLANNING", shown)
    with pytest.raises(Conflict):
        save(owner, replace(kind, name="Vier"), 0)


def test_a_draft_that_changes_nothing_is_not_released(owner: Actor) -> None:
    draft = save(owner, kinds.in_use("PLANNING").kind, 0)
    with pytest.raises(NotAllowedNow):
        release(owner, "PLANNING", draft.version)
    with transaction.unit_of_work():
        kind_editing.discard(owner, "PLANNING", draft.version)
    assert len(kind_editing.versions_of(owner, "PLANNING")) == 1
    with pytest.raises(Conflict):
        release(owner, "PLANNING", 1)


def test_every_change_leaves_a_trace(owner: Actor) -> None:
    draft = make(owner)
    release(owner, "WERFVERSLAG", draft.version)
    found = db.session.scalars(select(AuditEntry.event).order_by(AuditEntry.sequence)).all()
    assert list(found) == ["document_kind.changed", "document_kind.released"]
    assert audit.verify().broken is None


def test_a_list_of_kinds_costs_one_query(owner: Actor) -> None:
    with statements() as seen:
        kinds.all_in_use()
    assert len(seen) == 1
