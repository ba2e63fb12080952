"""The two declarations a facility makes, and on which days they hold (E-100 to E-104, V-66, V-80).

Decisions where the manual is silent (E-104 names "certain conditions" only):

* A certificate may always be added, ended or changed, also when it touches a quarter that is closed, blocked or under
  audit: each of those acts is notified, and the notification is the reference date for a recalculation (E-103).
* It may be deleted only while it touches no such quarter; after that it is ended.
* On one type the periods never overlap; both first and last day count (L-03).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.calendars import Quarter, overlaps
from domain.dutch import long_date
from domain.errors import N_, Finding, NotAllowedNow, Severity


class CertificateType(StrEnum):
    """What is declared."""

    SOCIAL_AGREEMENT = "ATTEST_SOCIAAL_AKKOORD"
    END_OF_CAREER = "ATTEST_EINDELOOPBAAN"


CERTIFICATE_LABELS: dict[CertificateType, str] = {
    CertificateType.SOCIAL_AGREEMENT: N_("Attest sociaal akkoord"),
    CertificateType.END_OF_CAREER: N_("Attest eindeloopbaan"),
}

#: What the facility declares, and what happens without it (E-101, E-102).
DECLARATIONS: dict[CertificateType, str] = {
    CertificateType.SOCIAL_AGREEMENT: N_(
        "De voorziening verklaart dat ze de sociale akkoorden toepast. "
        "Zonder dit attest zijn alle Vlaamse tegemoetkomingen nul."
    ),
    CertificateType.END_OF_CAREER: N_(
        "De voorziening verklaart dat ze de collectieve arbeidsovereenkomst of het raamakkoord over de eindeloopbaan "
        "toepast. Zonder dit attest is de tegemoetkoming eindeloopbaan nul."
    ),
}


class CertificateAct(StrEnum):
    """What a notification to the department says (E-103)."""

    ADDED = "ADDED"
    CHANGED = "CHANGED"
    WITHDRAWN = "WITHDRAWN"


ACT_LABELS: dict[CertificateAct, str] = {
    CertificateAct.ADDED: N_("Toegevoegd"),
    CertificateAct.CHANGED: N_("Gewijzigd"),
    CertificateAct.WITHDRAWN: N_("Verwijderd"),
}


class CertificateStart(StrEnum):
    """From which day a certificate counts (A-24); a parameter of the reference period."""

    START_DATE = "STARTDATUM"
    LATER_OF_START_AND_NOTICE = "LAATSTE_VAN_START_EN_MELDING"


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """One certificate. ``end`` None is still running; ``notified_on`` is the local day of its first notification."""

    type: CertificateType
    start: date | None
    end: date | None = None
    notified_on: date | None = None
    key: str = ""


def check_certificate(certificate: CertificateFacts, others: Iterable[CertificateFacts]) -> list[Finding]:
    """V-80: start missing, end before start, or overlap with another certificate of the same type.

    ``others`` are the facility's other certificates; one with the same non-empty ``key`` is the one being changed and
    is left out.
    """

    def wrong(field: str, message: str, **params: str) -> list[Finding]:
        return [Finding("V-80", Severity.BLOCKS, message, field=field, subject=certificate.key, params=params)]

    if certificate.start is None:
        return wrong("start", N_("Controleer de periode van het attest. Vul een startdatum in."))
    if certificate.end is not None and certificate.end < certificate.start:
        return wrong("end", N_("Controleer de periode van het attest. De einddatum ligt vóór de startdatum."))
    for other in others:
        same_row = certificate.key != "" and other.key == certificate.key
        if same_row or other.type is not certificate.type or other.start is None:
            continue
        if not overlaps(certificate.start, certificate.end, other.start, other.end):
            continue
        first = long_date(other.start)
        if other.end is None:
            return wrong(
                "start",
                N_(
                    "Controleer de periode van het attest. Er is al zo'n attest vanaf {first}, zonder einddatum. "
                    "Beëindig dat eerst of kies een andere periode."
                ),
                first=first,
            )
        return wrong(
            "start",
            N_(
                "Controleer de periode van het attest. Er is al zo'n attest van {first} tot en met {last}. "
                "Kies een periode die daar niet mee overlapt."
            ),
            first=first,
            last=long_date(other.end),
        )
    return []


def valid_on(
    day: date, certificate: CertificateFacts, start_rule: CertificateStart = CertificateStart.START_DATE
) -> bool:
    """Whether a certificate counts on a day. Without a notification the start date counts under either rule."""
    start = certificate.start
    if start is None:
        return False
    if start_rule is CertificateStart.LATER_OF_START_AND_NOTICE and certificate.notified_on is not None:
        start = max(start, certificate.notified_on)
    return start <= day and (certificate.end is None or day <= certificate.end)


class CertificateState(StrEnum):
    """Where the period of a certificate lies on a day."""

    FUTURE = "FUTURE"
    RUNNING = "RUNNING"
    ENDED = "ENDED"


def state_on(day: date, certificate: CertificateFacts) -> CertificateState:
    """Whether the certificate still has to start, holds, or has ended on a day."""
    if certificate.start is not None and day < certificate.start:
        return CertificateState.FUTURE
    return CertificateState.RUNNING if valid_on(day, certificate) else CertificateState.ENDED


def missing_on(day: date, certificates: Iterable[CertificateFacts]) -> list[CertificateType]:
    """The types of which no certificate holds on a day (E-100 to E-102)."""
    held = {one.type for one in certificates if valid_on(day, one)}
    return [kind for kind in CertificateType if kind not in held]


def covered_days(
    quarter: Quarter,
    certificates: Iterable[CertificateFacts],
    *,
    types: Iterable[CertificateType] = CertificateType,
    start_rule: CertificateStart = CertificateStart.START_DATE,
) -> int:
    """Days of the quarter on which a certificate of each of the types is valid (L-06); by default of both."""
    known, wanted = tuple(certificates), tuple(types)
    days = (quarter.start + timedelta(days=offset) for offset in range((quarter.end - quarter.start).days + 1))
    return sum(
        all(any(one.type is kind and valid_on(day, one, start_rule) for one in known) for kind in wanted)
        for day in days
    )


def covers(
    quarter: Quarter,
    certificates: Iterable[CertificateFacts],
    *,
    start_rule: CertificateStart = CertificateStart.START_DATE,
) -> bool:
    """Whether both certificates are valid on every day of the quarter."""
    return covered_days(quarter, certificates, start_rule=start_rule) == (quarter.end - quarter.start).days + 1


def coverage_finding(
    quarter: Quarter,
    certificates: Iterable[CertificateFacts],
    *,
    start_rule: CertificateStart = CertificateStart.START_DATE,
) -> Finding | None:
    """V-66, a warning, when some day of the quarter lacks one of the two certificates."""
    if covers(quarter, certificates, start_rule=start_rule):
        return None
    return Finding(
        "V-66",
        Severity.WARNING,
        N_("Er is geen geldig attest voor (een deel van) dit kwartaal. Zonder attest is de tegemoetkoming nul."),
        subject=str(quarter),
    )


def touches(quarter: Quarter, certificate: CertificateFacts) -> bool:
    """Whether the certificate holds on at least one day of the quarter."""
    return certificate.start is not None and overlaps(certificate.start, certificate.end, quarter.start, quarter.end)


def removal_obstacle(certificate: CertificateFacts, frozen: Iterable[Quarter]) -> Quarter | None:
    """The first of the closed, blocked or audited quarters the certificate touches; None when it may be deleted."""
    return min((quarter for quarter in frozen if touches(quarter, certificate)), default=None)


def require_removable(certificate: CertificateFacts, frozen: Iterable[Quarter]) -> None:
    """Raise NotAllowedNow when the certificate touches a quarter of ``frozen`` (closed, blocked or under audit)."""
    obstacle = removal_obstacle(certificate, frozen)
    if obstacle is not None:
        raise NotAllowedNow(
            N_(
                "Dit attest geldt in {quarter}, dat al ingediend, geblokkeerd of in audit is. "
                "Vul een einddatum in in plaats van het attest te verwijderen."
            ),
            code="E-104",
            quarter=obstacle,
        )
