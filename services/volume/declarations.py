"""The dossiers of a volume load: rows, timelines, performances, and an audit chain that holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256

from domain.audit_events import AuditEvent
from domain.ecalcura.declaration import DossierStatus
from services.volume.parties import hco_number
from services.volume.plan import AUDIT_PER_DOSSIER, CONTRACTS_PER_ORGANISATION, Dossiers
from services.volume.writer import Row

DOSSIER = (
    *("id", "number", "facility_id", "year", "quarter_number", "period_code", "status", "previous_status", "reopened"),
    *("nothing_to_declare", "opened_at", "changed_at", "submitted_at", "submitted_by", "basis", "version"),
    *("risk", "stake"),
)
EVENT = (*("id", "dossier_id", "at", "event", "from_status", "to_status", "actor_side", "actor_name", "reason"),)
PERFORMANCE = (
    *("dossier_id", "contract_id", "paid_days", "unpaid_days", "paid_hours", "version", "changed_at", "changed_by"),
)
AUDIT = (
    *("sequence", "at", "actor_id", "actor_side", "organisation_key", "event", "subject_type", "subject_key", "data"),
    *("previous", "digest"),
)
_REASON = "Steekproef: het aantal betaalde dagen wijkt af van het vorige kwartaal."
_BASIS = {DossierStatus.CLOSED: "INGEDIEND", DossierStatus.AUDIT: "INGEDIEND", DossierStatus.BLOCKED: "AMBTSHALVE"}
_BITS = 32


class DossierRows:
    """Makes the rows; ``suffix`` is what the database wants behind an instant in UTC."""

    def __init__(self, dossiers: Dossiers, first_dossier: int, first_facility: int, suffix: str) -> None:
        self.dossiers, self._first, self._first_facility, self._suffix = dossiers, first_dossier, first_facility, suffix
        self.sequence, self.digest = 0, ""

    def _moment(self, seconds: int) -> str:
        return f"{datetime.fromtimestamp(seconds, UTC).isoformat(' ')[:19]}.000000{self._suffix}"

    def _number(self, index: int) -> str:
        return f"{hco_number(self.dossiers.facility_of(index))}-{self.dossiers.quarter_of(index)}"

    def rows(self) -> Iterator[Row]:
        """The dossiers."""
        made = self.dossiers
        for index in range(len(made)):
            quarter, status = made.quarter_of(index), made.status_of(index)
            submitted = status in (DossierStatus.CLOSED, DossierStatus.AUDIT)
            changed_at = self._moment(made.changed_at[index])
            yield (
                *(self._first + index, self._number(index), self._first_facility + made.facility_of(index)),
                *(quarter.year, quarter.number, quarter.reference_period, status.value),
                *("CLOSED" if status is DossierStatus.AUDIT else None, False, False),
                *(self._moment(made.opened_at[index]), changed_at, changed_at if submitted else None),
                *("Kim Voorbeeld" if submitted else None, _BASIS.get(status), 2),
                *(index * 37 % 101, index * 7919 % 20_000_000),
            )

    def timeline(self, first: int) -> Iterator[Row]:
        """What people read in a dossier: opened, and what came of it."""
        made, key = self.dossiers, first
        for index in range(len(made)):
            dossier, status = self._first + index, made.status_of(index)
            opened, changed = self._moment(made.opened_at[index]), self._moment(made.changed_at[index])
            yield (key, dossier, opened, "OPEN_NEW", None, "OPEN", "facility", "Kim Voorbeeld", None)
            key += 1
            for step in _STEPS[status]:
                yield (key, dossier, changed, *step)
                key += 1

    def performances(self, first_contract: int) -> Iterator[Row]:
        """For the last quarters that ended: days or hours of every contract of the organisation."""
        made, plan = self.dossiers, self.dossiers.plan
        for index in range(len(made)):
            owner = made.facility_of(index)
            if owner >= plan.organisations or made.quarter_of(index) not in plan.with_performances:
                continue
            at = self._moment(made.changed_at[index])
            for place in range(CONTRACTS_PER_ORGANISATION):
                draw = plan.draw("performance", index, place)
                unpaid = (0, 0, 0, 5, 10, 25)[draw % 6]
                days = (640 - unpaid, unpaid, None) if draw % 2 else (None, None, 20_000 + draw % 20_000)
                contract = first_contract + owner * CONTRACTS_PER_ORGANISATION + place
                yield (self._first + index, contract, *days, 1, at, "Kim Voorbeeld")

    def audit(self, sequence: int, digest: str) -> Iterator[Row]:
        """The traces in order of time, chained to the last digest; ``sequence`` and ``digest`` become the new head."""
        self.sequence, self.digest = sequence, digest
        for packed in self._in_order():
            seconds, rest = packed >> _BITS, packed & ((1 << _BITS) - 1)
            yield self._entry(seconds, *divmod(rest, AUDIT_PER_DOSSIER))

    def _in_order(self) -> list[int]:
        """Moment, dossier and kind of every trace as one number, sorted: little memory for millions of them."""
        made = self.dossiers
        packed = []
        for index in range(len(made)):
            opened, changed, place = made.opened_at[index], made.changed_at[index], index * AUDIT_PER_DOSSIER
            packed.append(opened << _BITS | place)
            packed.append((opened + (changed - opened) // 2) << _BITS | place + 1)
            packed.append(changed << _BITS | place + 2)
        packed.sort()
        return packed

    def _entry(self, seconds: int, index: int, kind: int) -> Row:
        """One trace: opened, performances saved, and the last step."""
        facility = self.dossiers.facility_of(index)
        actor: int | None = None
        side, organisation = "facility", hco_number(facility)
        status = self.dossiers.status_of(index)
        if kind == 1 or (kind == 2 and status is DossierStatus.OPEN):
            event = AuditEvent.PERFORMANCES_SAVED
            rows = 1 + index % 90
            data = f'{{"digest":"{sha256(f"{index}/{kind}".encode()).hexdigest()}","rows":{rows}}}'
        else:
            event = AuditEvent.DOSSIER_STATE
            data = _OPENED if kind == 0 else _LAST_STEP[status]
            if kind == 2 and status is DossierStatus.BLOCKED:
                side, organisation = "system", "SYSTEEM"
            elif kind == 2 and status is DossierStatus.AUDIT:
                side, organisation = "department", "OVO009901"
        number = self._number(index)
        at = datetime.fromtimestamp(seconds, UTC).isoformat()
        self.sequence += 1
        content = (
            f'{{"actor":null,"at":"{at}","data":{json.dumps(data)},"event":"{event}","organisation":"{organisation}",'
            f'"sequence":{self.sequence},"side":"{side}","subject":["dossier","{number}"]}}'
        )
        previous, self.digest = self.digest, sha256(f"{self.digest}\n{content}".encode()).hexdigest()
        return (
            *(self.sequence, self._moment(seconds), actor, side, organisation, event.value, "dossier", number, data),
            *(previous, self.digest),
        )


def _state(event: str, before: str | None, after: str) -> str:
    values = {"event": event, "from": before, "snapshot": None, "to": after}
    return json.dumps(values, sort_keys=True, separators=(",", ":"))


_OPENED = _state("OPEN_NEW", None, "OPEN")
_LAST_STEP = {
    DossierStatus.CLOSED: _state("SUBMIT", "OPEN", "CLOSED"),
    DossierStatus.BLOCKED: _state("BLOCK", "OPEN", "BLOCKED"),
    DossierStatus.AUDIT: _state("TAKE_INTO_AUDIT", "CLOSED", "AUDIT"),
}
_SUBMITTED = ("SUBMIT", "OPEN", "CLOSED", "facility", "Kim Voorbeeld", None)
_STEPS: dict[DossierStatus, tuple[tuple[str | None, ...], ...]] = {
    DossierStatus.OPEN: (),
    DossierStatus.CLOSED: (_SUBMITTED,),
    DossierStatus.BLOCKED: (("BLOCK", "OPEN", "BLOCKED", "system", "Dossierloket", None),),
    DossierStatus.AUDIT: (_SUBMITTED, ("TAKE_INTO_AUDIT", "CLOSED", "AUDIT", "department", "Els Voorbeeld", _REASON)),
}
