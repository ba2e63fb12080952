"""Adding people to the staff list by national number, and removing them while nothing is known (E-066, E-068)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.ecalcura import declaration_texts
from domain.ecalcura.personnel import check_delete_person
from domain.errors import N_, Conflict, Finding, Findings, InvalidValue, NotAllowedNow, NotFound, Severity
from domain.identifiers import parse_national_number
from models.base import db
from models.gate import writing
from models.personnel import Contract, EndOfCareerChoice, Source, StaffMember
from services import audit, clock
from services.ecalcura import staff_access
from services.ecalcura.frozen import frozen
from services.ecalcura.register_lookups import Purpose, look_up
from services.locks import lock_facility

#: Most people that are added in one go; keeps one request short.
MOST_AT_ONCE = 50

_ALREADY_LISTED = N_("Deze medewerker staat al in de personeelslijst.")
_NOTHING_TO_ADD = N_("Vul minstens één rijksregisternummer in.")
_TOO_MANY_AT_ONCE = N_(
    "U kunt hoogstens {limit} personen tegelijk toevoegen. Voeg deze eerst toe en begin dan opnieuw."
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A number of the stack with the name that was found for it, or what is wrong with it.

    ``number`` holds eleven digits, or what was typed when it is no national number.
    """

    number: str
    name: str = ""
    finding: Finding | None = None


@dataclass(frozen=True, slots=True)
class Addition:
    """What became of 'Toevoegen': everybody was added, or nobody and ``refused`` says why.

    ``added`` holds references. ``down``: the register did not answer, so that trying again makes sense.
    """

    added: tuple[str, ...] = ()
    refused: tuple[Candidate, ...] = ()
    down: bool = False


def find_candidate(actor: Actor, facility_id: int, typed: str, stack: Collection[str] = ()) -> Candidate:
    """Look up one typed number for the stack of numbers that stands ready (E-025, E-066).

    What is wrong comes back as ``finding`` (V-01 to V-05, or the register that does not answer) and is not raised,
    because the look-up itself is logged and must be committed. Raises TooMany when a quota is used up.
    """
    staff_access.require_write(actor, facility_id)
    _require_audit_for_department(actor, facility_id)
    if len(stack) >= MOST_AT_ONCE:
        raise InvalidValue(_TOO_MANY_AT_ONCE, field="national_number", limit=MOST_AT_ONCE)
    candidate = _read(typed)
    if candidate.finding is not None:
        return candidate
    number = candidate.number
    if number in stack or _listed(facility_id, [number]):
        return Candidate(number, finding=_already_listed())
    answer = look_up(actor, facility_id, [number], Purpose.SHOW_NAME)[number]
    if answer.person is None:
        return Candidate(number, finding=answer.finding)
    return Candidate(number, f"{answer.person.first_name} {answer.person.last_name}")


def add_staff(actor: Actor, facility_id: int, numbers: Iterable[str]) -> Addition:
    """Add people by national number: all of them, or none when one cannot be added (E-066, V-01 to V-05).

    The names come from the register at this moment, never from the page. The outcome is returned and not raised, so
    that the log of the look-ups is committed also when nobody is added. Raises TooMany, and InvalidValue when there is
    nothing to add or too much at once.
    """
    staff_access.require_write(actor, facility_id)
    lock_facility(facility_id)
    _require_audit_for_department(actor, facility_id)
    candidates = [_read(number) for number in numbers]
    if not candidates:
        raise InvalidValue(_NOTHING_TO_ADD, field="national_number")
    if len(candidates) > MOST_AT_ONCE:
        raise InvalidValue(_TOO_MANY_AT_ONCE, field="national_number", limit=MOST_AT_ONCE)
    candidates = _without_known(facility_id, candidates)
    if any(candidate.finding for candidate in candidates):
        return Addition(refused=tuple(candidate for candidate in candidates if candidate.finding))
    answers = look_up(actor, facility_id, [candidate.number for candidate in candidates], Purpose.ADD_STAFF)
    refused = tuple(
        Candidate(number, finding=answer.finding) for number, answer in answers.items() if answer.finding is not None
    )
    if refused:
        return Addition(refused=refused, down=any(answer.down for answer in answers.values()))
    added = []
    with writing("ecalcura.add_staff"):
        for number, answer in answers.items():
            assert answer.person is not None
            member = StaffMember(
                facility_id=facility_id,
                national_number=number,
                last_name=answer.person.last_name,
                first_name=answer.person.first_name,
                birth_date=answer.person.birth_date,
                sex=answer.person.sex,
                source=Source.REGISTER,
                looked_up_at=clock.now(),
            )
            db.session.add(member)
            db.session.flush()
            added.append(member.reference)
            audit.record(
                actor,
                AuditEvent.STAFF_ADDED,
                "staff_member",
                member.reference,
                data={"source": Source.REGISTER.value},
                personal={"number": number},
            )
    return Addition(added=tuple(added))


def remove_staff(actor: Actor, facility_id: int, reference: str, version: int) -> None:
    """Remove a person from the list while there are no contracts and no choices (E-068); raises Findings (V-07)."""
    staff_access.require_write(actor, facility_id)
    lock_facility(facility_id)
    _require_audit_for_department(actor, facility_id)
    member = db.session.scalar(
        select(StaffMember)
        .where(StaffMember.facility_id == facility_id, StaffMember.reference == reference)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if member is None:
        raise NotFound
    has_contracts, has_choices = db.session.execute(
        select(
            exists().where(Contract.staff_member_id == member.id),
            exists().where(EndOfCareerChoice.staff_member_id == member.id),
        )
    ).one()
    findings = check_delete_person(has_contracts=has_contracts, has_choices=has_choices)
    if findings:
        raise Findings(findings)
    if member.version != version:
        raise Conflict(N_("Iemand anders heeft deze medewerker intussen gewijzigd."))
    number = member.national_number
    with writing("ecalcura.remove_staff"):
        db.session.delete(member)
    audit.record(actor, AuditEvent.STAFF_REMOVED, "staff_member", reference, personal={"number": number})


def _require_audit_for_department(actor: Actor, facility_id: int) -> None:
    """5.4: a case manager changes staff during an audit only."""
    if actor.is_case_manager and not frozen(facility_id).audit:
        raise NotAllowedNow(declaration_texts.AUDIT_FIRST, code="E-063")


def _read(typed: str) -> Candidate:
    try:
        return Candidate(parse_national_number(typed, today=clock.today()).digits)
    except InvalidValue as wrong:
        return Candidate(
            typed.strip()[:40], finding=Finding(wrong.code or "V-01", Severity.BLOCKS, wrong.message, "national_number")
        )


def _already_listed() -> Finding:
    return Finding("V-05", Severity.BLOCKS, _ALREADY_LISTED, field="national_number")


def _listed(facility_id: int, numbers: Iterable[str]) -> set[str]:
    return set(
        db.session.scalars(
            select(StaffMember.national_number).where(
                StaffMember.facility_id == facility_id, StaffMember.national_number.in_(list(numbers))
            )
        )
    )


def _without_known(facility_id: int, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The same candidates, with V-05 on those that are listed already or come a second time."""
    seen = _listed(facility_id, [candidate.number for candidate in candidates if candidate.finding is None])
    checked = []
    for candidate in candidates:
        if candidate.finding is None and candidate.number in seen:
            candidate = Candidate(candidate.number, candidate.name, _already_listed())
        elif candidate.finding is None:
            seen.add(candidate.number)
        checked.append(candidate)
    return checked
