"""What a quarter says at one moment: for the review, and kept for good as an immutable copy (3.9, T-03, T-05, T-11)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from domain.actor import Actor
from domain.calendars import Quarter
from domain.dutch import number
from domain.ecalcura.certificates import CertificateFacts
from domain.ecalcura.certificates import touches as certificate_touches
from domain.ecalcura.performances import PerformanceParameters
from domain.ecalcura.personnel import ChoiceFacts
from domain.ecalcura.reviewed_content import FIELD_LABELS, ContentRow, canonical, content, difference
from domain.errors import N_
from models.base import db
from models.declaration import Dossier, DossierSnapshot
from models.personnel import StaffMember
from services import clock
from services.ecalcura import certificates
from services.ecalcura.dossiers import Found
from services.ecalcura.lines import QuarterLine, choices_in

#: Raised when the form of the content changes, so that an old copy is still read for what it is.
FORMAT = 1

_AMOUNTS = ("paid_days", "unpaid_days", "paid_hours")
#: How many changes a step of the timeline names.
_TOLD = 20
EVERYTHING = N_("Dossier")


def certificates_in(facility_id: int, quarter: Quarter) -> list[CertificateFacts]:
    """The certificates that hold on some day of the quarter."""
    found = [certificates.facts(row) for row in certificates.current(facility_id)]
    return [certificate for certificate in found if certificate_touches(quarter, certificate)]


def reviewed(found: Found, lines: Iterable[QuarterLine], held: Iterable[CertificateFacts]) -> dict[str, Any]:
    """What somebody looks at before submitting; its fingerprint must be the same when it is submitted."""
    rows = [
        ContentRow(
            line.line.reference,
            line.name,
            line.entry,
            {
                "contract_type": line.contract.contract_type,
                "qualification": line.contract.qualification,
                "starts_on": line.contract.starts_on,
                "ends_on": line.contract.ends_on,
                "hours": line.contract.hours,
                "replacement_hours": line.contract.replacement_hours,
                "choices": "; ".join(_choice(choice) for choice in line.choices) or None,
            },
        )
        for line in lines
    ]
    declared = [f"{one.type.value} {one.start}/{one.end or ''}" for one in held]
    return content(
        found.dossier.quarter,
        rows,
        nothing_to_declare=found.dossier.nothing_to_declare,
        certificates="; ".join(sorted(declared)) or None,
    )


def _choice(choice: ChoiceFacts) -> str:
    hours = f"{number(choice.premium_hours or 0)} + {number(choice.exemption_hours or 0)}"
    return f"{choice.age_category}: {hours} ({choice.begins_on}/{choice.ends_on or ''})"


def take(
    actor: Actor,
    found: Found,
    event: str,
    lines: Sequence[QuarterLine],
    held: Iterable[CertificateFacts],
    *,
    by: str | None = None,
) -> DossierSnapshot:
    """Keep an immutable copy of the dossier as it is now. Inside a use case, with the dossier locked.

    ``by`` is who answers for it, when that is not the actor's own name.
    """
    dossier = found.dossier
    text = canonical(_everything(found, lines, held, found.parameters))
    last = db.session.scalar(select(func.max(DossierSnapshot.sequence)).where(DossierSnapshot.dossier_id == dossier.id))
    snapshot = DossierSnapshot(
        dossier_id=dossier.id,
        sequence=(last or 0) + 1,
        event=str(event),
        taken_at=clock.now(),
        taken_by=(by or actor.name)[:120],
        digest=hashlib.sha256(text.encode()).hexdigest(),
        content=text,
    )
    db.session.add(snapshot)
    db.session.flush()
    return snapshot


def _everything(
    found: Found,
    lines: Sequence[QuarterLine],
    held: Iterable[CertificateFacts],
    parameters: PerformanceParameters,
) -> dict[str, Any]:
    dossier, facility = found.dossier, found.facility
    choices = choices_in(facility.id, dossier.quarter)
    staff = _staff({line.staff_id for line in lines} | choices.keys())
    return {
        "format": FORMAT,
        "number": dossier.number,
        "quarter": dossier.quarter,
        "reference_period": dossier.period_code,
        "nothing_to_declare": dossier.nothing_to_declare,
        "facility": {
            "hco_number": facility.hco_number,
            "name": facility.name,
            "sector": facility.sector,
            "enterprise_number": facility.enterprise_number,
        },
        "staff": [
            {
                "reference": member.reference,
                "national_number": member.national_number,
                "last_name": member.last_name,
                "first_name": member.first_name,
                "birth_date": member.birth_date,
            }
            for member in staff.values()
        ],
        "contracts": [
            {**_plain(line.contract), "staff": staff[line.staff_id].reference}
            for line in sorted(lines, key=lambda line: line.contract_id)
        ],
        "choices": [
            {**_plain(choice), "staff": staff[staff_id].reference}
            for staff_id in sorted(choices)
            for choice in choices[staff_id]
        ],
        "certificates": [_plain(one) for one in sorted(held, key=lambda one: (one.type.value, str(one.start)))],
        "performances": [
            {"contract": line.line.reference, **_plain(line.entry)}
            for line in sorted(lines, key=lambda line: line.contract_id)
            if not line.entry.is_empty
        ],
        "parameters": asdict(parameters),
    }


def _plain(facts: Any) -> dict[str, Any]:
    return {item.name: getattr(facts, item.name) for item in fields(facts)}


def _staff(ids: Iterable[int]) -> dict[int, Any]:
    wanted = set(ids)
    if not wanted:
        return {}
    rows = db.session.execute(
        select(
            StaffMember.id,
            StaffMember.reference,
            StaffMember.national_number,
            StaffMember.last_name,
            StaffMember.first_name,
            StaffMember.birth_date,
        )
        .where(StaffMember.id.in_(wanted))
        .order_by(StaffMember.id)
    )
    return {row.id: row for row in rows}


def counting(dossier: Dossier) -> DossierSnapshot | None:
    """The copy that counts now, if there is one."""
    return None if dossier.snapshot_id is None else db.session.get(DossierSnapshot, dossier.snapshot_id)


def same_performances(snapshot: DossierSnapshot, lines: Iterable[QuarterLine]) -> bool:
    """Whether the lines still hold the amounts of a copy."""

    def amounts(rows: Iterable[Mapping[str, Any]]) -> set[tuple[str, ...]]:
        return {
            (row["contract"], *("" if row[name] is None else str(Decimal(row[name]).normalize()) for name in _AMOUNTS))
            for row in rows
        }

    now = [{"contract": line.reference, **_plain(line.entry)} for line in lines if not line.entry.is_empty]
    return amounts(json.loads(snapshot.content)["performances"]) == amounts(now)


def changes_text(before: DossierSnapshot | None, after: DossierSnapshot) -> str | None:
    """What differs between two copies of a dossier, for the timeline; None without an earlier copy or a difference."""
    if before is None or before.digest == after.digest:
        return None
    found = difference(_as_reviewed(before), _as_reviewed(after))
    told = [
        f"{one.row or EVERYTHING}: {one.field_label.lower()} {_told(one.before)} → {_told(one.after)}"
        for one in found[:_TOLD]
        if one.field in FIELD_LABELS
    ]
    if len(found) > _TOLD:
        told.append(f"… ({len(found)})")
    return "; ".join(told) or None


def _as_reviewed(snapshot: DossierSnapshot) -> dict[str, Any]:
    """A copy in the form ``difference`` compares: per contract the hours and the amounts."""
    held = json.loads(snapshot.content)
    names = {one["reference"]: f"{one['last_name']} {one['first_name']}" for one in held["staff"]}
    amounts = {one["contract"]: one for one in held["performances"]}
    return {
        "header": {"nothing_to_declare": held["nothing_to_declare"]},
        "rows": {
            one["reference"]: {
                "label": names[one["staff"]],
                "hours": one["hours"],
                "replacement_hours": one["replacement_hours"],
                **{name: amounts.get(one["reference"], {}).get(name) for name in _AMOUNTS},
            }
            for one in held["contracts"]
        },
    }


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nee"
    return "–" if value is None else str(value).replace(".", ",")
