"""The past of the demonstration, played through the use cases themselves with the clock set back.

What people did is put down as steps; ``play`` does those that lie before now, in the order of time, so that timelines,
snapshots, receipts and the audit chain are what they would have been.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from services import clock

Act = Callable[[], object]


@dataclass
class Story:
    """Steps up to ``now``; a step that lies later is not taken."""

    now: datetime
    _steps: list[tuple[datetime, int, Act]] = field(default_factory=list)

    def on(self, instant: datetime, act: Act) -> None:
        """Put down what happens at an instant. Steps at the same instant happen in the order they were put down."""
        if instant <= self.now:
            self._steps.append((instant, len(self._steps), act))

    def play(self) -> int:
        """Let everything happen; gives the number of steps."""
        for instant, _, act in sorted(self._steps, key=lambda step: step[:2]):
            with clock.standing_at(instant):
                act()
        return len(self._steps)
