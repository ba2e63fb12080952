"""The letters of a campaign (10.3)."""

from __future__ import annotations

from enum import StrEnum

from domain.errors import N_


class LetterKind(StrEnum):
    """What a letter is about."""

    NOT_SUBMITTED = "NIET_INGEDIEND"
    PROVISIONAL = "VOORLOPIG"
    DEFINITIVE = "DEFINITIEF"
    RECALCULATION = "HERBEREKENING"
    ADVANCE = "VOORSCHOT"
    REOPENED = "HEROPEND"
    REOPENING_REFUSED = "HEROPENING_GEWEIGERD"


#: Letters with a line for each member of the staff: only for who may see the staff (E-008).
WITH_STAFF = frozenset({LetterKind.PROVISIONAL, LetterKind.DEFINITIVE, LetterKind.RECALCULATION})

LETTER_LABELS: dict[LetterKind, str] = {
    LetterKind.NOT_SUBMITTED: N_("Niet-ingediende kwartalen"),
    LetterKind.PROVISIONAL: N_("Voorlopige berekening"),
    LetterKind.DEFINITIVE: N_("Definitieve berekening"),
    LetterKind.RECALCULATION: N_("Herberekening of correctie"),
    LetterKind.ADVANCE: N_("Voorschot"),
    LetterKind.REOPENED: N_("Heropening uitgevoerd"),
    LetterKind.REOPENING_REFUSED: N_("Heropening geweigerd"),
}
