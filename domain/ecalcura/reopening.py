"""Asking to reopen quarters: what a facility may ask now, how often, until when, and what it changes (E-126, E-127).

Until the end of the postponement a submitted quarter may be asked back any number of times (T-04); after the
provisional calculation once per reference period, in one act for all quarters that are asked (T-06, A-10).

Decisions where the manual is silent:

* A request is received at the moment it is sent. It counts when that moment lies inside the term, also when it is
  decided later; it can only be granted while the term runs, because what is opened must be submitted again in it.
* A request nobody decided before its last day has lapsed: it keeps nobody from asking again, and is still answered.
* One request of a facility waits per reference period; it may be withdrawn until it is decided.
* Refusing or withdrawing does not use up the one reopening; opening out of an audit does not either (A-12).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from domain.calendars import Quarter
from domain.dutch import long_date
from domain.ecalcura import declaration_texts as texts
from domain.ecalcura.campaign import FallbackBasis, Phase, Situation
from domain.ecalcura.declaration import ActorKind, DossierFacts, DossierStatus, Event, refusal
from domain.errors import N_, Finding, InvalidValue, NotAllowedNow, Severity

MAX_EXPLANATION = 1000


class RequestKind(StrEnum):
    """Which of the two reopenings is asked."""

    BEFORE_BLOCKING = "VOOR_16_OKT"
    AFTER_PROVISIONAL = "NA_VOORLOPIGE"


KIND_LABELS: dict[RequestKind, str] = {
    RequestKind.BEFORE_BLOCKING: N_("Vóór de blokkering"),
    RequestKind.AFTER_PROVISIONAL: N_("Na de voorlopige berekening"),
}

#: The event that grants a request of a kind.
EVENTS: dict[RequestKind, Event] = {
    RequestKind.BEFORE_BLOCKING: Event.REOPEN,
    RequestKind.AFTER_PROVISIONAL: Event.REOPEN_ONCE,
}


class RequestState(StrEnum):
    """Where a request stands. GRANTED, REFUSED and WITHDRAWN are what was decided; the others follow from the day."""

    WAITING = "WAITING"
    LAPSED = "LAPSED"
    GRANTED = "GRANTED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"


STATE_LABELS: dict[RequestState, str] = {
    RequestState.WAITING: N_("wacht op een beslissing"),
    RequestState.LAPSED: N_("niet beslist binnen de termijn"),
    RequestState.GRANTED: N_("ingewilligd"),
    RequestState.REFUSED: N_("geweigerd"),
    RequestState.WITHDRAWN: N_("ingetrokken"),
}

CHOOSE = N_("Kies minstens één kwartaal.")
SAY_WHAT = N_("Schrijf kort wat u wilt wijzigen. De dossierbeheerder leest dit.")
TOO_LONG = N_("Hou de uitleg korter dan {max} tekens.")
NOTHING_CLOSED = N_("Geen enkel kwartaal van {period} is ingediend. Er is nu niets te heropenen.")
NOTHING_TO_REOPEN = N_("Geen enkel kwartaal van {period} kan nu heropend worden.")
ONE_WAITS = N_(
    "Uw aanvraag van {moment} wacht nog op een beslissing. Wacht het antwoord af, of trek ze in en vraag opnieuw."
)
STILL_OPEN = N_("Dit kwartaal is open: u kunt het nu wijzigen en indienen.")
NEVER_OPENED = N_("Voor dit kwartaal is nooit een dossier gemaakt. Er is niets te heropenen.")

SUBMIT_AGAIN = N_(
    "Een heropend kwartaal dient u opnieuw in, ten laatste op {last}. Vragen of bewaren alleen telt niet."
)
SAVED_COUNT = N_(
    "Dient u het niet op tijd opnieuw in, dan wordt het op {blocking} ambtshalve gesloten. Dan tellen de gegevens die "
    "u het laatst bewaarde, niet uw vroegere indiening."
)
CONFIRMED_COUNT = N_(
    "Dient u het niet op tijd opnieuw in, dan wordt het op {blocking} weer gesloten. Dan tellen de gegevens die het "
    "laatst bevestigd waren: uw laatste indiening, of wat op {first_blocking} ambtshalve gesloten werd."
)
SAVED_COUNT_AGAIN = N_(
    "Dient u het niet op tijd opnieuw in, dan wordt het op {blocking} weer gesloten. Dan tellen de gegevens die u het "
    "laatst bewaarde."
)
ANY_NUMBER = N_("U kunt dit zo vaak vragen als nodig, tot en met {last}.")
ONLY_ONCE = N_(
    "Dit kan één keer per referentieperiode, voor alle gevraagde kwartalen samen. Vraag meteen alle kwartalen waarin u "
    "iets wilt wijzigen. Een kwartaal dat u niet wijzigt, dient u gewoon opnieuw in."
)
MORE_THAN_ONCE = N_("Dit kan nog {times} keer in deze referentieperiode, telkens voor alle gevraagde kwartalen samen.")
GRANTED_ON_REQUEST = N_("Op vraag van de voorziening.")


@dataclass(frozen=True, slots=True)
class Possibilities:
    """What a facility may ask for one reference period now.

    ``quarters`` may be asked, oldest first; ``left_out`` says of the others why not; ``refused`` why nothing may be
    asked at all (then ``quarters`` is empty). ``last_day`` counts entirely and ``days_left`` is 0 on it; they are None
    when no term runs. ``times_left`` None is any number of times.
    """

    period: str
    kind: RequestKind | None = None
    quarters: tuple[Quarter, ...] = ()
    left_out: tuple[tuple[Quarter, NotAllowedNow], ...] = ()
    refused: NotAllowedNow | None = None
    last_day: date | None = None
    days_left: int | None = None
    times_left: int | None = None
    consequences: tuple[Finding, ...] = field(default=(), repr=False)

    @property
    def possible(self) -> bool:
        """Whether a request can be made now."""
        return self.refused is None

    def why_not(self, quarter: Quarter) -> NotAllowedNow | None:
        """Why a quarter may not be asked, or None when it may."""
        return next((reason for one, reason in self.left_out if one == quarter), self.refused)


def possibilities(situation: Situation, dossiers: Iterable[DossierFacts]) -> Possibilities:
    """What may be asked for the quarters of one reference period, and why not (V-62 to V-65).

    ``dossiers`` are those of the facility in that period; a quarter that is not among them is not spoken of.
    """
    period = situation.calendar.reference_period
    kind = kind_now(situation)
    if kind is None:
        return Possibilities(period, refused=_no_term(situation))
    last_day = last_day_of(situation, kind)
    assert last_day is not None  # a term runs
    after = kind is RequestKind.AFTER_PROVISIONAL
    left = situation.calendar.reopenings_allowed - situation.reopenings_used if after else None
    term = {"last_day": last_day, "days_left": (last_day - situation.today).days, "times_left": left}
    if left is not None and left < 1:
        return Possibilities(period, kind, refused=NotAllowedNow(texts.V65_FACILITY, code="V-65"), **term)  # type: ignore[arg-type]
    may, may_not = [], []
    for facts in sorted(dossiers, key=lambda one: one.quarter):
        reason = _why_not(facts, EVENTS[kind], situation)
        if reason is None:
            may.append(facts.quarter)
        else:
            may_not.append((facts.quarter, reason))
    refused = None
    if not may:
        message = NOTHING_TO_REOPEN if after else NOTHING_CLOSED
        refused = NotAllowedNow(message, code="T-06" if after else "T-04", period=period)
    return Possibilities(
        period,
        kind,
        tuple(may),
        tuple(may_not),
        refused,
        consequences=consequences(situation, kind),
        **term,  # type: ignore[arg-type]
    )


def kind_now(situation: Situation) -> RequestKind | None:
    """Which reopening can be asked in the phase of the facility; None when no term runs."""
    if situation.phase in (Phase.ENTRY, Phase.POSTPONEMENT):
        return RequestKind.BEFORE_BLOCKING
    return RequestKind.AFTER_PROVISIONAL if situation.phase is Phase.CORRECTION else None


def kind_received(situation: Situation, received_on: date) -> RequestKind | None:
    """Which reopening a request of a day is about: the term that ran then, or None when none did."""
    if received_on <= situation.calendar.postponed_until:
        return RequestKind.BEFORE_BLOCKING
    window = situation.window
    inside = window is not None and window[0] <= received_on <= window[1]
    return RequestKind.AFTER_PROVISIONAL if inside else None


def last_day_of(situation: Situation, kind: RequestKind | None) -> date | None:
    """The last day on which a request of a kind can be granted and its quarters submitted; None when unknown."""
    if kind is RequestKind.BEFORE_BLOCKING:
        return situation.calendar.postponed_until
    return situation.window[1] if situation.window is not None else None


def state_of(decision: str | None, last_day: date | None, today: date) -> RequestState:
    """Where a request stands on a day."""
    if decision is not None:
        return RequestState(decision)
    return RequestState.LAPSED if last_day is not None and today > last_day else RequestState.WAITING


def consequences(situation: Situation, kind: RequestKind) -> tuple[Finding, ...]:
    """What asking changes, in sentences: submit again and by when, what counts otherwise, how often it can be asked."""
    calendar = situation.calendar
    last = last_day_of(situation, kind)
    assert last is not None
    dates = {"last": long_date(last), "first_blocking": long_date(calendar.blocking_on)}
    if kind is RequestKind.BEFORE_BLOCKING:
        dates["blocking"] = long_date(calendar.blocking_on)
        told = (("T-03", SUBMIT_AGAIN), ("T-05", SAVED_COUNT), ("E-126", ANY_NUMBER))
        return tuple(Finding(code, Severity.INFORMATION, message, params=dates) for code, message in told)
    dates["blocking"] = long_date(date.fromordinal(last.toordinal() + 1))
    times = calendar.reopenings_allowed - situation.reopenings_used
    how_often = ONLY_ONCE if times == 1 else MORE_THAN_ONCE
    otherwise = CONFIRMED_COUNT if calendar.fallback_basis is FallbackBasis.LAST_CONFIRMED else SAVED_COUNT_AGAIN
    told = (("A-10", how_often), ("E-127", SUBMIT_AGAIN), ("A-11", otherwise))
    params = dates | {"times": str(times)}
    return tuple(Finding(code, Severity.INFORMATION, message, params=params) for code, message in told)


def check_request(possible: Possibilities, quarters: Sequence[Quarter], explanation: str) -> str:
    """The explanation to keep of a request that may be made.

    Raises NotAllowedNow when nothing may be asked or a quarter may not, InvalidValue at ``quarters`` or
    ``explanation``.
    """
    if possible.refused is not None:
        raise possible.refused
    if not quarters:
        raise InvalidValue(CHOOSE, field="quarters")
    for quarter in quarters:
        if quarter in possible.quarters:
            continue
        raise possible.why_not(quarter) or NotAllowedNow(NEVER_OPENED, code="T-06")
    text = explanation.strip()
    if not text:
        raise InvalidValue(SAY_WHAT, field="explanation")
    if len(text) > MAX_EXPLANATION:
        raise InvalidValue(TOO_LONG, field="explanation", max=MAX_EXPLANATION)
    return text


def _why_not(facts: DossierFacts, event: Event, situation: Situation) -> NotAllowedNow | None:
    """Why the department could not reopen a quarter now, in words for the facility."""
    refused = refusal(facts, event, ActorKind.CASE_MANAGER, situation)
    if refused is None:
        return None
    match facts.status:
        case None:
            return NotAllowedNow(NEVER_OPENED, code=refused.code)
        case DossierStatus.OPEN:
            return NotAllowedNow(STILL_OPEN, code=refused.code)
        case DossierStatus.AUDIT:
            return NotAllowedNow(texts.IN_AUDIT, code="E-063")
        case DossierStatus.BLOCKED:
            return NotAllowedNow(texts.IS_BLOCKED, code="E-064")
        case _:
            return refused


def _no_term(situation: Situation) -> NotAllowedNow:
    """V-62 while the department calculates, V-64 after the window, V-63 once it is definitive."""
    if situation.phase is Phase.CALCULATION:
        return NotAllowedNow(texts.V62, code="V-62")
    if situation.phase is Phase.DEFINITIVE or situation.window is None:
        return NotAllowedNow(texts.V63_FACILITY, code="V-63")
    days, last = situation.calendar.window_days, long_date(situation.window[1])
    return NotAllowedNow(texts.V64, code="V-64", days=days, date=last)
