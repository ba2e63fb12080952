"""What a letter says: the values of its placeholders, its facts, and for a calculation its detail (E-142)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from domain.calendars import Quarter, local_date, quarters_of
from domain.dutch import euro, listed, long_date, number, quarter_name, weekday_date
from domain.ecalcura import letter_detail
from domain.ecalcura.calculation_states import CalculationKind
from domain.ecalcura.campaign import PeriodCalendar, Phase
from domain.ecalcura.letter_detail import People, Section
from domain.ecalcura.letter_information import information, parameters_part
from domain.ecalcura.letter_kinds import LetterKind
from domain.ecalcura.letter_texts import Names, When
from domain.ecalcura.parameter_sets import ParameterContent
from domain.ecalcura.payment_states import PAYMENT_LABELS, PaymentKind
from domain.ecalcura.payments import ZERO
from domain.errors import NotAllowedNow
from domain.identifiers import format_iban
from domain.number_words import amount_in_words
from models.base import db
from models.compensation import Calculation
from models.declaration import ReopeningRequest
from models.organisation import Facility
from models.payment import PaymentLine
from models.reference import FacilityPeriod, Qualification, ReferencePeriod
from services.connections import connections
from services.ecalcura import calculations, dossiers, parameter_sets
from services.ecalcura.payment_accounts import account_of

#: What stands where there is nothing to say yet.
_NOT_YET = "nog niet gekend"

KINDS: dict[CalculationKind, LetterKind] = {
    CalculationKind.ADVANCE_1: LetterKind.ADVANCE,
    CalculationKind.ADVANCE_2: LetterKind.ADVANCE,
    CalculationKind.PROVISIONAL: LetterKind.PROVISIONAL,
    CalculationKind.DEFINITIVE: LetterKind.DEFINITIVE,
    CalculationKind.RECALCULATION: LetterKind.RECALCULATION,
    CalculationKind.CORRECTION: LetterKind.RECALCULATION,
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What one letter is about, ready to be laid out with any text of its kind.

    ``values`` fill the placeholders, ``shown`` says which conditional paragraphs stand in it, ``facts`` are the lines
    under the subject.
    """

    kind: LetterKind
    facility: Facility
    period_code: str
    administration: str
    values: dict[str, str]
    shown: frozenset[When]
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section] = ()
    calculation_id: int | None = None
    payment_line_id: int | None = None


def addressee(facility: Facility) -> list[str]:
    """The lines of the address."""
    box = f" bus {facility.box}" if facility.box else ""
    street = f"{facility.street} {facility.house_number}{box}".strip()
    lines = [facility.name, f"HCO-nummer {facility.hco_number}", street, f"{facility.postal_code} {facility.city}"]
    return [line for line in lines if line.strip()]


def of_calculation(
    calculation: Calculation, facility: Facility, names: Names, qualifications: Mapping[str, str] | None = None
) -> Subject:
    """A calculation with its detail, and for what is paid the line of the history it was booked on.

    ``qualifications``: names by code, for who makes many letters.
    """
    parameters = parameter_sets.of(calculation.parameter_set_id)
    line = db.session.scalar(select(PaymentLine).where(PaymentLine.calculation_id == calculation.id))
    if calculation.kind in calculations.ADVANCE_KINDS:
        return _advance(calculation, facility, line, parameters.content)
    derivation = calculations.derivation(calculation)
    kind = KINDS[calculation.kind]
    total = calculation.total or ZERO
    blocked = letter_detail.blocked_quarters(derivation.compensation)
    values = _common(facility, calculation.period_code, parameters.content) | _amount(total)
    values["geblokkeerde_kwartalen"] = listed(map(quarter_name, blocked)) or "geen"
    shown = {When.BLOCKED} if blocked else set()
    facts = _facts(facility, calculation.period_code, parameters.content, total)
    window = None
    if kind is LetterKind.PROVISIONAL:
        window = parameters.content.calendar.correction_window(_provisional_on(calculation))
        values |= {"eerste_dag": long_date(window[0]), "laatste_dag": weekday_date(window[1])}
        facts.append(("Laatste dag om opnieuw in te dienen", weekday_date(window[1])))
    else:
        values |= _paid(facility.id, line) | _settled(line)
        shown |= _conditions(line)
        facts += _payment_facts(values, line)
    if calculation.reason:
        shown.add(When.REASON)
    values["reden"] = calculation.reason or "geen"
    people = People(
        {reference: (one.last_name, one.first_name) for reference, one in derivation.names.items()},
        full=names is Names.FULL,
    )
    detail = letter_detail.detail(
        derivation.case, derivation.compensation, people, qualifications or qualification_names()
    )
    rows = [*letter_detail.total_rows(derivation.compensation), *_settlement_rows(line, values)]
    detail = Section(detail.title, (*detail.parts, parameters_part(rows, parameters.number, parameters.content)))
    sections = (detail, information(parameters.content, window))
    return Subject(
        kind,
        facility,
        calculation.period_code,
        values["administratie"],
        values,
        frozenset(shown),
        facts,
        sections,
        calculation.id,
        None if line is None else line.id,
    )


def _advance(
    calculation: Calculation, facility: Facility, line: PaymentLine | None, content: ParameterContent
) -> Subject:
    derivation = calculations.advance_derivation(calculation)
    which = PaymentKind.ADVANCE_1 if calculation.kind is CalculationKind.ADVANCE_1 else PaymentKind.ADVANCE_2
    share = derivation.percentage is not None and derivation.base_amount is not None
    values = _common(facility, calculation.period_code, content) | _amount(derivation.amount)
    values |= _paid(facility.id, line)
    values["voorschot"] = PAYMENT_LABELS[which]
    values["percentage"] = number(derivation.percentage or 0)
    values["basis"] = _base(derivation.base_amount, derivation.base_period)
    facts = _facts(facility, calculation.period_code, content, derivation.amount) + _payment_facts(values, line)
    rows: list[tuple[str, str]] = []
    if share:
        rows += [
            (_base_label(derivation.base_period), euro(derivation.base_amount or ZERO)),
            ("Percentage", f"{values['percentage']} %"),
        ]
    rows += [(f"Berekend {PAYMENT_LABELS[which].lower()}", euro(derivation.amount)), *_account_rows(line)]
    detail = Section("Detail van het voorschot", (parameters_part(rows, derivation.parameter_number, content),))
    return Subject(
        LetterKind.ADVANCE,
        facility,
        calculation.period_code,
        values["administratie"],
        values,
        frozenset(_conditions(line) | ({When.SHARE} if share else set())),
        facts,
        (detail, information(content, None)),
        calculation.id,
        None if line is None else line.id,
    )


def of_not_submitted(facility: Facility, period_code: str, quarters: Sequence[Quarter]) -> Subject:
    """The quarters that were not submitted, and until when that can still be done (E-122)."""
    calendar = _calendar(period_code)
    content = _content(period_code)
    values = _common(facility, period_code, content) | {
        "kwartalen": listed(map(quarter_name, sorted(quarters))),
        "wettelijke_termijn": long_date(calendar.statutory_deadline),
        "uitstel_tot": long_date(calendar.postponed_until),
        "berekening_vanaf": long_date(calendar.blocking_on),
    }
    facts = _facts(facility, period_code, content, None)
    facts += [
        ("Niet ingediend", values["kwartalen"]),
        ("Uitstel tot en met", weekday_date(calendar.postponed_until)),
        ("Start van de berekening", weekday_date(calendar.blocking_on)),
    ]
    return Subject(LetterKind.NOT_SUBMITTED, facility, period_code, values["administratie"], values, frozenset(), facts)


def of_reopening(request: ReopeningRequest, facility: Facility, *, granted: bool) -> Subject:
    """The answer to a request to reopen: the quarters with the last day, or the reason."""
    content = _content(request.period_code)
    situation = dossiers.situation_of(facility, request.period_code)
    in_window = situation.phase in (Phase.CALCULATION, Phase.CORRECTION, Phase.CLOSING) and situation.window
    last_day = in_window[1] if in_window else situation.calendar.postponed_until
    values = _common(facility, request.period_code, content) | {
        "kwartalen": listed(quarter_name(Quarter.parse(text)) for text in request.quarters.split()),
        "laatste_dag": weekday_date(last_day),
        "reden": request.reason or "geen",
    }
    facts = _facts(facility, request.period_code, content, None)
    facts += [("Uw aanvraag van", long_date(local_date(request.received_at))), ("Kwartalen", values["kwartalen"])]
    if granted:
        facts.append(("Laatste dag om opnieuw in te dienen", weekday_date(last_day)))
    kind = LetterKind.REOPENED if granted else LetterKind.REOPENING_REFUSED
    return Subject(
        kind, facility, request.period_code, values["administratie"], values, frozenset({When.REASON}), facts
    )


def _common(facility: Facility, period_code: str, content: ParameterContent | None) -> dict[str, str]:
    texts = content.texts if content is not None else None
    return {
        "voorziening": facility.name,
        "hco_nummer": facility.hco_number,
        "referentieperiode": period_code,
        "administratie": texts.administration if texts and texts.administration else "Departement Zorg",
        "mailbox": (texts.mailbox if texts else "") or connections().settings.department_mailbox,
    }


def _amount(total: Decimal) -> dict[str, str]:
    return {"bedrag": euro(total), "bedrag_in_woorden": amount_in_words(total)}


def _facts(
    facility: Facility, period_code: str, content: ParameterContent | None, total: Decimal | None
) -> list[tuple[str, str]]:
    first, last = quarters_of(period_code)[0], quarters_of(period_code)[3]
    days = f"{long_date(first.start)} tot en met {long_date(last.end)}"
    facts = [("Referentieperiode", f"{period_code} ({days})"), ("Voorziening", facility.name)]
    facts.append(("HCO-nummer", facility.hco_number))
    if content is not None and content.texts.legal_basis:
        facts.append(("Rechtsgrond", content.texts.legal_basis))
    if total is not None:
        facts += [("Bedrag", euro(total)), ("Bedrag in woorden", amount_in_words(total))]
    return facts


def _paid(facility_id: int, line: PaymentLine | None) -> dict[str, str]:
    iban = line.iban if line is not None else None
    if iban is None and line is not None and line.paid and (account := account_of(facility_id)) is not None:
        iban = account.iban
    return {
        "rekening": format_iban(iban) if iban else _NOT_YET,
        "betaaldatum": long_date(line.payable_on) if line is not None and line.payable_on else _NOT_YET,
        "betaald": euro(ZERO if line is None else line.paid),
        "rc_voor": euro(ZERO if line is None else line.balance_before),
        "rc_na": euro(ZERO if line is None else line.balance_after),
    }


def _settled(line: PaymentLine | None) -> dict[str, str]:
    """What was calculated before for the same period, and what the new amount adds to it."""
    before = euro(ZERO if line is None else line.advances or ZERO)
    added = euro(ZERO if line is None else line.calculated)
    return {"voorschotten": before, "saldo": added, "vorig_bedrag": before, "verschil": added}


def _conditions(line: PaymentLine | None) -> set[When]:
    if line is None:
        return set()
    return {
        When.PAID if line.paid else When.NOTHING_PAID,
        *([When.OWED] if line.balance_after else []),
        *([When.ADVANCES] if line.advances else []),
    }


def _payment_facts(values: dict[str, str], line: PaymentLine | None) -> list[tuple[str, str]]:
    if line is None:
        return []
    facts = [("Te betalen", values["betaald"])]
    if line.paid:
        facts += [("Rekening", values["rekening"]), ("Betaaldatum", values["betaaldatum"])]
    return facts


def _settlement_rows(line: PaymentLine | None, values: dict[str, str]) -> list[tuple[str, str]]:
    if line is None:
        return []
    final = line.kind is PaymentKind.FINAL_STATEMENT
    return [
        ("Min: eerder berekende voorschotten" if final else "Min: eerder berekend", values["voorschotten"]),
        ("Saldo" if final else "Verschil", values["saldo"]),
        *_account_rows(line),
    ]


def _account_rows(line: PaymentLine | None) -> list[tuple[str, str]]:
    if line is None:
        return []
    return [
        ("RC voor: vroeger te veel betaald", euro(line.balance_before)),
        ("Betaald", euro(line.paid)),
        ("RC na: nog verschuldigd door uw voorziening", euro(line.balance_after)),
    ]


def _base_label(period: str | None) -> str:
    """What a share was taken of, as the name of a line: it is too long to stand beside the amount."""
    return f"Basis: de definitieve berekening van {period}" if period else "Basis"


def _base(amount: Decimal | None, period: str | None) -> str:
    if amount is None:
        return _NOT_YET
    return f"{euro(amount)}{f', de definitieve berekening van {period}' if period else ''}"


def _provisional_on(calculation: Calculation) -> date:
    """P of the facility: the first provisional calculation counts, not a later one (E-127)."""
    first = db.session.scalar(
        select(FacilityPeriod.provisional_on).where(
            FacilityPeriod.facility_id == calculation.facility_id,
            FacilityPeriod.period_code == calculation.period_code,
        )
    )
    return first or local_date(calculation.communicated_at or calculation.calculated_at)


def _calendar(period_code: str) -> PeriodCalendar:
    return dossiers.calendar_of(period_code, db.session.get(ReferencePeriod, period_code))


def _content(period_code: str) -> ParameterContent | None:
    """The parameters in force, for who writes and on what ground; a letter about quarters can do without."""
    try:
        return parameter_sets.in_force(period_code).content
    except NotAllowedNow:
        return None


def qualification_names() -> dict[str, str]:
    """The name of each qualification by its code."""
    return {row.code: row.name for row in db.session.execute(select(Qualification.code, Qualification.name))}
