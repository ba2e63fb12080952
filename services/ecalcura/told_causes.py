"""Causes of a difference with the names of people and codes, the largest first, long lists cut off with their sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.ecalcura.compensation_result import Compensation
from domain.ecalcura.differences import CAUSE_LABELS, Cause, CauseKind
from domain.ecalcura.explained_steps import Names, Text, address
from domain.ecalcura.swapped_inputs import Change

#: As many people, and changes of one person, as are told before "and so many others".
MOST = 10

_ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class ToldPerson:
    """What changed for somebody and the euro that fell on the own lines; ``key``: the step of the explanation."""

    name: str
    key: str | None
    amount: Decimal
    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class ToldCause:
    """A cause in words. ``others`` people are not named; ``others_amount`` is theirs."""

    kind: CauseKind
    label: str
    amount: Decimal
    changes: Sequence[Text]
    people: Sequence[ToldPerson]
    others: int
    others_amount: Decimal


def told(causes: Sequence[Cause], names: Names, after: Compensation) -> list[ToldCause]:
    """The causes, each with the people most responsible; ``after`` says who has a step to go to."""
    keys = {line.person: address("vervangers", line.person) for line in after.replacements}
    keys.update({line.person: address("premies", line.person) for line in after.premiums})
    return [_told(cause, names, keys) for cause in causes]


def _told(cause: Cause, names: Names, keys: dict[str, str]) -> ToldCause:
    effects = {effect.person: effect.amount for effect in cause.effects}
    changes: dict[str, list[Change]] = {}
    for change in cause.changes:
        if change.person is not None:
            changes.setdefault(change.person, []).append(change)
    people = [*effects, *(person for person in changes if person not in effects)]
    named = [
        ToldPerson(names.person(one), keys.get(one), effects.get(one, _ZERO), tuple(changes.get(one, ())))
        for one in people[:MOST]
    ]
    rest = people[MOST:]
    return ToldCause(
        cause.kind,
        CAUSE_LABELS[cause.kind],
        cause.amount,
        tuple(_general(change, names) for change in cause.changes if change.person is None),
        tuple(named),
        len(rest),
        sum((effects.get(one, _ZERO) for one in rest), _ZERO),
    )


def _general(change: Change, names: Names) -> Text:
    """A change that is about nobody; a rate is told with its qualification."""
    text = Text(change.message, change.params)
    if change.qualification is None:
        return text
    return Text("{what} ({qualification})", {"what": text, "qualification": names.qualification(change.qualification)})
