"""A quarter of two thousand lines: the same few statements as one of three."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from models.all import db
from models.declaration import Performance
from models.personnel import Contract, Source, StaffMember
from services import transaction
from services.ecalcura import declarations, performances, submission
from services.ecalcura.performances import TypedRow
from tests.factories.database import save
from tests.integration.declaration.scene import QUARTER, Scene, count, days, hours, scene, statements
from tests.support.sign_in import SignedIn

LINES = 2000
SHOW = f"/ecalcura/aangifte/{QUARTER}"


def crowd(place: Scene, lines: int = LINES) -> list[str]:
    """Give the facility that many replacers, half of them full-time; gives their contract references."""
    people = [
        StaffMember(
            facility_id=place.facility.id,
            national_number=f"{number:011d}",
            last_name=f"Naam{number:04d}",
            first_name="Kim",
            source=Source.REGISTER,
        )
        for number in range(lines)
    ]
    save(*people)
    contracts = [
        Contract(
            staff_member_id=person.id,
            facility_id=place.facility.id,
            starts_on=date(2019, 1, 1),
            contract_type_code="LOONTREKKENDE",
            qualification_code="ZORGKUNDIGE",
            hours=Decimal(38 if number % 2 else 19),
            replacement_hours=Decimal(4),
        )
        for number, person in enumerate(people)
    ]
    save(*contracts)
    return [contract.reference for contract in contracts]


def typed(references: list[str]) -> list[TypedRow]:
    """Values for every line of the crowd."""
    return [
        TypedRow(reference, 0, "60", "4,5") if number % 2 else TypedRow(reference, 0, paid_hours="240,25")
        for number, reference in enumerate(references)
    ]


def _counted(place: Scene, rows: list[TypedRow]) -> list[int]:
    """How many statements reading, saving, reviewing, looking at the review and submitting take."""
    number = place.open()
    keys: list[str] = []
    acts: list[Callable[[], object]] = [
        lambda: performances.grid(place.clerk, number),
        lambda: performances.save(place.clerk, number, rows),
        lambda: keys.append(submission.begin_review(place.clerk, number)),
        lambda: submission.review_page(place.clerk, number, keys[0]),
        lambda: submission.submit(place.clerk, number, keys[0]),
    ]
    found = []
    for act in acts:
        with statements() as seen, transaction.unit_of_work():
            act()
        found.append(len(seen))
    return found


def test_the_number_of_statements_does_not_grow_with_the_lines(database: Any) -> None:
    small, large = scene(), scene()
    rows = typed(crowd(large))
    few = _counted(small, [days(small.nurse, "60", "4"), hours(small.replacer, "230")])
    many = _counted(large, rows)
    assert [more - less for less, more in zip(few, many, strict=True)] == [0, 0, 0, 0, 0]
    assert few[0] <= 6
    assert many[1] <= 14
    assert many[4] <= 30
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Performance)) == LINES + 2


def test_one_row_is_saved_without_reading_the_others(database: Any) -> None:
    place = scene()
    references = crowd(place)
    number = place.open()
    with statements() as seen, transaction.unit_of_work():
        outcome = performances.save(place.clerk, number, typed(references)[:1])
    assert outcome.changed == 1
    assert len(seen) <= 13, "\n".join(seen)
    with transaction.unit_of_work():
        line = performances.line_of(place.clerk, number, references[0])
    assert line is not None
    assert line.version == 1


def test_last_quarter_is_taken_over_for_all_lines_at_once(database: Any) -> None:
    place = scene()
    references = crowd(place)
    place.open("2023K4")
    place.save(*typed(references), number=place.number("2023K4"))
    number = place.open()
    with statements() as seen, transaction.unit_of_work():
        assert performances.copy_previous(place.clerk, number).changed == LINES
    assert len(seen) <= 14, len(seen)


def test_a_page_of_two_thousand_lines_loads_saves_and_submits_without_script(app: Any, signed_in: SignedIn) -> None:
    place = scene()
    crowd(place)
    number = place.open()
    client = signed_in(actor=place.clerk)
    with statements() as seen:
        page = client.page(SHOW)
    assert len(seen) <= 16, "\n".join(seen)
    assert len(page.response.data) < 1500 * LINES
    tokens = [one.get("value") for one in page.all("//input[@name='regel']")]
    full_time = [
        bool(one.xpath("./../input[not(@type)][@name='betaalde_dagen']")) for one in page.all("//input[@name='regel']")
    ]
    assert len(tokens) == LINES + 2
    data = {
        "aantal": str(len(tokens)),
        "versie": page.field("versie").get("value"),
        "regel": tokens,
        "betaalde_dagen": ["60" if own else "" for own in full_time],
        "niet_betaalde_dagen": ["4" if own else "" for own in full_time],
        "betaalde_uren": ["" if own else "230,5" for own in full_time],
    }
    page = client.submit(
        page, {name: data[name] for name in data if name != "regel"}, form="aangifte", button="Indienen"
    )
    assert page.path.startswith(f"{SHOW}/indienen/")
    assert count(Performance) == LINES + 2
    page = client.submit(page, {}, button="Indienen kwartaalaangifte")
    assert "Aangifte succesvol ingediend" in page.text
    assert declarations.allowed_events(place.clerk, number) == []
