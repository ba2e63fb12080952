"""Submitting a quarter: review, confirm exactly what was reviewed, receipt (E-117 to E-119, T-03, T-07).

A review leaves a row with a one-time key and the fingerprint of what was shown. Submitting locks the dossier, compares
the fingerprint and writes everything in one commit; the receipt file is stored before the rows that name it. The same
key always gives the same submission, however often and from however many tabs it is sent.

What is written about unusual values (services.ecalcura.unusual_values) is no part of the fingerprint: it is written on
the page that shows what was reviewed, kept beside it, and counted on the receipt.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import CursorResult, delete, select

from domain.actor import Actor, Side
from domain.ecalcura.basis import basis_of_event
from domain.ecalcura.certificates import CertificateFacts, coverage_finding
from domain.ecalcura.declaration import Event, refusal, transition
from domain.ecalcura.review import Review, review
from domain.ecalcura.reviewed_content import Difference, canonical, difference, fingerprint
from domain.errors import N_, Conflict, Findings, NotAllowedNow, NotFound
from domain.organisation import THEME_ECALCURA
from models.base import db, new_reference
from models.declaration import Dossier, Submission, SubmissionReview
from models.gate import writing
from models.organisation import BankAccount
from services import clock, documents
from services.ecalcura import case_risks, dossiers, events, receipts, snapshots, unusual_values
from services.ecalcura.dossiers import Found
from services.ecalcura.lines import QuarterLine, lines
from services.ecalcura.unusual_values import Looked, Question
from services.organisations.contacts import addresses_for

#: A review that was never submitted is kept this long; then it says nothing any more.
UNUSED_REVIEW_KEPT = timedelta(days=7)

CHANGED = N_("De gegevens zijn gewijzigd sinds u ze nakeek. Er is niets ingediend. Kijk ze opnieuw na.")


class ChangedSinceReview(Conflict):
    """What would be submitted is not what was reviewed; ``differences`` says where, before and after."""

    def __init__(self, differences: Sequence[Difference]) -> None:
        super().__init__(CHANGED, code="CONFLICT")
        self.differences = tuple(differences)


@dataclass(frozen=True, slots=True)
class Conditions:
    """The three conditions of E-118; the first is always met by a dossier that exists."""

    default_account: bool
    contacts: int


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """What is outstanding before a quarter is submitted; ``differences`` when it changed since the key was given.

    ``reference`` is that of the submission when this key was used already.
    """

    found: Found
    key: str
    lines: Sequence[QuarterLine]
    review: Review
    conditions: Conditions
    differences: tuple[Difference, ...]
    reference: str | None
    questions: Sequence[Question] = ()


def refusal_of(found: Found) -> NotAllowedNow | None:
    """Why submitting is out of the question now, or None."""
    return refusal(found.facts, Event.SUBMIT, found.who, found.situation)


def begin_review(actor: Actor, number: str) -> str:
    """Keep what is about to be reviewed and give its one-time key; NotAllowedNow when submitting cannot be."""
    found = dossiers.find(actor, number, dossiers.SUBMIT, lock=True)
    refused = refusal_of(found)
    if refused is not None:
        raise refused
    shown = snapshots.reviewed(found, lines(found.dossier, found.parameters), _certificates(found))
    key = secrets.token_urlsafe(18)
    with writing("submission.begin_review"):
        db.session.add(
            SubmissionReview(
                key=key,
                dossier_id=found.dossier.id,
                account_id=actor.account_id or 0,
                made_at=clock.now(),
                fingerprint=fingerprint(shown),
                content=canonical(shown),
            )
        )
    return key


def review_page(actor: Actor, number: str, key: str) -> ReviewPage:
    """The review of a key; NotFound for a key of another person or dossier."""
    found = dossiers.find(actor, number, dossiers.SUBMIT)
    stored = _stored(actor, found.dossier, key)
    own_lines, held = lines(found.dossier, found.parameters), _certificates(found)
    conditions = _conditions(found)
    differences: tuple[Difference, ...] = ()
    reference = _reference_of(stored)
    shown = snapshots.reviewed(found, own_lines, held)
    if reference is None and fingerprint(shown) != stored.fingerprint:
        differences = tuple(difference(json.loads(stored.content), shown))
    looked = unusual_values.look(found, own_lines)
    outcome = _review(found, own_lines, held, conditions, looked)
    return ReviewPage(found, key, own_lines, outcome, conditions, differences, reference, looked.questions)


def submit(actor: Actor, number: str, key: str) -> Submission:
    """Submit exactly what was reviewed under a key (T-03, T-07).

    The same key again gives the same submission. ChangedSinceReview when anything differs, Findings with what blocks
    (V-60, V-61, V-47 …), NotAllowedNow when status or calendar say no.
    """
    found = dossiers.find(actor, number, dossiers.SUBMIT, lock=True)
    dossier = found.dossier
    stored = _stored(actor, dossier, key)
    if stored.submission_id is not None:
        return db.session.get_one(Submission, stored.submission_id)
    before = dossier.status
    target = transition(found.facts, Event.SUBMIT, found.who, found.situation)
    own_lines, held = lines(dossier, found.parameters), _certificates(found)
    shown = snapshots.reviewed(found, own_lines, held)
    if fingerprint(shown) != stored.fingerprint:
        raise ChangedSinceReview(difference(json.loads(stored.content), shown))
    looked = unusual_values.look(found, own_lines)
    outcome = _review(found, own_lines, held, _conditions(found), looked)
    if not outcome.can_submit:
        raise Findings(outcome.blocking)
    now = found.situation.now
    with writing("submission.submit"):
        earlier = snapshots.counting(dossier)
        snapshot = snapshots.take(actor, found, Event.SUBMIT, own_lines, held)
        reference = new_reference()
        pdf = receipts.pdf(
            found, snapshot, own_lines, outcome, justified=looked.answered, reference=reference, at=now, actor=actor
        )
        receipt = documents.store(pdf, "application/pdf")
        unusual_values.forget_stale(dossier, looked)
        case_risks.assess(found, own_lines, held, looked)
        submission = Submission(
            reference=reference,
            dossier_id=dossier.id,
            snapshot_id=snapshot.id,
            review_key=key,
            submitted_at=now,
            submitted_by=actor.name[:120],
            receipt_digest=receipt.digest,
        )
        dossier.status = target
        dossier.changed_at = dossier.submitted_at = now
        dossier.submitted_by = submission.submitted_by
        basis = basis_of_event(Event.SUBMIT)
        dossier.basis = basis.value if basis else None
        dossier.snapshot_id = snapshot.id
        db.session.add(submission)
        db.session.flush()
        stored.submission_id = submission.id
        changes = snapshots.changes_text(earlier, snapshot)
        events.record(actor, dossier, Event.SUBMIT, before, snapshot=snapshot, detail=changes)
    return submission


def forget_unused_reviews() -> int:
    """Remove what was reviewed long ago and never submitted; for the worker. Returns how many."""
    old = SubmissionReview.made_at < clock.now() - UNUSED_REVIEW_KEPT
    with writing("submission.forget_unused_reviews"):
        result = db.session.execute(delete(SubmissionReview).where(SubmissionReview.submission_id.is_(None), old))
    assert isinstance(result, CursorResult)
    return result.rowcount


def _stored(actor: Actor, dossier: Dossier, key: str) -> SubmissionReview:
    """The review of a key, read anew: another request may have used it while this one waited for the lock."""
    stored = db.session.scalar(
        select(SubmissionReview).where(SubmissionReview.key == key).execution_options(populate_existing=True)
    )
    if stored is None or stored.dossier_id != dossier.id:
        raise NotFound
    if actor.side is Side.FACILITY and stored.account_id != actor.account_id:
        raise NotFound
    return stored


def _reference_of(stored: SubmissionReview) -> str | None:
    if stored.submission_id is None:
        return None
    return db.session.scalar(select(Submission.reference).where(Submission.id == stored.submission_id))


def _certificates(found: Found) -> list[CertificateFacts]:
    return snapshots.certificates_in(found.facility.id, found.dossier.quarter)


def _conditions(found: Found) -> Conditions:
    account = db.session.scalar(
        select(BankAccount.id)
        .where(BankAccount.facility_id == found.facility.id, BankAccount.is_default, BankAccount.valid_to.is_(None))
        .limit(1)
    )
    return Conditions(account is not None, len(addresses_for(found.facility.id, THEME_ECALCURA)))


def _review(
    found: Found,
    own_lines: Sequence[QuarterLine],
    held: Sequence[CertificateFacts],
    conditions: Conditions,
    looked: Looked,
) -> Review:
    return review(
        found.facts,
        [line.for_review for line in own_lines],
        found.situation,
        has_default_account=conditions.default_account,
        contact_count=conditions.contacts,
        certificate_finding=coverage_finding(found.dossier.quarter, held),
        nothing_to_declare=found.dossier.nothing_to_declare,
        unusual=looked.findings,
    )
