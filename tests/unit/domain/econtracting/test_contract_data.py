"""What an authority says of a contract: every wrong field is told at once, and the notice decides the rules (7.1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.econtracting.contract_data import ContractData, check, tidied, why_regime
from domain.econtracting.contracts import ContractState, ContractType, Ground, may_change, may_close
from domain.econtracting.terms import Regime
from domain.errors import InvalidValue, NotAllowedNow

TODAY = date(2026, 11, 16)
KINDS = ("SCHULDVORDERING", "NAZICHT")
GOOD = ContractData(
    number="MOW/2026/1",
    description="Herstelling van het fietspad",
    contractor_number="0999000129",
    contractor_name="Wegenbouw Voorbeeld NV",
    type=ContractType.WORKS,
    ground=Ground.SPECIFICATIONS,
    ground_reference="Bestek 1",
    published_on=date(2025, 3, 3),
    contact_name="Secretariaat",
    contact_email="wegen@mow.example.be",
    kinds=frozenset(KINDS),
)


def fields(data: ContractData) -> list[str | None]:
    """The fields of what is wrong."""
    return [one.field for one in check(tidied(data), KINDS, TODAY)]


def test_a_complete_contract_is_right() -> None:
    assert fields(GOOD) == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("0999.000.129", "0999000129"), ("BE 0999 000 129", "0999000129"), ("999000129", "0999000129")],
)
def test_c021_an_enterprise_number_is_kept_as_ten_digits(typed: str, kept: str) -> None:
    assert tidied(replace(GOOD, contractor_number=typed)).contractor_number == kept


@pytest.mark.parametrize("typed", ["0999000128", "12345", "0999 000 12X", "OVO009902"])
def test_c021_a_wrong_enterprise_number_is_refused(typed: str) -> None:
    assert fields(replace(GOOD, contractor_number=typed)) == ["contractor_number"]


def test_everything_that_is_missing_is_told_at_once() -> None:
    """C-018, C-019, C-021, CP-02 and CP-08: a ground with its reference, the parties, kinds and a contact point."""
    assert set(fields(ContractData(processing_days=None))) == {
        "number",
        "description",
        "contractor_number",
        "contractor_name",
        "type",
        "ground",
        "ground_reference",
        "published_on",
        "contact_name",
        "contact_email",
        "kinds",
    }


@pytest.mark.parametrize(
    ("published", "regime"), [(date(2024, 12, 31), Regime.KB2013), (date(2025, 1, 1), Regime.KB2024)]
)
def test_a55_the_publication_decides_the_regime(published: date, regime: Regime) -> None:
    assert tidied(replace(GOOD, published_on=published)).regime_in_force is regime


def test_another_regime_than_that_of_the_date_needs_a_reason() -> None:
    other = replace(GOOD, regime=Regime.KB2013)
    assert fields(other) == ["regime_reason"]
    with_reason = replace(other, regime_reason="Raming van vóór 2025")
    assert fields(with_reason) == []
    assert tidied(with_reason).regime_in_force is Regime.KB2013


def test_a_reason_without_another_regime_is_refused() -> None:
    assert fields(replace(GOOD, regime_reason="Zomaar")) == ["regime_reason"]
    chosen_as_dated = replace(GOOD, regime=Regime.KB2024)
    assert fields(chosen_as_dated) == []
    assert tidied(chosen_as_dated).regime is None


@pytest.mark.parametrize(
    ("days", "ground", "wrong"),
    [
        (30, "", []),
        (31, "", ["derogation_reason"]),
        (60, "Zorg", []),
        (61, "Zorg", ["processing_days"]),
        (29, "", ["processing_days"]),
        (None, "", ["processing_days"]),
        (30, "Zorg", ["derogation_reason"]),
    ],
)
def test_a_longer_processing_term_needs_an_objective_ground(days: int | None, ground: str, wrong: list[str]) -> None:
    """7.1, derogation: up to 60 days and only when the contract documents say why."""
    assert fields(replace(GOOD, processing_days=days, derogation_reason=ground)) == wrong


def test_under_kb2013_the_payment_term_is_what_is_longer() -> None:
    older = replace(GOOD, published_on=date(2024, 5, 1), processing_days=45, derogation_reason="Zorg")
    assert fields(older) == []
    assert "na binnen 30 dagen en betaalt daarna binnen 45 dagen" in str(why_regime(tidied(older))[1])


@pytest.mark.parametrize("published", [date(2026, 11, 17), date(1999, 12, 31)])
def test_a_notice_of_the_future_or_long_ago_is_a_slip(published: date) -> None:
    assert fields(replace(GOOD, published_on=published)) == ["published_on"]


def test_cp02_kinds_are_chosen_from_those_in_use() -> None:
    assert fields(replace(GOOD, kinds=frozenset())) == ["kinds"]
    assert fields(replace(GOOD, kinds=frozenset({"NAZICHT", "BESTAAT_NIET"}))) == ["kinds"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("contact_email", "geen adres"),
        ("contact_phone", "abc"),
        ("number", "x" * 61),
        ("description", "x" * 301),
        ("ground_reference", "x" * 121),
    ],
)
def test_texts_have_a_shape_and_a_length(field: str, value: str) -> None:
    assert fields(replace(GOOD, **{field: value})) == [field]


def test_texts_come_on_one_line_without_control_characters() -> None:
    data = tidied(replace(GOOD, number=" MOW/\t1 ", description="Weg\r\nen\x07 brug\u202e"))
    assert (data.number, data.description) == ("MOW/ 1", "Weg en brug")


def test_the_regime_is_told_with_its_reason() -> None:
    words = [str(one) for one in why_regime(tidied(replace(GOOD, processing_days=45, derogation_reason="Zorg")))]
    assert "3 maart 2025" in words[0]
    assert "45 dagen" in words[1]
    assert "Zorg" in words[2]
    overruled = tidied(replace(GOOD, regime=Regime.KB2013, regime_reason="Raming van 2024"))
    assert "Raming van 2024" in str(why_regime(overruled)[1])


def test_a_document_keeps_the_rules_it_began_with() -> None:
    """While terms run, nothing that reckons terms changes; the rest does."""
    may_change(ContractState.ACTIVE, ["description", "contact_email"], terms_run=True)
    may_change(ContractState.ACTIVE, ["regime"], terms_run=False)
    for field in ("published_on", "regime", "processing_days"):
        with pytest.raises(NotAllowedNow):
            may_change(ContractState.ACTIVE, [field], terms_run=True)


@pytest.mark.parametrize("state", [ContractState.CLOSED, ContractState.ARCHIVED])
def test_a_closed_contract_changes_no_more(state: ContractState) -> None:
    with pytest.raises(NotAllowedNow):
        may_change(state, ["description"], terms_run=False)
    with pytest.raises(NotAllowedNow):
        may_close(state, date(2025, 1, 1), TODAY, TODAY, terms_run=False, unpublished=False)


def test_a_contract_is_closed_on_its_final_acceptance() -> None:
    begun = date(2025, 3, 3)
    assert may_close(ContractState.ACTIVE, begun, TODAY, TODAY, terms_run=False, unpublished=False) == TODAY
    for accepted in (None, date(2026, 11, 17), date(2025, 3, 2)):
        with pytest.raises(InvalidValue) as refused:
            may_close(ContractState.ACTIVE, begun, accepted, TODAY, terms_run=False, unpublished=False)
        assert refused.value.field == "accepted_on"
    for terms_run, unpublished in ((True, False), (False, True)):
        with pytest.raises(NotAllowedNow):
            may_close(ContractState.ACTIVE, begun, TODAY, TODAY, terms_run=terms_run, unpublished=unpublished)
