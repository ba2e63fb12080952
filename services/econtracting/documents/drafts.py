"""Drafts of both parties (T1 to T3): made, shared by colleagues, kept while typing, handed over to who may send.

Everything goes under the lock of the contract, so that a contract that is closed, or a draft that is sent, is not
changed by who came too late.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, select

from domain.actor import Actor, Side
from domain.audit_events import AuditEvent
from domain.econtracting import claim_lines, document_content, reviews
from domain.econtracting.claim_lines import ClaimLine
from domain.econtracting.claims import ClaimState
from domain.econtracting.contracts import ContractState
from domain.econtracting.document_states import Act, Party, VersionState, after
from domain.econtracting.kinds import Kind, read_values
from domain.econtracting.rights import Verb
from domain.errors import N_, Conflict, Finding, InvalidValue, NotAllowedNow, NotFound
from models.base import db
from models.contract_follow_up import ContractAction
from models.file_document import Attachment, DocumentEvent, DocumentVersion, FileDocument, SendCheck
from models.gate import writing
from models.public_contract import ContractKind, PublicContract
from services import audit, clock
from services.econtracting import access, attachments, claims, kinds
from services.econtracting.documents import versions
from services.econtracting.documents.versions import OWN_DIRECTION, Opened
from services.locks import lock_contract

PARTY = {Side.CONTRACTOR: Party.CONTRACTOR, Side.AUTHORITY: Party.HANDLER}

NOT_ACTIVE = N_("Deze opdracht is afgesloten: er kunnen geen stukken meer gemaakt of verzonden worden.")
NOT_ENABLED = N_("De soort '{name}' wordt in deze opdracht niet via e-Contracting uitgewisseld.")
OTHER_DIRECTION = N_("Een stuk van de soort '{name}' wordt door de andere partij gemaakt.")
NO_PARENT = N_("Kies het stuk waarop u antwoordt.")
WRONG_PARENT = N_("Op dit stuk kan geen '{name}' volgen.")
NO_DRAFT = N_("Dit stuk is geen concept meer. Bekijk de stand van zaken.")
CHANGED = N_("Een collega heeft dit concept intussen gewijzigd. Uw wijziging is niet bewaard.")
NO_LINES = N_("Enkel een schuldvordering heeft een vorderingsstaat.")
SENT_BEFORE = N_("Een versie die verzonden is, wordt niet verwijderd.")
NOT_REOPENED = N_(
    "Een nieuwe versie kan pas als de aanbesteder het stuk heropent. Maak anders een nieuw stuk, of stuur een bericht."
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as its form shows it. ``version`` is the counter a change is made on."""

    opened: Opened
    typed: Mapping[str, str]
    lines: Sequence[Mapping[str, Any]]
    version: int
    kept_at: datetime
    ready_at: datetime | None
    findings: Sequence[Finding]


def make(actor: Actor, contract: PublicContract, kind_code: str, parent: FileDocument | None = None) -> DocumentVersion:
    """Begin a document (T1): the first version, a draft that only the own side knows of.

    NotAllowedNow for a contract that is closed or a kind that is not exchanged in it; InvalidValue for a parent that
    this kind does not answer. The contractor needs right 2 for the theme, the authority AUTHORITY_DRAFT.
    """
    direction = OWN_DIRECTION.get(actor.side)
    if direction is None:
        raise NotFound
    found = kinds.in_use(kind_code)
    kind = found.kind
    contract = _writable(lock_contract(contract.id))
    access.require(actor, contract, Verb.DRAFT, kind.theme)
    if direction not in kind.directions:
        raise NotAllowedNow(OTHER_DIRECTION, code="T1", name=kind.name)
    _check_enabled(contract, kind)
    _check_parent(actor, contract, kind, parent)
    now = clock.now()
    last = db.session.scalar(
        select(func.max(FileDocument.number)).where(
            FileDocument.contract_id == contract.id, FileDocument.kind_code == kind_code
        )
    )
    number = (last or 0) + 1
    typed = {"number": str(number)} if any(field.name == "number" for field in kind.fields) else {}
    with writing("drafts.make"):
        document = FileDocument(
            contract_id=contract.id,
            kind_code=kind_code,
            theme=kind.theme,
            direction=direction,
            number=number,
            title=document_content.title_of(kind, number, {}),
            parent_id=parent.id if parent is not None else None,
            claim_state=ClaimState.DRAFT if kind_code == claims.CLAIM else None,
        )
        db.session.add(document)
        db.session.flush()
        version = _new(document, found.id, 1, document_content.draft_content(typed), actor, now)
    _trace(actor, document, version, "made")
    versions.record_event(document, version, Act.MAKE, PARTY[actor.side], actor, at=now)
    return version


def _new(
    document: FileDocument, kind_id: int, number: int, content: str, actor: Actor, now: datetime
) -> DocumentVersion:
    version = DocumentVersion(
        document_id=document.id,
        number=number,
        state=VersionState.DRAFT,
        kind_id=kind_id,
        title=document.title,
        content=content,
        made_at=now,
        made_by_id=actor.account_id,
        changed_at=now,
        changed_by_id=actor.account_id,
    )
    db.session.add(version)
    db.session.flush()
    return version


def _writable(contract: PublicContract) -> PublicContract:
    if contract.state is not ContractState.ACTIVE:
        raise NotAllowedNow(NOT_ACTIVE, code="T1")
    return contract


def check_enabled(found: Opened) -> None:
    """NotAllowedNow when the kind of a draft is no longer exchanged in the contract (CP-02).

    A further version was asked for by reopening, and goes on.
    """
    if found.version.number == 1:
        _check_enabled(found.contract, found.kind)


def _check_enabled(contract: PublicContract, kind: Kind) -> None:
    if db.session.get(ContractKind, (contract.id, kind.code)) is None:
        raise NotAllowedNow(NOT_ENABLED, code="CP-02", name=kind.name)


def _check_parent(actor: Actor, contract: PublicContract, kind: Kind, parent: FileDocument | None) -> None:
    """What a document answers: of the same contract, known to the actor's side, and of a kind this kind answers."""
    if parent is None:
        if kind.code in (claims.REVIEW, claims.REQUEST):
            raise InvalidValue(NO_PARENT, field="parent")
        return
    known = parent.contract_id == contract.id and not versions.is_hidden(
        parent, versions.counting(parent) or versions.latest_of(parent), actor.side
    )
    if not known or not access.standing(actor, contract).reads(parent.theme):
        raise NotFound
    if parent.kind_code not in kind.answers:
        raise InvalidValue(WRONG_PARENT, field="parent", name=kind.name)


def editable(actor: Actor, reference: str, *, lock: bool = True) -> Opened:
    """A draft of the own side that the actor may change: right 2, or AUTHORITY_DRAFT.

    NotFound for one of the other party, NotAllowedNow when it is no draft any more or the contract is closed.
    """
    found = versions.open_version(actor, reference, lock=lock)
    if not found.own:
        raise NotFound
    access.require(actor, found.contract, Verb.DRAFT, found.document.theme)
    if found.version.state is not VersionState.DRAFT:
        raise NotAllowedNow(NO_DRAFT, code="T2")
    _writable(found.contract)
    return found


def draft(actor: Actor, reference: str) -> Draft:
    """A draft for its form, with what still stands in the way of sending."""
    found = editable(actor, reference, lock=False)
    version = found.version
    return Draft(
        opened=found,
        typed=document_content.typed_of(found.kind, version.content),
        lines=found.lines,
        version=version.version,
        kept_at=version.changed_at,
        ready_at=version.ready_at,
        findings=complete(version),
    )


def save(
    actor: Actor,
    reference: str,
    typed: Mapping[str, str],
    lines: Sequence[Mapping[str, Any]] | None,
    version: int,
) -> list[Finding]:
    """Keep what was typed, however wrong it is (T2), and say what still stands in the way of sending.

    ``lines`` is None when only the fields were typed. The same content again changes nothing. Conflict with both
    versions when a colleague changed the draft since ``version``. What changed is no longer handed over.
    """
    found = editable(actor, reference)
    row = found.version
    kept = document_content.lines_of(row.content) if lines is None else list(lines)
    known = {field.name for field in found.kind.fields}
    content = document_content.draft_content({name: text for name, text in typed.items() if name in known}, kept)
    if content == row.content:
        return complete(row)
    if row.version != version:
        raise _conflict(found.kind, row.content, content)
    title = document_content.title_of(
        found.kind, found.document.number, document_content.values_of(found.kind, content)
    )
    with writing("drafts.save"):
        row.content = content
        row.title = title
        if row.number == 1:
            found.document.title = title
        touched(actor, row)
    return complete(row)


def keep_lines(actor: Actor, reference: str, lines: Sequence[ClaimLine], version: int) -> list[Finding]:
    """Keep the lines of a claim instead of those that are there; an amount that was not filled in yet is their sum."""
    found = editable(actor, reference, lock=False)
    if found.kind.code != claims.CLAIM:
        raise NotAllowedNow(NO_LINES, code="LINES")
    typed = dict(document_content.typed_of(found.kind, found.version.content))
    if lines and not typed.get(claims.AMOUNT):
        typed[claims.AMOUNT] = f"{claim_lines.total(lines):.2f}".replace(".", ",")
    return save(actor, reference, typed, claim_lines.stored(lines), version)


def touched(actor: Actor, version: DocumentVersion) -> None:
    """Note that a draft changed: its content, or its files. The gate is open at the caller."""
    version.changed_at = clock.now()
    version.changed_by_id = actor.account_id
    version.ready_at = None


def _conflict(kind: Kind, theirs: str, yours: str) -> Conflict:
    found = document_content.compared(kind, theirs, kind, yours)
    return Conflict(
        CHANGED,
        code="CONFLICT",
        theirs={one.label: one.before for one in found},
        yours={one.label: one.after for one in found},
    )


def hand_over(actor: Actor, reference: str, ready: bool = True) -> DocumentVersion:
    """Say that a draft is ready to send, for a colleague with right 3 (or a releaser), or take that back.

    Findings when something still stands in the way.
    """
    found = editable(actor, reference)
    if ready == (found.version.ready_at is not None):
        return found.version
    with writing("drafts.hand_over"):
        found.version.ready_at = clock.now() if ready else None
    act = "ready" if ready else "taken_back"
    _trace(actor, found.document, found.version, act)
    versions.record_event(found.document, found.version, act, PARTY[actor.side], actor)
    return found.version


def remove(actor: Actor, reference: str) -> None:
    """Take a draft away (T3); only the audit trail still tells. What was sent is never removed."""
    found = editable(actor, reference)
    document, version = found.document, found.version
    after(Act.REMOVE, document.direction, version.state)
    if version.sent_at is not None or version.released_at is not None:
        raise NotAllowedNow(SENT_BEFORE, code="T3")
    for one in attachments.of_version(version.id):
        attachments.remove(actor, one)
    _trace(actor, document, version, "removed")
    with writing("drafts.remove"):
        db.session.execute(delete(SendCheck).where(SendCheck.version_id == version.id))
        only = version.number == 1
        about = DocumentEvent.document_id == document.id if only else DocumentEvent.version_id == version.id
        db.session.execute(delete(DocumentEvent).where(about))
        db.session.execute(delete(Attachment).where(Attachment.version_id == version.id))
        db.session.delete(version)
        db.session.flush()
        if only:
            db.session.execute(delete(ContractAction).where(ContractAction.document_id == document.id))
            db.session.delete(document)
        else:
            _latest_again(document)


def _latest_again(document: FileDocument) -> None:
    row = db.session.scalars(
        select(DocumentVersion)
        .where(DocumentVersion.document_id == document.id)
        .order_by(DocumentVersion.number.desc())
        .limit(1)
    ).one()
    row.latest = True


def new_version(actor: Actor, document: FileDocument) -> DocumentVersion:
    """A further version of a document that was reopened (T9, A-25): a draft with the content and files of the last.

    The draft that is there already when a colleague was first. NotAllowedNow when the document was not reopened.
    """
    contract = _writable(lock_contract(document.contract_id))
    if OWN_DIRECTION.get(actor.side) is not document.direction:
        raise NotFound
    access.require(actor, contract, Verb.DRAFT, document.theme)
    db.session.refresh(document)
    last = versions.latest_of(document)
    db.session.refresh(last)
    if last.state is VersionState.DRAFT and last.number > 1:
        return last
    if last.state is not VersionState.REOPENED:
        raise NotAllowedNow(NOT_REOPENED, code="A-25")
    now = clock.now()
    content = document_content.draft_content(
        document_content.typed_of(kinds.of(last.kind_id), last.content), document_content.lines_of(last.content)
    )
    with writing("drafts.new_version"):
        last.latest = False
        db.session.flush()
        version = _new(document, last.kind_id, last.number + 1, content, actor, now)
        for one in attachments.of_version(last.id):
            db.session.add(_same_file(one, version, actor))
    _trace(actor, document, version, "made")
    versions.record_event(document, version, Act.MAKE, PARTY[actor.side], actor, at=now)
    return version


def _same_file(one: Attachment, version: DocumentVersion, actor: Actor) -> Attachment:
    """The same stored bytes under a new version."""
    return Attachment(
        version_id=version.id,
        position=one.position,
        slot=one.slot,
        name=one.name,
        media_type=one.media_type,
        size=one.size,
        digest=one.digest,
        state=one.state,
        received_at=one.received_at,
        received_by_id=one.received_by_id,
        scanned_at=one.scanned_at,
        refusal=one.refusal,
        findings=one.findings,
        stripped_from=one.stripped_from,
    )


def check(version: DocumentVersion) -> list[Finding]:
    """What is not right yet in the fields of a draft, and what is worth a look: for sending and releasing.

    The files are apart, in ``attachments.problems``: one that is still being scanned stops sending, not releasing.
    """
    document = db.session.get_one(FileDocument, version.document_id)
    kind = kinds.of(version.kind_id)
    values, found = read_values(kind, document_content.typed_of(kind, version.content))
    if kind.code == claims.CLAIM:
        lines = claim_lines.lines_of(document_content.lines_of(version.content))
        found += claim_lines.check_sum(lines, values.get(claims.AMOUNT))
    if kind.code in (claims.REVIEW, claims.REQUEST):
        claim = claims.claim_of(document)
        claimed = claim.claimed if claim is not None else None
        accepted = _accepted(claim) if claim is not None else None
        found += reviews.check(kind.code, values, claimed, accepted)
    return found


def complete(version: DocumentVersion) -> list[Finding]:
    """All that stands in the way of sending, and what is worth a look: the fields and the files."""
    return [*check(version), *attachments.problems(version.id)]


def _accepted(claim: FileDocument) -> Decimal | None:
    """What the last review of a claim accepts: one that is drafted or released counts, since both may go together."""
    row = db.session.scalar(
        select(DocumentVersion)
        .join(FileDocument, FileDocument.id == DocumentVersion.document_id)
        .where(FileDocument.parent_id == claim.id, FileDocument.kind_code == claims.REVIEW, DocumentVersion.latest)
        .order_by(FileDocument.id.desc())
        .limit(1)
    )
    if row is None:
        return None
    return reviews.accepted_of(document_content.values_of(kinds.of(row.kind_id), row.content))


def _trace(actor: Actor, document: FileDocument, version: DocumentVersion, act: str) -> None:
    data = {"act": act, "kind": document.kind_code, "version": version.number}
    audit.record(actor, AuditEvent.DOCUMENT_DRAFTED, "document", document.reference, data=data)
