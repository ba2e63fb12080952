"""Outages: published notices that are evidence, and what they do to terms (7.5, C-068 to C-071, A-36).

What was published stays. An outage that ends, is corrected or withdrawn is an event with its trace; a correction is a
new row that takes the place of the old one. A term of the contractor is prolonged once the end is known, told in its
steps. Nothing takes a prolongation back by itself: that asks for a recalculation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, or_, select

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.calendars import local_date
from domain.econtracting.actions import ActionParty
from domain.econtracting.document_states import Function, Outage
from domain.econtracting.outage_notices import Notice, OutageState, check_notice, is_shown, state_of
from domain.econtracting.terms import ALIVE, Step, TermKind, TermState
from domain.errors import N_, Conflict, Findings, Forbidden, InvalidValue, NotAllowedNow, NotFound
from domain.permissions import Permission
from models.base import db
from models.contract_follow_up import ContractTerm
from models.contract_follow_up import Outage as OutageRow
from models.file_document import FileDocument
from models.gate import writing
from models.organisation import Organisation
from models.public_contract import PublicContract
from services import after_commit, audit, clock
from services.access import require
from services.connections import connections
from services.econtracting import access as econtracting
from services.econtracting import calendar_data
from services.econtracting.outage_rows import functions_of, outage_of
from services.econtracting.terms import replacing, rows
from services.locks import lock_contract
from services.notices import announcing, copy

CHANGED = N_("Een collega heeft dit bericht intussen gewijzigd. Kijk na wat er nu staat.")
REASON_NEEDED = N_("Geef de reden: ze blijft bij het bericht staan.")
ENDED = N_("Deze onbeschikbaarheid is al beëindigd. Was het einde verkeerd, verbeter het bericht dan.")
END_FIRST = N_("Het einde ligt voor het begin of in de toekomst. Kijk het tijdstip na.")
GONE = N_("Dit bericht is vervangen of ingetrokken.")
MAX_REASON = 500

#: What is in force: not replaced by a correction, and not withdrawn.
_IN_FORCE = and_(OutageRow.replaced_by_id.is_(None), OutageRow.withdrawn_at.is_(None))


def in_force(functions: Iterable[Function] | None = None) -> tuple[Outage, ...]:
    """The published outages of these functions (all by default), over or not, as the rules read them (T6, A-36)."""
    wanted = frozenset(functions if functions is not None else Function)
    found = db.session.scalars(select(OutageRow).where(_IN_FORCE).order_by(OutageRow.starts_at, OutageRow.id))
    return tuple(one for one in map(outage_of, found) if one.functions & wanted)


@dataclass(frozen=True, slots=True)
class OutageView:
    """A notice on a page. ``replaced`` and ``withdrawn`` ones are history; ``shown`` says whether people see it now."""

    reference: str
    version: int
    notice: Notice
    state: OutageState
    published_at: datetime
    shown: bool
    replaced: bool
    withdrawn_at: datetime | None
    reason: str


def notices(now: datetime | None = None) -> list[OutageView]:
    """What everybody sees now, newest first: for the banner and the public page."""
    moment = now or clock.now()
    found = db.session.scalars(
        select(OutageRow).where(_IN_FORCE).order_by(OutageRow.starts_at.desc(), OutageRow.id.desc())
    )
    return [view for view in (view_of(row, moment) for row in found) if view.shown]


def board(actor: Actor) -> list[OutageView]:
    """Every notice that was ever published, newest first: it is evidence (7.5)."""
    require(actor, Permission.OUTAGES_MANAGE)
    moment = clock.now()
    found = db.session.scalars(select(OutageRow).order_by(OutageRow.starts_at.desc(), OutageRow.id.desc()))
    return [view_of(row, moment) for row in found]


def one(actor: Actor, reference: str) -> OutageView:
    """One notice; NotFound."""
    require(actor, Permission.OUTAGES_MANAGE)
    return view_of(_row(reference), clock.now())


def view_of(row: OutageRow, now: datetime) -> OutageView:
    """A row as pages read it."""
    stands = row.replaced_by_id is None and row.withdrawn_at is None
    return OutageView(
        reference=row.reference,
        version=row.version,
        notice=_notice(row),
        state=state_of(row.starts_at, row.ends_at, now),
        published_at=row.published_at,
        shown=stands and is_shown(row.ends_at, row.visible_until, now),
        replaced=row.replaced_by_id is not None,
        withdrawn_at=row.withdrawn_at,
        reason=row.reason,
    )


def _notice(row: OutageRow) -> Notice:
    return Notice(
        planned=row.planned,
        functions=functions_of(row),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        title=row.title,
        body=row.body,
        remedy=row.remedy,
        third_party=row.third_party,
        visible_until=row.visible_until,
    )


def keeps(actor: Actor) -> bool:
    """Whether the actor publishes outages: they touch the terms of every authority, so the owner's people only."""
    owner: str = connections().settings.contracting_owner
    return actor.may(Permission.OUTAGES_MANAGE) and actor.organisation_key == owner


def _require_keeper(actor: Actor) -> None:
    require(actor, Permission.OUTAGES_MANAGE)
    if not keeps(actor):
        raise Forbidden(Permission.OUTAGES_MANAGE)


def publish(actor: Actor, notice: Notice) -> OutageRow:
    """Publish a notice. Findings when something in it is wrong; its effect on terms is there at once."""
    _require_keeper(actor)
    _check(notice)
    with writing("outages.publish"):
        row = _added(notice)
        _trace(actor, row, "publish")
        _prolong(row)
    return row


def end(actor: Actor, reference: str, version: int, at: datetime | None = None) -> OutageRow:
    """The outage is over, at an instant or now: from here on its effect on terms is known (A-36)."""
    _require_keeper(actor)
    row = _locked(reference, version)
    moment = at or clock.now()
    if row.ends_at is not None:
        raise NotAllowedNow(ENDED)
    if not row.starts_at < moment <= clock.now():
        raise InvalidValue(END_FIRST, code="C-068", field="ends_at")
    with writing("outages.end"):
        row.ends_at = moment
        _trace(actor, row, "end")
        _prolong(row)
    return row


def correct(actor: Actor, reference: str, version: int, notice: Notice, reason: str) -> OutageRow:
    """Publish a better notice in the place of one that was wrong; the first stays as evidence (A-37)."""
    _require_keeper(actor)
    old = _locked(reference, version)
    text = _reason(reason)
    _check(notice)
    with writing("outages.correct"):
        row = _added(notice)
        old.replaced_by_id, old.reason = row.id, text
        _trace(actor, row, "correct")
        _prolong(row)
    return row


def withdraw(actor: Actor, reference: str, version: int, reason: str) -> OutageRow:
    """There was no outage: the notice no longer counts, and stays readable with the reason."""
    _require_keeper(actor)
    row = _locked(reference, version)
    text = _reason(reason)
    with writing("outages.withdraw"):
        row.withdrawn_at, row.reason = clock.now(), text
        _trace(actor, row, "withdraw")
    return row


def _check(notice: Notice) -> None:
    findings = check_notice(notice, clock.now())
    if findings:
        raise Findings(findings)


def _reason(reason: str) -> str:
    text = reason.strip()
    if not text or len(text) > MAX_REASON:
        raise InvalidValue(REASON_NEEDED, field="reason")
    return text


def _row(reference: str) -> OutageRow:
    row = db.session.scalar(select(OutageRow).where(OutageRow.reference == reference))
    if row is None:
        raise NotFound
    return row


def _locked(reference: str, version: int) -> OutageRow:
    row = db.session.scalar(
        select(OutageRow)
        .where(OutageRow.reference == reference)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    if row.version != version:
        raise Conflict(CHANGED)
    if row.replaced_by_id is not None or row.withdrawn_at is not None:
        raise NotAllowedNow(GONE)
    return row


def _added(notice: Notice) -> OutageRow:
    row = OutageRow(
        planned=notice.planned,
        functions=" ".join(sorted(notice.functions)),
        starts_at=notice.starts_at,
        ends_at=notice.ends_at,
        title=notice.title.strip(),
        body=notice.body.strip(),
        remedy=notice.remedy.strip(),
        third_party=notice.third_party,
        published_at=clock.now(),
        visible_until=notice.visible_until,
    )
    db.session.add(row)
    db.session.flush()
    return row


def _trace(actor: Actor, row: OutageRow, act: str) -> None:
    """The trace, the mails to subscribers, and after the commit the copy that every page reads (A-44)."""
    data = {
        "act": act,
        "planned": row.planned,
        "functions": row.functions,
        "from": row.starts_at.isoformat(),
        "until": row.ends_at.isoformat() if row.ends_at else "",
    }
    audit.record(actor, AuditEvent.OUTAGE_PUBLISHED, "outage", row.reference, data=data)
    announcing.tell(row, announcing.Act(act))
    after_commit.do(copy.write)


@dataclass(frozen=True, slots=True)
class Effect:
    """A term that an outage prolongs: until when it stands, and until when it would be."""

    kind: TermKind
    contract: str
    contract_number: str
    document_title: str
    stands: date
    becomes: date


@dataclass(frozen=True, slots=True)
class Preview:
    """What publishing would do to terms: the own contracts by name, those of other authorities as a number."""

    own: Sequence[Effect]
    others: int


def effect_of(actor: Actor, notice: Notice) -> Preview:
    """What a notice would do to terms; nothing is changed."""
    _require_keeper(actor)
    _check(notice)
    own, others = [], 0
    for found in _touched(notice.outage):
        if found.authority == actor.organisation_key:
            own.append(
                Effect(
                    kind=found.term.kind,
                    contract=found.contract,
                    contract_number=found.number,
                    document_title=found.title,
                    stands=found.term.effective_end,
                    becomes=found.becomes,
                )
            )
        else:
            others += 1
    return Preview(own, others)


def prolonged_terms(actor: Actor, reference: str) -> list[Prolonged]:
    """The terms of the own contracts that a notice prolonged."""
    require(actor, Permission.OUTAGES_MANAGE)
    query = (
        select(ContractTerm, PublicContract, FileDocument.title)
        .join(OutageRow, OutageRow.id == ContractTerm.outage_id)
        .join(PublicContract, PublicContract.id == ContractTerm.contract_id)
        .join(FileDocument, FileDocument.id == ContractTerm.document_id)
        .where(
            OutageRow.reference == reference, ContractTerm.replaced_by_id.is_(None), econtracting.only_visible(actor)
        )
        .order_by(ContractTerm.effective_end, ContractTerm.id)
    )
    return [
        Prolonged(term.kind, contract.reference, contract.number, title, term.effective_end, rows.steps_of(term))
        for term, contract, title in db.session.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class Prolonged:
    """A term that an outage prolonged, with how it was reckoned."""

    kind: TermKind
    contract: str
    contract_number: str
    document_title: str
    last_day: date
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class _Touched:
    term: ContractTerm
    contract: str
    number: str
    title: str
    authority: str
    becomes: date
    told: Step


def _touched(outage: Outage) -> list[_Touched]:
    """The terms of contractors that an outage prolongs: those that run, and those that were met too late (A-36)."""
    if outage.planned or outage.ends_at is None or Function.SEND not in outage.functions:
        return []
    query = (
        select(ContractTerm, PublicContract, FileDocument.title, Organisation.key)
        .join(PublicContract, PublicContract.id == ContractTerm.contract_id)
        .join(Organisation, Organisation.id == PublicContract.authority_id)
        .join(FileDocument, FileDocument.id == ContractTerm.document_id)
        .where(
            ContractTerm.party == ActionParty.CONTRACTOR,
            ContractTerm.replaced_by_id.is_(None),
            ContractTerm.effective_end.between(local_date(outage.starts_at), local_date(outage.ends_at)),
            or_(
                ContractTerm.state.in_(ALIVE),
                and_(ContractTerm.state == TermState.MET, ContractTerm.met_at >= ContractTerm.expires_at),
            ),
        )
        .order_by(ContractTerm.contract_id, ContractTerm.id)
        .execution_options(populate_existing=True)
    )
    calendar = calendar_data.calendar()
    found = []
    for term, contract, title, authority in db.session.execute(query):
        longer = replacing.after_outage(term, term.effective_end, outage, calendar)
        if longer is not None and longer[0] > term.effective_end:
            becomes, told = longer
            found.append(_Touched(term, contract.reference, contract.number, title, authority, becomes, told))
    return found


def _prolong(row: OutageRow) -> None:
    """Prolong the terms the outage touches, each told in its steps, and the wait of the payer with the invoice."""
    touched = _touched(outage_of(row))
    for key in sorted({one.term.contract_id for one in touched}):
        lock_contract(key)
    for one in _touched(outage_of(row)) if touched else []:
        rows.tell(one.term, one.told)
        one.term.outage_id = row.id
        rows.move_end(one.term, one.becomes, act="outage")
        replacing.follow(one.term)
