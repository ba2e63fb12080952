"""The life of a dossier as a page: made from the transition tables.

``python -m tests.contract.states`` writes docs/states.md again.
"""

from __future__ import annotations

from pathlib import Path

from domain.ecalcura.dossier_states import (
    EVENT_LABELS,
    PREVIOUS,
    REASON_REQUIRED,
    STATUS_LABELS,
    TRANSITION_NUMBERS,
    TRANSITIONS,
    WHO,
    ActorKind,
    DossierStatus,
)

FILE = Path(__file__).resolve().parents[2] / "docs" / "states.md"

_PEOPLE = {ActorKind.FACILITY: "facility", ActorKind.CASE_MANAGER: "case manager", ActorKind.SCHEDULER: "calendar"}

HEAD = """# The life of a dossier

Made from the tables in `domain/ecalcura/dossier_states.py` by `python -m tests.contract.states`; a test compares the
two. When an event is accepted (phase of the facility, once only, quarter ended …) stands in
`domain/ecalcura/declaration.py`.

"""


def _status(status: DossierStatus | str | None) -> str:
    if status is None:
        return "(none)"
    return "the status before" if status == PREVIOUS else STATUS_LABELS[DossierStatus(status)]


def text() -> str:
    """The table and the diagram."""
    rows = ["| From | Event | Number | By | Reason | To |", "|---|---|---|---|---|---|"]
    arrows = ["```mermaid", "stateDiagram-v2"]
    for (before, event), after in TRANSITIONS.items():
        who = ", ".join(_PEOPLE[kind] for kind in ActorKind if kind in WHO[event])
        reason = "required" if REASON_REQUIRED[event] else ""
        numbers = TRANSITION_NUMBERS[event]
        rows.append(f"| {_status(before)} | {EVENT_LABELS[event]} | {numbers} | {who} | {reason} | {_status(after)} |")
        targets = [DossierStatus.OPEN, DossierStatus.CLOSED, DossierStatus.BLOCKED] if after == PREVIOUS else [after]
        source = "[*]" if before is None else _status(before)
        arrows += [f"    {source} --> {_status(target)}: {EVENT_LABELS[event]}" for target in targets]
    return HEAD + "\n".join([*rows, "", *arrows, "```", ""])


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
