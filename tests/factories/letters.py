"""Communicated calculations with their payment line, as a released round leaves them: what letters and history read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from domain.actor import SCHEDULER
from domain.calendars import Quarter, quarters_of
from domain.ecalcura.calculation_states import CalculationKind, CalculationStatus, RoundState
from domain.ecalcura.certificates import CertificateFacts, CertificateType
from domain.ecalcura.compensation import Case, Person, QuarterBasis, calculate
from domain.ecalcura.compensation_parameters import CompensationParameters
from domain.ecalcura.compensation_result import QuarterStatus
from domain.ecalcura.performances import PerformanceEntry
from domain.ecalcura.personnel import ChoiceFacts, ContractFacts
from models.all import db
from models.compensation import Calculation, CalculationDerivation, CalculationRound
from models.gate import writing
from models.organisation import Facility
from services import clock, transaction
from services.ecalcura import calculations, derivations, parameter_sets, payments
from services.ecalcura.derivations import AdvanceDerivation, PersonName, QuarterSource, Sources
from tests.factories import reference

NURSE = "VERPLEEGKUNDIGE_BACHELOR"


def case(
    period: str = "2023-2024",
    *,
    nurses: int = 1,
    replacers: int = 1,
    blocked: tuple[str, ...] = (),
    parameters: CompensationParameters | None = None,
) -> Case:
    """A case with nurses of 55 and older on six premium hours, one exemption of six hours and some replacers."""
    if parameters is None:
        parameters = parameter_sets.ensure_released(period).content.compensation
    people = [_nurse(place) for place in range(nurses)]
    people += [_exempted(0)] if replacers else []
    people += [_replacer(place) for place in range(replacers)]
    bases = []
    for place, quarter in enumerate(quarters_of(period)):
        entries = {
            one.reference: PerformanceEntry(Decimal(65 - place), Decimal(place), None)
            if one.hours == 38
            else PerformanceEntry(None, None, Decimal("247.00"))
            for person in people
            for one in person.contracts
        }
        status = QuarterStatus.BLOCKED if str(quarter) in blocked else QuarterStatus.CLOSED
        bases.append(QuarterBasis(quarter, status, tuple(people), entries))
    held = tuple(CertificateFacts(kind, date(2021, 7, 1), None, date(2021, 7, 5)) for kind in CertificateType)
    return Case(period, "PVT", parameters, held, tuple(bases))


def _contract(reference_: str, **values: object) -> ContractFacts:
    given: dict[str, object] = {
        "qualification": NURSE,
        "contract_type": "LOONTREKKENDE",
        "starts_on": date(2019, 1, 1),
        "ends_on": None,
        "hours": Decimal("38"),
        "replacement_hours": Decimal(0),
        "el_right": True,
    }
    return ContractFacts(reference=reference_, **(given | values))  # type: ignore[arg-type]


def _choice(reference_: str, **values: object) -> ChoiceFacts:
    given: dict[str, object] = {
        "decided_on": date(2021, 6, 1),
        "begins_on": date(2021, 6, 1),
        "ends_on": None,
        "age_category": "55+",
        "premium_hours": 0,
        "exemption_hours": 0,
    }
    return ChoiceFacts(reference=reference_, **(given | values))  # type: ignore[arg-type]


def _nurse(place: int) -> Person:
    return Person(f"nurse{place}", (_contract(f"cn{place}"),), (_choice(f"kn{place}", premium_hours=6),))


def _exempted(place: int) -> Person:
    contract = _contract(f"ce{place}", qualification="ZORGKUNDIGE")
    return Person(f"exempt{place}", (contract,), (_choice(f"ke{place}", exemption_hours=6),))


def _replacer(place: int) -> Person:
    contract = _contract(
        f"cr{place}", qualification="ZORGKUNDIGE", hours=Decimal("19"), replacement_hours=Decimal("6"), el_right=False
    )
    return Person(f"replacer{place}", (contract,))


def round_of(
    period: str = "2023-2024", kind: CalculationKind = CalculationKind.PROVISIONAL, reason: str | None = None
) -> CalculationRound:
    """A released round."""
    reference.reference_period(period)
    with transaction.unit_of_work():
        parameters = parameter_sets.ensure_released(period)
        moment = clock.now()
        with writing("test"):
            row = CalculationRound(
                period_code=period,
                kind=kind,
                state=RoundState.RELEASED,
                parameter_set_id=parameters.set_id,
                reason=reason,
                started_at=moment,
                started_by="Els De Smet",
                released_at=moment,
                released_by="Jan Peeters",
            )
            db.session.add(row)
            db.session.flush()
    return row


def communicated(
    of: Facility,
    kind: CalculationKind = CalculationKind.PROVISIONAL,
    period: str = "2023-2024",
    *,
    amount: str | None = None,
    held: Case | None = None,
    names: dict[str, tuple[str, str]] | None = None,
    in_round: CalculationRound | None = None,
    reason: str | None = None,
) -> Calculation:
    """A calculation that was communicated now, booked when its kind is paid; an earlier one of its purpose lapsed.

    ``amount`` replaces the total, so that examples need no case that comes to it.
    """
    of_round = in_round or round_of(period, kind, reason)
    with transaction.unit_of_work():
        parameters = parameter_sets.in_force(period)
        moment = clock.now()
        if kind in calculations.ADVANCE_KINDS:
            total = Decimal(amount or "16000.00")
            base = (total * 100 / 40).quantize(Decimal("0.01"))
            given = AdvanceDerivation(
                total, base, Decimal(40), "2022-2023", parameters.set_id, parameters.number, parameters.digest
            )
            content, digest = derivations.write_advance(given)
            premium = replacement = None
        else:
            read = held or case(period)
            outcome = calculate(read)
            sources = Sources(
                of.hco_number,
                of.name,
                tuple(QuarterSource(quarter) for quarter in quarters_of(period)),
                parameters.set_id,
                parameters.number,
                parameters.digest,
                {
                    person.reference: PersonName(*(names or {}).get(person.reference, ("Peeters", "Kim")))
                    for basis in read.quarters[:1]
                    for person in basis.people
                },
            )
            content, digest = derivations.write(read, outcome, sources)
            total = Decimal(amount) if amount is not None else outcome.total
            premium, replacement = outcome.premium_total, outcome.replacement_total
        with writing("test"):
            for earlier in db.session.query(Calculation).filter(
                Calculation.facility_id == of.id,
                Calculation.period_code == period,
                Calculation.kind.in_(calculations.purpose(kind)),
            ):
                earlier.status = CalculationStatus.LAPSED
            row = Calculation(
                round_id=of_round.id,
                facility_id=of.id,
                period_code=period,
                kind=kind,
                status=CalculationStatus.COMMUNICATED,
                parameter_set_id=parameters.set_id,
                calculated_at=moment,
                communicated_at=moment,
                total=total,
                premium_total=premium,
                replacement_total=replacement,
                reason=reason,
                digest=digest,
            )
            db.session.add(row)
            db.session.flush()
            db.session.add(CalculationDerivation(calculation_id=row.id, content=content))
            db.session.flush()
        if kind is not CalculationKind.PROVISIONAL:
            payments.book(SCHEDULER, row)
    return row


def quarters(*codes: str) -> list[Quarter]:
    """Quarters by their code."""
    return [Quarter.parse(code) for code in codes]
