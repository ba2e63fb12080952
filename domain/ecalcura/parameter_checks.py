"""What cannot be in a parameter set, told where it is typed (part 8, A-02, L-04).

BLOCKS: nobody can have meant this, it is not saved. BLOCKS_SUBMIT: something is still missing, the set cannot be
released. WARNING: possible, but look again. The field of a finding is the name of the parameter, with ``.part`` for one
entry of a table (``y2.ZORGKUNDIGE``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from domain.calendars import add_months, is_working_day, last_day_of_month
from domain.dutch import long_date, number
from domain.ecalcura.calculation_states import ParameterSetStatus
from domain.ecalcura.campaign import PeriodCalendar, check_calendar
from domain.ecalcura.parameter_content import Advance, AdvanceBase, Indexation, ParameterContent, months_of_period
from domain.ecalcura.parameter_list import PARAMETERS, values
from domain.ecalcura.personnel import QualificationFacts
from domain.errors import N_, Finding, NotAllowedNow, Severity
from domain.organisation import SECTOR_LABELS, is_email

#: A Belgian full-time week is never longer.
MAX_WEEK = Decimal(38)
MAX_YEARLY = Decimal("999999.99")
MAX_ADVANCE = Decimal("9999999.99")
_LONGEST_WINDOW = 183
_LONGEST_CAMPAIGN_MONTHS = 24

BETWEEN = N_("Vul een getal in van {low} tot en met {high}.")
DECIMALS = N_("Vul hoogstens {digits} cijfers na de komma in.")
NOT_LISTED = N_("{value} staat niet in de lijst.")
CHOOSE = N_("Kies een waarde uit de lijst.")
ORDER = N_("Deze datum moet na de datum ervoor in de kalender komen.")
YEAR = N_("Vul een datum in tussen {first} en {last}.")
OVERLAP = N_("De campagne van {period} loopt van {first} tot en met {last}. Kies datums die daar niet mee overlappen.")
LATE_WINDOW = N_(
    "Wie op {blocking} zijn voorlopige berekening krijgt, kan corrigeren tot en met {window}. "
    "Dat is na de laatste dag van de definitieve berekeningen."
)
AMOUNT_NEEDED = N_("Vul een jaarbedrag in. Zonder bedrag kan de berekening niet gemaakt worden.")
EXCEPTION_AMOUNT = N_("Zonder Y1 kan een premie bij uitzondering niet berekend worden voor: {codes}.")
NURSES_NEEDED = N_("Kies minstens één kwalificatie. Zonder verpleegkundigen zijn er geen premies.")
ZERO_NEEDED = N_("Zet 0 in de lijst: wie enkel premie of enkel vrijstelling kiest, vult bij het andere 0 in.")
NOT_SELECTABLE = N_("Zet {hours} in de lijst: de categorie {category} geeft zoveel uren.")
TWELVE_MONTHS = N_("Vul alle twaalf maanden in, of geen enkele.")
BASE_NEEDED = N_("Vul minstens één basisbedrag in, of laat de coëfficiënten leeg.")
BASE_UNUSED = N_("Zonder coëfficiënten worden de basisbedragen niet gebruikt.")
FIXED_NEEDED = N_("Vul het vaste bedrag in, of kies een percentage.")
ADVANCE_ORDER = N_("Voorschot 2 kan niet vóór voorschot 1 betaald worden.")
TOO_MUCH = N_("De voorschotten zijn samen meer dan 100 %. Het teveel wordt later verrekend.")
NOT_WORKING = N_("{day} is geen werkdag. Kies een werkdag, dan staat het geld die dag op de rekening.")
DAY_OF_WEEK = N_("Vijf dagen van {hours} uur zijn geen volle werkweek van {week} uur.")
TEXT_NEEDED = N_("Vul dit in. Het staat op elke brief.")
MAILBOX = N_("Vul een e-mailadres in, bijvoorbeeld ecalcura@voorbeeld.be.")
NOT_A_DRAFT = N_(
    "Deze versie is vrijgegeven en verandert niet meer. Maak een nieuwe versie; die werkt via een nieuwe berekening."
)
FOUR_EYES = N_(
    "U hebt deze parameters zelf het laatst gewijzigd. Vraag een collega-dossierbeheerder om ze na te kijken en "
    "vrij te geven: zo kijken altijd twee mensen."
)
TOO_LONG = N_("Vul hoogstens {length} tekens in.")


def check(
    content: ParameterContent,
    qualifications: Collection[QualificationFacts],
    *,
    contract_types: Collection[str] = (),
    others: Iterable[PeriodCalendar] = (),
) -> list[Finding]:
    """Everything there is to say about a content.

    ``qualifications`` are those of the code list, ``contract_types`` its codes, ``others`` the calendars in force of
    other reference periods.
    """
    return [
        *_options(content),
        *_calendar(content.calendar, others),
        *_working_time(content),
        *_rights(content),
        *_amounts(content, qualifications),
        *_replacement(content, contract_types),
        *_index(content.index, content.reference_period, {one.code for one in qualifications}),
        *_advances(content.advances, content.calendar),
        *_texts(content),
    ]


def stops(findings: Iterable[Finding], *, release: bool = False) -> list[Finding]:
    """Those that refuse to save; for a release also what is still missing."""
    heavy = {Severity.BLOCKS, Severity.BLOCKS_SUBMIT} if release else {Severity.BLOCKS}
    return [finding for finding in findings if finding.severity in heavy]


def require_draft(status: ParameterSetStatus) -> None:
    """A set that was released or used never changes (part 8): NotAllowedNow."""
    if status is not ParameterSetStatus.DRAFT:
        raise NotAllowedNow(NOT_A_DRAFT, code="PARAMETERS")


def require_second_person(changed_by: int | None, releasing: int | None) -> None:
    """Four eyes: who wrote what stands in a draft, by account, does not release it; nor the system. NotAllowedNow."""
    if releasing is None or changed_by == releasing:
        raise NotAllowedNow(FOUR_EYES, code="FOUR_EYES")


def _blocks(code: str, message: str, field: str, **params: object) -> Finding:
    return Finding(code, Severity.BLOCKS, message, field, params=params)


def _missing(code: str, message: str, field: str) -> Finding:
    return Finding(code, Severity.BLOCKS_SUBMIT, message, field)


def _warns(code: str, message: str, field: str, **params: object) -> Finding:
    return Finding(code, Severity.WARNING, message, field, params=params)


def _within(
    field: str, value: Decimal | int, low: Decimal | int, high: Decimal | int, code: str, *, digits: int = 2
) -> Iterator[Finding]:
    """A number inside its limits, both included, without needless decimals."""
    if not low <= value <= high:
        yield _blocks(code, BETWEEN, field, low=number(low), high=number(high))
    elif isinstance(value, Decimal) and value != round(value, digits):
        yield _blocks(code, DECIMALS, field, digits=digits)


def _options(content: ParameterContent) -> Iterator[Finding]:
    held = values(content)
    for one in PARAMETERS:
        if one.options is None:
            continue
        value: Any = held[one.name]
        chosen = value if isinstance(value, (tuple, frozenset)) else (value,)
        if any(item not in one.options for item in chosen):
            yield _blocks(one.rule, CHOOSE, one.name)


def _calendar(calendar: PeriodCalendar, others: Iterable[PeriodCalendar]) -> Iterator[Finding]:
    """A-02: the order of the dates, plausible years, no campaign through another one."""
    fields = {one.name for one in PARAMETERS if one.paths[0].startswith("calendar.")}
    wrong = {one.field: one for one in check_calendar(calendar) if one.field in fields}
    for field in wrong:
        if field and isinstance(getattr(calendar, field), date):
            yield _blocks("A-02", ORDER, field)
    last = last_day_of_month(add_months(calendar.ends_on, _LONGEST_CAMPAIGN_MONTHS))
    for field in sorted(fields):
        day = getattr(calendar, field)
        if field not in wrong and isinstance(day, date) and not calendar.ends_on < day <= last:
            yield _blocks("A-02", YEAR, field, first=long_date(calendar.ends_on), last=long_date(last))
    yield from _within("window_offset_days", calendar.window_offset_days, 0, 31, "A-05")
    yield from _within("window_days", calendar.window_days, 1, _LONGEST_WINDOW, "A-05")
    yield from _within("reopenings_allowed", calendar.reopenings_allowed, 0, 12, "V-65")
    if wrong:
        return
    for other in others:
        if other.reference_period == calendar.reference_period:
            continue
        first, until = campaign(other)
        if first <= calendar.payment_on and calendar.statutory_deadline <= until:
            field = "payment_on" if other.starts_on > calendar.starts_on else "statutory_deadline"
            params = {"period": other.reference_period, "first": long_date(first), "last": long_date(until)}
            yield _blocks("A-02", OVERLAP, field, **params)
    window = calendar.correction_window(calendar.blocking_on)[1]
    if calendar.window_days <= _LONGEST_WINDOW and window >= calendar.definitive_until:
        days = {"blocking": long_date(calendar.blocking_on), "window": long_date(window)}
        yield _warns("E-128", LATE_WINDOW, "window_days", **days)
    if not is_working_day(calendar.payment_on):
        yield _warns("E-131", NOT_WORKING, "payment_on", day=long_date(calendar.payment_on))


def campaign(calendar: PeriodCalendar) -> tuple[date, date]:
    """The days a campaign occupies: from the statutory deadline to the payment of the final statement."""
    return calendar.statutory_deadline, calendar.payment_on


def _working_time(content: ParameterContent) -> Iterator[Finding]:
    compensation, performances = content.compensation, content.performances
    hundredth = Decimal("0.01")
    week, day = compensation.full_time_hours, compensation.hours_per_day
    wrong = list(_within("full_time_hours", week, 1, MAX_WEEK, "L-08"))
    wrong += _within("hours_per_day", day, 1, 12, "7.2")
    yield from wrong
    if not wrong and day * 5 != week:
        yield _warns("7.2", DAY_OF_WEEK, "hours_per_day", hours=number(day), week=number(week))
    yield from _within("cap", compensation.cap, hundredth, 1, "7.3", digits=3)
    yield from _within("day_tolerance", performances.day_tolerance, 0, 10, "V-48", digits=1)
    yield from _within("hours_factor", performances.hours_factor, 1, 2, "V-50")
    yield from _within("fte_digits", compensation.fte_digits, 1, 3, "A-33")
    yield from _within("euro_digits", compensation.euro_digits, 0, 2, "A-33")


def _rights(content: ParameterContent) -> Iterator[Finding]:
    rights = content.rights
    week = int(rights.full_time_hours) if rights.full_time_hours >= 1 else 1
    for category, rule in rights.categories.items():
        yield from _within(f"categories.{category}", rule.age, 15, 75, "V-31")
        yield from _within(f"categories.{category}", rule.hours, 1, week, "V-34")
        if rule.hours not in rights.selectable_hours:
            yield _blocks("E-086", NOT_SELECTABLE, "selectable_hours", hours=rule.hours, category=category)
    if 0 not in rights.selectable_hours:
        yield _blocks("E-086", ZERO_NEEDED, "selectable_hours")
    for hours in sorted(rights.selectable_hours):
        yield from _within("selectable_hours", hours, 0, week, "E-086")
    yield from _within("rehire_months", rights.rehire_months, 0, 24, "E-078")


def _yearly(name: str, amounts: Mapping[str, Decimal], codes: Collection[str], rule: str) -> Iterator[Finding]:
    for code, amount in amounts.items():
        if code not in codes:
            yield _blocks(rule, NOT_LISTED, f"{name}.{code}", value=code)
        else:
            yield from _within(f"{name}.{code}", amount, Decimal("0.01"), MAX_YEARLY, rule)


def _amounts(content: ParameterContent, qualifications: Collection[QualificationFacts]) -> Iterator[Finding]:
    """L-04: an amount for every qualification somebody can have in the period."""
    compensation, calendar = content.compensation, content.calendar
    codes = {one.code for one in qualifications}
    possible = [
        one.code
        for one in qualifications
        if (one.valid_from is None or one.valid_from <= calendar.ends_on)
        and (one.valid_to is None or one.valid_to >= calendar.starts_on)
    ]
    nurses = compensation.nurse_qualifications
    for code in sorted(nurses - codes):
        yield _blocks("E-090", NOT_LISTED, "nurse_qualifications", value=code)
    if not nurses:
        yield _missing("E-090", NURSES_NEEDED, "nurse_qualifications")
    yield from _yearly("y1", compensation.y1, codes, "A-30")
    yield from _yearly("y2", compensation.y2, codes, "A-32")
    derived1 = content.index.base_y1 if content.index.months else {}
    derived2 = content.index.base_y2 if content.index.months else {}
    without_y1 = [code for code in possible if code not in compensation.y1 and code not in derived1]
    for code in without_y1:
        if code in nurses:
            yield _missing("A-30", AMOUNT_NEEDED, f"y1.{code}")
    for code in possible:
        if code not in compensation.y2 and code not in derived2:
            yield _missing("A-32", AMOUNT_NEEDED, f"y2.{code}")
    others = [code for code in without_y1 if code not in nurses]
    if others:
        yield _warns("A-30", EXCEPTION_AMOUNT, "y1", codes=", ".join(others))


def _replacement(content: ParameterContent, contract_types: Collection[str]) -> Iterator[Finding]:
    compensation = content.compensation
    week = max(Decimal(1), compensation.full_time_hours)
    for sector in sorted(compensation.floor_sectors - set(SECTOR_LABELS)):
        yield _blocks("E-092", NOT_LISTED, "floor_sectors", value=sector)
    yield from _within("floor_hours", compensation.floor_hours, 0, week, "E-093")
    for code, day in compensation.excluded_replacers.items():
        field = f"excluded_replacers.{code}"
        if contract_types and code not in contract_types:
            yield _blocks("L-18", NOT_LISTED, field, value=code)
        if not date(1990, 1, 1) <= day <= date(2099, 12, 31):
            years = {"first": long_date(date(1990, 1, 1)), "last": long_date(date(2099, 12, 31))}
            yield _blocks("L-18", YEAR, field, **years)


def _index(index: Indexation, reference_period: str, codes: Collection[str]) -> Iterator[Finding]:
    months = months_of_period(reference_period)
    if index.months and set(index.months) != set(months):
        yield _blocks("A-34", TWELVE_MONTHS, "index_months")
    for month, coefficient in index.months.items():
        yield from _within(f"index_months.{month}", coefficient, Decimal("0.1"), 10, "A-34", digits=6)
    yield from _yearly("base_y1", index.base_y1, codes, "A-34")
    yield from _yearly("base_y2", index.base_y2, codes, "A-34")
    base = bool(index.base_y1 or index.base_y2)
    if index.months and not base:
        yield _blocks("A-34", BASE_NEEDED, "index_months")
    if base and not index.months:
        yield _warns("A-34", BASE_UNUSED, "index_months")


def _advances(advances: tuple[Advance, Advance], calendar: PeriodCalendar) -> Iterator[Finding]:
    """A-20, A-21. An advance that is switched off is checked too: it may be switched on again by one tick."""
    for name, advance in zip(("advance_1", "advance_2"), advances, strict=True):
        yield from _within(f"{name}_percentage", advance.percentage, 0, 100, "A-20")
        yield from _within(f"{name}_fixed_amount", advance.fixed_amount, 0, MAX_ADVANCE, "A-20")
        if advance.active and advance.base is AdvanceBase.FIXED_AMOUNT and not advance.fixed_amount:
            yield _blocks("A-20", FIXED_NEEDED, f"{name}_fixed_amount")
        if not calendar.starts_on <= advance.pay_on <= calendar.payment_on:
            first, last = long_date(calendar.starts_on), long_date(calendar.payment_on)
            yield _blocks("A-21", YEAR, f"{name}_pay_on", first=first, last=last)
        elif advance.active and not is_working_day(advance.pay_on):
            yield _warns("A-21", NOT_WORKING, f"{name}_pay_on", day=long_date(advance.pay_on))
    paid = [one for one in advances if one.active]
    if len(paid) == 2 and paid[1].pay_on <= paid[0].pay_on:
        yield _blocks("A-21", ADVANCE_ORDER, "advance_2_pay_on")
    shares = [one.percentage for one in paid if one.base is AdvanceBase.PREVIOUS_DEFINITIVE]
    if len(shares) == 2 and sum(shares) > 100 and all(share <= 100 for share in shares):
        yield _warns("A-20", TOO_MUCH, "advance_2_percentage")


def _texts(content: ParameterContent) -> Iterator[Finding]:
    texts = content.texts
    for name, text, length in (
        ("administration", texts.administration, 160),
        ("mailbox", texts.mailbox, 254),
        ("legal_basis", texts.legal_basis, 4000),
    ):
        if not text.strip():
            yield _missing("E-122", TEXT_NEEDED, name)
        elif len(text) > length:
            yield _blocks("E-122", TOO_LONG, name, length=length)
    if texts.mailbox.strip() and not is_email(texts.mailbox):
        yield _blocks("E-126", MAILBOX, "mailbox")
