"""The helpdesk finds what it needs with one box, sees no more than it should, and leaves a trace that tells nothing."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from models.all import db
from models.audit import AuditEntry, AuditPersonalValue
from tests.factories import declarations, personnel
from tests.integration.back_office.conftest import World
from tests.support.client import Client
from tests.support.sign_in import SignedIn

DIGITS = "66051700137"


def ask(client: Client, text: str):
    """Type something in the box."""
    return client.submit(client.page("/beheer/opzoeken/"), {"search": text}, form="/beheer/opzoeken/")


def looked_up() -> list[str]:
    """The data of the look-ups that were traced."""
    return list(
        db.session.scalars(
            sa.select(AuditEntry.data).where(AuditEntry.event == "backoffice.looked_up").order_by(AuditEntry.sequence)
        )
    )


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    (
        ("71000012", "facility_number", "PVT De Brug"),
        ("0999.000.327", "facility_number", "PVT De Brug"),
        ("0999000327", "facility_number", "71000012-2023K3"),
        ("71000012-2023k4", "dossier", "Audit"),
        ("2024K2", "quarter", "71000023-2024K2"),
        (DIGITS, "national_number", "Vermeulen Greet"),
        ("66.05.17-001.37", "national_number", "Vermeulen Greet"),
        ("de brug", "words", "PVT De Brug"),
        ("VERMÉULEN", "words", "Vermeulen Greet"),
        ("85.07.30-033.28", "national_number", "bij geen enkele voorziening"),
        ("onzin", "words", "Niets gevonden"),
        ("%", "words", "Niets gevonden"),
        ("71000012-2019K1", "dossier", "geen dossier met dit nummer"),
    ),
)
def test_one_box_takes_numbers_first_and_then_words(text: str, kind: str, says: str, hilde: Client) -> None:
    page = ask(hilde, text)
    assert says in page.text
    (data,) = looked_up()
    assert f'"kind":"{kind}"' in data


def test_the_number_of_a_person_stays_hidden(hilde: Client) -> None:
    page = ask(hilde, "vermeulen")
    assert "••.••.••-•••.37" in page.text
    assert DIGITS not in page.response.text


def test_the_trace_never_holds_what_was_typed(hilde: Client) -> None:
    ask(hilde, DIGITS)
    ask(hilde, "Vermeulen")
    ask(hilde, " vermeulen ")
    first, second, third = looked_up()
    assert DIGITS not in first
    assert "ermeulen" not in second
    assert second == third, "the same question gives the same digest"
    assert not db.session.scalars(sa.select(AuditPersonalValue)).all()


def test_an_empty_box_asks_for_something(hilde: Client) -> None:
    page = ask(hilde, "  ")
    assert page.status == 422
    assert page.errors
    assert not looked_up()


def test_a_code_tells_what_the_person_was_told(hilde: Client, sofie: Client, world: World) -> None:
    refused = sofie.get("/beheer/dossiers/")
    assert refused.status_code == 403
    code = db.session.execute(sa.text("SELECT code FROM access_refusal")).scalar_one()
    assert code in refused.text
    page = ask(hilde, code.lower().replace("-", " "))
    assert "niet bestemd voor uw organisatie" in page.text
    assert "71000012" in page.text


def test_a_dossier_shows_where_it_stands_and_nothing_of_what_is_in_it(hilde: Client, world: World) -> None:
    personnel.choice(world.person)
    declarations.performance(world.dossiers["AUDIT"], world.contract)
    page = ask(hilde, world.number("AUDIT"))
    seen = hilde.page(page.links()[world.number("AUDIT")])
    assert "Audit" in seen.text
    assert "30 september 2024" in seen.text
    assert "Vermeulen" not in seen.text
    assert "sofie.maes" not in seen.text
    viewed = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.event == "backoffice.dossier_viewed")).one()
    assert viewed.data == '{"as":"helpdesk","concerns":["71000012"]}'
    assert not seen.all("//main//form")


def test_reasons_and_names_of_the_timeline_stay_inside(hilde: Client, els: Client, world: World) -> None:
    step = els.page(f"/beheer/dossiers/{world.number('CLOSED')}/stap/TAKE_INTO_AUDIT")
    els.submit(step, {"reason": "Vermoeden van fouten bij Vermeulen"})
    seen = hilde.page(f"/beheer/opzoeken/dossier/{world.number('CLOSED')}")
    assert "In audit genomen" in seen.text
    assert "Vermoeden" not in seen.text
    assert "Sam Voorbeeld" not in seen.text


def test_a_case_manager_goes_on_to_the_whole_dossier(els: Client, world: World) -> None:
    page = ask(els, world.number("AUDIT"))
    assert page.links()[world.number("AUDIT")] == f"/beheer/dossiers/{world.number('AUDIT')}"


def test_a_facility_never_looks_up(sofie: Client, signed_in: SignedIn) -> None:
    assert sofie.get("/beheer/opzoeken/").status_code == 403
    assert sofie.post("/beheer/opzoeken/", data={"search": "71000023"}).status_code == 403
    assert not looked_up()
