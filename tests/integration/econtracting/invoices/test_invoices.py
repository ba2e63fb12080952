"""Invoices from receipt to payment: what they do to the claim, its task and its terms (A-48, 6.2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from domain.econtracting.actions import ActionState, ActionType
from domain.econtracting.claims import ClaimState
from domain.econtracting.invoice_matching import InvoiceOutcome
from domain.econtracting.terms import TermKind, TermState
from domain.errors import Findings, Forbidden, InvalidValue, NotAllowedNow, NotFound
from domain.permissions import Role
from models.base import db
from models.contract_follow_up import ContractAction, ContractTerm, ReceivedInvoice
from models.file_document import FileDocument
from services import audit, documents, transaction
from services.econtracting import invoices
from tests.factories import contracting as make
from tests.factories import contracting_documents
from tests.factories.contracting_documents import Scene
from tests.factories.contracting_invoices import invoice
from tests.support.databases import PreparedDatabase

MATCH, OTHER_AMOUNT, NOT_ASKED, DUPLICATE = (
    InvoiceOutcome.MATCH,
    InvoiceOutcome.OTHER_AMOUNT,
    InvoiceOutcome.NOT_ASKED,
    InvoiceOutcome.DUPLICATE,
)


@pytest.fixture
def scene(database: PreparedDatabase) -> Scene:
    from tests.factories.database import change

    made = contracting_documents.scene(order_number="4500012345")
    change(make.authority(), enterprise_number="0999004186")
    return made


@pytest.fixture
def claim(scene: Scene) -> FileDocument:
    """A claim whose invoice was asked on Monday 16 September 2024 at 10."""
    found = contracting_documents.sent(scene.contract, scene.karim)
    contracting_documents.review(scene, found)
    contracting_documents.request(scene, found)
    return found


def receive(scene: Scene, content: bytes, at: datetime | None = None) -> ReceivedInvoice:
    with transaction.unit_of_work():
        return invoices.receive(scene.dirk.actor, content, at)


def state(claim: FileDocument) -> ClaimState | None:
    db.session.refresh(claim)
    return claim.claim_state


def action(what: ActionType = ActionType.SEND_INVOICE) -> ContractAction:
    return db.session.scalars(select(ContractAction).where(ContractAction.type == what)).one()


def term(kind: TermKind) -> ContractTerm:
    return db.session.scalars(
        select(ContractTerm).where(ContractTerm.kind == kind).order_by(ContractTerm.id.desc())
    ).first()  # type: ignore[return-value]


def test_the_invoice_that_was_asked_moves_its_claim(
    scene: Scene, claim: FileDocument, at: Callable[[str], datetime]
) -> None:
    moment = at("2024-09-18T11:00:00+02:00")
    row = receive(scene, invoice())
    assert (row.outcome, row.received_at, row.amount) == (MATCH, moment, Decimal("84250.40"))
    assert state(claim) is ClaimState.INVOICE_RECEIVED
    assert (action().state, action().done_at) == (ActionState.DONE, moment)
    assert (term(TermKind.INVOICE).state, term(TermKind.INVOICE).met_at) == (TermState.MET, moment)
    assert term(TermKind.PROCESSING).state is TermState.RUNNING


def test_the_bytes_are_kept_as_they_came(scene: Scene, claim: FileDocument) -> None:
    content = invoice() + b"<!-- as it came -->\n"
    row = receive(scene, content)
    assert row.digest is not None
    assert documents.read(row.digest)[1] == content


def test_the_receipt_at_the_access_point_counts_for_the_terms(
    scene: Scene, claim: FileDocument, at: Callable[[str], datetime]
) -> None:
    """A-48: the instant the invoice reached the access point, however late somebody reads it in."""
    at("2024-09-25T11:00:00+02:00")
    came = datetime.fromisoformat("2024-09-17T08:30:00+02:00")
    assert receive(scene, invoice(), came).received_at == came
    assert term(TermKind.INVOICE).met_at == came


@pytest.mark.parametrize("moment", ["2024-09-16T09:59:00+02:00", "2024-09-16T10:00:01+02:00"])
def test_an_impossible_moment_of_receipt_is_refused(scene: Scene, claim: FileDocument, moment: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        receive(scene, invoice(), datetime.fromisoformat(moment))
    assert refused.value.field == "received_on"
    assert state(claim) is ClaimState.INVOICE_ASKED


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        (invoice(parts=(("84250.41", "21"),)), OTHER_AMOUNT),
        (invoice(credit_note=True), OTHER_AMOUNT),
        (invoice(order="1"), NOT_ASKED),
        (invoice(seller="0999000228"), NOT_ASKED),
        (invoice(buyer="0999000228"), NOT_ASKED),
        (invoice(contract="een andere"), NOT_ASKED),
    ],
)
def test_another_invoice_is_kept_and_moves_nothing(
    scene: Scene, claim: FileDocument, content: bytes, outcome: InvoiceOutcome
) -> None:
    assert receive(scene, content).outcome is outcome
    assert state(claim) is ClaimState.INVOICE_ASKED
    assert action().state is ActionState.OPEN


def test_the_same_invoice_again_is_double(scene: Scene, claim: FileDocument) -> None:
    receive(scene, invoice())
    assert receive(scene, invoice()).outcome is DUPLICATE
    assert receive(scene, invoice(number="F2026-18")).outcome is DUPLICATE
    assert state(claim) is ClaimState.INVOICE_RECEIVED


def test_what_was_shown_is_what_is_kept(scene: Scene, claim: FileDocument) -> None:
    """Somebody else registered the invoice between the preview and the confirmation."""
    shown = invoices.preview(scene.dirk.actor, invoice())
    assert (shown.matched.outcome, shown.facts.number) == (MATCH, "F2026-17")
    receive(scene, invoice())
    with pytest.raises(NotAllowedNow), transaction.unit_of_work():
        invoices.receive(scene.dirk.actor, invoice(), expected=MATCH)


def test_a_rejected_invoice_gives_the_task_back_with_the_reason(
    scene: Scene, claim: FileDocument, at: Callable[[str], datetime]
) -> None:
    at("2024-09-17T11:00:00+02:00")
    row = receive(scene, invoice())
    with transaction.unit_of_work():
        invoices.reject(scene.dirk.actor, row.reference, "Het rekeningnummer is fout.")
    assert state(claim) is ClaimState.INVOICE_ASKED
    assert (action().state, action().reason) == (ActionState.REOPENED, "Het rekeningnummer is fout.")
    assert term(TermKind.INVOICE).state is TermState.RUNNING
    again = receive(scene, invoice(number="F2026-18"))
    assert again.outcome is MATCH
    assert state(claim) is ClaimState.INVOICE_RECEIVED
    assert action().state is ActionState.DONE


def test_a_corrected_invoice_may_keep_its_number(scene: Scene, claim: FileDocument) -> None:
    row = receive(scene, invoice(parts=(("1.00", "21"),)))
    with transaction.unit_of_work():
        invoices.reject(scene.dirk.actor, row.reference, "Het bedrag is niet het gevraagde.")
    assert action().state is ActionState.REOPENED
    assert receive(scene, invoice()).outcome is MATCH


def test_payment_meets_the_term_and_the_claim_can_be_closed(
    scene: Scene, claim: FileDocument, at: Callable[[str], datetime]
) -> None:
    row = receive(scene, invoice())
    at("2024-10-07T09:00:00+02:00")
    with transaction.unit_of_work():
        invoices.pay(scene.dirk.actor, row.reference, date(2024, 10, 4))
    assert state(claim) is ClaimState.PAID
    met = term(TermKind.PROCESSING)
    assert (met.state, met.met_at) == (TermState.MET, datetime.fromisoformat("2024-10-04T12:00:00+02:00"))
    with transaction.unit_of_work():
        invoices.close(scene.dirk.actor, row.reference)
    assert state(claim) is ClaimState.CLOSED
    for act in (
        lambda: invoices.pay(scene.dirk.actor, row.reference, date(2024, 10, 5)),
        lambda: invoices.reject(scene.dirk.actor, row.reference, "te laat"),
        lambda: invoices.close(scene.dirk.actor, row.reference),
    ):
        with pytest.raises(NotAllowedNow):
            act()


@pytest.mark.parametrize("day", [None, date(2024, 9, 17), date(2024, 9, 15)])
def test_an_impossible_day_of_payment_is_refused(scene: Scene, claim: FileDocument, day: date | None) -> None:
    row = receive(scene, invoice())
    with pytest.raises(InvalidValue) as refused, transaction.unit_of_work():
        invoices.pay(scene.dirk.actor, row.reference, day)
    assert refused.value.field == "paid_on"
    assert state(claim) is ClaimState.INVOICE_RECEIVED


def test_only_the_right_invoice_is_paid(scene: Scene, claim: FileDocument) -> None:
    row = receive(scene, invoice(parts=(("1.00", "21"),)))
    with pytest.raises(NotAllowedNow), transaction.unit_of_work():
        invoices.pay(scene.dirk.actor, row.reference, date(2024, 9, 16))
    for reason in ("", " ", "x" * 501):
        with pytest.raises(InvalidValue), transaction.unit_of_work():
            invoices.reject(scene.dirk.actor, row.reference, reason)


def by_hand(scene: Scene, claim: FileDocument, amount: str = "84250.40", number: str = "F1") -> ReceivedInvoice:
    with transaction.unit_of_work():
        return invoices.register(
            scene.dirk.actor, claim.reference, number, date(2024, 9, 16), Decimal(amount), Decimal("101942.98")
        )


def test_an_invoice_by_hand_is_laid_beside_the_request_too(scene: Scene, claim: FileDocument) -> None:
    assert by_hand(scene, claim, "84250.39").outcome is OTHER_AMOUNT
    row = by_hand(scene, claim, number="F2")
    assert (row.outcome, row.digest) == (MATCH, None)
    assert state(claim) is ClaimState.INVOICE_RECEIVED
    with pytest.raises(NotAllowedNow):
        by_hand(scene, claim, number="F3")


def test_what_is_wrong_by_hand_is_told_at_its_field(scene: Scene, claim: FileDocument) -> None:
    with pytest.raises(Findings) as refused:
        by_hand(scene, claim, "0.001", " ")
    assert {one.field for one in refused.value.findings} == {"number", "amount"}


@pytest.mark.parametrize("content", [b"", b"<x/>", b"%PDF", invoice()[:-5]])
def test_what_cannot_be_read_leaves_nothing(scene: Scene, claim: FileDocument, content: bytes) -> None:
    with pytest.raises(InvalidValue) as refused:
        receive(scene, content)
    assert refused.value.field == "file"
    assert db.session.scalars(select(ReceivedInvoice)).all() == []


def test_another_authority_sees_and_does_nothing(scene: Scene, claim: FileDocument) -> None:
    row = receive(scene, invoice())
    other = make.official(make.other_authority()).actor
    assert invoices.overview(other).rows == ()
    for act in (
        lambda: invoices.view(other, row.reference),
        lambda: invoices.pay(other, row.reference, date(2024, 9, 16)),
        lambda: invoices.reject(other, row.reference, "x"),
        lambda: invoices.register(other, claim.reference, "1", date(2024, 9, 16), Decimal(1), Decimal(1)),
    ):
        with pytest.raises(NotFound):
            act()
    assert invoices.preview(other, invoice()).matched.outcome is NOT_ASKED
    releaser = make.official(make.authority(), Role.EC_AB_VRIJGEVER, name="Lies Segers").actor
    with pytest.raises(Forbidden):
        invoices.overview(releaser)
    with pytest.raises(Forbidden):
        invoices.preview(scene.karim.actor, invoice())


def test_what_both_parties_read_names_no_person(scene: Scene, claim: FileDocument) -> None:
    """C-046 and A-23: neither the sender nor the official who registered it."""
    receive(scene, invoice())
    (found,) = invoices.of_claim(claim)
    assert found.outcome is MATCH
    for name in ("Karim", "Mila", "Dirk", "Contactpersoon"):
        assert name not in repr(found)


def test_every_act_leaves_a_trace(scene: Scene, claim: FileDocument) -> None:
    row = receive(scene, invoice())
    with transaction.unit_of_work():
        invoices.pay(scene.dirk.actor, row.reference, date(2024, 9, 16))
    assert audit.verify().broken is None


def test_the_list_is_filtered_and_counted(scene: Scene, claim: FileDocument) -> None:
    receive(scene, invoice(order="1", number="X_1%"))
    receive(scene, invoice())
    assert [one.number for one in invoices.overview(scene.dirk.actor).rows] == ["F2026-17", "X_1%"]
    assert [one.number for one in invoices.overview(scene.dirk.actor, outcome=NOT_ASKED).rows] == ["X_1%"]
    assert [one.number for one in invoices.overview(scene.dirk.actor, unpaid=True).rows] == ["F2026-17"]
    assert invoices.overview(scene.dirk.actor, search="f2026").total == 1
    assert invoices.overview(scene.dirk.actor, search="wegenbouw").total == 2
    assert invoices.overview(scene.dirk.actor, search="%").total == 2
