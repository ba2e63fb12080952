"""The state machine of a dossier (5.3): every combination, the calendar guards, and what each refusal says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendars import BRUSSELS, Quarter
from domain.ecalcura.basis import (
    BlockBasis,
    SnapshotFacts,
    SnapshotSource,
    UsedBasis,
    basis_of_event,
    basis_when_blocking,
    basis_when_blocking_again,
    counting_snapshot,
)
from domain.ecalcura.campaign import FallbackBasis, PeriodCalendar, Phase, Situation
from domain.ecalcura.declaration import (
    EVENT_HELP,
    EVENT_LABELS,
    REASON_REQUIRED,
    STATUS_LABELS,
    TRANSITION_NUMBERS,
    TRANSITIONS,
    WHO,
    ActorKind,
    DossierFacts,
    DossierStatus,
    Event,
    can_edit,
    events_for,
    read_only_reason,
    refusal,
    reopened_after,
    transition,
)
from domain.errors import NotAllowedNow

OPEN, CLOSED, AUDIT, BLOCKED = DossierStatus.OPEN, DossierStatus.CLOSED, DossierStatus.AUDIT, DossierStatus.BLOCKED
V, C, S = ActorKind.FACILITY, ActorKind.CASE_MANAGER, ActorKind.SCHEDULER
STATUSES: list[DossierStatus | None] = [None, OPEN, CLOSED, AUDIT, BLOCKED]

CALENDAR = PeriodCalendar.default("2023-2024")
K1 = Quarter(2024, 1)
P, D = date(2024, 10, 16), date(2024, 12, 2)

DAY_IN = {
    Phase.ENTRY: date(2024, 9, 30),
    Phase.POSTPONEMENT: date(2024, 10, 15),
    Phase.CALCULATION: date(2024, 10, 16),
    Phase.CORRECTION: date(2024, 11, 16),
    Phase.CLOSING: date(2024, 11, 17),
    Phase.DEFINITIVE: date(2024, 12, 2),
}


def at(day: date, hour: int = 12, minute: int = 0, *, used: int = 0, first: Quarter | None = None) -> Situation:
    now = datetime(day.year, day.month, day.day, hour, minute, tzinfo=BRUSSELS)
    return Situation(CALENDAR, now, P, D, used, first)


def refused(
    facts: DossierFacts, event: Event, who: ActorKind, situation: Situation, request_on: date | None = None
) -> tuple[str | None, str]:
    with pytest.raises(NotAllowedNow) as caught:
        transition(facts, event, who, situation, request_on=request_on)
    return caught.value.code, str(caught.value)


# --- every combination -----------------------------------------------------------------------------------------------

ENTRY = {Phase.ENTRY, Phase.POSTPONEMENT}
ANY = set(Phase)
BEFORE_D = ANY - {Phase.DEFINITIVE}
EITHER = {True, False}

# (status, event): who, phases, is the quarter reopened -> target. Written from the table of part 5.3, not from the
# code; previous status CLOSED, the reopening still unused, a quarter long past.
EXPECTED: list[tuple[DossierStatus | None, Event, set[ActorKind], set[Phase], set[bool], DossierStatus]] = [
    (None, Event.OPEN_NEW, {V, C}, ENTRY, EITHER, OPEN),  # T-01
    (None, Event.OPEN_NEW, {V, C}, {Phase.CORRECTION}, {True}, OPEN),  # T-01 inside an executed reopening
    (OPEN, Event.SAVE, {V}, ENTRY, EITHER, OPEN),  # T-02
    (OPEN, Event.SAVE, {V}, {Phase.CORRECTION}, {True}, OPEN),  # T-02
    (AUDIT, Event.SAVE, {C}, ANY, EITHER, AUDIT),  # E-063
    (OPEN, Event.SUBMIT, {V}, ENTRY, EITHER, CLOSED),  # T-03
    (OPEN, Event.SUBMIT, {V}, {Phase.CORRECTION}, {True}, CLOSED),  # T-07
    (CLOSED, Event.REOPEN, {C}, ENTRY, EITHER, OPEN),  # T-04
    (OPEN, Event.BLOCK, {S, C}, BEFORE_D - ENTRY, {False}, BLOCKED),  # T-05
    (None, Event.BLOCK, {S, C}, BEFORE_D - ENTRY, {False}, BLOCKED),  # T-05, A-09
    (CLOSED, Event.REOPEN_ONCE, {C}, {Phase.CORRECTION}, EITHER, OPEN),  # T-06
    (BLOCKED, Event.REOPEN_ONCE, {C}, {Phase.CORRECTION}, EITHER, OPEN),  # T-06
    (OPEN, Event.BLOCK_AGAIN, {S, C}, {Phase.CLOSING}, {True}, BLOCKED),  # T-08
    (OPEN, Event.TAKE_INTO_AUDIT, {C}, BEFORE_D, EITHER, AUDIT),  # T-09
    (CLOSED, Event.TAKE_INTO_AUDIT, {C}, ANY, EITHER, AUDIT),  # T-09, T-13
    (BLOCKED, Event.TAKE_INTO_AUDIT, {C}, ANY, EITHER, AUDIT),  # T-09, T-13
    (AUDIT, Event.REOPEN_FROM_AUDIT, {C}, ENTRY | {Phase.CORRECTION}, EITHER, OPEN),  # T-10
    (AUDIT, Event.CLOSE_FROM_AUDIT, {C}, ANY, EITHER, CLOSED),  # T-11, T-13
    (AUDIT, Event.RESTORE, {C}, ANY, EITHER, CLOSED),  # T-12, T-13
]


def expected(
    status: DossierStatus | None, event: Event, who: ActorKind, phase: Phase, reopened: bool
) -> DossierStatus | None:
    for row_status, row_event, actors, phases, flags, target in EXPECTED:
        if (row_status, row_event) == (status, event) and who in actors and phase in phases and reopened in flags:
            return target
    return None


@pytest.mark.parametrize(
    ("status", "event", "who"),
    list(product(STATUSES, Event, ActorKind)),
    ids=lambda value: str(value),
)
def test_every_status_event_actor_and_phase(status: DossierStatus | None, event: Event, who: ActorKind) -> None:
    for phase, reopened in product(Phase, (True, False)):
        facts = DossierFacts(K1, status, CLOSED if status is AUDIT else None, reopened)
        situation = at(DAY_IN[phase])
        assert situation.phase is phase
        target = expected(status, event, who, phase, reopened)
        where = f"{phase} reopened={reopened}"
        if target is None:
            code, message = refused(facts, event, who, situation)
            assert code, where
            assert message.count(".") >= 2 or "vanaf" in message, f"a refusal says what to do: {message}"
            assert "{" not in message, where
        else:
            assert transition(facts, event, who, situation) is target, where
        assert (event in events_for(facts, who, situation)) == (target is not None), where


def test_every_pair_of_the_table_has_a_row_above_and_the_other_way_round() -> None:
    assert set(TRANSITIONS) == {(status, event) for status, event, *_ in EXPECTED}


def test_every_event_has_actors_label_help_number_and_reason_rule() -> None:
    for table in (WHO, EVENT_LABELS, EVENT_HELP, TRANSITION_NUMBERS, REASON_REQUIRED):
        assert list(table) == list(Event)
    assert list(STATUS_LABELS.values()) == ["Open", "Afgesloten", "Audit", "Geblokkeerd"]
    assert [
        EVENT_LABELS[event]
        for event in (
            Event.TAKE_INTO_AUDIT,
            Event.REOPEN_FROM_AUDIT,
            Event.CLOSE_FROM_AUDIT,
            Event.RESTORE,
            Event.REOPEN,
            Event.REOPEN_ONCE,
        )
    ] == ["In audit nemen", "Opnieuw openstellen", "Afsluiten", "Terugzetten", "Heropenen", "Heropenen"]


@given(
    status=st.sampled_from(STATUSES),
    previous=st.sampled_from(STATUSES),
    who=st.sampled_from(ActorKind),
    day=st.dates(date(2023, 7, 1), date(2025, 3, 1)),
    provisional=st.none() | st.dates(P, date(2024, 12, 1)),
    reopened=st.booleans(),
    used=st.integers(0, 2),
)
def test_events_for_is_what_transition_accepts(
    status: DossierStatus | None,
    previous: DossierStatus | None,
    who: ActorKind,
    day: date,
    provisional: date | None,
    reopened: bool,
    used: int,
) -> None:
    facts = DossierFacts(K1, status, previous, reopened)
    situation = replace(at(day, used=used), provisional_on=provisional, definitive_on=None)
    accepted = events_for(facts, who, situation)
    for event in Event:
        if event in accepted:
            assert isinstance(transition(facts, event, who, situation), DossierStatus)
        else:
            refused(facts, event, who, situation)
    assert can_edit(facts, who, situation) == (read_only_reason(facts, who, situation) is None)
    if who is V and situation.phase in (Phase.CALCULATION, Phase.CLOSING):
        assert accepted == [], "E-125: no facility delivers data during the calculation"


def test_a_quarter_of_another_period_is_a_bug() -> None:
    with pytest.raises(ValueError, match="2024K3"):
        refusal(DossierFacts(Quarter(2024, 3)), Event.OPEN_NEW, V, at(date(2024, 8, 1)))


# --- golden cases 12.1 and 12.2 --------------------------------------------------------------------------------------


def test_golden_submit_on_15_october_at_2359_and_not_on_16_october_at_midnight() -> None:
    facts = DossierFacts(K1, OPEN)
    assert transition(facts, Event.SUBMIT, V, at(date(2024, 10, 15), 23, 59)) is CLOSED
    code, message = refused(facts, Event.SUBMIT, V, at(date(2024, 10, 16), 0, 0))
    assert code == "V-62"
    assert message.startswith(
        "Tijdens de berekening kunnen geen gegevens aangeleverd worden voor deze referentieperiode."
    )


def test_golden_resubmit_on_16_november_at_2359_and_not_on_17_november_at_midnight() -> None:
    facts = DossierFacts(K1, OPEN, reopened=True)
    assert transition(facts, Event.SUBMIT, V, at(date(2024, 11, 16), 23, 59, used=1)) is CLOSED
    code, message = refused(facts, Event.SUBMIT, V, at(date(2024, 11, 17), 0, 0, used=1))
    assert code == "V-64"
    assert message.startswith("De termijn van 30 dagen is verstreken op 16 november 2024.")


def test_golden_t04_many_times_before_16_october_e126() -> None:
    facts = DossierFacts(K1, CLOSED, submitted_before=True)
    for day in (date(2024, 4, 2), date(2024, 9, 30), date(2024, 10, 1), date(2024, 10, 15)):
        assert transition(facts, Event.REOPEN, C, at(day, 23, 59, used=0)) is OPEN
    assert refused(facts, Event.REOPEN, C, at(date(2024, 10, 16), 0, 0))[0] == "V-62"
    code, message = refused(facts, Event.REOPEN, C, at(date(2024, 10, 17)))
    assert code == "T-04"
    assert "15 oktober 2024" in message


@pytest.mark.parametrize("status", [CLOSED, BLOCKED])
def test_golden_t06_second_time_is_refused_v65(status: DossierStatus) -> None:
    facts = DossierFacts(K1, status)
    assert transition(facts, Event.REOPEN_ONCE, C, at(date(2024, 11, 1))) is OPEN
    code, message = refused(facts, Event.REOPEN_ONCE, C, at(date(2024, 11, 1), used=1))
    assert code == "V-65"
    assert message.startswith("De kwartalen van deze referentieperiode werden al één keer heropend.")


def test_a10_the_number_of_reopenings_is_a_parameter() -> None:
    twice = replace(at(date(2024, 11, 1), used=1), calendar=replace(CALENDAR, reopenings_allowed=2))
    assert transition(DossierFacts(K1, CLOSED), Event.REOPEN_ONCE, C, twice) is OPEN


@pytest.mark.parametrize(
    ("request_on", "accepted"),
    [
        (date(2024, 10, 16), False),
        (date(2024, 10, 17), True),
        (date(2024, 11, 10), True),
        (date(2024, 11, 17), False),
        (None, True),
    ],
)
def test_t06_the_request_came_in_inside_the_window(request_on: date | None, accepted: bool) -> None:
    facts, situation = DossierFacts(K1, CLOSED), at(date(2024, 11, 16))
    if accepted:
        assert transition(facts, Event.REOPEN_ONCE, C, situation, request_on=request_on) is OPEN
    else:
        code, message = refused(facts, Event.REOPEN_ONCE, C, situation, request_on)
        assert code == "T-06"
        assert "van 17 oktober 2024 tot en met 16 november 2024" in message


def test_t08_only_from_the_day_after_the_window() -> None:
    facts = DossierFacts(K1, OPEN, reopened=True)
    code, message = refused(facts, Event.BLOCK_AGAIN, S, at(date(2024, 11, 16), 23, 59))
    assert code == "T-08"
    assert "16 november 2024" in message
    assert transition(facts, Event.BLOCK_AGAIN, S, at(date(2024, 11, 17), 0, 0)) is BLOCKED


def test_t05_only_from_16_october() -> None:
    facts = DossierFacts(K1, OPEN)
    assert refused(facts, Event.BLOCK, S, at(date(2024, 10, 15), 23, 59))[0] == "T-05"
    assert transition(facts, Event.BLOCK, S, at(date(2024, 10, 16), 0, 0)) is BLOCKED


# --- the quarter itself ----------------------------------------------------------------------------------------------


def test_a08_created_once_the_quarter_has_begun() -> None:
    facts = DossierFacts(K1)
    code, message = refused(facts, Event.OPEN_NEW, V, at(date(2023, 12, 31), 23, 59))
    assert (code, "vanaf 1 januari 2024" in message) == ("A-08", True)
    assert transition(facts, Event.OPEN_NEW, V, at(date(2024, 1, 1), 0, 0)) is OPEN


def test_a08_submitted_once_the_quarter_has_ended() -> None:
    facts = DossierFacts(K1, OPEN)
    code, message = refused(facts, Event.SUBMIT, V, at(date(2024, 3, 31), 23, 59))
    assert (code, "vanaf 1 april 2024" in message) == ("A-08", True)
    assert can_edit(facts, V, at(date(2024, 3, 31)))
    assert transition(facts, Event.SUBMIT, V, at(date(2024, 4, 1), 0, 0)) is CLOSED


@pytest.mark.parametrize(("first", "accepted"), [(Quarter(2024, 2), False), (K1, True), (None, True)])
def test_e019_entry_starts_at_the_first_quarter_of_the_facility(first: Quarter | None, accepted: bool) -> None:
    situation = at(date(2024, 5, 1), first=first)
    assert (Event.OPEN_NEW in events_for(DossierFacts(K1), V, situation)) is accepted
    stub = at(date(2024, 10, 16), first=first)
    assert (Event.BLOCK in events_for(DossierFacts(K1), S, stub)) is accepted, "A-09: no stub before it either"


def test_t01_a_second_dossier_for_the_quarter_is_refused() -> None:
    assert refused(DossierFacts(K1, OPEN), Event.OPEN_NEW, V, at(date(2024, 5, 1)))[0] == "T-01"


# --- audit and after -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("previous", [OPEN, CLOSED, BLOCKED])
def test_t12_restores_the_status_of_before_the_audit(previous: DossierStatus) -> None:
    facts = DossierFacts(K1, AUDIT, previous)
    for phase in (Phase.ENTRY, Phase.CALCULATION, Phase.CORRECTION, Phase.CLOSING):
        assert transition(facts, Event.RESTORE, C, at(DAY_IN[phase])) is previous


def test_t12_without_a_known_previous_status_says_what_to_do() -> None:
    code, message = refused(DossierFacts(K1, AUDIT, None), Event.RESTORE, C, at(date(2024, 5, 1)))
    assert code == "T-12"
    assert "Afsluiten" in message


def test_t13_e130_after_the_definitive_calculation() -> None:
    after = at(date(2024, 12, 2), 0, 0)
    for status in STATUSES:
        for who in (V, S):
            assert events_for(DossierFacts(K1, status, CLOSED), who, after) == []
    assert events_for(DossierFacts(K1, CLOSED), C, after) == [Event.TAKE_INTO_AUDIT]
    assert events_for(DossierFacts(K1, BLOCKED), C, after) == [Event.TAKE_INTO_AUDIT]
    assert events_for(DossierFacts(K1, OPEN), C, after) == []
    settled = [Event.SAVE, Event.CLOSE_FROM_AUDIT, Event.RESTORE]
    assert events_for(DossierFacts(K1, AUDIT, BLOCKED), C, after) == settled
    # back to OPEN would let the facility change a settled period
    assert events_for(DossierFacts(K1, AUDIT, OPEN), C, after) == [Event.SAVE, Event.CLOSE_FROM_AUDIT]
    code, message = refused(DossierFacts(K1, AUDIT, CLOSED), Event.REOPEN_FROM_AUDIT, C, after)
    assert code == "V-63"
    assert message.startswith("De definitieve berekening is gemaakt. Wijzigen is niet meer mogelijk.")
    assert refused(DossierFacts(K1, CLOSED), Event.SUBMIT, V, after)[0] == "V-63"


def test_t10_does_not_use_up_the_reopening_but_lets_the_facility_edit_a12() -> None:
    situation = at(date(2024, 11, 1), used=0)
    facts = DossierFacts(K1, AUDIT, CLOSED)
    assert transition(facts, Event.REOPEN_FROM_AUDIT, C, situation) is OPEN
    after = DossierFacts(K1, OPEN, reopened=reopened_after(facts, Event.REOPEN_FROM_AUDIT, situation))
    assert can_edit(after, V, situation)
    assert reopened_after(facts, Event.REOPEN_FROM_AUDIT, at(date(2024, 9, 1))) is False
    assert reopened_after(DossierFacts(K1, CLOSED), Event.REOPEN_ONCE, situation) is True
    assert reopened_after(DossierFacts(K1, CLOSED), Event.TAKE_INTO_AUDIT, situation) is False
    assert reopened_after(DossierFacts(K1, OPEN, reopened=True), Event.SUBMIT, situation) is True


def test_e063_in_audit_only_the_case_manager_edits() -> None:
    facts, situation = DossierFacts(K1, AUDIT, OPEN), at(date(2024, 9, 1))
    assert can_edit(facts, C, situation)
    reason = read_only_reason(facts, V, situation)
    assert reason is not None
    assert reason.code == "E-063"
    assert not can_edit(DossierFacts(K1, OPEN), C, situation), "5.4: the case manager writes in AUDIT only"


@pytest.mark.parametrize(
    ("status", "day", "used", "code", "words"),
    [
        (None, date(2024, 9, 1), 0, "E-118", "nieuw dossier"),
        (CLOSED, date(2024, 9, 1), 0, "E-062", "ten laatste op 15 oktober 2024"),
        (CLOSED, date(2024, 11, 1), 0, "E-127", "ten laatste op 16 november 2024"),
        (BLOCKED, date(2024, 11, 1), 0, "E-127", "eenmalige heropening"),
        (CLOSED, date(2024, 11, 1), 1, "V-65", "al één keer heropend"),
        (OPEN, date(2024, 11, 1), 0, "E-127", "16 november 2024"),
        (OPEN, date(2024, 11, 1), 1, "V-65", "al één keer heropend"),
        (BLOCKED, date(2024, 10, 16), 0, "V-62", "Tijdens de berekening"),
        (CLOSED, date(2024, 11, 17), 0, "V-64", "verstreken op 16 november 2024"),
        (CLOSED, date(2024, 12, 2), 0, "V-63", "definitieve berekening"),
    ],
)
def test_a_facility_reads_why_it_cannot_edit_and_what_to_do(
    status: DossierStatus | None, day: date, used: int, code: str, words: str
) -> None:
    reason = read_only_reason(DossierFacts(K1, status), V, at(day, used=used))
    assert reason is not None
    assert reason.code == code
    assert words in str(reason)


def test_a_case_manager_is_told_that_only_the_facility_submits() -> None:
    code, message = refused(DossierFacts(K1, OPEN), Event.SUBMIT, C, at(date(2024, 9, 1)))
    assert code == "5.4"
    assert "Afsluiten" in message


# --- which snapshot counts -------------------------------------------------------------------------------------------


def test_t05_takes_the_last_saved_data_also_after_a_reopened_submission_e124() -> None:
    expected_basis = BlockBasis(SnapshotSource.LAST_SAVED, UsedBasis.EX_OFFICIO)
    assert basis_when_blocking(DossierFacts(K1, OPEN)) == expected_basis
    assert basis_when_blocking(DossierFacts(K1, OPEN, submitted_before=True)) == expected_basis


def test_a09_a_quarter_that_was_never_opened_becomes_an_empty_stub() -> None:
    assert basis_when_blocking(DossierFacts(K1)) == BlockBasis(SnapshotSource.EMPTY, UsedBasis.EX_OFFICIO)


@pytest.mark.parametrize(
    ("submitted_before", "fallback", "source", "used"),
    [
        (True, FallbackBasis.LAST_CONFIRMED, SnapshotSource.LAST_SUBMITTED, UsedBasis.SUBMITTED),
        (False, FallbackBasis.LAST_CONFIRMED, SnapshotSource.LAST_EX_OFFICIO, UsedBasis.EX_OFFICIO),
        (True, FallbackBasis.LAST_SAVED, SnapshotSource.LAST_SAVED, UsedBasis.EX_OFFICIO),
        (False, FallbackBasis.LAST_SAVED, SnapshotSource.LAST_SAVED, UsedBasis.EX_OFFICIO),
    ],
)
def test_t08_a11_falls_back_on_the_last_confirmed_snapshot(
    submitted_before: bool, fallback: FallbackBasis, source: SnapshotSource, used: UsedBasis
) -> None:
    facts = DossierFacts(K1, OPEN, reopened=True, submitted_before=submitted_before)
    assert basis_when_blocking_again(facts, fallback) == BlockBasis(source, used)


def test_a37_which_snapshot_a_calculation_reads() -> None:
    start = datetime(2024, 9, 1, tzinfo=BRUSSELS)
    first = SnapshotFacts("first", UsedBasis.SUBMITTED, start)
    second = SnapshotFacts("second", UsedBasis.SUBMITTED, start + timedelta(days=1))
    october = SnapshotFacts("october", UsedBasis.EX_OFFICIO, start + timedelta(days=45))
    every = [second, october, first]
    assert counting_snapshot(CLOSED, None, every) == second
    assert counting_snapshot(BLOCKED, UsedBasis.EX_OFFICIO, every) == october
    assert counting_snapshot(BLOCKED, UsedBasis.SUBMITTED, every) == second
    assert counting_snapshot(AUDIT, UsedBasis.SUBMITTED, every) == october
    assert counting_snapshot(OPEN, UsedBasis.SUBMITTED, every) is None
    assert counting_snapshot(None, None, every) is None
    assert counting_snapshot(BLOCKED, UsedBasis.EX_OFFICIO, []) is None


def test_t11_a_closing_by_the_case_manager_confirms_as_a_submission_does() -> None:
    assert basis_of_event(Event.SUBMIT) is basis_of_event(Event.CLOSE_FROM_AUDIT) is UsedBasis.SUBMITTED
    assert basis_of_event(Event.BLOCK) is basis_of_event(Event.BLOCK_AGAIN) is UsedBasis.EX_OFFICIO
    assert basis_of_event(Event.SAVE) is None
