"""Rows of staff as the rules see them, and the code lists those rules need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from domain.ecalcura.personnel import (
    ChoiceFacts,
    ContractFacts,
    ContractTypeFacts,
    PersonFacts,
    QualificationFacts,
    RightsParameters,
    automatic_right,
)
from models.base import db
from models.personnel import Contract, EndOfCareerChoice, StaffMember
from models.reference import ContractType, Qualification
from services.ecalcura import parameter_sets


@dataclass(frozen=True, slots=True)
class CodeLists:
    """Contract types and qualifications by code, in the order of the lists, with the names people read.

    ``rights`` are the parameters that contracts and choices are judged by today (part 8).
    """

    contract_types: Mapping[str, ContractTypeFacts]
    qualifications: Mapping[str, QualificationFacts]
    contract_type_names: Mapping[str, str]
    qualification_names: Mapping[str, str]
    rights: RightsParameters

    def automatic(self) -> list[tuple[str, str]]:
        """Contract type and qualification of every combination that gives the right by itself (E-075)."""
        return [
            (kind.code, qualification.code)
            for kind in self.contract_types.values()
            for qualification in self.qualifications.values()
            if automatic_right(kind, qualification)
        ]

    def is_automatic(self, contract_type: str, qualification: str) -> bool:
        """Whether this combination gives the right by itself; False when one of the codes does not exist."""
        kind, known = self.contract_types.get(contract_type), self.qualifications.get(qualification)
        return kind is not None and known is not None and automatic_right(kind, known)


def code_lists() -> CodeLists:
    """Both lists, past and future entries included (V-14 looks at the start date). Three statements."""
    kinds = list(db.session.scalars(select(ContractType).order_by(ContractType.position, ContractType.name)))
    known = list(db.session.scalars(select(Qualification).order_by(Qualification.position, Qualification.name)))
    return CodeLists(
        contract_types={
            row.code: ContractTypeFacts(
                row.code, row.right_possible, row.replacer_excluded_from, row.valid_from, row.valid_to
            )
            for row in kinds
        },
        qualifications={
            row.code: QualificationFacts(row.code, row.is_nurse, row.automatic_right, row.valid_from, row.valid_to)
            for row in known
        },
        contract_type_names={row.code: row.name for row in kinds},
        qualification_names={row.code: row.name for row in known},
        rights=parameter_sets.rights_now(),
    )


def contract_facts(row: Contract) -> ContractFacts:
    """A contract as the rules see it."""
    return ContractFacts(
        reference=row.reference,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        contract_type=row.contract_type_code,
        qualification=row.qualification_code,
        hours=row.hours,
        replacement_hours=row.replacement_hours,
        el_right=row.el_right,
    )


def choice_facts(row: EndOfCareerChoice) -> ChoiceFacts:
    """A choice line as the rules see it."""
    return ChoiceFacts(
        reference=row.reference,
        decided_on=row.decided_on,
        begins_on=row.begins_on,
        ends_on=row.ends_on,
        age_category=row.age_category,
        premium_hours=row.premium_hours,
        exemption_hours=row.exemption_hours,
        premium_exception=row.premium_exception,
    )


def person_facts(row: StaffMember) -> PersonFacts:
    """What is known of the birth date: what the register said, nothing more (V-06)."""
    return PersonFacts(birth_date=row.birth_date)
