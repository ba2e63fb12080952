"""Does the proof of a contract still hold? Records, seals, time-stamps, contents and files are read again."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import or_, select

from models.base import db
from models.public_contract import PublicContract
from services.econtracting.proof.reading import ContractReport, Reading, Stamps


def verify_contract(contract_id: int, *, files: bool = True, stamps: Stamps | None = None) -> ContractReport:
    """Read the proof of a contract again, up to the first place that does not hold. Changes nothing.

    ``files``: read every byte of the files too, not only whether they are there. The head is read first, so that what
    is added meanwhile is no fault.
    """
    contract = db.session.get_one(PublicContract, contract_id, populate_existing=True)
    report = ContractReport(contract.number)
    reading = Reading(contract, report, files, stamps or Stamps())
    report.broken = reading.read()
    return report


@dataclass(slots=True)
class EveryReport:
    """What was read of all contracts, and for each that does not hold where: ``contract …: text``."""

    contracts: int = 0
    records: int = 0
    stamped: int = 0
    waiting: int = 0
    broken: list[str] = field(default_factory=list)

    def add(self, report: ContractReport) -> None:
        """Count one contract in."""
        self.contracts += 1
        self.records += report.records
        self.stamped += report.stamped
        self.waiting += report.waiting
        if report.broken is not None:
            fault = report.broken
            self.broken.append(f"contract {report.contract}: record {fault.position}: {fault.fault.value}")


def verify_all(*, files: bool = True) -> EveryReport:
    """Read the proof of every contract again; up to the first place that does not hold in each."""
    every, stamps = EveryReport(), Stamps()
    last = 0
    while batch := db.session.scalars(
        select(PublicContract.id).where(PublicContract.id > last).order_by(PublicContract.id).limit(100)
    ).all():
        for contract_id in batch:
            every.add(verify_contract(contract_id, files=files, stamps=stamps))
        last = batch[-1]
    return every


def verify_named(name: str) -> EveryReport:
    """The same for the contracts with a number (several authorities may use it) or a reference; none is zero."""
    every, stamps = EveryReport(), Stamps()
    named = or_(PublicContract.number == name, PublicContract.reference == name)
    for contract_id in db.session.scalars(select(PublicContract.id).where(named).order_by(PublicContract.id)).all():
        every.add(verify_contract(contract_id, stamps=stamps))
    return every
