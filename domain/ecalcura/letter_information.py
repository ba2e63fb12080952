"""The last page of a letter with a calculation (E-142): when is paid, how to consult, until when to correct."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from domain.dutch import long_date, number, weekday_date
from domain.ecalcura.letter_detail import Column, Part, Section, Table
from domain.ecalcura.parameter_sets import ParameterContent
from domain.ecalcura.payment_states import PAYMENT_LABELS, PaymentKind
from domain.exact import rounded_fraction

_CONSULT = (
    "Meld u aan in het Dossierloket en kies eCalcura, Historiek. Daar staan elke berekening, elke betaling en elke "
    "brief, met het bedrag dat vroeger te veel betaald werd (RC voor) en wat nog verschuldigd is (RC na)."
)
_DATES = (
    "De datum van betaling in de historiek is de dag van de mededeling. De memodatum is de dag waarop het geld op de "
    "rekening staat."
)
_WINDOW = (
    "Van {first} tot en met {last} kunt u één keer kwartalen laten heropenen. De heropende kwartalen moeten ten "
    "laatste op {last} opnieuw ingediend zijn; de aanvraag alleen volstaat niet."
)
_USED = "Berekend met versie {number} van de parameters van de referentieperiode."
_INDEX = "De jaarbedragen zijn geïndexeerd met coëfficiënt {coefficient}."


def information(content: ParameterContent, window: tuple[date, date] | None) -> Section:
    """The payment moments with their dates, and for a provisional calculation its correction window."""
    moments = [
        (PAYMENT_LABELS[kind], long_date(advance.pay_on))
        for kind, advance in zip((PaymentKind.ADVANCE_1, PaymentKind.ADVANCE_2), content.advances, strict=True)
        if advance.active
    ]
    moments.append((PAYMENT_LABELS[PaymentKind.FINAL_STATEMENT], long_date(content.calendar.payment_on)))
    parts = [
        Part("Betaalmomenten", table=Table((Column("Betaling"), Column("Voorziene datum", 2)), moments)),
        Part("Hoe raadpleegt u dit?", (_CONSULT, _DATES)),
    ]
    if window is not None:
        text = _WINDOW.format(first=weekday_date(window[0]), last=weekday_date(window[1]))
        parts.append(Part("Termijn om te corrigeren", (text,)))
    return Section("Informatie", tuple(parts))


def parameters_part(rows: Sequence[tuple[str, str]], set_number: int | None, content: ParameterContent) -> Part:
    """From parts to payment: the rows as they follow each other, and with which parameters it was calculated."""
    used = [] if set_number is None else [_USED.format(number=set_number)]
    coefficient = content.index.coefficient
    if content.index.shown_in_letter and coefficient is not None:
        used.append(_INDEX.format(coefficient=number(rounded_fraction(coefficient, 6))))
    columns = (Column("Onderdeel", 3), Column("Bedrag", number=True))
    return Part("Totaal en betaling", used, Table(columns, rows, compact=True))
