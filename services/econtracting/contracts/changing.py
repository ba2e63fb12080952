"""Changing and closing a contract by its authority, and the little a contractor's beheerder may change (C-030b)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import delete, exists, select, update

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.econtracting.contract_data import (
    FIELD_LABELS,
    ContractData,
    check,
    tidied,
)
from domain.econtracting.contracts import (
    ContractState,
    may_change,
    may_close,
)
from domain.econtracting.document_states import VersionState
from domain.econtracting.rights import Verb
from domain.econtracting.terms import ALIVE
from domain.errors import N_, Conflict, Finding, Findings, InvalidValue, Severity
from domain.permissions import Permission
from models.base import db
from models.contract_follow_up import ContractTerm
from models.file_document import DocumentVersion, FileDocument
from models.gate import writing
from models.organisation import Organisation
from models.public_contract import ContractKind, PublicContract
from services import access as permissions
from services import audit, clock, locks
from services.econtracting import access, actions
from services.econtracting.contracts import facts
from services.econtracting.contracts.making import KNOWN_NUMBER, authority_of, wrong

VISIBLE_ALREADY = N_("De opdrachtnemer ziet deze opdracht al: dat kan niet meer ongedaan.")
OTHER_CONTRACTOR = N_(
    "De opdrachtnemer van een opdracht verandert niet. Staat hier de verkeerde, sluit de opdracht dan af en maak een "
    "nieuwe."
)
CHANGED_MEANWHILE = N_("Een collega heeft deze opdracht intussen gewijzigd. Uw wijziging is niet bewaard.")
TOO_LONG = N_("Gebruik hoogstens {max} tekens.")
INTERNAL_LABELS = {"internal_reference": N_("Uw referentie"), "internal_description": N_("Uw omschrijving")}
_INTERNAL = {"internal_reference": 60, "internal_description": 300}


def own_contract(actor: Actor, reference: str) -> PublicContract:
    """A contract of the actor's authority, to manage; NotFound for anybody else's."""
    authority_of(actor)
    return access.contract_for(actor, reference)


def data_of(contract: PublicContract) -> ContractData:
    """The data of a contract as they would be typed today."""
    contractor = db.session.get_one(Organisation, contract.contractor_id)
    return facts.data_of(contract, contractor, facts.kinds_of([contract.id]).get(contract.id, frozenset()))


def change(actor: Actor, reference: str, data: ContractData, version: int) -> list[str]:
    """Change a contract; gives the fields that changed. What is already so is not saved again.

    Raises Findings, NotAllowedNow (closed; other term rules while terms run; hidden again), and Conflict with both
    versions when a colleague saved something else since ``version`` was read.
    """
    contract = locks.lock_contract(own_contract(actor, reference).id)
    before = data_of(contract)
    after = tidied(replace(data, contractor_name=before.contractor_name))
    if before.contractor_number != after.contractor_number:
        raise InvalidValue(OTHER_CONTRACTOR, field="contractor_number")
    now = clock.now()
    seen = contract.visible_since is not None and contract.visible_since <= now
    if seen and after.visible_from != before.visible_from:
        raise InvalidValue(VISIBLE_ALREADY, field="visible_from")
    changed = facts.changes(before, after)
    if not changed:
        return []
    if contract.version != version:
        raise Conflict(CHANGED_MEANWHILE, theirs=_shown(before, changed), yours=_shown(after, changed))
    may_change(contract.state, changed, terms_run=terms_run(contract))
    problems = check(after, facts.codes_in_use() | before.kinds, clock.today())
    if "number" in changed and _taken(contract, after.number):
        problems.append(wrong("number", KNOWN_NUMBER, number=after.number))
    if problems:
        raise Findings(problems)
    with writing("contracts.change"):
        for name, value in facts.values_of(after).items():
            setattr(contract, name, value)
        if "visible_from" in changed:
            contract.visible_since = facts.visible_since(after, now)
        if "kinds" in changed:
            db.session.execute(delete(ContractKind).where(ContractKind.contract_id == contract.id))
            db.session.add_all(ContractKind(contract_id=contract.id, kind_code=code) for code in sorted(after.kinds))
        if not db.session.is_modified(contract):  # only its kinds: somebody else's form is out of date all the same
            contract.version += 1
        db.session.flush()
    audit.record(
        actor,
        AuditEvent.PUBLIC_CONTRACT_CHANGED,
        "public_contract",
        contract.reference,
        data={"fields": changed},
        personal={"before": facts.traced(before, changed), "after": facts.traced(after, changed)},
    )
    return changed


def terms_run(contract: PublicContract) -> bool:
    """Whether a term of the contract runs or is suspended."""
    return bool(
        db.session.scalar(
            select(exists().where(ContractTerm.contract_id == contract.id, ContractTerm.state.in_(ALIVE)))
        )
    )


def _unpublished(contract: PublicContract) -> bool:
    """Whether something was released that the contractor cannot consult yet."""
    return bool(
        db.session.scalar(
            select(
                exists()
                .where(DocumentVersion.document_id == FileDocument.id)
                .where(FileDocument.contract_id == contract.id, DocumentVersion.state == VersionState.RELEASED)
            )
        )
    )


def _taken(contract: PublicContract, number: str) -> bool:
    other = select(PublicContract.id).where(
        PublicContract.authority_id == contract.authority_id,
        PublicContract.number == number,
        PublicContract.id != contract.id,
    )
    return db.session.scalar(other) is not None


def _shown(data: ContractData, fields: list[str]) -> dict[str, Any]:
    return {FIELD_LABELS[name]: facts.traced(data, [name])[name] for name in fields}


def close(actor: Actor, reference: str, accepted_on: date | None, version: int | None = None) -> PublicContract:
    """Close a contract on its final acceptance: nothing is exchanged any more, everything stays readable.

    Raises InvalidValue (``accepted_on``), NotAllowedNow (closed already, terms run, something is not yet consultable),
    and Conflict when it changed since ``version`` was read.
    """
    contract = locks.lock_contract(own_contract(actor, reference).id)
    if version is not None and contract.version != version and contract.state is ContractState.ACTIVE:
        raise Conflict(CHANGED_MEANWHILE)
    accepted = may_close(
        contract.state,
        contract.published_on,
        accepted_on,
        clock.today(),
        terms_run=terms_run(contract),
        unpublished=_unpublished(contract),
    )
    before = contract.state
    with writing("contracts.close"):
        contract.state = ContractState.CLOSED
        contract.accepted_on = accepted
        contract.closed_at = clock.now()
    actions.lapse(contract)
    audit.record(
        actor,
        AuditEvent.PUBLIC_CONTRACT_STATE,
        "public_contract",
        contract.reference,
        data={"from": before.value, "to": contract.state.value},
    )
    return contract


def change_internal(actor: Actor, reference: str, after: tuple[str, str], seen: tuple[str, str]) -> bool:
    """The contractor's own reference and description of a contract (C-030b, A-05); the authority never reads them.

    Whether they changed; ``seen`` is what the form showed. Also of a closed contract: they help to find it. The version
    of the contract stays: it counts for what the authority changes. Forbidden without the role, NotFound for who does
    not see the contract, Conflict when a colleague changed them.
    """
    permissions.require(actor, Permission.CONTRACT_INFO_WRITE)
    contract = access.contract_for(actor, reference)
    access.require(actor, contract, Verb.MANAGE, "")
    contract = locks.lock_contract(contract.id)
    before = dict(zip(_INTERNAL, (contract.internal_reference, contract.internal_description), strict=True))
    wanted = {name: " ".join(text.split()) for name, text in zip(_INTERNAL, after, strict=True)}
    problems = [
        Finding("A-05", Severity.BLOCKS, TOO_LONG, name, params={"max": most})
        for name, most in _INTERNAL.items()
        if len(wanted[name]) > most
    ]
    if problems:
        raise Findings(problems)
    changed = [name for name in _INTERNAL if before[name] != wanted[name]]
    if not changed:
        return False
    if tuple(before.values()) != seen:
        raise Conflict(CHANGED_MEANWHILE, theirs=_named(before), yours=_named(wanted))
    with writing("contracts.change_internal"):
        db.session.execute(update(PublicContract).where(PublicContract.id == contract.id).values(**wanted))
    audit.record(
        actor,
        AuditEvent.PUBLIC_CONTRACT_CHANGED,
        "public_contract",
        contract.reference,
        data={"fields": changed},
        personal={
            "before": {name: before[name] for name in changed},
            "after": {name: wanted[name] for name in changed},
        },
    )
    return True


def _named(values: dict[str, str]) -> dict[str, str]:
    return {INTERNAL_LABELS[name]: value for name, value in values.items()}
