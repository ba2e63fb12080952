"""The traces that belong to what the demonstration writes as rows, and the mail that left meanwhile."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from functools import partial

from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.calendars import Quarter
from models.base import db
from models.gate import writing
from models.organisation import Facility
from models.outbox import DeliveryState, OutboxMessage
from models.personnel import Contract, EndOfCareerChoice, Source, StaffMember
from services import audit, clock
from services.demo.calendar import DemoCalendar, at, working_day
from services.demo.cast import Cast
from services.demo.story import Story
from services.ecalcura.departures import values
from services.ecalcura.personnel_facts import choice_facts, contract_facts
from services.ecalcura.staff_changes import trace

_TAKE_OVER_AFTER = timedelta(days=4)
_BOUNCED = "550 5.1.1 user unknown"


def put_down(story: Story, calendar: DemoCalendar, facilities: dict[str, Facility], cast: Cast) -> None:
    """Who came on the list when, by hand or by the take-over."""
    for hco_number, facility in facilities.items():
        members = db.session.scalars(
            select(StaffMember)
            .where(StaffMember.facility_id == facility.id)
            .options(selectinload(StaffMember.contracts), selectinload(StaffMember.choices))
            .order_by(StaffMember.id)
        ).all()
        first_day = max(calendar.start, Quarter.parse(facility.entry_from).start)
        taken_over = sum(contract.source is Source.RAAS for member in members for contract in member.contracts)
        if taken_over:
            day = working_day(first_day + _TAKE_OVER_AFTER)
            story.on(at(day, 10), partial(_take_over, cast.els, hco_number, taken_over))
        for member in members:
            _member(story, member, cast.people[hco_number], cast.bart, first_day)


def _member(story: Story, member: StaffMember, who: Actor, department: Actor, first_day: date) -> None:
    starts = [contract.starts_on for contract in member.contracts]
    added_on = working_day(max(first_day, min(starts, default=first_day)) + timedelta(days=7))
    minute = member.id % 60
    if member.source is Source.REGISTER:
        story.on(at(added_on, 9, minute), partial(_staff_added, who, member))
    for contract in member.contracts:
        if contract.source is Source.MANUAL:
            day = working_day(max(first_day, contract.starts_on) + timedelta(days=7))
            story.on(at(day, 9, minute), partial(_contract_added, who, member, contract))
    for choice in member.choices:
        day = working_day(max(first_day, choice.begins_on) + timedelta(days=8))
        actor = department if choice.premium_exception else who
        story.on(at(day, 10, minute), partial(_choice_added, actor, member, choice))


def _take_over(department: Actor, hco_number: str, taken: int) -> None:
    audit.record(
        department,
        AuditEvent.RAAS_IMPORTED,
        "facility",
        hco_number,
        data={
            "rows": taken + 3,
            "taken": taken,
            "rejected": 3,
            "file_digest": hashlib.sha256(f"raas-{hco_number}.csv".encode()).hexdigest(),
        },
    )


def _staff_added(who: Actor, member: StaffMember) -> None:
    audit.record(
        who,
        AuditEvent.STAFF_ADDED,
        "staff_member",
        member.reference,
        data={"source": member.source.value},
        personal={"number": member.national_number},
    )


def _contract_added(who: Actor, member: StaffMember, contract: Contract) -> None:
    facts = contract_facts(contract)
    trace(who, AuditEvent.CONTRACT_ADDED, "contract", contract.reference, member, None, values(facts))


def _choice_added(who: Actor, member: StaffMember, choice: EndOfCareerChoice) -> None:
    trace(who, AuditEvent.CHOICE_ADDED, "choice", choice.reference, member, None, values(choice_facts(choice)))


def deliver_mail() -> None:
    """The mail of the past has left, but for one that came back; what was written these last hours still waits."""
    yesterday = clock.now() - timedelta(hours=36)
    past = update(OutboxMessage).where(OutboxMessage.made_at < yesterday)
    with writing("demo.mail"):
        db.session.execute(
            past.values(state=DeliveryState.SENT, attempts=1, sent_at=OutboxMessage.made_at),
            execution_options={"synchronize_session": False},
        )
        last = db.session.scalar(
            select(OutboxMessage.id)
            .where(OutboxMessage.made_at < yesterday, OutboxMessage.subject_type == "dossier")
            .order_by(OutboxMessage.made_at.desc(), OutboxMessage.id.desc())
            .limit(1)
        )
        db.session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == last)
            .values(state=DeliveryState.FAILED, sent_at=None, attempts=10, error=_BOUNCED),
            execution_options={"synchronize_session": False},
        )
    db.session.expire_all()
