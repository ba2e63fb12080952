"""Why this amount? A calculation as a tree of sentences, from the total down to days, rule and rounding (E-002).

Each step has one sentence, its rule, its value and the exact formula with the numbers filled in; what is zero, left
out, limited or raised says why. Every number comes from the outcome or from the case it was computed from.
"""

from __future__ import annotations

from collections.abc import Collection

from domain.calendars import Quarter
from domain.dutch import euro
from domain.ecalcura.certificates import CERTIFICATE_LABELS
from domain.ecalcura.compensation import Case
from domain.ecalcura.compensation_result import QUARTER_STATUS_LABELS, Compensation, QuarterStatus
from domain.ecalcura.explained_case import Explained
from domain.ecalcura.explained_premiums import premiums_step
from domain.ecalcura.explained_replacement import replacement_step
from domain.ecalcura.explained_right import certificates_step
from domain.ecalcura.explained_steps import Mark, Names, Step, Text, Unit
from domain.ecalcura.formulas import added, formula, number
from domain.errors import N_

ROOT = "totaal"
_NO_NAMES = Names()

_TITLE = N_("Tegemoetkoming eindeloopbaan {period}")
_TOTAL = N_("{premiums} premies en {replacements} voor vervangers geven samen {total}.")
_ZERO = N_("De tegemoetkoming is {total}. {reason}")
_NO_QUARTER = N_("Geen enkel kwartaal telt mee, omdat er geen ingediend of afgesloten is.")
_NO_CERTIFICATE = N_("Op geen enkele dag van de kwartalen die meetellen gelden beide certificaten.")
_MISSING_CERTIFICATE = N_("Het {certificate} ontbreekt.")
_NO_CERTIFICATES = N_("Er is geen enkel certificaat aangegeven.")
_NO_RIGHTS = N_("Er zijn geen keuzes met uren premie en geen contracten met uren vervanging EL.")
_NO_PERFORMANCES = N_("Voor de contracten die meetellen zijn geen prestaties aangegeven.")
_OTHERWISE = N_("Bekijk hieronder per onderdeel waarom.")
_QUARTERS = N_("Kwartalen")
_QUARTERS_ALL = N_("De vier kwartalen van {period} tellen mee.")
_QUARTERS_SOME = N_("{count} van de vier kwartalen van {period} tellen mee.")
_QUARTERS_ONE = N_("Eén van de vier kwartalen van {period} telt mee.")
_QUARTERS_NONE = N_("Geen van de vier kwartalen van {period} telt mee.")
_QUARTERS_COUNTED = {0: _QUARTERS_NONE, 1: _QUARTERS_ONE, 4: _QUARTERS_ALL}
_COUNTS = N_("Het {quarter} telt mee: het dossier staat op '{status}'.")
_COUNTS_NOT = N_("Het {quarter} telt niet mee: het dossier staat op '{status}'.")
_IN_AUDIT = N_("Het {quarter} is in audit: de laatste kopie van het dossier telt mee.")
_AS_IF = N_("Het {quarter} telt in deze raming mee alsof het ingediend is.")
_CERTIFICATES = N_("Certificaten")
_CERTIFICATES_ALL = N_("Beide certificaten gelden op elke dag van de kwartalen die meetellen.")
_CERTIFICATES_SOME = N_("De certificaten gelden niet op elke dag: dat verlaagt het bedrag.")


def explain(
    compensation: Compensation, case: Case, names: Names = _NO_NAMES, *, as_if: Collection[Quarter] = ()
) -> Step:
    """The tree of a calculation; ``case`` is what it was computed from, ``names`` how people and codes are called.

    ``as_if``: quarters of an estimate that are counted as if they were submitted.
    """
    found = Explained(compensation, case, names)
    parts = (premiums_step(found), replacement_step(found))
    params = {
        "period": case.reference_period,
        "premiums": euro(compensation.premium_total),
        "replacements": euro(compensation.replacement_total),
        "total": euro(compensation.total),
    }
    sentence = Text(_TOTAL, params)
    if not compensation.total:
        sentence = Text(_ZERO, {**params, "reason": zero_reason(found)})
    return Step(
        ROOT,
        Text(_TITLE, params),
        sentence,
        "E-002",
        compensation.total,
        Unit.EURO,
        formula(
            added([number(compensation.premium_total), number(compensation.replacement_total)]),
            compensation.total,
            sign="€ ",
        ),
        None if compensation.total else Mark.NOTHING,
        adds_up=True,
        children=(*parts, _quarters(found, as_if), *_certificates(found)),
    )


def zero_reason(found: Explained) -> Text:
    """The first thing that makes everything zero."""
    counting = [quarter for quarter in found.quarters if found.takes_part(quarter)]
    if not counting:
        return Text(_NO_QUARTER)
    if not any(found.covered(quarter) for quarter in counting):
        declared = {one.type for one in found.case.certificates if one.start is not None}
        if not declared:
            return Text(_NO_CERTIFICATES)
        missing = [kind for kind in found.parameters.required_certificates if kind not in declared]
        if missing:
            return Text(_MISSING_CERTIFICATE, {"certificate": Text(CERTIFICATE_LABELS[missing[0]])})
        return Text(_NO_CERTIFICATE)
    people = [person for quarter in counting for person in found.bases[quarter].people]
    premium = any(choice.premium_hours for person in people for choice in person.choices)
    replacing = any(contract.replacement_hours for person in people for contract in person.contracts)
    if not premium and not replacing:
        return Text(_NO_RIGHTS)
    if not any(line.fte for line in found.outcome.worked):
        return Text(_NO_PERFORMANCES)
    return Text(_OTHERWISE)


def _quarters(found: Explained, as_if: Collection[Quarter]) -> Step:
    """Which quarters take part (A-37, E-129)."""
    children = []
    for quarter in found.quarters:
        status = found.bases[quarter].status
        params = {"quarter": quarter, "status": Text(QUARTER_STATUS_LABELS[status])}
        message = _COUNTS if status.takes_part else _COUNTS_NOT
        mark = None if status.takes_part else Mark.LEFT_OUT
        if status is QuarterStatus.AUDIT:
            message, mark = _IN_AUDIT, Mark.ATTENTION
        elif quarter in as_if:
            message, mark = _AS_IF, Mark.ATTENTION
        children.append(
            Step(f"kwartalen.{quarter}", Text("{quarter}", params), Text(message, params), "A-37", mark=mark)
        )
    count = sum(found.takes_part(quarter) for quarter in found.quarters)
    params = {"count": count, "period": found.case.reference_period}
    return Step(
        "kwartalen",
        Text(_QUARTERS),
        Text(_QUARTERS_COUNTED.get(count, _QUARTERS_SOME), params),
        "A-37",
        mark={4: None, 0: Mark.LEFT_OUT}.get(count, Mark.LIMITED),
        children=tuple(children),
    )


def _certificates(found: Explained) -> tuple[Step, ...]:
    """The certificates, when they cost something (E-100 to E-102)."""
    counting = [quarter for quarter in found.quarters if found.takes_part(quarter)]
    if not counting:
        return ()
    less = [quarter for quarter in counting if not found.all_covered(quarter)]
    if not less:
        return (Step("certificaten", Text(_CERTIFICATES), Text(_CERTIFICATES_ALL), "E-100"),)
    parts = []
    for quarter in less:
        step = certificates_step(found, f"certificaten.{quarter}", quarter)
        parts.append(
            Step(
                f"certificaten.{quarter}",
                Text("{quarter}", {"quarter": quarter}),
                step.sentence,
                "E-100",
                mark=step.mark,
                children=step.children,
            )
        )
    mark = Mark.NOTHING if all(not found.covered(quarter) for quarter in counting) else Mark.LIMITED
    return (
        Step("certificaten", Text(_CERTIFICATES), Text(_CERTIFICATES_SOME), "E-100", mark=mark, children=tuple(parts)),
    )
