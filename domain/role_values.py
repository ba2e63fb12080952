"""The grammar of the role values an identity provider sends (docs/rules/sign-in.md).

``Right-role:key, key`` or ``role:key``, where the key names the organisation the role holds for. Upper and lower case,
spaces, hyphens and accents of the role do not matter; the key does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from domain.permissions import Role


class Application(StrEnum):
    """The two applications roles are given for; the value is the right in a role value, in lower case."""

    ECONTRACTING = "econtracting"
    ELOKET = "eloket"


class KeyKind(StrEnum):
    """What names an organisation."""

    ENTERPRISE = "KBO"
    OVO = "OVO"
    HCO = "HCO"


class DropReason(StrEnum):
    """Why something that came in gives nothing; only this is kept, never the value."""

    OTHER_ORGANISATION = "other_organisation"
    OTHER_SIDE = "other_side"
    UNKNOWN_ROLE = "unknown_role"
    MALFORMED = "malformed"
    REPRESENTS_OTHER = "represents_other"


#: Role names after ``_plain``, per application.
ROLE_NAMES: dict[Application, dict[str, Role]] = {
    Application.ELOKET: {
        "beheerprivacygevoeligegegevens": Role.EL_PRIVACY,
        "beheerfinancielegegevens": Role.EL_FINANCIEEL,
        "dossierbeheerder": Role.EL_DOSSIERBEHEERDER,
        "helpdesk": Role.EL_HELPDESK,
    },
    Application.ECONTRACTING: {
        "beheerder": Role.EC_BEHEERDER,
        "gebruiker": Role.EC_GEBRUIKER,
        "dossierbeheerder": Role.EC_AB_DOSSIERBEHEERDER,
        "behandelaar": Role.EC_AB_BEHANDELAAR,
        "vrijgever": Role.EC_AB_VRIJGEVER,
        "helpdesk": Role.EC_HELPDESK,
    },
}

_RIGHT = re.compile(r"\s*(econtracting|eloket)\s*-\s*", re.IGNORECASE)
_KEYS = {
    KeyKind.ENTERPRISE: re.compile(r"[0-9]{10}"),
    KeyKind.OVO: re.compile(r"OVO[0-9]{6}"),
    KeyKind.HCO: re.compile(r"[0-9]{1,20}"),
}


@dataclass(frozen=True, slots=True)
class RoleValues:
    """The roles that hold for the session's organisation, and why other values gave nothing."""

    roles: frozenset[Role]
    dropped: tuple[DropReason, ...]


def normalise_key(text: str, kind: KeyKind) -> str | None:
    """The key in its one form, or None when it is none of that kind; nine digits of an enterprise number get a zero."""
    key = text.strip()
    if kind is KeyKind.ENTERPRISE:
        key = key.replace(".", "")
        key = key.zfill(10) if len(key) == 9 else key
    elif kind is KeyKind.OVO:
        key = key.upper()
    return key if _KEYS[kind].fullmatch(key) else None


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name).casefold()
    return "".join(character for character in decomposed if character.isascii() and character.isalnum())


def read_roles(application: Application, values: Iterable[str], kind: KeyKind, organisation: str) -> RoleValues:
    """Read the values of one application's role attribute for one organisation (a normalised key).

    A role for another organisation, of another application, or unknown, is dropped; none of these is an error.
    """
    roles: set[Role] = set()
    dropped: list[DropReason] = []
    for value in values:
        left, colon, keys = value.partition(":")
        if not colon or not left.strip() or not keys.strip():
            dropped.append(DropReason.MALFORMED)
            continue
        right = _RIGHT.match(left)
        role = ROLE_NAMES[application].get(_plain(left[right.end() :] if right else left))
        if role is None or (right and right[1].lower() != application):
            dropped.append(DropReason.UNKNOWN_ROLE)
            continue
        for key in keys.split(","):
            if normalise_key(key, kind) == organisation:
                roles.add(role)
            elif key.strip():
                dropped.append(DropReason.OTHER_ORGANISATION)
    return RoleValues(frozenset(roles), tuple(dropped))
