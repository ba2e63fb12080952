"""The life of a request to correct (E-153): the whole table, and how each thing is corrected."""

from __future__ import annotations

from itertools import product

import pytest

from domain.ecalcura.declaration import DossierStatus
from domain.errors import InvalidValue, NotAllowedNow
from domain.privacy import (
    FROM_REGISTER,
    NEEDS_ANSWER,
    OPEN_STATES,
    TRANSITIONS,
    Advice,
    CorrectionAct,
    CorrectionField,
    CorrectionState,
    acts,
    advice,
    after,
)


@pytest.mark.parametrize(("state", "act"), list(product(CorrectionState, CorrectionAct)))
def test_each_step_is_in_the_table_or_refused(state: CorrectionState, act: CorrectionAct) -> None:
    target = TRANSITIONS.get((state, act))
    if target is None:
        with pytest.raises(NotAllowedNow):
            after(state, act, "reden")
        assert act not in acts(state)
    else:
        assert after(state, act, "reden") is target
        assert act in acts(state)


def test_a_decided_request_has_no_step_left() -> None:
    assert all(not acts(state) for state in set(CorrectionState) - OPEN_STATES)
    assert all(acts(state) for state in OPEN_STATES)


@pytest.mark.parametrize("act", sorted(NEEDS_ANSWER))
def test_refusing_without_a_reason_is_refused(act: CorrectionAct) -> None:
    with pytest.raises(InvalidValue):
        after(CorrectionState.ASKED, act, " \n ")


@pytest.mark.parametrize("field", list(CorrectionField))
@pytest.mark.parametrize("status", [None, *DossierStatus])
def test_a_quarter_that_is_not_open_has_to_be_reopened(field: CorrectionField, status: DossierStatus | None) -> None:
    told = advice(field, status)
    if field in FROM_REGISTER:
        assert told is Advice.REGISTER
    else:
        assert (told is Advice.REOPEN) == (status not in (None, DossierStatus.OPEN))
