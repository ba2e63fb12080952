"""The thread of a request to reopen: it is asked in it, and every change of its state is told there (10.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, and_, exists, select

from domain.actor import SCHEDULER, Actor, Side
from domain.calendars import Quarter
from domain.ecalcura import reopening, reopening_words
from domain.ecalcura.reopening import RequestKind, RequestState
from domain.permissions import Permission
from domain.system_messages import Parameter, SystemEvent
from models.base import db
from models.declaration import ReopeningRequest
from models.gate import writing
from models.message import Conversation, Message, MessageSide
from models.organisation import Facility
from models.reference import FacilityPeriod, ReferencePeriod
from services import access, clock
from services.ecalcura import dossiers
from services.locks import lock_facility
from services.messaging import writing as messages
from services.messaging.desks import desk_for
from services.messaging.facility_place import FacilityPlace

#: What each state is told as.
_TOLD: dict[RequestState, SystemEvent] = {
    RequestState.GRANTED: SystemEvent.REOPENING_GRANTED,
    RequestState.REFUSED: SystemEvent.REOPENING_REFUSED,
    RequestState.WITHDRAWN: SystemEvent.REOPENING_WITHDRAWN,
    RequestState.LAPSED: SystemEvent.REOPENING_LAPSED,
}


@dataclass(frozen=True, slots=True)
class ThreadRequest:
    """The request of a thread, with where it stands today. ``days_left`` is 0 on the last day; None when unknown."""

    id: int
    reference: str
    period: str
    kind: RequestKind | None
    quarters: Sequence[Quarter]
    received_at: datetime
    state: RequestState
    last_day: date | None
    days_left: int | None
    reason: str | None

    @property
    def waits(self) -> bool:
        """Whether somebody still decides about it: one that lapsed is answered too."""
        return self.state in (RequestState.WAITING, RequestState.LAPSED)

    @property
    def term_runs(self) -> bool:
        """Whether what was or will be opened can still be submitted again."""
        in_play = self.state in (RequestState.WAITING, RequestState.GRANTED)
        return in_play and self.days_left is not None and self.days_left >= 0

    @property
    def label(self) -> str:
        """Where it stands, in words."""
        return reopening.STATE_LABELS[self.state]

    @property
    def refusal(self) -> str | None:
        """Why it was refused, as the official typed it."""
        return self.reason if self.state is RequestState.REFUSED else None


def asked_in(
    actor: Actor, facility: Facility, kind: RequestKind, period: str, quarters: Sequence[Quarter], explanation: str
) -> Conversation:
    """The thread in which a facility asks: the template, filled in and sent; an answer is waited for."""
    body = reopening_words.body(kind, facility.name, facility.hco_number, period, quarters, explanation)
    place = _place(facility, quarters)
    subject = reopening_words.subject(kind, period)
    return messages.open_thread(place, subject, body, actor, awaits_reply=True)


def registered_in(
    actor: Actor,
    facility: Facility,
    kind: RequestKind | None,
    period: str,
    quarters: Sequence[Quarter],
    received_at: datetime,
) -> Conversation:
    """The thread of a request that came in by e-mail: it begins with the system telling so."""
    now = clock.now()
    with writing("reopening.thread"):
        conversation = _place(facility, quarters).conversation(reopening_words.subject(kind, period), now)
        conversation.awaiting = MessageSide.OFFICE
        db.session.add(conversation)
        db.session.flush()
    told: dict[str, Parameter] = {"quarters": list(quarters), "received": received_at}
    messages.say(conversation, SystemEvent.REOPENING_REGISTERED, told, now, by=actor)
    return conversation


def tell(actor: Actor, request: ReopeningRequest, state: RequestState) -> None:
    """Tell in its thread where a request stands now; what was decided or withdrawn waits for no answer any more."""
    if request.conversation_id is None:
        return  # asked before requests had threads
    conversation = db.session.get_one(Conversation, request.conversation_id)
    quarters = [Quarter.parse(text) for text in request.quarters.split()]
    messages.say(conversation, _TOLD[state], {"quarters": quarters}, clock.now(), by=actor)
    if state is not RequestState.LAPSED and conversation.awaiting is MessageSide.OFFICE:
        with writing("reopening.thread"):
            conversation.awaiting = None


def request_of(actor: Actor, conversation_reference: str) -> ThreadRequest | None:
    """The request of a thread the actor may read, or None. For who reads messages only (E-008)."""
    office = actor.side is Side.DEPARTMENT
    access.require(actor, Permission.MESSAGES_OFFICE if office else Permission.MESSAGES)
    statement = _with_term().where(Conversation.reference == conversation_reference)
    if not office:
        statement = statement.where(ReopeningRequest.facility_id == access.own_facility_id(actor))
    row = db.session.execute(statement).first()
    return None if row is None else _standing(*row)


def lapsed() -> list[int]:
    """The requests nobody decided in time and whose thread does not say so yet, by key. For the worker."""
    rows = db.session.execute(_with_term().where(*_UNTOLD)).all()
    return [row[0].id for row in rows if _standing(*row).state is RequestState.LAPSED]


def tell_lapsed(request_id: int) -> bool:
    """Tell in its thread that a request lapsed; gives whether it had to be told still. One facility at a time."""
    facility_id = db.session.scalar(select(ReopeningRequest.facility_id).where(ReopeningRequest.id == request_id))
    lock_facility(facility_id)
    row = db.session.execute(_with_term().where(ReopeningRequest.id == request_id, *_UNTOLD)).first()
    if row is None or _standing(*row).state is not RequestState.LAPSED:
        return False
    tell(SCHEDULER, row[0], RequestState.LAPSED)
    return True


#: Undecided, and its thread does not tell of a lapse.
_UNTOLD = (
    ReopeningRequest.decision.is_(None),
    ~exists().where(
        Message.conversation_id == ReopeningRequest.conversation_id,
        Message.event == SystemEvent.REOPENING_LAPSED.value,
    ),
)


def _place(facility: Facility, quarters: Sequence[Quarter]) -> FacilityPlace:
    return FacilityPlace(facility, quarters[0] if len(quarters) == 1 else None, desk_for(facility))


def _with_term() -> Select[ReopeningRequest, Facility, ReferencePeriod, FacilityPeriod]:
    own = and_(
        FacilityPeriod.facility_id == ReopeningRequest.facility_id,
        FacilityPeriod.period_code == ReopeningRequest.period_code,
    )
    return (
        select(ReopeningRequest, Facility, ReferencePeriod, FacilityPeriod)
        .join(Conversation, Conversation.id == ReopeningRequest.conversation_id)
        .join(Facility, Facility.id == ReopeningRequest.facility_id)
        .join(ReferencePeriod, ReferencePeriod.code == ReopeningRequest.period_code)
        .outerjoin(FacilityPeriod, own)
        .order_by(ReopeningRequest.id)
        .execution_options(populate_existing=True)
    )


def _standing(
    request: ReopeningRequest, facility: Facility, period: ReferencePeriod, own: FacilityPeriod | None
) -> ThreadRequest:
    situation = dossiers.situation(facility, period, own)
    kind = RequestKind(request.kind) if request.kind else None
    last_day = reopening.last_day_of(situation, kind)
    return ThreadRequest(
        request.id,
        request.reference,
        request.period_code,
        kind,
        [Quarter.parse(text) for text in request.quarters.split()],
        request.received_at,
        reopening.state_of(request.decision, last_day, situation.today),
        last_day,
        None if last_day is None else (last_day - situation.today).days,
        request.reason,
    )
