"""The template of a message that asks to reopen, in the portal: choose, look, send, follow (10.5, E-126, E-127)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from models.all import db
from models.declaration import ReopeningRequest
from models.message import Conversation
from tests.factories import contracting, desks
from tests.integration.reopening.scene import PERIOD, WHAT, asking
from tests.support.sign_in import SignedIn

At = Callable[[str], datetime]
BEFORE = "2024-10-02T10:00:00+02:00"


def test_from_the_template_to_the_thread_and_back(app: Any, database: Any, at: At, signed_in: SignedIn) -> None:
    place = asking()
    at(BEFORE)
    clerk = signed_in(actor=place.clerk)
    page = clerk.page("/berichten/heropening")
    assert "Heropening van ingediende kwartalen" in page.text
    page = clerk.page(f"/berichten/heropening/{PERIOD}")
    assert f"Voorziening: {place.facility.name} (HCO-nummer {place.facility.hco_number})" in page.text
    page = clerk.submit(page, {"quarters": ["2024K1"]}, form="aanvraag", button="Aanvraag versturen")
    assert page.status == 422
    assert "Schrijf kort wat u wilt wijzigen." in page.text
    page = clerk.submit(page, {"explanation": WHAT}, form="aanvraag", button="Voorbeeld bekijken")
    assert db.session.scalars(sa.select(ReopeningRequest)).all() == []
    assert "- 1ste kwartaal 2024" in page.text
    assert WHAT in page.text
    page = clerk.submit(page, {}, form="aanvraag", button="Aanvraag versturen")
    assert "Uw aanvraag is verstuurd. U volgt ze in dit gesprek." in page.text
    assert "wacht op een beslissing" in page.text
    thread = db.session.scalars(sa.select(Conversation)).one()
    assert page.path.startswith(f"/berichten/{thread.reference}")
    request = db.session.scalars(sa.select(ReopeningRequest)).one()
    assert (request.quarters, request.conversation_id) == ("2024K1", thread.id)
    page = clerk.page("/berichten/heropening")
    assert "Naar het gesprek" in page.text

    office = contracting.sign_in(app.test_client(), desks.manager())
    page = office.page(f"/beheer/heropeningen/{request.id}")
    assert "Lees het gesprek over deze aanvraag" in page.text
    office.submit(page, {"reason": WHAT}, form="heropenen-vraag")
    page = clerk.page(f"/berichten/{thread.reference}")
    assert "De heropening van 1ste kwartaal 2024 is toegestaan." in page.text
    assert "ingewilligd" in page.text
    page = clerk.page(f"/ecalcura/heropening/{PERIOD}")
    assert f"/berichten/{thread.reference}" in page.links().values()


def test_the_existing_page_does_the_same(database: Any, at: At, signed_in: SignedIn) -> None:
    place = asking()
    at(BEFORE)
    clerk = signed_in(actor=place.clerk)
    page = clerk.page(f"/ecalcura/heropening/{PERIOD}")
    clerk.submit(page, {"quarters": ["2024K1"], "explanation": WHAT}, button="Heropening vragen")
    thread = db.session.scalars(sa.select(Conversation)).one()
    assert db.session.scalars(sa.select(ReopeningRequest.conversation_id)).one() == thread.id


def test_what_cannot_be_asked_now_says_why(database: Any, at: At, signed_in: SignedIn) -> None:
    """V-62 while the department calculates, with when it can be asked; V-65 once it is used up."""
    place = asking()
    at("2024-10-20T10:00:00+02:00")
    clerk = signed_in(actor=place.clerk)
    page = clerk.page("/berichten/heropening")
    assert "U kunt nu geen heropening vragen" in page.text
    assert "Na de voorlopige berekening kunt u" in page.text
    page = clerk.page(f"/berichten/heropening/{PERIOD}")
    assert page.path == f"/ecalcura/heropening/{PERIOD}"
    assert "Tijdens de berekening kunnen geen gegevens aangeleverd worden" in page.text


def test_e127_the_second_template_with_its_term(database: Any, at: At, signed_in: SignedIn) -> None:
    place = asking(provisional=date(2024, 10, 16))
    at("2024-11-04T10:00:00+01:00")
    page = signed_in(actor=place.clerk).page("/berichten/heropening")
    assert "Verbetering na de voorlopige berekening" in page.text
    assert "16 november 2024" in page.text


def test_e008_only_who_reads_messages(database: Any, signed_in: SignedIn) -> None:
    place = asking()
    assert signed_in("EL_FINANCIEEL", facility=place.facility).get("/berichten/heropening").status_code == 403
    assert signed_in("EL_DOSSIERBEHEERDER").get("/berichten/heropening").status_code == 403
    assert signed_in("EL_PRIVACY", facility=place.facility).get("/berichten/heropening/niets").status_code == 404


def test_a_form_that_is_sent_twice_is_one_request(database: Any, at: At, signed_in: SignedIn) -> None:
    place = asking()
    at(BEFORE)
    clerk = signed_in(actor=place.clerk)
    page = clerk.page(f"/berichten/heropening/{PERIOD}")
    for _ in range(2):
        clerk.submit(page, {"quarters": ["2024K1"], "explanation": WHAT}, form="aanvraag", button="Aanvraag versturen")
    assert len(db.session.scalars(sa.select(ReopeningRequest)).all()) == 1
