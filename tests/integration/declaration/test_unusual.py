"""Unusual values ask for a few words before submitting, and the words travel to the case manager (U-01 to U-03)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from domain.ecalcura.declaration import Event
from domain.errors import Findings, Forbidden, NotFound
from domain.permissions import Role
from models.all import db
from models.audit import AuditEntry
from models.declaration import Justification, Submission
from services import transaction
from services.ecalcura import submission, unusual_values
from tests.factories import actors, declarations, organisations
from tests.factories.database import change
from tests.integration.declaration.scene import QUARTER, Scene, count, days, hours, scene
from tests.support.sign_in import SignedIn

At = Callable[[str], datetime]
WHY = "Langdurig afwezig sinds half januari."


def unusual() -> tuple[Scene, str]:
    """Two ordinary quarters, then a nurse with ten of sixty-five days; gives the key of the question."""
    place = scene(entry_from="2023K3")
    for quarter in ("2023K3", "2023K4"):
        place.submit(place.fill(quarter))
    place.open()
    place.save(days(place.nurse, "10", "55"), hours(place.replacer, "230"))
    return place, f"U-01:{place.nurse.reference}"


def justify(place: Scene, key: str, text: str = WHY, actor: Any = None) -> dict[str, Any]:
    with transaction.unit_of_work():
        return unusual_values.justify(actor or place.clerk, place.number(), {key: text})


def test_u01_an_unusual_value_cannot_be_submitted_without_a_word(database: Any) -> None:
    place, key = unusual()
    review = place.review()
    with pytest.raises(Findings) as refused:
        place.submit(key=review)
    assert [one.code for one in refused.value.findings] == ["U-01"]
    db.session.rollback()
    assert justify(place, key) == {}
    place.submit(key=review)
    row = db.session.scalars(sa.select(Justification)).one()
    assert (row.code, row.subject, row.text, row.given_by) == ("U-01", place.nurse.reference, WHY, place.clerk.name)
    assert row.value == "10 van 65 dagen betaald (15 %)"
    traced = db.session.scalars(sa.select(AuditEntry.data).where(AuditEntry.event == "dossier.justified")).one()
    assert WHY not in traced, "the words are personal: they stand beside the chain"


def test_the_same_words_twice_are_one_trace(database: Any) -> None:
    place, key = unusual()
    justify(place, key)
    justify(place, key)
    assert count(Justification) == 1
    assert db.session.scalar(sa.select(sa.func.count()).where(AuditEntry.event == "dossier.justified")) == 1


def test_another_value_asks_again_and_an_ordinary_one_forgets(database: Any) -> None:
    place, key = unusual()
    justify(place, key)
    place.save(days(place.nurse, "12", "53", version=1))
    with pytest.raises(Findings):
        place.submit()
    db.session.rollback()
    place.save(days(place.nurse, "60", "4", version=2))
    place.submit()
    assert count(Justification) == 0


def test_on_the_last_day_it_is_asked_and_not_required(database: Any, at: At) -> None:
    place, _ = unusual()
    at("2024-09-30T23:00:00+02:00")
    key = place.review()
    page = submission.review_page(place.clerk, place.number(), key)
    assert [(one.required, one.answered) for one in page.questions] == [(False, False)]
    assert [one.code for one in page.review.warnings] == ["U-01"]
    db.session.rollback()
    place.submit(key=key)
    assert place.dossier().status.value == "CLOSED"


def test_too_few_words_are_refused_and_the_others_kept(database: Any) -> None:
    place, key = unusual()
    assert list(justify(place, key, "ziek")) == [key]
    assert count(Justification) == 0
    assert justify(place, "U-01:nobody0000000000") == {}
    assert count(Justification) == 0


def test_what_was_said_does_not_change_once_the_quarter_is_submitted(database: Any, at: At) -> None:
    """What the case manager reads is what was submitted; the same form sent again is the same submission."""
    place, key = unusual()
    justify(place, key)
    review = place.review()
    first = place.submit(key=review)
    for when in (None, "2024-10-20T09:00:00+02:00"):
        if when is not None:
            at(when)
        assert justify(place, key, "Iets helemaal anders dan wat er stond.") == {}
        assert justify(place, key, "kort") == {}
    assert db.session.scalars(sa.select(Justification.text)).one() == WHY
    assert place.submit(key=review).reference == first.reference


def test_only_who_may_submit_the_own_quarter_justifies(database: Any) -> None:
    place, key = unusual()
    other = scene()
    with pytest.raises(NotFound):
        justify(place, key, actor=other.clerk)
    with pytest.raises(Forbidden):
        justify(place, key, actor=actors.facility_user(place.facility, Role.EL_FINANCIEEL))


def test_u03_the_sector_counts_from_eight_others_and_never_names_one(database: Any) -> None:
    place = scene(entry_from="2024K1")
    place.open()
    place.save(days(place.nurse, "20", "45"), hours(place.replacer, "80"))
    rows = [
        declarations.dossier(organisations.facility(), "2023K4", "CLOSED", paid_rate=Decimal("0.950")) for _ in range(8)
    ]
    key = place.review()
    questions = submission.review_page(place.clerk, place.number(), key).questions
    assert [one.flag.code for one in questions] == ["U-03"]
    assert "95 %" in questions[0].flag.expected
    db.session.rollback()
    change(rows[0], paid_rate=None)
    assert submission.review_page(place.clerk, place.number(), key).questions == []


def test_the_page_asks_keeps_and_submits_in_one_go(app: Any, signed_in: SignedIn) -> None:
    place, key = unusual()
    client = signed_in(actor=place.clerk)
    review = client.submit(client.page(f"/ecalcura/aangifte/{QUARTER}"), form="aangifte", button="Indienen")
    assert "10 van 65 dagen betaald (15 %) – gemiddeld 92 % in de 2 vorige kwartalen." in review.text
    field = f"toelichting-{key}"
    empty = client.submit(review, {}, form=review.path)
    assert empty.status == 409
    link = f"//section[contains(@class, 'summary--error')]//a[@href='#{field}']"
    for page, title, wrong in (
        (review, "Leg eerst de ongewone waarden uit", 0),
        (empty, "Fout: uw aangifte is niet", 1),
    ):
        assert page.all("//h2[@id='fouten-titel']")[0].text_content().startswith(title)
        assert len(page.all(link)) == 1
        assert len(page.all("//*[@aria-invalid='true']")) == wrong
        assert page.all("//title")[0].text_content().startswith("Fout:") is bool(wrong)
    assert "Leg in een paar woorden uit waarom deze waarde klopt, of pas ze aan." in empty.all(link)[0].text_content()
    assert "Fout: Leg in een paar woorden uit" in empty.all(f"//*[@id='{field}-fout']")[0].text_content()
    short = client.submit(empty, {field: "ziek"}, form=review.path)
    assert short.status == 422
    assert "in minstens 3 woorden" in short.all(link)[0].text_content()
    assert short.field(field).text.strip() == "ziek", "what was typed comes back"
    assert count(Submission) == 2
    done = client.submit(short, {field: WHY}, form=review.path)
    assert "Aangifte succesvol ingediend" in done.text
    assert count(Submission) == 3
    els = signed_in("EL_DOSSIERBEHEERDER").page(f"/beheer/dossiers/{place.number()}")
    assert WHY in els.text
    assert "10 van 65 dagen betaald (15 %)" in els.text
    assert "ongewone waarden met uitleg: 1" in els.text


def test_what_was_justified_survives_a_change_by_a_colleague(app: Any, signed_in: SignedIn) -> None:
    """Nothing typed is lost: the words are kept although the submission is refused."""
    place, key = unusual()
    client = signed_in(actor=place.clerk)
    review = client.submit(client.page(f"/ecalcura/aangifte/{QUARTER}"), form="aangifte", button="Indienen")
    place.save(hours(place.replacer, "231", version=1))
    changed = client.submit(review, {f"toelichting-{key}": WHY}, form=review.path)
    assert changed.status == 409
    again = client.submit(changed, button="Opnieuw nakijken")
    assert again.field(f"toelichting-{key}").text.strip() == WHY
    assert "Uw uitleg is bewaard." in again.text


def test_the_risk_is_written_when_a_quarter_closes_and_when_it_is_blocked(database: Any, at: At) -> None:
    place, key = unusual()
    justify(place, key)
    place.submit()
    closed = place.dossier()
    assert (closed.risk, closed.declared_fte) == (6, Decimal("0.619"))
    place.open("2024K2")
    at("2024-10-16T00:00:00+02:00")
    place.fire(Event.BLOCK, number=place.number("2024K2"))
    blocked = place.dossier("2024K2")
    assert blocked.risk == 30, "both lines are missing"
    assert blocked.declared_fte == Decimal("0.000")
