"""Explains how the right limits the replacement: V, f, and f of each quarter (7.6 steps 5 and 6)."""

from __future__ import annotations

from decimal import Decimal

from domain.ecalcura.compensation_parameters import LimitLevel
from domain.ecalcura.compensation_result import QuarterRight
from domain.ecalcura.explained_case import Explained
from domain.ecalcura.explained_steps import Mark, Step, Text, Unit, address
from domain.ecalcura.explained_sums import MOST_TERMS
from domain.ecalcura.formulas import Term, added, figure, formula, number, plain, quotient, unrounded
from domain.errors import N_
from domain.exact import rounded

_SUM_TITLE = N_("Vervanging die gepresteerd is")
_SUM = N_("Alle vervangers samen presteerden gemiddeld {outcome} voltijds equivalent vervanging.")
_LIMIT_TITLE = N_("Aftopping")
_LIMITED = N_("Het recht ({right}) is kleiner dan de vervanging ({replaced}): van elke vervanger telt {share} %.")
_COVERED = N_("Het recht ({right}) dekt de vervanging ({replaced}) volledig: er wordt niets afgetopt.")
_NOT_LIMITED = N_("De parameters van {period} toppen de vervanging niet af.")
_LIMIT_QUARTERS = N_("De vervanging wordt per kwartaal afgetopt op het recht van dat kwartaal.")
_LIMIT_QUARTER_TITLE = N_("Aftopping in het {quarter}")


def sum_step(found: Explained) -> Step:
    lines = found.outcome.replacements
    few = 1 < len(lines) <= MOST_TERMS
    total = found.outcome.replacement_fte
    return Step(
        "vervanging",
        Text(_SUM_TITLE),
        Text(_SUM, {"outcome": figure(total)}),
        "A-32",
        total,
        Unit.FTE,
        formula(added(number(line.average_fte) for line in lines), total) if few else None,
        None if total else Mark.NOTHING,
    )


def limit_steps(found: Explained) -> tuple[Step, ...]:
    """f: how much of the replacement the right covers."""
    outcome, level = found.outcome, found.parameters.limit_level
    if not outcome.replacement_fte and level is not LimitLevel.QUARTER:
        return ()
    title = Text(_LIMIT_TITLE)
    if level is LimitLevel.NONE:
        return (Step("aftopping", title, Text(_NOT_LIMITED, {"period": found.case.reference_period}), "A-32"),)
    if level is LimitLevel.PERIOD:
        return (_limit("aftopping", title, outcome.right_fte, outcome.replacement_fte, outcome.limit_factor),)
    quarters = tuple(
        _limit(
            address("aftopping", right.quarter),
            Text(_LIMIT_QUARTER_TITLE, {"quarter": right.quarter}),
            right.fte,
            right.replaced,
            right.factor,
        )
        for right in outcome.rights
        if right.replaced
    )
    limited = any(step.mark is Mark.LIMITED for step in quarters)
    mark = Mark.LIMITED if limited else None
    return (Step("aftopping", title, Text(_LIMIT_QUARTERS), "A-32", mark=mark, children=quarters),)


def _limit(key: str, title: Text, right: Decimal, replaced: Decimal, factor: Decimal) -> Step:
    limited = right < replaced
    params = {"right": figure(right), "replaced": figure(replaced), "share": percentage(factor)}
    return Step(
        key,
        title,
        Text(_LIMITED if limited else _COVERED, params),
        "A-32",
        factor,
        Unit.SHARE,
        unrounded(quotient(number(right), number(replaced))) if limited else None,
        Mark.LIMITED if limited else None,
    )


def percentage(share: Decimal) -> str:
    """``56,16`` for 0,5616…"""
    return plain(rounded(share * 100, 1, 2))


def quarter_share(found: Explained, right: QuarterRight) -> Term | None:
    """f_q, when the limit is per quarter and bites."""
    if found.parameters.limit_level is not LimitLevel.QUARTER or right.fte >= right.replaced:
        return None
    return quotient(number(right.fte), number(right.replaced))
