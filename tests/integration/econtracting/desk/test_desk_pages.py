"""The pages of the desk: the work list, a document, reviewing beside the claim, four eyes, releasing, reopening."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from domain.econtracting.claims import ClaimState
from domain.econtracting.document_states import VersionState
from models.base import db
from models.file_document import DocumentVersion, FileDocument
from tests.factories import contracting as make
from tests.factories import contracting_desk as desks
from tests.factories import contracting_documents as documents
from tests.integration.declaration.scene import statements

ON = "2025-04-14T10:00:00+02:00"


def client_of(app: Any, who: make.Somebody) -> Any:
    return make.sign_in(app.test_client(), who)


def draft_of(kind: str) -> DocumentVersion:
    db.session.expire_all()
    return db.session.scalars(
        select(DocumentVersion)
        .join(FileDocument, FileDocument.id == DocumentVersion.document_id)
        .where(FileDocument.kind_code == kind)
        .order_by(DocumentVersion.id.desc())
    ).first()  # type: ignore[return-value]


def test_the_desk_from_the_work_list_to_the_release(app: Any, at: Any) -> None:
    """T7, T5, T6 by two people: Greet reviews with changes and asks the invoice, Dirk releases both in one act."""
    at(ON)
    desk = desks.desk()
    claim = desk.claim()
    at("2025-04-16T10:00:00+02:00")
    greet, dirk = client_of(app, desk.greet), client_of(app, desk.dirk)
    work = greet.page("/beheer/nazicht/")
    assert "€ 84.250,40" in work.text
    assert "nog 28 dagen, tot en met woensdag 14 mei 2025" in work.text
    shown = greet.page(work.links()["Schuldvordering 1"])
    assert "Nazicht starten" in shown.text
    edit = greet.submit(shown, form=f"{claim.reference}/nazicht")
    assert "€ 84.250,40" in edit.text
    wrong = greet.submit(edit, {"f_result": "AANVAARD_MET_WIJZIGINGEN", "f_accepted": "80000"}, form="concept")
    assert wrong.status == 422
    assert "redenen" in wrong.field_error("f_reasons")
    request = greet.submit(wrong, {"f_reasons": "Post 3 is niet uitgevoerd."}, form="concept")
    assert request.field("f_amount").get("value") == "80000,00"
    assert request.field("f_order_number").get("value") == desk.contract.order_number
    check = greet.submit(request, form="concept")
    assert "− € 4.250,40" in check.text or "-4.250,40" in check.text or "€ -4.250,40" in check.text
    assert "Vrijgeven" not in {button.text_content().strip() for button in check.all("//main//button")}
    handed = greet.submit(check, form=f"{draft_of('NAZICHT').reference}/klaar")
    assert "wacht op een collega" in handed.text

    queue = dirk.page("/beheer/nazicht/?lijst=vrijgeven")
    assert "Greet Baeten" in queue.text
    review = dirk.page(f"/beheer/concepten/{draft_of('NAZICHT').reference}/nakijken")
    done = dirk.submit(review, form=f"{draft_of('NAZICHT').reference}/vrijgeven")
    assert "raadpleegbaar" in done.text
    db.session.expire_all()
    assert db.session.get_one(FileDocument, claim.id).claim_state is ClaimState.INVOICE_ASKED
    invoices = dirk.page("/beheer/nazicht/?lijst=factuur")
    assert "€ 80.000,00" in invoices.text


def test_who_wrote_it_cannot_release_it(app: Any) -> None:
    """T5: the page says why, and offers to hand it over."""
    desk = desks.desk()
    draft = desk.review(desk.claim(), by=desk.dirk)
    dirk = client_of(app, desk.dirk)
    page = dirk.page(f"/beheer/concepten/{draft.reference}/nakijken")
    assert "Laat een collega het vrijgeven" in page.text
    assert "Klaarzetten om vrij te geven" in page.text
    db.session.refresh(draft)
    answer = dirk.post(
        f"/beheer/concepten/{draft.reference}/vrijgeven", data={"seen": f"{draft.reference}:{draft.version}"}
    )
    assert answer.status_code == 409


def test_a_draft_that_changed_since_it_was_read_is_not_released(app: Any) -> None:
    desk = desks.desk()
    draft = desk.review(desk.claim())
    dirk = client_of(app, desk.dirk)
    page = dirk.page(f"/beheer/concepten/{draft.reference}/nakijken")
    documents.fill(draft, desk.greet, desks.CHANGED | {"reasons": "Iets anders."})
    answer = dirk.submit(page, form=f"{draft.reference}/vrijgeven")
    assert answer.status == 409
    assert db.session.get_one(DocumentVersion, draft.id).state is VersionState.DRAFT


def test_sending_back_with_a_note(app: Any) -> None:
    desk = desks.desk()
    draft = desk.review(desk.claim())
    dirk = client_of(app, desk.dirk)
    page = dirk.page(f"/beheer/concepten/{draft.reference}/terugsturen")
    assert dirk.submit(page, {"note": ""}).status == 422
    dirk.submit(page, {"note": "Noem het artikel van het bestek."})
    shown = client_of(app, desk.greet).page(f"/beheer/concepten/{draft.reference}")
    assert "Noem het artikel van het bestek." in shown.text
    assert "Dirk Lemmens" in shown.text


def test_t9_reopening_says_what_it_does_and_asks_why(app: Any) -> None:
    desk = desks.desk()
    claim = desk.claim()
    lies = client_of(app, desk.lies)
    page = lies.page(f"/beheer/stukken/{claim.reference}/heropenen")
    assert "De termijn stopt nu" in page.text
    assert lies.submit(page, {"reason": " "}).status == 422
    done = lies.submit(page, {"reason": "De staat is niet leesbaar."})
    assert "Aanvulling gevraagd" in done.text
    assert client_of(app, desk.greet).get(f"/beheer/stukken/{claim.reference}/heropenen").status_code == 403


def test_c046_nothing_at_the_desk_names_a_person_of_the_contractor(app: Any) -> None:
    """Invariant 2: not on a page, not in what is typed, not in a group name."""
    desk = desks.desk()
    claim = desk.claim()
    review, request = desk.review(claim), desk.request(claim)
    pages = [
        "/beheer/",
        "/beheer/nazicht/",
        "/beheer/nazicht/?lijst=concepten",
        f"/beheer/opdrachten/{desk.contract.reference}/stukken",
        f"/beheer/stukken/{claim.reference}",
        f"/beheer/concepten/{review.reference}",
        f"/beheer/concepten/{request.reference}/nakijken",
        f"/beheer/stukken/{claim.reference}/heropenen",
    ]
    dirk = client_of(app, desk.dirk)
    for path in pages:
        text = dirk.get(path, follow_redirects=True).text
        assert "Karim" not in text, path
        assert "El Amrani" not in text, path
        assert "Mila" not in text, path
        assert "Opmakers" not in text, path


def test_the_draft_of_the_contractor_does_not_exist_here(app: Any) -> None:
    """T1: neither the draft nor, while nothing was sent, its document."""
    desk = desks.desk()
    draft = documents.complete(desk.contract, desk.karim)
    document = db.session.get_one(FileDocument, draft.document_id)
    dirk = client_of(app, desk.dirk)
    for path in (
        f"/beheer/stukken/{document.reference}",
        f"/beheer/concepten/{draft.reference}",
        f"/beheer/concepten/{draft.reference}/nakijken",
    ):
        assert dirk.get(path).status_code == 404, path


def test_another_authority_sees_nothing(app: Any) -> None:
    """Only own rows; a foreign one looks as if it does not exist."""
    desk = desks.desk()
    claim = desk.claim()
    review = desk.review(claim)
    other = client_of(app, make.official(make.other_authority()))
    for path in (
        f"/beheer/stukken/{claim.reference}",
        f"/beheer/stukken/{claim.reference}/heropenen",
        f"/beheer/concepten/{review.reference}",
        f"/beheer/concepten/{review.reference}/nakijken",
        f"/beheer/opdrachten/{desk.contract.reference}/stukken",
    ):
        assert other.get(path).status_code == 404, path
    assert "Niets te nazien" in other.page("/beheer/nazicht/").text


def test_an_other_document_is_made_answered_and_released(app: Any) -> None:
    """AB→ON from any kind with that direction: a PV, drafted and released by two people."""
    desk = desks.desk()
    greet = client_of(app, desk.greet)
    page = greet.page(f"/beheer/opdrachten/{desk.contract.reference}/stukken/nieuw")
    edit = greet.submit(page, {"kind": "PV"})
    check = greet.submit(edit, {"f_type": "VASTSTELLING", "f_fact_date": "14/04/2025"}, form="concept")
    assert "Vaststelling" in check.text
    version = draft_of("PV")
    desk.release(version)
    shown = greet.page(f"/beheer/opdrachten/{desk.contract.reference}/stukken")
    assert "Proces-verbaal 1" in shown.text


def test_the_first_look_is_told_to_both_and_starts_nothing(app: Any, at: Any) -> None:
    """C-051: an event on the timeline of both parties, once."""
    at(ON)
    desk = desks.desk()
    claim = desk.claim()
    dirk = client_of(app, desk.dirk)
    for _ in range(2):
        page = dirk.page(f"/beheer/stukken/{claim.reference}")
    told = "Voor het eerst geopend door de aanbesteder; dit start geen termijn"
    assert page.text.count(told) == 1
    assert told in client_of(app, desk.karim).page(f"/econtracting/stuk/{claim.reference}").text


def test_autosave_answers_a_script(app: Any) -> None:
    desk = desks.desk()
    draft = desk.review(desk.claim())
    db.session.refresh(draft)
    seen = draft.version
    answer = client_of(app, desk.greet).post(
        f"/beheer/concepten/{draft.reference}",
        data={"f_result": "GEWEIGERD", "version": seen},
        headers={"Accept": "application/json"},
    )
    assert answer.json["open"] == 1
    assert answer.json["version"] == seen + 1


def test_filters_stay_in_the_address_and_odd_ones_ask_for_nothing(app: Any, at: Any) -> None:
    at(ON)
    desk = desks.desk()
    desk.claim()
    dirk = client_of(app, desk.dirk)
    assert "Niets gevonden" in dirk.page("/beheer/nazicht/?termijn=te-laat").text
    assert "Schuldvordering 1" in dirk.page("/beheer/nazicht/?termijn=later&stand=S1").text
    assert "Schuldvordering 1" in dirk.page("/beheer/nazicht/?termijn=ooit&lijst=iets&stand=S9").text
    at("2025-05-15T10:00:00+02:00")
    assert "1 dag te laat" in client_of(app, desk.dirk).page("/beheer/nazicht/?termijn=te-laat").text


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/beheer/nazicht/", 14),
        ("/beheer/nazicht/?lijst=concepten", 13),
        ("/beheer/opdrachten/{contract}/stukken", 24),
        ("/beheer/stukken/{claim}", 52),
        ("/beheer/concepten/{review}", 45),
        ("/beheer/concepten/{review}/nakijken", 60),
    ],
)
def test_statements_do_not_grow_with_the_work(app: Any, path: str, most: int) -> None:
    """A page asks the same number of statements for one claim and for four."""
    desk = desks.desk()
    claim = desk.claim()
    review = desk.review(claim)
    dirk = client_of(app, desk.dirk)
    address = path.format(contract=desk.contract.reference, claim=claim.reference, review=review.reference)
    dirk.get(address)
    costs = []
    for _ in range(2):
        with statements() as seen:
            assert dirk.get(address).status_code == 200
        costs.append(len(seen))
        for _ in range(3):
            desk.review(desk.claim())
    assert costs[1] <= costs[0] <= most
