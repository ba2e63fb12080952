"""Looking people up in the person register: it tells names, so every look-up is counted, limited and logged.

What the register answered and what it may not tell look the same to the one who asks. Nothing here raises once the
register was asked, so that the log of it is committed with the answer.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.sql.elements import ColumnElement

from domain.actor import Actor, Side
from domain.audit_events import AuditEvent
from domain.calendars import start_of_day
from domain.dutch import long_date
from domain.errors import N_, Finding, Severity, TooMany
from integrations.person_register import Answer, RegisterDown, RegisteredPerson
from models.base import db
from models.gate import writing
from models.identity import Account
from models.personnel import RegisterLookup
from services import audit, clock
from services.connections import connections
from services.locks import lock_facility


class Purpose(StrEnum):
    """Why somebody is looked up."""

    SHOW_NAME = "NAAM_TONEN"
    ADD_STAFF = "PERSONEELSLID_TOEVOEGEN"


class Outcome(StrEnum):
    """What became of a look-up, as the log keeps it."""

    FOUND = "FOUND"
    UNKNOWN = "UNKNOWN"
    PROTECTED = "PROTECTED"
    DOWN = "DOWN"


@dataclass(frozen=True, slots=True)
class LookUp:
    """The answer for one number: a person, or the finding that says why not. ``down``: the register did not answer."""

    person: RegisteredPerson | None = None
    finding: Finding | None = None
    down: bool = False


_NOT_FOUND = N_("Er werd geen persoon gevonden met dit rijksregisternummer.")
_DOWN = N_(
    "Het rijksregister antwoordt nu niet. Wat u invulde, staat hier nog. Probeer het over enkele minuten opnieuw."
)
_QUOTA_PERSON = N_(
    "U hebt vandaag het maximum van {limit} opgezochte personen bereikt. Vanaf {date} kunt u opnieuw personen opzoeken."
)
_QUOTA_ORGANISATION = N_(
    "Uw organisatie heeft vandaag het maximum van {limit} opgezochte personen bereikt. "
    "Vanaf {date} kunt u opnieuw personen opzoeken."
)


def number_digest(national_number: str) -> str:
    """The keyed digest under which a look-up is logged; without the key of the installation it tells nothing."""
    key = connections().settings.secret_key.encode()
    return hmac.new(key, b"person-register:" + national_number.encode(), hashlib.sha256).hexdigest()


def look_up(actor: Actor, facility_id: int, numbers: Iterable[str], purpose: Purpose) -> dict[str, LookUp]:
    """Ask the register for each of these right numbers, within the quota of the person and of the organisation.

    A number that was looked up before on the same day counts once. Raises TooMany before anything is asked; otherwise
    the log rows and traces of the look-ups belong to the running transaction, and the edge must commit it.
    """
    wanted = list(dict.fromkeys(numbers))
    digests = {number: number_digest(number) for number in wanted}
    if actor.side is not Side.SYSTEM:
        _require_quota(actor, facility_id, set(digests.values()))
    answers = {}
    with writing("ecalcura.look_up_person"):
        for number in wanted:
            outcome, answers[number] = _ask(number)
            db.session.add(
                RegisterLookup(
                    at=clock.now(),
                    account_id=actor.account_id,
                    organisation_key=actor.organisation_key,
                    purpose=purpose.value,
                    number_digest=digests[number],
                    outcome=outcome.value,
                )
            )
            audit.record(
                actor,
                AuditEvent.STAFF_LOOKED_UP,
                "person_register",
                digests[number][:16],
                data={"purpose": purpose.value, "outcome": outcome.value, "number_digest": digests[number]},
            )
    return answers


def _ask(number: str) -> tuple[Outcome, LookUp]:
    try:
        answer, person = connections().register.find(number)
    except RegisterDown:
        return Outcome.DOWN, LookUp(finding=_finding("register", _DOWN), down=True)
    if answer is Answer.FOUND and person is not None:
        return Outcome.FOUND, LookUp(person=person)
    return Outcome(answer.value), LookUp(finding=_finding("V-04", _NOT_FOUND))


def _finding(code: str, message: str) -> Finding:
    return Finding(code, Severity.BLOCKS, message, field="national_number")


def _require_quota(actor: Actor, facility_id: int, digests: set[str]) -> None:
    """TooMany when these numbers would go over a quota. Parallel requests wait for each other here."""
    lock_facility(facility_id)
    settings, today = connections().settings, clock.today()
    db.session.execute(select(Account.id).where(Account.id == actor.account_id).with_for_update())
    quotas: tuple[tuple[int, ColumnElement[bool], str], ...] = (
        (settings.register_quota_person, RegisterLookup.account_id == actor.account_id, _QUOTA_PERSON),
        (
            settings.register_quota_organisation,
            RegisterLookup.organisation_key == actor.organisation_key,
            _QUOTA_ORGANISATION,
        ),
    )
    for limit, whose, message in quotas:
        counted = (
            RegisterLookup.at >= start_of_day(today),
            RegisterLookup.outcome != Outcome.DOWN.value,
            whose,
        )
        used = db.session.scalar(select(func.count(RegisterLookup.number_digest.distinct())).where(*counted)) or 0
        known = (
            db.session.scalar(
                select(func.count(RegisterLookup.number_digest.distinct())).where(
                    *counted, RegisterLookup.number_digest.in_(digests)
                )
            )
            or 0
        )
        if used + len(digests) - known > limit:
            raise TooMany(message, code="quota", limit=limit, date=long_date(today + timedelta(days=1)))
