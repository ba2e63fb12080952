"""Staff members with their contracts and end-of-career choices."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from models.organisation import Facility
from models.personnel import Contract, EndOfCareerChoice, Source, StaffMember
from tests.factories import numbers
from tests.factories.database import saved
from tests.factories.reference import code_lists

_LAST_NAMES = ("Peeters", "Janssens", "Maes", "Jacobs", "Mertens", "Willems", "Claes", "Goossens", "Wouters", "De Smet")
_people = count()


def staff_member(of: Facility, **values: Any) -> StaffMember:
    """Somebody of the staff, born on 17 May 1966 unless ``birth_date`` says otherwise; the number fits the date."""
    born = values.pop("birth_date", date(1966, 5, 17))
    defaults: dict[str, Any] = {
        "national_number": numbers.national_number(born or date(1966, 5, 17)),
        "last_name": _LAST_NAMES[next(_people) % len(_LAST_NAMES)],
        "first_name": "Kim",
        "birth_date": born,
        "sex": "F",
        "source": Source.REGISTER,
    }
    return saved(StaffMember(facility_id=of.id, **(defaults | values)))


def contract(of: StaffMember, **values: Any) -> Contract:
    """A full-time nurse's contract since 2019, running, with the end-of-career right."""
    code_lists()
    defaults: dict[str, Any] = {
        "starts_on": date(2019, 1, 1),
        "contract_type_code": "LOONTREKKENDE",
        "qualification_code": "VERPLEEGKUNDIGE_BACHELOR",
        "hours": Decimal("38.00"),
        "replacement_hours": Decimal("0.00"),
        "el_right": True,
    }
    return saved(Contract(staff_member_id=of.id, facility_id=of.facility_id, **(defaults | values)))


def choice(of: StaffMember, **values: Any) -> EndOfCareerChoice:
    """The choice of somebody of 55 or older for six premium hours, since 1 June 2021."""
    defaults: dict[str, Any] = {
        "decided_on": date(2021, 6, 1),
        "begins_on": date(2021, 6, 1),
        "age_category": "55+",
        "premium_hours": 6,
        "exemption_hours": 0,
    }
    return saved(EndOfCareerChoice(staff_member_id=of.id, facility_id=of.facility_id, **(defaults | values)))
