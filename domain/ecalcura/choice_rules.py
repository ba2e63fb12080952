"""The rules of an end-of-career choice line: V-06, V-13, V-21 and V-30 to V-40."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from domain.dutch import long_date, month_and_year
from domain.ecalcura.contract_rules import check_own_exemption
from domain.ecalcura.personnel import (
    DEFAULT_RIGHTS,
    CategoryRule,
    ChoiceFacts,
    ContractFacts,
    PersonFacts,
    QualificationFacts,
    RightsParameters,
    share_a_day,
)
from domain.errors import N_, Finding, Severity

V32 = N_("Vul zowel 'Uren premie' als 'Uren vrijstelling' in. Vul 0 in als het niet van toepassing is.")


def check_choice(
    draft: ChoiceFacts,
    others: Iterable[ChoiceFacts],
    contracts: Iterable[ContractFacts],
    person: PersonFacts,
    qualifications: Mapping[str, QualificationFacts],
    *,
    before: ChoiceFacts | None = None,
    by_case_manager: bool = False,
    parameters: RightsParameters = DEFAULT_RIGHTS,
) -> list[Finding]:
    """Everything there is to say about a choice line before it is saved.

    ``others`` are the other lines of the person (the draft's own reference is left out), ``contracts`` all contracts,
    ``qualifications`` is keyed by code. ``before`` is the stored line when it is changed: only a case manager may grant
    the premium exception (E-091), anybody may keep it.
    """
    others = [other for other in others if other.reference != draft.reference]
    contracts = list(contracts)
    category = parameters.categories.get(draft.age_category)

    findings = _check_dates(draft)
    if category is None:
        findings.append(_blocks(draft, "E-085", N_("Kies een leeftijdscategorie uit de lijst."), "age_category"))
    else:
        findings += _check_age(draft, category, person)
    findings += _check_hours(draft, category, parameters)
    findings += _check_exception(draft, before, by_case_manager)
    findings += _check_contracts(draft, contracts, qualifications)
    if draft.ends_on is None or draft.ends_on >= draft.begins_on:
        findings += _check_periods(draft, others, contracts, parameters)
    return findings


def _blocks(draft: ChoiceFacts, code: str, message: str, field: str | None, **params: object) -> Finding:
    return Finding(code, Severity.BLOCKS, message, field, draft.reference, params)


def _warns(draft: ChoiceFacts, code: str, message: str, field: str | None, **params: object) -> Finding:
    return Finding(code, Severity.WARNING, message, field, draft.reference, params)


def _check_dates(draft: ChoiceFacts) -> list[Finding]:
    """V-30, V-37, V-40."""
    findings = []
    if draft.begins_on.day != 1:
        message = N_("Het begin van het recht moet de eerste dag van een maand zijn.")
        findings.append(_blocks(draft, "V-30", message, "begins_on"))
    if draft.ends_on is not None and draft.ends_on < draft.begins_on:
        message = N_("Het einde van het recht kan niet vóór het begin liggen.")
        findings.append(_blocks(draft, "V-37", message, "ends_on"))
    message = N_("Controleer de datum van de keuze.")
    exemption_only = draft.premium_hours == 0 and bool(draft.exemption_hours)
    if draft.ends_on is not None and draft.decided_on > draft.ends_on:
        findings.append(_blocks(draft, "V-40", message, "decided_on"))
    elif exemption_only and draft.decided_on != draft.begins_on:
        findings.append(_warns(draft, "V-40", message, "decided_on"))
    return findings


def _check_age(draft: ChoiceFacts, category: CategoryRule, person: PersonFacts) -> list[Finding]:
    """V-31 on the last day of the month of the right (E-083); V-06 when the birth date is not fully known."""
    age = person.age_at_end_of_month(draft.begins_on)
    if age is None:
        message = N_("De geboortedatum is niet volledig gekend. Controleer zelf of de leeftijdscategorie klopt.")
        return [_warns(draft, "V-06", message, "age_category")]
    if age >= category.age:
        return []
    message = N_("Deze medewerker bereikt de leeftijdscategorie {category} nog niet in {month}.")
    params = {"category": draft.age_category, "month": month_and_year(draft.begins_on)}
    return [_blocks(draft, "V-31", message, "age_category", **params)]


def _check_hours(draft: ChoiceFacts, category: CategoryRule | None, parameters: RightsParameters) -> list[Finding]:
    """V-32 to V-35, and only hours of the list (E-086, E-087)."""
    fields = {"premium_hours": draft.premium_hours, "exemption_hours": draft.exemption_hours}
    empty = [field for field, hours in fields.items() if hours is None]
    if empty:
        return [_blocks(draft, "V-32", V32, field) for field in empty]
    unknown = [field for field, hours in fields.items() if hours not in parameters.selectable_hours]
    if unknown:
        return [_blocks(draft, "E-086", N_("Kies een aantal uren uit de lijst."), field) for field in unknown]
    premium, exemption = draft.premium_hours or 0, draft.exemption_hours or 0
    if premium + exemption == 0:
        message = N_("Minstens één van beide velden moet groter zijn dan 0.")
        return [_blocks(draft, "V-33", message, "premium_hours")]
    if premium and exemption and not parameters.combination_allowed:
        message = N_("Kies ofwel uren premie, ofwel uren vrijstelling. Vul bij het andere veld 0 in.")
        return [_blocks(draft, "E-086", message, "exemption_hours")]
    if category is not None and premium + exemption > category.hours:
        message = N_("Voor de categorie {category} zijn samen hoogstens {hours} uren mogelijk.")
        params = {"category": draft.age_category, "hours": category.hours}
        return [_blocks(draft, "V-34", message, "premium_hours" if premium else "exemption_hours", **params)]
    if category is not None and premium + exemption < category.hours:
        message = N_("Er zijn minder uren gekozen dan de categorie {category} toelaat.")
        return [_warns(draft, "V-35", message, "premium_hours", category=draft.age_category)]
    return []


def _check_exception(draft: ChoiceFacts, before: ChoiceFacts | None, by_case_manager: bool) -> list[Finding]:
    """E-091: only a case manager grants the exception for a premium from the past."""
    if not draft.premium_exception or by_case_manager or (before is not None and before.premium_exception):
        return []
    message = N_("Enkel een dossierbeheerder kan deze uitzondering toekennen. Vraag het via de berichtenmodule.")
    return [_blocks(draft, "E-091", message, "premium_exception")]


def _check_contracts(
    draft: ChoiceFacts, contracts: Sequence[ContractFacts], qualifications: Mapping[str, QualificationFacts]
) -> list[Finding]:
    """V-36 and V-39, both on the first day of the right."""
    findings = []
    entitled = [contract for contract in contracts if contract.el_right and contract.covers(draft.begins_on)]
    if draft.premium_hours and not draft.premium_exception:
        known = (qualifications.get(contract.qualification) for contract in entitled)
        if not any(qualification is not None and qualification.is_nurse for qualification in known):
            message = N_(
                "Enkel verpleegkundigen kunnen voor de premie kiezen. "
                "Neem contact op via de berichtenmodule voor een recht uit het verleden."
            )
            findings.append(_blocks(draft, "V-36", message, "premium_hours"))
    if not entitled:
        message = N_("Er is geen contract met recht op eindeloopbaan op {date}.")
        findings.append(_blocks(draft, "V-39", message, "begins_on", date=long_date(draft.begins_on)))
    return findings


def contracts_going_on(choice: ChoiceFacts, contracts: Iterable[ContractFacts]) -> list[ContractFacts]:
    """The contracts with the right that go on after the end of a choice line (E-084); none while it has no end."""
    ends_on = choice.ends_on
    if ends_on is None:
        return []
    return [
        contract
        for contract in contracts
        if contract.el_right
        and contract.starts_on <= ends_on
        and (contract.ends_on is None or contract.ends_on > ends_on)
    ]


def _check_periods(
    draft: ChoiceFacts,
    others: Sequence[ChoiceFacts],
    contracts: Sequence[ContractFacts],
    parameters: RightsParameters,
) -> list[Finding]:
    """V-38, V-13 seen from the choice, V-21."""
    findings = []
    if any(share_a_day(draft.period, other.period) for other in others):
        message = N_("Deze periode overlapt met een andere eindeloopbaankeuze. Sluit eerst de vorige keuze af.")
        findings.append(_blocks(draft, "V-38", message, "begins_on"))
    # the same rule as on the contract screen, or the order of typing would decide
    too_much = (found for contract in contracts for found in check_own_exemption(contract, [draft], parameters))
    findings += [_blocks(draft, f.code, f.message, "exemption_hours", **f.params) for f in list(too_much)[:1]]
    follows = draft.ends_on is not None and any(other.begins_on > draft.ends_on for other in others)
    if contracts_going_on(draft, contracts) and not follows:
        message = N_("Vul ook een einddatum in bij het contract als de medewerker uit dienst is.")
        findings.append(_warns(draft, "V-21", message, "ends_on"))
    return findings
