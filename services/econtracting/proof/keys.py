"""What anybody needs to check proof without asking us: public keys, their fingerprints, certificates."""

from __future__ import annotations

from dataclasses import dataclass

from services.connections import connections


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A key of the seal. ``shown`` is its fingerprint in groups of four, to compare by eye."""

    fingerprint: str
    shown: str
    in_use: bool


def published() -> list[PublishedKey]:
    """Every key that ever sealed, the one in use first."""
    seals = connections().seals
    return [
        PublishedKey(key_id, " ".join(key_id[place : place + 4] for place in range(0, 64, 4)), key_id == seals.key_id)
        for key_id in reversed(list(seals.public_keys()))
    ]


def public_keys() -> str:
    """The public keys, as PEM."""
    return "".join(connections().seals.public_keys().values())


def certificates() -> str:
    """The certificates that time-stamps lead to, as PEM; empty before the first one."""
    return connections().time_stamps.trusted
