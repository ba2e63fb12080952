"""What a case manager should look at first: written on a dossier when it is submitted or closed, read by the list."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select

from domain.ecalcura.calculation_states import CalculationKind, CalculationStatus
from domain.ecalcura.certificates import CertificateFacts, covered_days
from domain.ecalcura.compensation_parameters import CompensationParameters
from domain.ecalcura.performances import quarter_norm
from domain.ecalcura.risk import RiskFacts, RiskReason, StakeLine, risk_of, stake_of
from domain.exact import rounded
from models.base import db
from models.compensation import Calculation
from models.declaration import Dossier
from services.ecalcura import unusual_values
from services.ecalcura.dossiers import Found
from services.ecalcura.lines import QuarterLine
from services.ecalcura.unusual_values import Looked

#: Calculations that read the quarters of a period, whose total says what a quarter usually is.
_OF_QUARTERS = (
    CalculationKind.PROVISIONAL,
    CalculationKind.DEFINITIVE,
    CalculationKind.RECALCULATION,
    CalculationKind.CORRECTION,
)


def assess(
    found: Found,
    own_lines: Sequence[QuarterLine],
    held: Sequence[CertificateFacts],
    looked: Looked | None = None,
) -> None:
    """Write risk, reasons and euro at stake on a dossier, with what it declares as a whole. Inside a use case."""
    dossier = found.dossier
    looked = looked or unusual_values.look(found, own_lines)
    parameters = looked.parameters.compensation if looked.parameters else CompensationParameters()
    quarter = dossier.quarter
    days = (quarter.end - quarter.start).days + 1
    covered = covered_days(
        quarter, held, types=parameters.required_certificates, start_rule=parameters.certificate_start
    )
    norm = quarter_norm(quarter, parameters.hours_per_day)
    estimate = stake_of(
        [StakeLine(line.staff_id, line.contract, line.choices, line.line, line.entry) for line in own_lines],
        norm,
        (covered, days),
        parameters,
        found.facility.sector.value,
    )
    usual = _usual(dossier)
    exceptions = {line.staff_id for line in own_lines if any(choice.premium_exception for choice in line.choices)}
    expected = 0 if dossier.nothing_to_declare else sum(line.needed for line in own_lines)
    risk = risk_of(
        RiskFacts(
            unexplained=len(looked.questions) - looked.answered,
            unusual=looked.answered,
            missing=0 if dossier.nothing_to_declare else sum(line.missing for line in own_lines),
            expected=expected,
            covered_days=covered,
            days=days,
            exceptions=len(exceptions),
            first=looked.first,
            estimate=estimate,
            usual=usual if parameters.y1 or parameters.y2 else None,
        )
    )
    dossier.risk = risk.score
    dossier.stake = estimate if estimate or usual is None else usual
    dossier.risk_reasons = json.dumps([one.plain() for one in risk.reasons], ensure_ascii=False) or None
    dossier.declared_fte, dossier.paid_rate = looked.totals.fte, looked.totals.rate


def reasons_of(kept: str | None) -> list[RiskReason]:
    """The reasons that stand on a dossier, the heaviest first."""
    return [RiskReason.read(one) for one in json.loads(kept or "[]")]


def _usual(dossier: Dossier) -> Decimal | None:
    """A quarter of the last communicated calculation of the facility, of any period."""
    total = db.session.scalar(
        select(Calculation.total)
        .where(
            Calculation.facility_id == dossier.facility_id,
            Calculation.status == CalculationStatus.COMMUNICATED,
            Calculation.kind.in_(_OF_QUARTERS),
            Calculation.total.is_not(None),
        )
        .order_by(Calculation.id.desc())
        .limit(1)
    )
    return None if total is None else rounded(total, 4, 2)
