"""What a parameter is called: its group, the words of its choices, and the shape of an entry of the list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.ecalcura.campaign import FallbackBasis
from domain.ecalcura.certificates import CertificateStart
from domain.ecalcura.parameter_kinds import Kind
from domain.errors import N_, Severity


class Group(StrEnum):
    """The groups of part 8, in the order of the pages."""

    CALENDAR = "CALENDAR"
    WORKING_TIME = "WORKING_TIME"
    RIGHTS = "RIGHTS"
    PREMIUM = "PREMIUM"
    REPLACEMENT = "REPLACEMENT"
    CERTIFICATES = "CERTIFICATES"
    INDEX = "INDEX"
    ADVANCES = "ADVANCES"
    ROUNDING = "ROUNDING"
    TEXTS = "TEXTS"


GROUP_LABELS: Mapping[Group, str] = {
    Group.CALENDAR: N_("Kalender"),
    Group.WORKING_TIME: N_("Werktijd"),
    Group.RIGHTS: N_("Rechten"),
    Group.PREMIUM: N_("Premie"),
    Group.REPLACEMENT: N_("Vervanging"),
    Group.CERTIFICATES: N_("Attesten"),
    Group.INDEX: N_("Index"),
    Group.ADVANCES: N_("Voorschotten"),
    Group.ROUNDING: N_("Afronding"),
    Group.TEXTS: N_("Teksten"),
}

FALLBACK_LABELS: Mapping[FallbackBasis, str] = {
    FallbackBasis.LAST_CONFIRMED: N_("De laatst ingediende gegevens"),
    FallbackBasis.LAST_SAVED: N_("De gegevens zoals ze nu bewaard zijn"),
}
START_LABELS: Mapping[CertificateStart, str] = {
    CertificateStart.START_DATE: N_("Vanaf de startdatum van het attest"),
    CertificateStart.LATER_OF_START_AND_NOTICE: N_("Vanaf de laatste van startdatum en melding"),
}
SEVERITY_LABELS: Mapping[Severity, str] = {
    Severity.BLOCKS: N_("Fout: bewaren kan niet"),
    Severity.BLOCKS_SUBMIT: N_("Fout: indienen kan niet"),
    Severity.WARNING: N_("Waarschuwing"),
}

EUROS_A_YEAR = N_("euro per jaar")
HOURS_A_WEEK = N_("uren per week")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. ``paths``: the attributes of a ParameterContent that hold it (several hold the same value).

    ``options`` are the values to choose from, with their Dutch words, for a kind that has them.
    """

    name: str
    group: Group
    kind: Kind
    label: str
    explanation: str
    unit: str
    rule: str
    paths: tuple[str, ...]
    options: Mapping[Any, str] | None = None
