"""Which payment line a transfer on a bank statement belongs to, and whether it may give the memo date (N-10).

A transfer is known by its EndToEndId, the reference of the line; amount and account must be those that were ordered.
Nothing is guessed: what does not match is shown with its reason and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from domain.dutch import long_date
from domain.errors import N_, InvalidValue, NotAllowedNow


class Outcome(StrEnum):
    """What became of one transfer on a statement. Only MATCHED dates a line."""

    MATCHED = "MATCHED"
    AMOUNT_DIFFERS = "AMOUNT_DIFFERS"
    IBAN_DIFFERS = "IBAN_DIFFERS"
    UNKNOWN = "UNKNOWN"
    ALREADY_DATED = "ALREADY_DATED"
    DUPLICATE = "DUPLICATE"


OUTCOME_LABELS: dict[Outcome, str] = {
    Outcome.MATCHED: N_("Gevonden"),
    Outcome.AMOUNT_DIFFERS: N_("Ander bedrag"),
    Outcome.IBAN_DIFFERS: N_("Andere rekening"),
    Outcome.UNKNOWN: N_("Niet herkend"),
    Outcome.ALREADY_DATED: N_("Heeft al een memodatum"),
    Outcome.DUPLICATE: N_("Staat dubbel in het bestand"),
}


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer the bank reports: amount in ``currency``, the account of the beneficiary and the value date.

    ``incoming`` is money that came in: a returned payment, never one of ours that arrived.
    """

    end_to_end: str | None
    amount: Decimal
    value_date: date | None
    iban: str | None
    currency: str = "EUR"
    incoming: bool = False


@dataclass(frozen=True, slots=True)
class OrderedLine:
    """A payment line as it was ordered. ``at_bank`` says whether its order was released."""

    reference: str
    paid: Decimal
    iban: str | None
    at_bank: bool
    earliest: date
    value_date: date | None


@dataclass(frozen=True, slots=True)
class Match:
    """What became of a transfer; ``detail`` says what to do when that is not plain from the outcome."""

    transfer: Transfer
    outcome: Outcome
    line: OrderedLine | None = None
    detail: str | None = None


RETURNED = N_("Dit geld kwam binnen: de bank stortte een betaling terug. Kijk de rekening van de voorziening na.")
OTHER_CURRENCY = N_("Dit bedrag is niet in euro.")
NO_REFERENCE = N_("De bank meldt geen kenmerk (EndToEndId): waarschijnlijk geen betaling van eCalcura.")
NO_LINE = N_("Geen enkele betaling heeft dit kenmerk.")
NOT_RELEASED = N_("Deze betaling staat niet op een vrijgegeven opdracht.")
NO_DATE = N_("De bank meldt geen valutadatum.")
TOO_EARLY = N_("De valutadatum ligt voor de uitvoering van de opdracht.")
IN_FUTURE = N_("De valutadatum ligt in de toekomst.")


def match(transfers: Iterable[Transfer], lines: Mapping[str, OrderedLine], today: date) -> list[Match]:
    """Each transfer with its outcome, in the order of the statement. ``lines`` by their reference."""
    matched: set[str] = set()
    found = []
    for transfer in transfers:
        line = lines.get(transfer.end_to_end or "")
        one = _judge(transfer, line, today, matched)
        if one.outcome is Outcome.MATCHED and line is not None:
            matched.add(line.reference)
        found.append(one)
    return found


def _judge(transfer: Transfer, line: OrderedLine | None, today: date, matched: set[str]) -> Match:
    if line is None:
        return Match(transfer, Outcome.UNKNOWN, None, NO_LINE if transfer.end_to_end else NO_REFERENCE)
    if transfer.incoming:
        return Match(transfer, Outcome.UNKNOWN, line, RETURNED)
    if not line.at_bank:
        return Match(transfer, Outcome.UNKNOWN, line, NOT_RELEASED)
    if transfer.currency != "EUR":
        return Match(transfer, Outcome.AMOUNT_DIFFERS, line, OTHER_CURRENCY)
    if transfer.amount != line.paid:
        return Match(transfer, Outcome.AMOUNT_DIFFERS, line)
    if transfer.iban != line.iban:
        return Match(transfer, Outcome.IBAN_DIFFERS, line)
    if line.reference in matched:
        return Match(transfer, Outcome.DUPLICATE, line)
    if line.value_date is not None:
        return Match(transfer, Outcome.ALREADY_DATED, line)
    if transfer.value_date is None:
        return Match(transfer, Outcome.UNKNOWN, line, NO_DATE)
    if transfer.value_date < line.earliest:
        return Match(transfer, Outcome.UNKNOWN, line, TOO_EARLY)
    if transfer.value_date > today:
        return Match(transfer, Outcome.UNKNOWN, line, IN_FUTURE)
    return Match(transfer, Outcome.MATCHED, line)


MEMO_BEFORE = N_("De memodatum kan niet voor {earliest} liggen: toen is de betaling meegedeeld of uitgevoerd.")
MEMO_IN_FUTURE = N_("De memodatum is de dag waarop het geld op de rekening staat en kan niet in de toekomst liggen.")
NOTHING_PAID = N_("Op deze regel wordt niets betaald, dus is er geen memodatum.")
ORDER_WAITS = N_("Deze betaling staat op een opdracht die nog niet vrijgegeven is. Geef die eerst vrij of annuleer ze.")


def check_memo_date(value_date: date, earliest: date, today: date) -> None:
    """N-10: a memo date typed by hand. Raises InvalidValue (``value_date``)."""
    if value_date < earliest:
        raise InvalidValue(MEMO_BEFORE, code="N-10", field="value_date", earliest=long_date(earliest))
    if value_date > today:
        raise InvalidValue(MEMO_IN_FUTURE, code="N-10", field="value_date")


def check_can_be_dated(paid: Decimal, order_waits: bool) -> None:
    """Whether a line can have a memo date at all. Raises NotAllowedNow."""
    if paid <= 0:
        raise NotAllowedNow(NOTHING_PAID, code="N-10")
    if order_waits:
        raise NotAllowedNow(ORDER_WAITS, code="N-10")
