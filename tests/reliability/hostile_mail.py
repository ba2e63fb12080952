"""A mail server that is against you: each mail meets a few of its moods before it is taken at last."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.ports import free_port

MOODS = ("451 greylisted", "421 too busy", "drop before taking", "drop after taking", "gone at once")
"""Refused for now at the recipient, refused for now at the end, and a connection cut before and after it was taken."""


class HostileServer:
    """Takes mail in the end. ``taken`` holds every mail it took, those it never acknowledged too, by recipient."""

    def __init__(self, seed: str, most: int = 3) -> None:
        self.port = free_port()
        self.taken: defaultdict[str, list[EmailMessage]] = defaultdict(list)
        self.met: Counter[str] = Counter()
        self._chance = random.Random(seed)
        self._most = most
        self._moods: dict[str, list[str]] = {}

    def _mood(self, address: str) -> str | None:
        left = self._moods.get(address)
        if left is None:
            left = self._moods[address] = [
                self._chance.choice(MOODS) for _ in range(self._chance.randint(0, self._most))
            ]
        return left[0] if left else None

    def _shown(self, address: str) -> None:
        self.met[self._moods[address].pop(0)] += 1

    async def handle_RCPT(
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Sequence[str]
    ) -> str:
        mood = self._mood(address)
        if mood == "gone at once":
            self._shown(address)
            _cut(server)
        elif mood == "451 greylisted":
            self._shown(address)
            return mood
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        (address,) = envelope.rcpt_tos
        mood = self._mood(address)
        if mood is not None:
            self._shown(address)
        if mood in (None, "drop after taking"):
            message = message_from_bytes(bytes(envelope.content or b""), policy=policy.default)
            assert isinstance(message, EmailMessage)
            self.taken[address].append(message)
        if mood in ("drop before taking", "drop after taking"):
            _cut(server)
        return mood if mood == "421 too busy" else "250 taken"


def _cut(server: SMTP) -> None:
    assert server.transport is not None
    server.transport.abort()


@contextmanager
def hostile_server(seed: str, most: int = 3) -> Iterator[HostileServer]:
    """A running one on a free port."""
    handler = HostileServer(seed, most)
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()
