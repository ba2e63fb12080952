"""Contracts to look at: what stands above every page of one, for who may see it."""

from __future__ import annotations

from dataclasses import dataclass

from domain.actor import Actor, Side
from domain.econtracting.contracts import (
    ContractState,
    ContractType,
)
from domain.econtracting.terms import Regime
from models.base import db
from models.organisation import Organisation
from models.public_contract import PublicContract
from services.econtracting import access


@dataclass(frozen=True, slots=True)
class ContractHeader:
    """What stands above every page of a contract. ``internal_*`` is empty for who is not of the contractor (A-05)."""

    reference: str
    number: str
    description: str
    state: ContractState
    type: ContractType
    regime: Regime
    order_number: str
    authority_name: str
    unit: str
    contractor_key: str
    contractor_name: str
    contact_name: str
    contact_email: str
    contact_phone: str
    internal_reference: str = ""
    internal_description: str = ""

    @property
    def active(self) -> bool:
        """Whether documents are still exchanged."""
        return self.state is ContractState.ACTIVE


def header(actor: Actor, reference: str) -> ContractHeader:
    """What stands above the pages of a contract; NotFound for who does not see it."""
    return header_of(actor, access.contract_for(actor, reference))


def header_of(actor: Actor, contract: PublicContract) -> ContractHeader:
    """The same of a contract that was already found for the actor."""
    authority = db.session.get_one(Organisation, contract.authority_id)
    contractor = db.session.get_one(Organisation, contract.contractor_id)
    own = actor.side is Side.CONTRACTOR
    return ContractHeader(
        reference=contract.reference,
        number=contract.number,
        description=contract.description,
        state=contract.state,
        type=contract.type,
        regime=contract.regime,
        order_number=contract.order_number,
        authority_name=authority.name,
        unit=contract.unit,
        contractor_key=contractor.key,
        contractor_name=contractor.name,
        contact_name=contract.contact_name,
        contact_email=contract.contact_email,
        contact_phone=contract.contact_phone,
        internal_reference=contract.internal_reference if own else "",
        internal_description=contract.internal_description if own else "",
    )
