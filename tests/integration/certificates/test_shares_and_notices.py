"""What the certificates cover of each quarter, and what a notification changes of what was calculated (E-103, A-24)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from domain.ecalcura.calculation_states import CalculationKind
from domain.ecalcura.certificates import CertificateType
from domain.errors import Forbidden
from domain.permissions import Role
from models.all import db
from models.organisation import Facility
from services import transaction
from services.ecalcura import certificate_notices, certificate_overview, certificates
from services.listing import Position
from tests.factories import actors, compensation, organisations
from tests.support.sign_in import SignedIn

At = Callable[[str], datetime]
SOCIAL, CAREER = CertificateType.SOCIAL_AGREEMENT, CertificateType.END_OF_CAREER
LIST = "/beheer/attesten/"


def add(of: Facility, kind: CertificateType, start: date, end: date | None = None) -> str:
    """Notify a certificate as the facility."""
    clerk = actors.facility_user(of, Role.EL_PRIVACY)
    with transaction.unit_of_work():
        return certificates.add_certificate(clerk, kind, start, end).reference


def change(of: Facility, reference: str, start: date, end: date | None) -> None:
    """Notify another period of it."""
    clerk = actors.facility_user(of, Role.EL_PRIVACY)
    with transaction.unit_of_work():
        version = certificates.certificate(clerk, reference).version
        certificates.change_certificate(clerk, reference, start, end, version)


def notices() -> list[certificate_notices.Notice]:
    """The work list as a case manager sees it."""
    db.session.rollback()
    return list(certificate_notices.notices(actors.case_manager(), Position()).rows)


def test_l06_the_page_says_how_many_days_of_each_quarter_count(app: Any, signed_in: SignedIn) -> None:
    """In 2023K3 the certificate of the end of career starts on 1 August: 61 of 92 days."""
    facility = organisations.facility()
    organisations.certificate(facility, SOCIAL)
    add(facility, CAREER, date(2023, 8, 1))
    page = signed_in(Role.EL_PRIVACY, facility=facility).page("/ecalcura/certificaten/")
    assert "In het 3de kwartaal 2023 telden 61 van de 92 dagen." in page.text
    assert "In het 2de kwartaal 2024 telden alle 91 dagen." in page.text
    assert "In het 3de kwartaal 2024 tellen alle 92 dagen." in page.text
    assert "In het 2de kwartaal 2023 telde geen enkele dag" in page.text
    assert "gemeld op 16 september 2024. De melding is de referentiedatum voor een herberekening." in page.text
    assert "Telde ze pas vanaf de melding, dan waren het er 0." in page.text


def test_the_shares_begin_at_the_first_quarter_of_the_facility_and_stop_at_three_periods(database: Any) -> None:
    young, old = organisations.facility(entry_from="2024K2"), organisations.facility(entry_from="2021K3")
    shown = certificate_overview.period_shares(young, [])
    assert [(one.code, [str(share.quarter) for share in one.shares]) for one in shown] == [
        ("2024-2025", ["2024K3"]),
        ("2023-2024", ["2024K2"]),
    ]
    assert [one.code for one in certificate_overview.period_shares(old, [])] == ["2024-2025", "2023-2024", "2022-2023"]


def test_e103_the_department_sees_old_and_new_period_newest_first(database: Any) -> None:
    facility = organisations.facility()
    reference = add(facility, CAREER, date(2023, 7, 1))
    change(facility, reference, date(2023, 7, 1), date(2024, 3, 31))
    newest, first = notices()
    assert (newest.before, newest.after) == ((date(2023, 7, 1), None), (date(2023, 7, 1), date(2024, 3, 31)))
    assert [str(quarter) for quarter in newest.quarters] == ["2024K2", "2024K3"]
    assert (first.before, first.after) == (None, (date(2023, 7, 1), None))
    assert newest.affected == [], "nothing was calculated yet"


def test_a_certificate_that_was_taken_over_has_its_old_period_too(database: Any) -> None:
    """Nothing was notified before the first change; what changed is one month, not five years."""
    facility = organisations.facility()
    row = organisations.certificate(facility, CAREER)
    change(facility, row.reference, row.starts_on, date(2024, 5, 31))
    only = notices()[0]
    assert only.before == (date(2021, 7, 1), None)
    assert [str(quarter) for quarter in only.quarters] == ["2024K2", "2024K3"]


def test_e103_a_calculation_that_does_not_know_it_and_one_that_does(database: Any, at: At) -> None:
    at("2024-10-20T09:00:00+02:00")
    it = compensation.household(certificates=False)
    compensation.released([it.facility], CalculationKind.PROVISIONAL)
    at("2024-10-25T09:00:00+02:00")
    add(it.facility, CAREER, date(2024, 1, 1))
    found = notices()[0]
    assert [(one.period, [str(quarter) for quarter in one.quarters]) for one in found.to_recalculate] == [
        ("2023-2024", ["2024K1", "2024K2"])
    ]
    at("2024-11-28T09:00:00+01:00")
    compensation.released([it.facility], CalculationKind.DEFINITIVE)
    assert notices()[0].to_recalculate == []
    assert notices()[0].affected[0].again


def test_the_list_takes_a_fixed_number_of_statements_and_its_permission(database: Any) -> None:
    from tests.integration.declaration.scene import statements

    for _ in range(5):
        add(organisations.facility(), CAREER, date(2023, 7, 1))
    db.session.rollback()
    with statements() as seen:
        certificate_notices.notices(actors.case_manager(), Position())
    assert len(seen) <= 3, seen
    with pytest.raises(Forbidden):
        certificate_notices.notices(actors.facility_user(organisations.facility()), Position())


@pytest.mark.one_database
def test_the_work_list_as_a_page(app: Any, signed_in: SignedIn) -> None:
    els = signed_in("EL_DOSSIERBEHEERDER")
    assert "Er is nog geen attest gemeld" in els.page(LIST).text
    facility = organisations.facility(name="PVT De Brug")
    add(facility, SOCIAL, date(2024, 1, 1))
    page = els.page(LIST)
    assert "PVT De Brug" in page.text
    assert "2024K1, 2024K2, 2024K3" in page.text
    assert signed_in("EL_HELPDESK").get(LIST).status_code == 403
