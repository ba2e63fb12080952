"""Documents as pages show them, for both parties: what is hidden from the other one is not in the view at all.

Persons of a side are filled in for that side only (C-046, A-12, A-23).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import defer

from domain.actor import Actor, Side
from domain.econtracting import claim_path, document_content
from domain.econtracting.claims import CLAIM_LABELS, ClaimState
from domain.econtracting.contracts import ContractState
from domain.econtracting.document_states import VERSION_LABELS, Act, Direction, VersionState
from domain.econtracting.evidence import EvidenceType, shown_code
from domain.econtracting.kinds import Kind
from domain.econtracting.rights import Verb
from domain.errors import N_, NotFound
from models.base import db
from models.contract_evidence import EvidenceRecord
from models.file_document import Attachment, DocumentEvent, DocumentKind, DocumentVersion, FileDocument
from models.identity import Account
from models.public_contract import PublicContract
from services.econtracting import access, claims, kinds
from services.econtracting.access import Standing
from services.econtracting.documents.versions import OWN_DIRECTION, is_hidden, open_version
from services.econtracting.documents.views import (
    DocumentLine,
    DocumentPage,
    FileView,
    People,
    Related,
    TimelineEntry,
    VersionView,
)

CONSULTED = "CONSULTED"
READY, TAKEN_BACK = "ready", "taken_back"
CORRECTED = "corrected"

#: What the timeline calls an act. Acts that are not here are for the record only.
ACT_LABELS: Mapping[str, str] = {
    Act.MAKE: N_("Concept van versie {version} gemaakt"),
    READY: N_("Klaargezet om te verzenden"),
    TAKEN_BACK: N_("Terug in opmaak"),
    Act.SEND: N_("Versie {version} verzonden en meteen raadpleegbaar"),
    Act.RELEASE: N_("Versie {version} vrijgegeven"),
    Act.PUBLISH: N_("Versie {version} raadpleegbaar"),
    Act.TAKE_UP: N_("In behandeling genomen door de aanbesteder"),
    Act.HANDLE: N_("Afgehandeld"),
    Act.REOPEN: N_("Heropend door de aanbesteder"),
    Act.REPLACE: N_("Versie {version} vervangen door een nieuwe versie"),
    CORRECTED: N_("Tijdstip van raadplegen gecorrigeerd naar {shown}"),
}
#: Who opens a document first, by where it goes.
FIRST_OPENED = {
    Direction.TO_AUTHORITY: N_("Voor het eerst geopend door de aanbesteder; dit start geen termijn"),
    Direction.TO_CONTRACTOR: N_("Voor het eerst geopend door de opdrachtnemer; dit start geen termijn"),
}
#: Acts that only the side that makes the document knows of.
INSIDE = frozenset({Act.MAKE, Act.EDIT, Act.RELEASE, READY, TAKEN_BACK})
#: States of a claim that are told by an act already.
_TOLD = frozenset({ClaimState.SUBMITTED, ClaimState.IN_REVIEW, ClaimState.MORE_ASKED})
_COUNTS = {Direction.TO_AUTHORITY: Act.SEND, Direction.TO_CONTRACTOR: Act.PUBLISH}


def document(actor: Actor, reference: str) -> DocumentPage:
    """A document with its versions, as the actor's side may know it; NotFound for any other.

    NotAllowedNow for a beheerder of an enterprise where beheerders do not read content (A-13).
    """
    contract, row = locate(actor, reference)
    standing = access.standing(actor, contract)
    side = actor.side
    versions = _versions(row, side)
    own = OWN_DIRECTION.get(side) is row.direction
    definitions = _definitions(version.kind_id for version in versions)
    files = _files(version.id for version in versions)
    events = list(
        db.session.scalars(select(DocumentEvent).where(DocumentEvent.document_id == row.id).order_by(DocumentEvent.id))
    )
    ours = _party_of_reader(row, own=own)
    names = _names(versions if own else (), [event for event in events if event.party.value.startswith(ours)])
    claim = claims.claim_of(row)
    known_claim = claim if claim is not None and standing.reads(claim.theme) else None
    related = _related(row, standing, side)
    return DocumentPage(
        reference=row.reference,
        contract=contract.reference,
        contract_number=contract.number,
        contract_description=contract.description,
        kind_code=row.kind_code,
        kind_name=definitions[versions[0].kind_id].name,
        theme=row.theme,
        direction=row.direction,
        number=row.number,
        title=versions[0].title,
        own=own,
        versions=_views(row, versions, definitions, files, names, _codes(versions), own=own),
        timeline=_timeline(row, versions, events, names, own=own),
        claim=_path(known_claim) if known_claim is not None else None,
        claim_reference=known_claim.reference if known_claim is not None else None,
        claimed=row.claimed,
        accepted=row.accepted,
        parent=next((one for key, one in related if key == row.parent_id), None),
        answers=[one for key, one in related if key != row.parent_id],
        may_draft=own and standing.may(Verb.DRAFT, row.theme),
        may_send=own and standing.may(Verb.SEND, row.theme),
        active=contract.state is ContractState.ACTIVE,
    )


def locate(actor: Actor, reference: str) -> tuple[PublicContract, FileDocument]:
    """A document with its contract, when the actor's side knows of it and the actor reads its theme.

    NotFound otherwise: for a foreign one, a draft of the other party, a theme without a right.
    """
    found = db.session.execute(
        select(FileDocument, PublicContract.reference)
        .join(PublicContract, PublicContract.id == FileDocument.contract_id)
        .where(FileDocument.reference == reference)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    row: FileDocument = found[0]
    contract = access.contract_for(actor, found[1])
    standing = access.standing(actor, contract)
    if not standing.reads(row.theme):
        if standing.manages:
            access.require(actor, contract, Verb.READ, row.theme)
        raise NotFound
    if not _versions(row, actor.side):
        raise NotFound
    return contract, row


def place_of(actor: Actor, version_reference: str) -> tuple[str, int]:
    """The reference of the document a version belongs to, and the number of the version; NotFound."""
    found = open_version(actor, version_reference)
    return found.document.reference, found.version.number


def _versions(row: FileDocument, side: Side) -> list[DocumentVersion]:
    """The versions a side may know of, newest first."""
    rows = db.session.scalars(
        select(DocumentVersion)
        .where(DocumentVersion.document_id == row.id)
        .order_by(DocumentVersion.number.desc())
        .execution_options(populate_existing=True)
    )
    return [version for version in rows if not is_hidden(row, version, side)]


def _definitions(ids: Iterable[int]) -> dict[int, Kind]:
    wanted = set(ids)
    list(db.session.scalars(select(DocumentKind).where(DocumentKind.id.in_(wanted))))  # read at once, then by key
    return {kind_id: kinds.of(kind_id) for kind_id in wanted}


def _files(ids: Iterable[int]) -> dict[int, list[FileView]]:
    rows = db.session.scalars(
        select(Attachment)
        .where(Attachment.version_id.in_(list(ids)))
        .order_by(Attachment.version_id, Attachment.position, Attachment.id)
    )
    found: dict[int, list[FileView]] = {}
    for one in rows:
        view = FileView(one.reference, one.slot, one.name, one.media_type, one.size, one.digest, one.state)
        found.setdefault(one.version_id or 0, []).append(view)
    return found


def _names(versions: Sequence[DocumentVersion], events: Sequence[DocumentEvent]) -> dict[int, str]:
    """The people of the own side, of the versions and acts that are given; the other one is told without a name."""
    ids = {one for version in versions for one in (version.made_by_id, version.changed_by_id, version.sent_by_id)}
    ids |= {version.released_by_id for version in versions} | {event.account_id for event in events}
    return names_of(one for one in ids if one is not None)


def names_of(ids: Iterable[int]) -> dict[int, str]:
    """Accounts by name, for their own organisation."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = db.session.execute(select(Account.id, Account.given_name, Account.family_name).where(Account.id.in_(wanted)))
    return {row.id: f"{row.given_name} {row.family_name}".strip() for row in rows}


def _codes(versions: Sequence[DocumentVersion]) -> dict[int, str]:
    """The short code of the record that proves when a version counted: of its submission, else of its availability."""
    proves = (EvidenceType.SUBMITTED, EvidenceType.CONSULTABLE)
    rows = db.session.execute(
        select(EvidenceRecord.version_id, EvidenceRecord.code)
        .where(EvidenceRecord.version_id.in_([one.id for one in versions]), EvidenceRecord.type.in_(proves))
        .order_by(EvidenceRecord.sequence.desc())
    )
    return {row.version_id: shown_code(row.code) for row in rows}


def counts_at(direction: Direction, version: DocumentVersion) -> datetime | None:
    """The moment that counts for terms: sending, or becoming consultable (C-050, C-051)."""
    return version.sent_at if direction is Direction.TO_AUTHORITY else version.consultable_at


def _views(
    row: FileDocument,
    versions: Sequence[DocumentVersion],
    definitions: Mapping[int, Kind],
    files: Mapping[int, list[FileView]],
    names: Mapping[int, str],
    codes: Mapping[int, str],
    *,
    own: bool,
) -> list[VersionView]:
    found = []
    for position, version in enumerate(versions):
        kind = definitions[version.kind_id]
        older = versions[position + 1] if position + 1 < len(versions) else None
        changes = (
            document_content.compared(definitions[older.kind_id], older.content, kind, version.content)
            if older is not None
            else []
        )
        if older is not None:
            changes += _changed_files(files.get(older.id, []), files.get(version.id, []))
        found.append(
            VersionView(
                reference=version.reference,
                number=version.number,
                title=version.title,
                state=version.state,
                state_label=VERSION_LABELS[version.state],
                fields=document_content.shown(kind, version.content),
                lines=document_content.lines_of(version.content),
                files=files.get(version.id, []),
                changes=changes,
                digest=version.content_digest,
                changed_at=version.changed_at if own else None,
                ready_at=version.ready_at if own else None,
                sent_at=version.sent_at,
                released_at=version.released_at if own else None,
                consultable_at=version.consultable_at,
                counts_at=counts_at(row.direction, version),
                first_consulted_at=version.first_consulted_at,
                code=codes.get(version.id),
                people=_people(version, names) if own else None,
            )
        )
    return found


def _changed_files(before: Sequence[FileView], after: Sequence[FileView]) -> list[document_content.Difference]:
    was, became = ({(one.name, one.digest) for one in files} for files in (before, after))
    if was == became:
        return []
    texts = (", ".join(one.name for one in files) for files in (before, after))
    return [document_content.Difference(document_content.FILES, *texts)]


def _people(version: DocumentVersion, names: Mapping[int, str]) -> People:
    def name(account_id: int | None) -> str:
        return names.get(account_id or 0, "")

    return People(
        name(version.made_by_id), name(version.changed_by_id), name(version.sent_by_id or version.released_by_id)
    )


def _timeline(
    row: FileDocument,
    versions: Sequence[DocumentVersion],
    events: Sequence[DocumentEvent],
    names: Mapping[int, str],
    *,
    own: bool,
) -> list[TimelineEntry]:
    """What happened, oldest first. A reason of a reopening is told to both; who acted to the own side only."""
    numbers = {version.id: version.number for version in versions}
    ours = _party_of_reader(row, own=own)
    found = []
    for event in events:
        if (event.act in INSIDE and not own) or (event.version_id is not None and event.version_id not in numbers):
            continue
        label, params = _told(event, row.direction)
        if not label:
            continue
        number = numbers.get(event.version_id or 0)
        who = names.get(event.account_id or 0, "") if event.party.value.startswith(ours) else ""
        counts = event.act == _COUNTS[row.direction]
        found.append(TimelineEntry(event.at, label, {"version": number, **params}, number, counts, who))
    return found


def _party_of_reader(row: FileDocument, *, own: bool) -> str:
    """How the parties of the reader's side begin: colleagues are named on both sides, the other party never is."""
    return "ON" if own is (row.direction is Direction.TO_AUTHORITY) else "AB"


def _told(event: DocumentEvent, direction: Direction) -> tuple[str, dict[str, Any]]:
    detail: dict[str, Any] = json.loads(event.detail)
    if event.act in set(ClaimState):
        state = ClaimState(event.act)
        return ("" if state in _TOLD else CLAIM_LABELS[state]), {}
    if event.act == CONSULTED:
        return FIRST_OPENED[direction], {}
    told = ("reason", "shown") if event.act in (Act.REOPEN, CORRECTED) else ()
    return ACT_LABELS.get(event.act, ""), {name: detail[name] for name in told if detail.get(name)}


def _path(claim: FileDocument) -> claim_path.ClaimPath:
    rows = db.session.execute(
        select(DocumentEvent.act, DocumentEvent.at)
        .where(DocumentEvent.document_id == claim.id, DocumentEvent.act.in_([one.value for one in ClaimState]))
        .order_by(DocumentEvent.id)
    )
    return claim_path.path(claim.claim_state or ClaimState.DRAFT, {ClaimState(row.act): row.at for row in rows})


def _related(row: FileDocument, standing: Standing, side: Side) -> list[tuple[int, Related]]:
    """What the document answers and what answers it, as far as the reader may know."""
    about = FileDocument.parent_id == row.id
    if row.parent_id is not None:
        about = about | (FileDocument.id == row.parent_id)
    rows = db.session.execute(
        select(FileDocument, DocumentVersion)
        .join(DocumentVersion, DocumentVersion.document_id == FileDocument.id)
        .where(about)
        .options(defer(DocumentVersion.content))
        .order_by(FileDocument.id, DocumentVersion.number.desc())
    )
    found: dict[int, Related] = {}
    for other, version in rows:
        if other.id in found or is_hidden(other, version, side) or not standing.reads(other.theme):
            continue
        found[other.id] = Related(
            other.reference,
            version.title,
            other.kind_code,
            VERSION_LABELS[version.state],
            counts_at(other.direction, version),
        )
    return list(found.items())


def documents_of(actor: Actor, contract: PublicContract) -> list[DocumentLine]:
    """The documents of a contract that the actor's side knows of, newest first; four statements at most."""
    standing = access.standing(actor, contract)
    rows = db.session.execute(
        select(FileDocument, DocumentVersion)
        .join(DocumentVersion, DocumentVersion.document_id == FileDocument.id)
        .where(FileDocument.contract_id == contract.id)
        .options(defer(DocumentVersion.content))
        .order_by(FileDocument.id.desc(), DocumentVersion.number.desc())
        .execution_options(populate_existing=True)
    )
    known: dict[int, tuple[FileDocument, list[DocumentVersion]]] = {}
    for row, version in rows:
        lists = standing.reads(row.theme) or standing.manages
        if lists and not is_hidden(row, version, actor.side):
            known.setdefault(row.id, (row, []))[1].append(version)
    definitions = _definitions(version.kind_id for _, versions in known.values() for version in versions)
    own = OWN_DIRECTION.get(actor.side)
    drafts = [versions[0] for row, versions in known.values() if row.direction is own]
    names = names_of(one.changed_by_id for one in drafts if one.changed_by_id is not None and one.sent_at is None)
    references = {row.id: row.reference for row, _ in known.values()}
    return [
        _line(row, versions, definitions, names, references, own=row.direction is own, standing=standing)
        for row, versions in known.values()
    ]


def _line(
    row: FileDocument,
    versions: Sequence[DocumentVersion],
    definitions: Mapping[int, Kind],
    names: Mapping[int, str],
    references: Mapping[int, str],
    *,
    own: bool,
    standing: Standing,
) -> DocumentLine:
    draft = versions[0] if own and versions[0].state is VersionState.DRAFT else None
    shown = next((one for one in versions if one.state is not VersionState.DRAFT), versions[0])
    return DocumentLine(
        reference=row.reference,
        kind_code=row.kind_code,
        kind_name=definitions[shown.kind_id].name,
        theme=row.theme,
        title=shown.title,
        direction=row.direction,
        own=own,
        state=shown.state,
        state_label=VERSION_LABELS[shown.state],
        claim_state=row.claim_state,
        claim_label=CLAIM_LABELS[row.claim_state] if row.claim_state is not None else None,
        versions=sum(one.state is not VersionState.DRAFT for one in versions),
        draft=draft.reference if draft is not None else None,
        ready_at=draft.ready_at if draft is not None else None,
        changed_at=draft.changed_at if draft is not None else None,
        changed_by=names.get(draft.changed_by_id or 0, "") if draft is not None else "",
        sent_at=shown.sent_at,
        consultable_at=shown.consultable_at,
        counts_at=counts_at(row.direction, shown),
        fresh=not own and shown.first_consulted_at is None,
        parent=references.get(row.parent_id or 0),
        readable=standing.reads(row.theme),
    )
