"""Desks of the department, who sits at them, and canned texts."""

from __future__ import annotations

from typing import Any

from domain.actor import Side
from domain.permissions import Role
from models.message import CannedText, Desk, DeskMember
from services import clock
from tests.factories import contracting
from tests.factories.contracting import Somebody
from tests.factories.database import save, saved

DEPARTMENT_KEY, DEPARTMENT_NAME = "OVO009901", "Departement Zorg (test)"


def manager(name: str = "Els Claes") -> Somebody:
    """A case manager with account and work relation."""
    department = contracting.organisation(Side.DEPARTMENT, DEPARTMENT_KEY, DEPARTMENT_NAME)
    return contracting.somebody(department, Role.EL_DOSSIERBEHEERDER, name=name)


def desk(name: str = "Bureau PVT", sectors: str = "PVT", *members: Somebody, **values: Any) -> Desk:
    """A desk that serves sectors (joined by spaces)."""
    row = saved(Desk(name=name, sectors=sectors, **({"changed_at": clock.now()} | values)))
    save(*(DeskMember(desk_id=row.id, account_id=one.account.id) for one in members))
    return row


def canned_text(
    title: str = "Attest ontbreekt", body: str = "Voor {kwartaal} ontbreekt een attest.", **values: Any
) -> CannedText:
    """A canned text that is in use."""
    defaults: dict[str, Any] = {"theme": "ECALCURA", "changed_at": clock.now(), "changed_by": "Els Claes"}
    return saved(CannedText(title=title, body=body, **(defaults | values)))
