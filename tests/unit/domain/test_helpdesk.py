"""Questions to the helpdesk: what one may hold, who answers it, its steps, its codes (E-155, A-46)."""

from __future__ import annotations

import pytest

from domain.actor import Actor, Side
from domain.errors import Conflict, NotAllowedNow
from domain.help_choices import ContentRoute, content_question
from domain.helpdesk import (
    Question,
    TicketAct,
    TicketState,
    TicketTheme,
    acts_from,
    check_answer,
    check_question,
    holds_national_number,
    read_code,
    read_refusal_code,
    step,
    theme_of,
    themes_answered,
)
from domain.permissions import Role

GOOD = Question("Ik kan niet aanmelden", "Ik klik op aanmelden en krijg een fout.", "Sam", "sam@voorbeeld.be")


def who(side: Side, *roles: Role) -> Actor:
    """Somebody of a side."""
    return Actor(1, side, "X", "X", "Sam", frozenset(roles))


def fields(question: Question, *, signed_in: bool = False) -> list[str | None]:
    """At which fields something is wrong."""
    return [finding.field for finding in check_question(question, signed_in=signed_in)]


def test_a_good_question() -> None:
    assert fields(GOOD) == []
    assert fields(Question("a", "b"), signed_in=True) == [], "of who is signed in nothing more is asked"


def test_everything_that_is_wrong_is_told_at_once() -> None:
    assert fields(Question(" ", "", "", "geen adres", "12")) == ["subject", "body", "name", "email", "phone"]


def test_who_is_not_signed_in_says_how_to_be_reached() -> None:
    assert fields(Question("a", "b", "Sam")) == ["email"]
    assert fields(Question("a", "b", "Sam", phone="02 553 36 47")) == []


@pytest.mark.parametrize("part", ["subject", "body", "name"])
def test_too_long(part: str) -> None:
    values = {"subject": "a", "body": "b", "name": "c", "email": "a@b.be"} | {part: "x" * 5001}
    assert fields(Question(**values)) == [part]


@pytest.mark.parametrize("typed", ["66051700137", "66.05.17-001.37", "nr 66 05 17 001 37.", "(66.05.17/001-37)"])
def test_e154_a_question_holds_no_national_number(typed: str) -> None:
    assert holds_national_number(typed)
    assert fields(Question("a", typed), signed_in=True) == ["body"]
    assert [finding.field for finding in check_answer(typed)] == ["answer"]


@pytest.mark.parametrize("typed", ["66051700138", "71000012", "0999000327", "660517001370", "HV-K7M-4QX", "1-1-2024"])
def test_other_numbers_stay(typed: str) -> None:
    assert not holds_national_number(typed)


def test_a46_the_helpdesk_of_the_theme_answers() -> None:
    assert theme_of(who(Side.FACILITY)) is TicketTheme.ECALCURA
    assert theme_of(who(Side.DEPARTMENT)) is TicketTheme.ECALCURA
    assert theme_of(who(Side.CONTRACTOR), TicketTheme.ECALCURA) is TicketTheme.ECONTRACTING, "what one is goes before"
    assert theme_of(who(Side.AUTHORITY)) is TicketTheme.ECONTRACTING
    assert theme_of(None, TicketTheme.ECONTRACTING) is TicketTheme.ECONTRACTING
    assert theme_of(None) is TicketTheme.ANY


def test_what_nobody_knows_is_for_both() -> None:
    care, contracts = who(Side.HELPDESK, Role.EL_HELPDESK), who(Side.HELPDESK, Role.EC_HELPDESK)
    assert themes_answered(care) == {TicketTheme.ECALCURA, TicketTheme.ANY}
    assert themes_answered(contracts) == {TicketTheme.ECONTRACTING, TicketTheme.ANY}
    assert themes_answered(who(Side.HELPDESK, Role.EL_HELPDESK, Role.EC_HELPDESK)) == set(TicketTheme)
    assert themes_answered(who(Side.DEPARTMENT, Role.EL_DOSSIERBEHEERDER)) == set()


@pytest.mark.parametrize(
    ("state", "act", "after"),
    [
        (TicketState.NEW, TicketAct.TAKE, TicketState.TAKEN),
        (TicketState.TAKEN, TicketAct.TAKE, TicketState.TAKEN),
        (TicketState.NEW, TicketAct.ANSWER, TicketState.TAKEN),
        (TicketState.TAKEN, TicketAct.CLOSE, TicketState.DONE),
        (TicketState.DONE, TicketAct.REOPEN, TicketState.TAKEN),
    ],
)
def test_the_steps(state: TicketState, act: TicketAct, after: TicketState) -> None:
    assert act in acts_from(state)
    assert step(state, act, version=3, shown_version=3) is after


@pytest.mark.parametrize("act", [TicketAct.TAKE, TicketAct.ANSWER, TicketAct.CLOSE])
def test_what_is_done_is_taken_up_again_first(act: TicketAct) -> None:
    assert act not in acts_from(TicketState.DONE)
    with pytest.raises(NotAllowedNow, match="afgehandeld"):
        step(TicketState.DONE, act, version=1, shown_version=1)


def test_two_at_once() -> None:
    with pytest.raises(Conflict):
        step(TicketState.NEW, TicketAct.TAKE, version=2, shown_version=1)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("hv-k7m-4qx", "HV-K7M-4QX"), (" HVK7M 4QX", "HV-K7M-4QX"), ("K7M-4QX", None), ("HV-K7M-4Q", None), ("", None)],
)
def test_a_code_as_it_is_read_out(typed: str, code: str | None) -> None:
    assert read_code(typed) == code


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("k7m4qx", "K7M-4QX"),
        ("K7M-4QX", "K7M-4QX"),
        ("E59F64DE", "E59F64DE"),
        ("K7M4QXAB", None),
        ("<script>", None),
        (None, None),
    ],
)
def test_a_code_of_a_refusal_or_a_fault(typed: str | None, code: str | None) -> None:
    assert read_refusal_code(typed) == code


def test_e008_who_writes_a_message_and_who_hears_whom_to_reach() -> None:
    assert content_question(who(Side.FACILITY, Role.EL_PRIVACY)).route is ContentRoute.MESSAGE
    assert content_question(who(Side.CONTRACTOR, Role.EC_GEBRUIKER)).route is ContentRoute.MESSAGE
    without = content_question(who(Side.FACILITY, Role.EL_FINANCIEEL))
    assert (without.route, without.roles) == (ContentRoute.ROLE_MISSING, ("Beheer privacygevoelige gegevens",))
    assert content_question(None).route is ContentRoute.SIGN_IN
    assert content_question(who(Side.HELPDESK, Role.EL_HELPDESK)).route is ContentRoute.HELPDESK
    for side, role in ((Side.DEPARTMENT, Role.EL_DOSSIERBEHEERDER), (Side.AUTHORITY, Role.EC_AB_VRIJGEVER)):
        assert content_question(who(side, role)).route is ContentRoute.OFFICE
