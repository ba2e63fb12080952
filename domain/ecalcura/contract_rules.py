"""The rules of a contract: V-10 to V-17, V-20 and the note about taking a replacer on again (A-36, E-078)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from domain.calendars import Quarter, add_months
from domain.dutch import long_date, number
from domain.ecalcura.personnel import (
    DEFAULT_RIGHTS,
    ChoiceFacts,
    ContractFacts,
    ContractTypeFacts,
    QualificationFacts,
    RightsParameters,
    automatic_right,
    share_a_day,
)
from domain.errors import N_, Finding, Severity

V14 = N_("Kies een geldige kwalificatie en een geldig contracttype.")
V13 = N_("Een voltijdse medewerker met {x} uur vrijstelling kan hoogstens {max} uur als vervanger worden ingezet.")


def check_contract(
    draft: ContractFacts,
    others: Iterable[ContractFacts],
    choices: Iterable[ChoiceFacts],
    types: Mapping[str, ContractTypeFacts],
    qualifications: Mapping[str, QualificationFacts],
    *,
    parameters: RightsParameters = DEFAULT_RIGHTS,
) -> list[Finding]:
    """Everything there is to say about a contract before it is saved.

    ``others`` are the other contracts of the person (the draft's own reference is left out), ``choices`` all choice
    lines; ``types`` and ``qualifications`` are keyed by code. Whether a closed quarter forbids the change is for
    ``frozen_quarters``.
    """
    others = [other for other in others if other.reference != draft.reference]
    choices = list(choices)
    contract_type = types.get(draft.contract_type)
    qualification = qualifications.get(draft.qualification)

    findings = _check_values(draft, parameters)
    findings += _check_codes(draft, contract_type, qualification)
    if contract_type is not None and qualification is not None:
        findings += _check_right(draft, contract_type, qualification)
    if draft.ends_on is not None and draft.ends_on < draft.starts_on:
        return findings  # no period to compare with
    findings += check_own_exemption(draft, choices, parameters)
    findings += _check_total_hours(draft, others, parameters)
    if contract_type is not None:
        findings += check_replacer_type(draft, contract_type, parameters)
    findings += _check_open_choice(draft, others, choices)
    findings += _note_rehire(draft, others, parameters)
    return findings


def _finding(
    draft: ContractFacts, code: str, severity: Severity, message: str, field: str | None, **params: object
) -> Finding:
    return Finding(code, severity, message, field, draft.reference, params)


def _check_values(draft: ContractFacts, parameters: RightsParameters) -> list[Finding]:
    """V-10, V-11, V-12."""
    findings = []
    if draft.ends_on is not None and draft.ends_on < draft.starts_on:
        message = N_("De einddatum kan niet vóór de startdatum liggen.")
        findings.append(_finding(draft, "V-10", Severity.BLOCKS, message, "ends_on"))
    if not 0 < draft.hours <= parameters.full_time_hours:
        message = N_("Vul een wekelijkse arbeidsduur in tussen 0 en {max} uur.")
        maximum = number(parameters.full_time_hours)
        findings.append(_finding(draft, "V-11", Severity.BLOCKS, message, "hours", max=maximum))
    if not 0 <= draft.replacement_hours <= draft.hours:
        message = N_("De uren vervanging eindeloopbaan kunnen niet hoger zijn dan de uren van het contract.")
        findings.append(_finding(draft, "V-12", Severity.BLOCKS, message, "replacement_hours"))
    return findings


def _active(item: ContractTypeFacts | QualificationFacts | None, day: date) -> bool:
    return (
        item is not None
        and (item.valid_from is None or item.valid_from <= day)
        and (item.valid_to is None or day <= item.valid_to)
    )


def _check_codes(
    draft: ContractFacts, contract_type: ContractTypeFacts | None, qualification: QualificationFacts | None
) -> list[Finding]:
    """V-14: both must exist and be active on the start date."""
    return [
        _finding(draft, "V-14", Severity.BLOCKS, V14, field)
        for field, item in (("contract_type", contract_type), ("qualification", qualification))
        if not _active(item, draft.starts_on)
    ]


def _check_right(
    draft: ContractFacts, contract_type: ContractTypeFacts, qualification: QualificationFacts
) -> list[Finding]:
    """V-17: ticked without an automatic right is allowed, with a reminder of the conditions (E-075)."""
    if not draft.el_right or automatic_right(contract_type, qualification):
        return []
    message = N_("Vink dit enkel aan als de medewerker aan alle wettelijke voorwaarden voldoet.")
    return [_finding(draft, "V-17", Severity.INFORMATION, message, "el_right")]


def check_own_exemption(
    contract: ContractFacts, choices: Iterable[ChoiceFacts], parameters: RightsParameters = DEFAULT_RIGHTS
) -> list[Finding]:
    """V-13, E-074: a full-timer with an exemption of x hours replaces at most 38 - x hours while both run."""
    if contract.hours != parameters.full_time_hours:
        return []
    exempted = max(
        (choice.exemption_hours or 0 for choice in choices if share_a_day(contract.period, choice.period)), default=0
    )
    room = parameters.full_time_hours - exempted
    if exempted <= 0 or contract.replacement_hours <= room:
        return []
    params = {"x": str(exempted), "max": number(room)}
    return [_finding(contract, "V-13", Severity.BLOCKS, V13, "replacement_hours", **params)]


def _check_total_hours(
    draft: ContractFacts, others: Sequence[ContractFacts], parameters: RightsParameters
) -> list[Finding]:
    """V-15: on some day the contracts of the person are more than a full-time week together."""
    beside = [other for other in others if share_a_day(draft.period, other.period)]
    # the sum only grows on the first day of one of them
    first_days = {max(draft.starts_on, contract.starts_on) for contract in beside}
    for day in first_days:
        if draft.hours + sum((c.hours for c in beside if c.covers(day)), Decimal(0)) > parameters.full_time_hours:
            message = N_("De contracten van deze medewerker bedragen samen meer dan {max} uur per week.")
            params = {"max": number(parameters.full_time_hours)}
            return [_finding(draft, "V-15", Severity.WARNING, message, "hours", **params)]
    return []


def check_replacer_type(
    draft: ContractFacts, contract_type: ContractTypeFacts, parameters: RightsParameters
) -> list[Finding]:
    """V-16: replacement hours on any day from which the contract type is excluded (9.3)."""
    excluded_from = contract_type.replacer_excluded_from
    if draft.replacement_hours <= 0 or excluded_from is None:
        return []
    if draft.ends_on is not None and draft.ends_on < excluded_from:
        return []
    message = N_("Dit contracttype komt niet in aanmerking als vervanger eindeloopbaan.")
    return [_finding(draft, "V-16", parameters.excluded_replacer_severity, message, "replacement_hours")]


def choices_going_on(contract: ContractFacts, choices: Iterable[ChoiceFacts]) -> list[ChoiceFacts]:
    """The choice lines that run together with a contract and go on after its end (E-070); none while it has no end."""
    ends_on = contract.ends_on
    if ends_on is None:
        return []
    return [
        choice
        for choice in choices
        if share_a_day(contract.period, choice.period) and (choice.ends_on is None or choice.ends_on > ends_on)
    ]


def _check_open_choice(
    draft: ContractFacts, others: Sequence[ContractFacts], choices: Sequence[ChoiceFacts]
) -> list[Finding]:
    """V-20: the contract ends, a choice line goes on, and no other contract with the right carries it."""
    if draft.ends_on is None:
        return []
    day_after = draft.ends_on + timedelta(days=1)
    if any(other.el_right and (other.ends_on is None or other.ends_on >= day_after) for other in others):
        return []
    if not choices_going_on(draft, choices):
        return []
    message = N_("Het contract heeft een einddatum. Vul ook een einddatum in bij Eindeloopbaan.")
    return [_finding(draft, "V-20", Severity.WARNING, message, "ends_on")]


def _note_rehire(draft: ContractFacts, others: Sequence[ContractFacts], parameters: RightsParameters) -> list[Finding]:
    """A-36, E-078: within three months, from 2019K1 and with more replacement hours there is nothing to say."""
    if draft.replacement_hours <= 0:
        return []
    replaced = [other for other in others if other.replacement_hours > 0 and other.starts_on < draft.starts_on]
    ended = {other.ends_on: other for other in replaced if other.ends_on is not None}
    if not ended or any(other.covers(draft.starts_on) for other in replaced):
        return []
    last_day = max(ended)
    if (
        draft.starts_on <= add_months(last_day, parameters.rehire_months)
        and Quarter.of(draft.starts_on) >= parameters.rehire_from
        and draft.replacement_hours > ended[last_day].replacement_hours
    ):
        return []
    message = N_(
        "Deze medewerker was al vervanger tot en met {date}. Opnieuw in dienst nemen als vervanger kan binnen "
        "{months} maanden en met meer uren vervanging. Kijk na of dat hier zo is."
    )
    params = {"date": long_date(last_day), "months": parameters.rehire_months}
    return [_finding(draft, "E-078", Severity.INFORMATION, message, "starts_on", **params)]
