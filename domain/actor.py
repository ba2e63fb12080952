"""Who acts: a person of an organisation, with the roles that came in at sign-in, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from domain.permissions import ROLE_PERMISSIONS, SIGNED_IN, Permission, Role


class Side(StrEnum):
    """On which side of the desk somebody sits."""

    FACILITY = "facility"
    CONTRACTOR = "contractor"
    AUTHORITY = "authority"
    DEPARTMENT = "department"
    HELPDESK = "helpdesk"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """The one on whose behalf a use case runs. Every service takes it explicitly.

    ``organisation_key`` is the HCO number, the enterprise number or the OVO code; ``facility_id`` is set for the side
    FACILITY only and is what tenant filters use. ``account_id`` is None for the system.
    """

    account_id: int | None
    side: Side
    organisation_key: str
    organisation_name: str
    name: str
    roles: frozenset[Role] = frozenset()
    facility_id: int | None = None
    means: str = ""
    permissions: frozenset[Permission] = field(init=False)

    def __post_init__(self) -> None:
        granted = set(SIGNED_IN)
        for role in self.roles:
            granted |= ROLE_PERMISSIONS[role]
        object.__setattr__(self, "permissions", frozenset(granted))

    def may(self, permission: Permission) -> bool:
        """Whether a role of the actor carries the permission. The row is checked separately (services.access)."""
        return permission in self.permissions

    @property
    def is_case_manager(self) -> bool:
        """A case manager of the department (actor D of the transition tables)."""
        return Role.EL_DOSSIERBEHEERDER in self.roles

    @property
    def reads_rule_numbers(self) -> bool:
        """Whether the numbers of the rules of calculation mean something to the actor: not to a facility."""
        return self.side in (Side.DEPARTMENT, Side.HELPDESK)


SCHEDULER = Actor(None, Side.SYSTEM, "SYSTEEM", "Dossierloket", "Dossierloket", frozenset({Role.SYSTEM}))
