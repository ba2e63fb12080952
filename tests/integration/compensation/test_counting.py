"""Which copies of quarters and which certificates a calculation reads (A-37, E-124, E-129, T-05, T-08, T-09, L-05)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import event

from domain.calendars import quarters_of
from domain.ecalcura.certificates import CertificateType
from domain.ecalcura.compensation_result import QuarterStatus
from domain.ecalcura.dossier_states import DossierStatus
from domain.errors import DomainError
from models.all import db
from services.ecalcura import calculations, counting_cases
from tests.factories import compensation, declarations, organisations
from tests.factories.compensation import PERIOD, household
from tests.factories.database import change

K3, K4, K1, K2 = quarters_of(PERIOD)


def _case(it):
    db.session.rollback()
    return calculations.case_of(it.facility, PERIOD, compensation.parameters())


def _paid(case, it):
    """The paid days of the nurse per quarter that has any."""
    return {
        basis.quarter: basis.performances[it.nurse_contract.reference].paid_days
        for basis in case.quarters
        if it.nurse_contract.reference in basis.performances
    }


def test_closed_quarters_give_what_was_submitted_last(database):
    """A-37: a second submission counts, the first is kept; what is typed afterwards does not count."""
    it = household()
    compensation.declare_again(it, K4, paid="60.0")
    compensation.enter(it, K1, paid="1.0", unpaid="0.0")
    case, sources = _case(it)
    assert _paid(case, it) == {K3: 65, K4: 60, K1: 65, K2: 65}
    assert {basis.status for basis in case.quarters} == {QuarterStatus.CLOSED}
    assert sources.quarters[1].digest == compensation.snapshot_of(it, K4).digest
    assert [one.basis for one in sources.quarters] == ["INGEDIEND"] * 4


def test_a_blocked_quarter_gives_the_copy_of_its_basis(database):
    """E-124, T-05: the last saved data; T-08: with basis INGEDIEND the last submission."""
    it = household()
    compensation.enter(it, K4, paid="40.0", unpaid="25.0")
    compensation.close(it.dossiers[K4], event="BLOCK", status=DossierStatus.BLOCKED)
    assert _paid(_case(it)[0], it)[K4] == 40
    change(it.dossiers[K4], basis="INGEDIEND")
    case, sources = _case(it)
    assert _paid(case, it)[K4] == 65
    assert [basis.status for basis in case.quarters][1] is QuarterStatus.BLOCKED
    assert sources.quarters[1].basis == "INGEDIEND"


def test_a_37_a_quarter_in_audit_gives_its_last_copy_with_its_status(database):
    """T-09: the last of all copies, on whatever basis."""
    it = household()
    compensation.enter(it, K4, paid="40.0", unpaid="25.0")
    compensation.close(it.dossiers[K4], event="BLOCK", status=DossierStatus.BLOCKED)
    change(it.dossiers[K4], status=DossierStatus.AUDIT, previous_status=DossierStatus.BLOCKED, basis="INGEDIEND")
    case, _ = _case(it)
    assert _paid(case, it)[K4] == 40
    assert [basis.status for basis in case.quarters][1] is QuarterStatus.AUDIT


@pytest.mark.parametrize(
    ("status", "previous", "expected"),
    [
        (None, None, QuarterStatus.NEVER_OPENED),
        (DossierStatus.OPEN, None, QuarterStatus.OPEN),
        (DossierStatus.BLOCKED, None, QuarterStatus.NEVER_OPENED),
        (DossierStatus.AUDIT, DossierStatus.OPEN, QuarterStatus.OPEN),
        (DossierStatus.AUDIT, DossierStatus.BLOCKED, QuarterStatus.NEVER_OPENED),
    ],
)
def test_e_129_what_never_confirmed_anything_takes_no_part(database, status, previous, expected):
    """A-37, L-05: never opened, open, an empty stub (A-09), or in audit without any copy."""
    it = household(closed=False)
    if status is not None:
        declarations.dossier(it.facility, str(K3), status, previous_status=previous)
    case, sources = _case(it)
    assert case.quarters[0].status is expected
    assert not case.quarters[0].people
    assert sources.quarters[0].digest is None


def test_a_stub_with_an_empty_copy_takes_no_part(database):
    """A-09: without staff and performances the copy says nothing; the exemption right is not credited (E-129)."""
    compensation.parameters()
    it = organisations.facility()
    stub = declarations.dossier(it, str(K3))
    compensation.close(stub, event="BLOCK", status=DossierStatus.BLOCKED)
    case, _ = calculations.case_of(it, PERIOD, compensation.parameters())
    assert case.quarters[0].status is QuarterStatus.NEVER_OPENED


def test_a_closed_quarter_without_a_copy_is_a_problem_with_its_name(database):
    """Nothing is guessed: the quarter is named and what to do."""
    it = household(closed=False)
    declarations.dossier(it.facility, str(K3), DossierStatus.CLOSED)
    with pytest.raises(DomainError, match="2023K3"):
        _case(it)


def test_e_103_certificates_count_as_they_are_now(database):
    """One that was added after the submissions counts, a withdrawn one does not; the notification day comes along."""
    it = household(certificates=False)
    kept = organisations.certificate(it.facility, CertificateType.SOCIAL_AGREEMENT, starts_on=date(2023, 7, 1))
    gone = organisations.certificate(it.facility, CertificateType.END_OF_CAREER)
    change(gone, withdrawn_at=gone.notified_at)
    case, _ = _case(it)
    (one,) = case.certificates
    assert (one.key, one.start, one.notified_on) == (kept.reference, date(2023, 7, 1), date(2024, 9, 16))


def test_staff_that_is_the_same_in_each_quarter_is_one_object(database):
    """Four copies of the same contract become one, so the derivation keeps it once."""
    it = household()
    case, _ = _case(it)
    first, *others = (
        next(person for person in basis.people if person.reference == it.nurse.reference) for basis in case.quarters
    )
    assert all(other is first for other in others)
    assert first.contracts[0].hours == Decimal(38)
    assert first.choices[0].premium_hours == 6


def test_a_name_that_looks_like_the_layout_of_a_copy_is_a_name(database):
    """A copy is read in parts: a text inside it never passes for a key."""
    it = household(closed=False)
    change(it.nurse, last_name='P","staff":[{"x', first_name='],"quarter":"2024K1",,"facility":{')
    for quarter in (K3, K4):
        compensation.declare(it, quarter)
        compensation.close(it.dossiers[quarter])
    case, sources = _case(it)
    assert _paid(case, it) == {K3: 65, K4: 65}
    assert sources.names[it.nurse.reference].last_name == 'P","staff":[{"x'
    assert len(case.quarters[0].people) == 3


def test_staff_that_changed_between_two_quarters_is_read_anew(database):
    """A-13: each quarter counts with the contracts its own copy says."""
    it = household(closed=False)
    compensation.declare(it, K3)
    compensation.close(it.dossiers[K3])
    change(it.replacer_contract, hours=Decimal("24.00"))
    compensation.declare(it, K4)
    compensation.close(it.dossiers[K4])
    case, _ = _case(it)
    hours = [
        contract.hours
        for basis in case.quarters[:2]
        for person in basis.people
        for contract in person.contracts
        if contract.reference == it.replacer_contract.reference
    ]
    assert hours == [19, 24]


def test_many_facilities_are_read_in_five_statements(database):
    """The number of statements does not grow with the facilities."""
    homes = [household() for _ in range(4)]
    parameters = compensation.parameters().content.compensation
    db.session.rollback()
    facilities = [db.session.merge(home.facility) for home in homes]
    list(counting_cases.cases(facilities[:1], PERIOD, parameters))
    statements: list[str] = []

    def count(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        found = list(counting_cases.cases(facilities, PERIOD, parameters))
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    assert [one.facility.id for one in found] == [facility.id for facility in facilities]
    assert len([one for one in statements if one.startswith("SELECT")]) <= 5
