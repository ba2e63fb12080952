"""The pages of the contractor around documents: list, wizard, check, receipt, document, tasks and terms."""

from __future__ import annotations

from typing import Any

from domain.econtracting.contracts import ContractState
from domain.econtracting.document_states import VersionState
from domain.econtracting.evidence import EvidenceType, shown_code
from models.base import db
from models.contract_evidence import EvidenceRecord
from models.file_document import DocumentVersion
from tests.factories import contracting as make
from tests.factories import contracting_documents as documents
from tests.factories.database import change
from tests.integration.declaration.scene import statements

LINES = "Post\tOmschrijving\tEenheid\tHoeveelheid\tEenheidsprijs\tBedrag\n1\tGrondwerk\tm3\t100\t842,504\t84250,40\n"


def client_of(app: Any, who: make.Somebody) -> Any:
    return make.sign_in(app.test_client(), who)


def reread(version: DocumentVersion) -> DocumentVersion:
    db.session.expire_all()
    return db.session.get_one(DocumentVersion, version.id)


def test_the_empty_list_says_what_comes_and_offers_the_first_step(app: Any) -> None:
    scene = documents.scene()
    page = client_of(app, scene.mila).page(f"/econtracting/opdracht/{scene.contract.reference}/stukken")
    assert "Er zijn nog geen dossierstukken" in page.text
    assert "Nieuw dossierstuk" in page.links()


def test_the_wizard_from_kind_to_receipt(app: Any, at: Any) -> None:
    """C-048 to C-052: choose, fill in, attach, check, send; the receipt tells the moment to the second, twice."""
    at("2025-03-24T16:40:07+01:00")
    scene = documents.scene()
    browser = client_of(app, scene.karim)
    page = browser.page(f"/econtracting/opdracht/{scene.contract.reference}/stukken/nieuw")
    form = next(one for one in page.all("//main//form") if one.xpath(".//input[@value='SCHULDVORDERING']"))
    answer = browser.post(form.get("action"), data={"soort": "SCHULDVORDERING"})
    fields = browser.page(answer.location)
    version = db.session.query(DocumentVersion).one()
    assert fields.field("f_number").get("value") == "1"
    wrong = browser.submit(fields, {"f_amount": "veel"}, form="concept")
    assert wrong.status == 422
    assert any("bedrag" in error for error in wrong.errors)
    assert wrong.field("f_amount").get("value") == "veel"
    right = {
        "f_period_from": "01/02/2025",
        "f_period_to": "28/02/2025",
        "f_amount": "84.250,40",
        "f_vat": "21",
        "f_cumulative": "84.250,40",
    }
    lines = browser.submit(wrong, right, form="concept")
    preview = browser.submit(lines, {"pasted": LINES}, button="Lijnen tonen")
    assert "€ 84.250,40" in preview.text
    kept = {name: preview.field(name).get("value") for name in ("version", "lijnen")}
    files = browser.page(browser.post(lines.path, data=kept | {"act": "bewaren"}).location)
    assert "bijlagen" in files.path
    documents.attach(reread(version), scene.karim)
    check = browser.submit(files, form=f"{version.reference}/nakijken")
    assert "€ 84.250,40" in check.text
    assert "woensdag 23 april 2025" in check.text
    receipt = browser.submit(check, {"confirm": "y"}, form=check.path)
    assert "verzonden" in receipt.path
    assert "24 maart 2025 om 16:40:07" in receipt.text
    assert "2025-03-24 15:40:07.000 UTC" in receipt.text
    assert reread(version).state is VersionState.SENT
    record = db.session.query(EvidenceRecord).filter_by(type=EvidenceType.SUBMITTED).one()
    assert shown_code(record.code) in receipt.text
    again = browser.page(check.path)
    assert again.path == receipt.path


def test_right_2_is_told_who_can_send_and_hands_over(app: Any) -> None:
    """C-038, invariant 5: no button to send; posting all the same is refused in words and kept as proof."""
    scene = documents.scene()
    version = documents.complete(scene.contract, scene.mila)
    mila = client_of(app, scene.mila)
    page = mila.page(f"/econtracting/stuk/{_document(version)}")
    check = mila.submit(page, form=f"{version.reference}/nakijken")
    assert "U kunt dit stuk niet zelf verzenden" in check.text
    assert not check.all("//main//button[contains(., 'Verzenden naar')]")
    digest = db.session.query(documents.SendCheck).one().digest
    refused = mila.post(check.path, data={"confirm": "y", "digest": digest})
    assert refused.status_code == 409
    assert "niet het nodige recht" in refused.text
    assert reread(version).state is VersionState.DRAFT
    assert [one.type for one in db.session.query(EvidenceRecord)] == [EvidenceType.SUBMISSION_REFUSED]
    handed = mila.submit(check, form=f"{version.reference}/klaarzetten")
    assert "Klaar om te verzenden" in handed.text
    listed = client_of(app, scene.karim).page(f"/econtracting/opdracht/{scene.contract.reference}/stukken")
    assert "Klaar om te verzenden" in listed.text
    assert "Mila Jacobs" in listed.text


def test_without_the_tick_nothing_is_sent(app: Any) -> None:
    scene = documents.scene()
    version = documents.complete(scene.contract, scene.karim)
    karim = client_of(app, scene.karim)
    check = karim.submit(karim.page(f"/econtracting/stuk/{_document(version)}"), form=f"{version.reference}/nakijken")
    page = karim.submit(check, form=check.path)
    assert page.status == 422
    assert page.errors
    assert reread(version).state is VersionState.DRAFT
    assert db.session.query(EvidenceRecord).count() == 0


def test_a_draft_that_changed_under_the_check_shows_what(app: Any) -> None:
    scene = documents.scene()
    version = documents.complete(scene.contract, scene.karim)
    karim = client_of(app, scene.karim)
    check = karim.submit(karim.page(f"/econtracting/stuk/{_document(version)}"), form=f"{version.reference}/nakijken")
    documents.fill(reread(version), scene.mila, documents.CLAIM | {"amount": "1,00"})
    page = karim.submit(check, {"confirm": "y"}, form=check.path)
    assert page.status == 409
    assert "Er is niets verzonden" in page.text
    assert ["Gevraagd bedrag, exclusief btw", "€ 84.250,40", "€ 1,00"] in page.table()
    assert reread(version).state is VersionState.DRAFT


def test_ux_3_a_draft_is_kept_while_typing(app: Any) -> None:
    """The script posts the same form to the same address and gets the time and the new counter."""
    scene = documents.scene()
    version = documents.draft(scene.contract, scene.mila)
    mila = client_of(app, scene.mila)
    page = mila.page(f"/econtracting/concept/{version.reference}/gegevens")
    target, _, data = page.filled({"f_note": "half een zi"}, form="concept")
    kept = mila.post(target, data=data, headers={"Accept": "application/json"})
    assert kept.status_code == 200
    assert kept.json["saved"] == "10:00"
    assert kept.json["version"] == reread(version).version
    again = mila.page(f"/econtracting/concept/{version.reference}/gegevens")
    assert again.field("f_note").text.strip() == "half een zi"
    assert "Bewaard om 10:00" in again.text


def test_c015_a_second_editor_sees_both_versions(app: Any) -> None:
    scene = documents.scene()
    version = documents.draft(scene.contract, scene.mila)
    mila, karim = client_of(app, scene.mila), client_of(app, scene.karim)
    path = f"/econtracting/concept/{version.reference}/gegevens"
    first, second = mila.page(path), karim.page(path)
    mila.submit(first, {"f_note": "van Mila"}, form="concept")
    target, _, data = second.filled({"f_note": "van Karim"}, form="concept")
    conflict = karim.post(target, data=data)
    assert conflict.status_code == 409
    assert "van Mila" in conflict.text
    assert "van Karim" in conflict.text


def test_a_closed_contract_says_so_in_the_wizard(app: Any) -> None:
    scene = documents.scene()
    version = documents.complete(scene.contract, scene.karim)
    change(scene.contract, state=ContractState.CLOSED)
    karim = client_of(app, scene.karim)
    answer = karim.get(f"/econtracting/concept/{version.reference}/gegevens")
    assert answer.status_code == 409
    assert "afgesloten" in answer.text
    page = karim.page(f"/econtracting/opdracht/{scene.contract.reference}/stukken")
    assert "Deze opdracht is afgesloten" in page.text
    assert "Nieuw dossierstuk" not in page.links()


def test_t3_a_draft_is_removed_after_a_question(app: Any) -> None:
    scene = documents.scene()
    version = documents.complete(scene.contract, scene.mila)
    mila = client_of(app, scene.mila)
    page = mila.page(f"/econtracting/concept/{version.reference}/verwijderen")
    mila.submit(page)
    db.session.expire_all()
    assert db.session.query(DocumentVersion).count() == 0


def test_what_is_not_theirs_is_not_found(app: Any) -> None:
    """C-044 and invariant 1: for nobody of another enterprise, nobody without a group, on any address."""
    scene = documents.scene()
    version = documents.complete(scene.contract, scene.karim)
    document = _document(version)
    paths = [
        f"/econtracting/opdracht/{scene.contract.reference}/stukken",
        f"/econtracting/opdracht/{scene.contract.reference}/acties",
        f"/econtracting/stuk/{document}",
        f"/econtracting/concept/{version.reference}/gegevens",
        f"/econtracting/concept/{version.reference}/bijlagen",
        f"/econtracting/stuk/{document}/verzonden/1",
    ]
    for who in (make.user(name="Tom Wouters"), make.manager(make.competitor(), name="Nora Simons")):
        browser = client_of(app, who)
        assert [browser.get(path).status_code for path in paths] == [404] * len(paths)


def test_the_document_of_the_other_party_is_recorded_as_seen_once(app: Any, at: Any) -> None:
    """6.1: the first look is an event with proof, closes 'Kennis nemen', and starts nothing."""
    scene = documents.scene()
    claim = documents.sent(scene.contract, scene.karim)
    review = documents.review(scene, claim)
    karim = client_of(app, scene.karim)
    tasks = karim.page(f"/econtracting/opdracht/{scene.contract.reference}/acties")
    assert "Kennis nemen" in tasks.text
    before = db.session.query(documents.ContractTerm).count()
    for _ in range(2):
        page = karim.page(f"/econtracting/stuk/{review.reference}")
    assert "Voor het eerst geopend door de opdrachtnemer" in page.text
    records = [one.type for one in db.session.query(EvidenceRecord)]
    assert records.count(EvidenceType.FIRST_CONSULTED) == 1
    assert db.session.query(documents.ContractTerm).count() == before
    tasks = karim.page(f"/econtracting/opdracht/{scene.contract.reference}/acties")
    assert "Er wacht niets op uw onderneming" in tasks.text


def test_the_pages_take_a_bounded_number_of_statements(app: Any) -> None:
    """A list of many documents costs as many statements as a list of one."""
    scene = documents.scene()
    karim = client_of(app, scene.karim)
    documents.sent(scene.contract, scene.karim)
    path = f"/econtracting/opdracht/{scene.contract.reference}/stukken"
    with statements() as one:
        karim.page(path)
    for _ in range(4):
        claim = documents.sent(scene.contract, scene.karim)
        documents.review(scene, claim)
    with statements() as many:
        karim.page(path)
    assert len(many) <= len(one) + 2
    with statements() as page:
        karim.page(f"/econtracting/stuk/{claim.reference}")
    assert len(page) <= 60


def _document(version: DocumentVersion) -> str:
    return str(db.session.get_one(documents.FileDocument, version.document_id).reference)
