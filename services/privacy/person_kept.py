"""What is kept about a person beside the tables of now: amounts, letters, corrections, look-ups and the audit log."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, or_, select

from domain.actor import Side
from domain.audit_events import AuditEvent
from domain.calendars import Quarter, local_date
from domain.ecalcura.calculation_states import KIND_LABELS, CalculationStatus
from domain.ecalcura.compensation_result import Compensation
from domain.errors import N_
from domain.person_file import MOST, Section, SectionCode, Value
from domain.privacy import FIELD_LABELS, STATE_LABELS
from models.audit import AuditEntry, AuditPersonalValue
from models.base import db
from models.compensation import Calculation, CalculationDerivation
from models.letter import Letter
from models.organisation import Facility
from models.personnel import RegisterLookup
from models.privacy import CorrectionRequest
from services.ecalcura import derivations
from services.ecalcura.register_lookups import Outcome, Purpose
from services.privacy.person_held import Held

Row = dict[str, Value]

PURPOSES = {
    Purpose.SHOW_NAME.value: N_("De naam tonen bij het toevoegen"),
    Purpose.ADD_STAFF.value: N_("Toevoegen aan de personeelslijst"),
}
OUTCOMES = {
    Outcome.FOUND.value: N_("Gevonden"),
    Outcome.UNKNOWN.value: N_("Niet gevonden"),
    Outcome.PROTECTED.value: N_("Niet gevonden"),
    Outcome.DOWN.value: N_("Het rijksregister antwoordde niet"),
}
EVENTS: dict[str, str] = {
    AuditEvent.STAFF_ADDED.value: N_("Toegevoegd aan de personeelslijst"),
    AuditEvent.STAFF_REMOVED.value: N_("Verwijderd van de personeelslijst"),
    AuditEvent.CONTRACT_ADDED.value: N_("Contract toegevoegd"),
    AuditEvent.CONTRACT_CHANGED.value: N_("Contract gewijzigd"),
    AuditEvent.CONTRACT_REMOVED.value: N_("Contract verwijderd"),
    AuditEvent.CHOICE_ADDED.value: N_("Keuze toegevoegd"),
    AuditEvent.CHOICE_CHANGED.value: N_("Keuze gewijzigd"),
    AuditEvent.CHOICE_REMOVED.value: N_("Keuze verwijderd"),
    AuditEvent.STAFF_VIEWED.value: N_("Personeelsfiche bekeken"),
    AuditEvent.NATIONAL_NUMBER_REVEALED.value: N_("Volledig rijksregisternummer getoond"),
    AuditEvent.PERSON_FILE_VIEWED.value: N_("Alles over deze persoon bekeken"),
    AuditEvent.CORRECTION_REQUEST.value: N_("Stap in een verzoek tot verbetering"),
}
SIDES: dict[str, str] = {
    Side.FACILITY.value: N_("De voorziening"),
    Side.DEPARTMENT.value: N_("Het departement"),
    Side.HELPDESK.value: N_("De helpdesk"),
    Side.SYSTEM.value: N_("Het loket zelf"),
}
_WHAT_PREMIUM = N_("Premie")
_WHAT_RIGHT = N_("Recht op vrijstelling")
_WHAT_REPLACEMENT = N_("Vervanging")
_WHAT_WORKED = N_("Gewerkt")


def sections(
    number: str, digest: str, facilities: Sequence[Facility], held: Held, messages: Section, *, everywhere: bool
) -> list[Section]:
    """All sections of a file, those of ``held`` first, with that of the ``messages``.

    Seven statements; ``everywhere``: look-ups of anybody.
    """
    names = {row.id: row.name for row in facilities}
    amounts, calculations = _amounts(names, held)
    corrections = _corrections(number, names)
    return [
        *held.sections,
        _section(SectionCode.AMOUNTS, amounts),
        _section(SectionCode.LETTERS, _letters(calculations, names)),
        _section(SectionCode.CORRECTIONS, [_correction(row, names) for row in corrections]),
        messages,
        _section(SectionCode.LOOK_UPS, _look_ups(digest, facilities, everywhere)),
        _section(SectionCode.TRACES, _traces(digest, facilities, held, corrections, everywhere)),
    ]


def _section(code: SectionCode, rows: Sequence[Mapping[str, Value]]) -> Section:
    return Section(code, rows[:MOST], len(rows) > MOST)


def _amounts(names: Mapping[int, str], held: Held) -> tuple[list[Row], list[int]]:
    """The lines of the person in communicated calculations, and the keys of those; read one after the other."""
    if not held.people:
        return [], []
    rows = db.session.execute(
        select(
            Calculation.id,
            Calculation.facility_id,
            Calculation.period_code,
            Calculation.kind,
            Calculation.communicated_at,
            CalculationDerivation.content,
        )
        .join(CalculationDerivation, CalculationDerivation.calculation_id == Calculation.id)
        .where(
            Calculation.facility_id.in_(names),
            Calculation.communicated_at.is_not(None),
            Calculation.status != CalculationStatus.DRAFT,
            Calculation.right_fte.is_not(None),
            CalculationDerivation.erased_in_id.is_(None),
        )
        .order_by(Calculation.id.desc())
        .execution_options(yield_per=5)
    )
    found: list[Row] = []
    calculations = []
    for row in rows:
        try:
            compensation = derivations.read(row.content).compensation
        except derivations.UnknownFormat:
            continue
        lines = list(_lines(compensation, held.people))
        if lines:
            calculations.append(row.id)
        common: Row = {
            "facility": names[row.facility_id],
            "period": row.period_code,
            "calculation": KIND_LABELS[row.kind],
            "communicated_on": local_date(row.communicated_at),
        }
        found += [common | line for line in lines]
    return found, calculations


def _lines(compensation: Compensation, people: set[str]) -> list[Row]:
    found = [
        _line(_WHAT_PREMIUM, one.quarter, None, one.amount) for one in compensation.premiums if one.person in people
    ]
    found += [_line(_WHAT_RIGHT, one.quarter, None, None) for one in compensation.right_lines if one.person in people]
    found += [
        _line(_WHAT_REPLACEMENT, None, one.average_fte, one.amount)
        for one in compensation.replacements
        if one.person in people
    ]
    found += [_line(_WHAT_WORKED, one.quarter, one.fte, None) for one in compensation.worked if one.person in people]
    return found


def _line(what: str, quarter: Quarter | None, fte: Decimal | None, amount: Decimal | None) -> Row:
    return {"what": what, "quarter": str(quarter) if quarter else None, "fte": fte, "amount": amount}


def _letters(calculations: Sequence[int], names: Mapping[int, str]) -> list[Row]:
    rows = db.session.scalars(
        select(Letter)
        .where(Letter.calculation_id.in_(calculations), Letter.facility_id.in_(names))
        .order_by(Letter.id.desc())
        .limit(MOST + 1)
    )
    return [
        {
            "facility": names[row.facility_id],
            "period": row.period_code,
            "subject": row.subject,
            "made_at": row.made_at,
        }
        for row in rows
    ]


def _corrections(number: str, names: Mapping[int, str]) -> list[CorrectionRequest]:
    rows = select(CorrectionRequest).where(
        CorrectionRequest.national_number == number, CorrectionRequest.facility_id.in_(names)
    )
    return list(db.session.scalars(rows.order_by(CorrectionRequest.id.desc()).limit(MOST + 1)))


def _correction(row: CorrectionRequest, names: Mapping[int, str]) -> Row:
    labels = {one.value: label for one, label in FIELD_LABELS.items()}
    return {
        "facility": names[row.facility_id],
        "received_at": row.received_at,
        "field": labels.get(row.field, row.field),
        "quarter": row.quarter,
        "wanted": row.wanted,
        "state": STATE_LABELS[row.state],
        "answer": row.answer or None,
    }


def _look_ups(digest: str, facilities: Sequence[Facility], everywhere: bool) -> list[Row]:
    """Look-ups of the number: a facility reads its own, because another one's tells where somebody works."""
    statement = select(RegisterLookup).where(RegisterLookup.number_digest == digest)
    keys = {row.hco_number: row.name for row in facilities}
    if not everywhere:
        statement = statement.where(RegisterLookup.organisation_key.in_(keys))
    rows = db.session.scalars(statement.order_by(RegisterLookup.id.desc()).limit(MOST + 1))
    return [
        {
            "at": row.at,
            "organisation": keys.get(row.organisation_key, row.organisation_key),
            "purpose": PURPOSES.get(row.purpose, row.purpose),
            "outcome": OUTCOMES.get(row.outcome, row.outcome),
        }
        for row in rows
    ]


def _traces(
    digest: str,
    facilities: Sequence[Facility],
    held: Held,
    corrections: Sequence[CorrectionRequest],
    everywhere: bool,
) -> list[Row]:
    """What the audit log tells of the person, with the personal values beside it that were not erased."""
    subjects = {
        "staff_member": held.people,
        "staff": held.people,
        "contract": held.contracts,
        "choice": held.choices,
        "correction_request": {row.reference for row in corrections},
    }
    conditions = [
        and_(AuditEntry.subject_type == kind, AuditEntry.subject_key.in_(keys))
        for kind, keys in subjects.items()
        if keys
    ]
    if not conditions:
        return []
    own = [row.hco_number for row in facilities]
    file_of = and_(AuditEntry.subject_type == "person_file", AuditEntry.subject_key == digest[:32])
    # another facility's look at its own file of the same person is not for this one to know
    elsewhere = AuditEntry.actor_side != Side.FACILITY.value
    conditions.append(file_of if everywhere else and_(file_of, or_(AuditEntry.organisation_key.in_(own), elsewhere)))
    entries = list(
        db.session.scalars(
            select(AuditEntry).where(or_(*conditions)).order_by(AuditEntry.sequence.desc()).limit(MOST + 1)
        )
    )
    if not everywhere:
        entries = [one for one in entries if _for_facility(one, own)]
    values: dict[int, list[AuditPersonalValue]] = {}
    wanted = [one.sequence for one in entries]
    for start in range(0, len(wanted), 500):
        piece = select(AuditPersonalValue).where(AuditPersonalValue.sequence.in_(wanted[start : start + 500]))
        for value in db.session.scalars(piece.order_by(AuditPersonalValue.id)):
            values.setdefault(value.sequence, []).append(value)
    return [
        {
            "at": one.at,
            "by": SIDES.get(one.actor_side, one.actor_side),
            "event": EVENTS.get(one.event, one.event),
            "values": "; ".join(_told(value) for value in values.get(one.sequence, ()) if value.value is not None)
            or None,
        }
        for one in entries
    ]


def _for_facility(entry: AuditEntry, own: Sequence[str]) -> bool:
    """Whether a person file that somebody else opened was about this facility too."""
    if entry.event != AuditEvent.PERSON_FILE_VIEWED.value or entry.organisation_key in own:
        return True
    return bool(set(json.loads(entry.data).get("concerns", ())) & set(own))


def _told(value: AuditPersonalValue) -> str:
    """A personal value on one line; that of a change without what only the program reads."""
    labels: dict[str, Any] = {
        "before": "vroeger",
        "after": "nieuw",
        "reason": "reden",
        "number": "nummer",
        "text": "tekst",
    }
    text = value.value or ""
    if value.name in ("before", "after"):
        held = json.loads(text)
        held.pop("staff_member", None)
        text = ", ".join(f"{name} {content or '–'}" for name, content in held.items())
    return f"{labels.get(value.name, value.name)}: {text}"
