"""Messages that name a number in the person file: where they stand, for who may read them (E-008, E-153)."""

from __future__ import annotations

import json

import pytest

from domain.actor import Actor
from domain.permissions import Role
from domain.person_file import MOST, PersonFile, SectionCode
from models.organisation import Facility
from services import transaction
from services.privacy import person_file, person_messages
from tests.factories import actors
from tests.factories.messages import Talk
from tests.integration.privacy.conftest import NUMBER, World
from tests.support.client import Client

WRITTEN = "De uren van 66.05.17-001.37 kloppen niet, die van 85.07.30-033.28 wel."


def talk_of(facility: Facility) -> Talk:
    """Who talks for a facility and the department."""
    sofie = actors.known(actors.facility_user(facility, Role.EL_PRIVACY))
    return Talk(facility, sofie, sofie, actors.known(actors.case_manager()))


def asked(actor: Actor, reason: str = "", number: str = NUMBER) -> PersonFile:
    """The file of a number."""
    with transaction.unit_of_work():
        return person_file.of_number(actor, number, reason)


def told(made: PersonFile) -> list[tuple[object, ...]]:
    """Facility, quarter, subject and by whom of each row."""
    rows = [row for one in made.sections if one.code is SectionCode.MESSAGES for row in one.rows]
    return [(row["facility"], row["quarter"], row["subject"], row["by"]) for row in rows]


def test_e153_a_message_that_names_the_number_is_told_and_not_quoted(world: World) -> None:
    talk = talk_of(world.brug)
    thread = talk.open(body=WRITTEN, subject="Uren", quarter="2024K2")
    talk.answer(talk.els, thread, "Bedoelt u 66051700137?")
    talk.answer(talk.els, thread, "Dat van 85.07.30-033.28 staat goed.")
    made = asked(talk.sofie)
    assert told(made) == [
        ("PVT De Brug", "2024K2", "Uren", "Het departement"),
        ("PVT De Brug", "2024K2", "Uren", "De voorziening"),
    ]
    text = json.dumps(person_file.as_json(made), ensure_ascii=False)
    assert thread.reference in text
    for said in ("kloppen niet", "033.28", "Bedoelt u"):
        assert said not in text


def test_a_subject_is_searched_and_told_once(world: World) -> None:
    talk = talk_of(world.brug)
    thread = talk.open(body="Graag nakijken.", subject="Over 66 05 17 001 37")
    talk.answer(talk.els, thread, "Gedaan.")
    assert [row[3] for row in told(asked(talk.sofie))] == ["De voorziening"]


def test_a_draft_is_held_for_its_own_side_only(world: World) -> None:
    talk = talk_of(world.brug)
    talk.draft(body=WRITTEN)
    assert len(told(asked(talk.sofie))) == 1
    assert told(asked(talk.els, "klacht")) == []


def test_e008_who_reads_no_messages_is_told_none(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = talk_of(world.brug)
    talk.open(body=WRITTEN)
    monkeypatch.setattr(person_messages.scope, "reads_messages", lambda actor: False)
    assert told(asked(talk.sofie)) == []


def test_another_facility_is_told_nothing_and_the_department_finds_it_by_the_message_alone(world: World) -> None:
    linden = talk_of(world.linden)
    number = "85073003328"
    linden.open(body=WRITTEN)
    assert asked(talk_of(world.brug).sofie, number=number).empty
    made = asked(linden.els, "klacht", number)
    assert told(made) == [("Revalidatiecentrum Ter Linden", None, "Uren", "De voorziening")]
    assert made.facilities == [("71000023", "Revalidatiecentrum Ter Linden")]


def test_more_than_a_section_shows_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST > 2
    monkeypatch.setattr(person_messages, "MOST", 2)
    talk = talk_of(world.brug)
    thread = talk.open(body=WRITTEN)
    for _ in range(2):
        talk.answer(talk.els, thread, WRITTEN)
    section = next(one for one in asked(talk.sofie).sections if one.code is SectionCode.MESSAGES)
    assert len(section.rows) == 2
    assert section.more


def test_the_page_opens_the_thread_at_both_desks(world: World, sofie: Client, els: Client) -> None:
    talk = talk_of(world.brug)
    thread = talk.open(body=WRITTEN)
    page = sofie.page(f"/privacy-inzage/{world.greet.reference}")
    assert page.links()["Gesprek openen: Uren"] == f"/berichten/{thread.reference}"
    shown = els.submit(els.page("/beheer/inzage/"), {"number": NUMBER, "reason": "klacht"}, form="/beheer/inzage/")
    assert shown.links()["Gesprek openen: Uren"] == f"/beheer/berichten/{thread.reference}"
