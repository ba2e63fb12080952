"""The plain reference lists that the department edits: qualifications, contract types, fundings, RaaS codes.

Nothing here is guarded by rules of a use case; what a row means for a contract is judged where contracts are judged. A
row in use is not deleted: it gets an end date.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError

from domain.actor import Actor
from domain.audit_events import AuditEvent
from domain.errors import N_, Finding, Findings, InvalidValue, NotAllowedNow, NotFound, Severity
from domain.permissions import Permission
from models.base import Base, db
from models.organisation import BankAccountFunding
from models.personnel import Contract
from models.reference import ContractType, Funding, Qualification, RaasCode
from services import access, audit

LISTS: dict[str, type[Base]] = {
    "qualification": Qualification,
    "contract_type": ContractType,
    "funding": Funding,
    "raas_code": RaasCode,
}

CODE_TAKEN = N_("De code {value} bestaat al. Kies een andere code of wijzig de bestaande regel.")
PERIOD = N_("De einddatum ligt vóór de begindatum.")
RAAS_TAKEN = N_("Voor deze soort bestaat al een regel met de RaaS-code {value}.")
NO_SUCH_CODE = N_("Kies een code uit de lijst.")
IN_USE_WITH_END = N_("{name} is in gebruik en kan niet verwijderd worden. Vul een einddatum in om ze af te sluiten.")
IN_USE = N_("{name} is in gebruik en kan niet verwijderd worden.")


def rows(actor: Actor, name: str) -> Sequence[Any]:
    """The rows of a list, in the order people see them."""
    access.require(actor, Permission.REFERENCE_MANAGE)
    model: Any = LISTS[name]
    if model is RaasCode:
        return db.session.scalars(select(RaasCode).order_by(RaasCode.kind, RaasCode.raas_code)).all()
    return db.session.scalars(select(model).order_by(model.position, model.code)).all()


def codes(kind: str) -> list[tuple[str, str]]:
    """What a RaaS code of a kind can stand for: code and name."""
    model: Any = Qualification if kind == "QUALIFICATION" else ContractType
    return [(row.code, row.name) for row in db.session.scalars(select(model).order_by(model.position, model.code))]


def create(actor: Actor, name: str, values: Mapping[str, Any]) -> Base:
    """Add a row; Findings name the fields that are wrong, InvalidValue a code that is taken."""
    access.require(actor, Permission.REFERENCE_MANAGE)
    _check(name, values, None)
    row = LISTS[name](**values)
    db.session.add(row)
    _flush(name, values)
    _trace(actor, name, row, sorted(values))
    return row


def change(actor: Actor, name: str, key: Any, values: Mapping[str, Any]) -> Base:
    """Change a row; its code stays what it is."""
    access.require(actor, Permission.REFERENCE_MANAGE)
    row: Base = _row(name, key)
    if name != "raas_code":
        values = {field: value for field, value in values.items() if field != "code"}
    _check(name, values, row)
    changed = sorted(field for field, value in values.items() if getattr(row, field) != value)
    for field in changed:
        setattr(row, field, values[field])
    _flush(name, values)
    if changed:
        _trace(actor, name, row, changed)
    return row


def remove(actor: Actor, name: str, key: Any) -> None:
    """Delete a row that nothing uses; NotAllowedNow says what to do with one that is used."""
    access.require(actor, Permission.REFERENCE_MANAGE)
    row = _row(name, key)
    if _in_use(row):
        message = IN_USE_WITH_END if hasattr(row, "valid_to") else IN_USE
        raise NotAllowedNow(message, code="REFERENCE", name=row.name)
    _trace(actor, name, row, [])
    db.session.delete(row)
    db.session.flush()


def _row(name: str, key: Any) -> Any:
    row = db.session.get(LISTS[name], key)
    if row is None:
        raise NotFound
    return row


def _check(name: str, values: Mapping[str, Any], row: Any | None) -> None:
    findings = []
    start: date | None = values.get("valid_from")
    end: date | None = values.get("valid_to")
    if start is not None and end is not None and end < start:
        findings.append(Finding("REFERENCE", Severity.BLOCKS, PERIOD, "valid_to"))
    if name == "raas_code" and values.get("code") not in dict(codes(values.get("kind", ""))):
        findings.append(Finding("REFERENCE", Severity.BLOCKS, NO_SUCH_CODE, "code"))
    if findings:
        raise Findings(findings)
    if row is None and name != "raas_code" and db.session.get(LISTS[name], values["code"]) is not None:
        raise InvalidValue(CODE_TAKEN, field="code", value=values["code"])
    if name == "raas_code":
        other = db.session.scalar(
            select(RaasCode).where(RaasCode.kind == values["kind"], RaasCode.raas_code == values["raas_code"])
        )
        if other is not None and other is not row:
            raise InvalidValue(RAAS_TAKEN, field="raas_code", value=values["raas_code"])


def _flush(name: str, values: Mapping[str, Any]) -> None:
    """Two people may add the same code at once: the second is told, not shown an error page."""
    try:
        db.session.flush()
    except IntegrityError:
        if name == "raas_code":
            raise InvalidValue(RAAS_TAKEN, field="raas_code", value=values["raas_code"]) from None
        raise InvalidValue(CODE_TAKEN, field="code", value=values.get("code", "")) from None


def _in_use(row: Any) -> bool:
    used: Any = None
    if isinstance(row, Qualification):
        used = exists().where(Contract.qualification_code == row.code)
    elif isinstance(row, ContractType):
        used = exists().where(Contract.contract_type_code == row.code)
    elif isinstance(row, Funding):
        used = exists().where(BankAccountFunding.funding_code == row.code)
    if used is None:
        return False
    mapped = isinstance(row, (Qualification, ContractType)) and exists().where(
        RaasCode.kind == ("QUALIFICATION" if isinstance(row, Qualification) else "CONTRACT_TYPE"),
        RaasCode.code == row.code,
    )
    return bool(db.session.scalar(select(used))) or bool(mapped is not False and db.session.scalar(select(mapped)))


def _trace(actor: Actor, name: str, row: Any, fields: Sequence[str]) -> None:
    code = f"{row.kind}:{row.raas_code}" if isinstance(row, RaasCode) else row.code
    audit.record(
        actor,
        AuditEvent.REFERENCE_CHANGED,
        name,
        code,
        data={"list": name, "code": code, "fields": list(fields)},
    )
