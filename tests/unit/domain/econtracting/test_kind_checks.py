"""Definitions of kinds are checked where they are made, each finding at its field (A-07)."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from domain.econtracting.actions import ActionType
from domain.econtracting.claims import ReviewResult
from domain.econtracting.contracts import ContractType
from domain.econtracting.document_states import Direction
from domain.econtracting.kind_checks import BUILT_IN, check_kind
from domain.econtracting.kind_definitions import definition_of, kind_of, read, write
from domain.econtracting.kinds import Attachment, Field, FieldType, Kind

SHIPPED = tomllib.loads(
    (Path(__file__).parents[4] / "services/reference_data/document_kinds.toml").read_text(encoding="utf-8")
)
KINDS = {one["code"]: kind_of(one) for one in SHIPPED["kind"]}
THEMES = [one["code"] for one in SHIPPED["theme"]]

PLAIN = Kind(
    "WERFVERSLAG",
    "Werfverslag",
    "UITVOERING",
    frozenset({Direction.TO_AUTHORITY}),
    fields=(
        Field("day", "Dag", FieldType.DATE),
        Field("until", "Tot en met", FieldType.DATE, after="day"),
        Field("weather", "Weer", FieldType.CHOICE, options=(("DROOG", "Droog"), ("REGEN", "Regen"))),
    ),
    attachments=(Attachment("photos", "Foto's", required=False),),
)
FIRST, UNTIL, WEATHER = PLAIN.fields


def findings(kind: Kind) -> list[str | None]:
    return [one.field for one in check_kind(kind, THEMES, KINDS)]


@pytest.mark.parametrize("code", KINDS)
def test_every_shipped_kind_is_right_and_stays_the_same_in_writing(code: str) -> None:
    assert findings(KINDS[code]) == []
    assert read(write(KINDS[code])) == KINDS[code]
    assert write(kind_of(definition_of(KINDS[code]))) == write(KINDS[code])


def test_the_shipped_kinds_are_those_of_part_3_1() -> None:
    both = {Direction.TO_AUTHORITY, Direction.TO_CONTRACTOR}
    up = {"SCHULDVORDERING", "VERWEER", "BORGTOCHT", "VERZEKERING", "PLANNING", "AANVRAAG"}
    assert {code for code, kind in KINDS.items() if kind.directions == both} == {"VERREKENING", "ANDERE"}
    assert {code for code, kind in KINDS.items() if kind.directions == {Direction.TO_AUTHORITY}} == up
    assert "BERICHT" not in KINDS
    assert set(BUILT_IN) <= set(KINDS)


def test_the_statement_of_a_claim_is_obliged_for_works_only() -> None:
    statement = KINDS["SCHULDVORDERING"].attachments[0]
    assert {type_ for type_ in ContractType if statement.obliged(type_)} == {ContractType.WORKS}
    assert Attachment("x", "X").obliged(ContractType.SERVICES)
    assert not Attachment("x", "X", required=False).obliged(ContractType.WORKS)


def test_a_plain_kind_is_right() -> None:
    assert findings(PLAIN) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "werfverslag"}, "code"),
        ({"code": "BERICHT"}, "code"),
        ({"name": " "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"theme": "ANDERE"}, "theme"),
        ({"directions": frozenset()}, "directions"),
        ({"answers": ("GEEN",)}, "answers"),
        ({"opens": (ActionType.REVIEW,), "closes": (ActionType.REVIEW,)}, "closes"),
        ({"fields": (FIRST, FIRST)}, "fields.1.name"),
        ({"fields": (replace(FIRST, name="Dag 1"),)}, "fields.0.name"),
        ({"fields": (replace(FIRST, label=""),)}, "fields.0.label"),
        ({"fields": (replace(FIRST, help="x" * 501),)}, "fields.0.help"),
        ({"fields": (replace(WEATHER, options=(("A", "a"),)),)}, "fields.0.options"),
        ({"fields": (replace(WEATHER, options=(("A", "a"), ("B", "b"), ("A", "c"))),)}, "fields.0.options"),
        ({"fields": (replace(WEATHER, options=(("A", "a"), ("B", " "))),)}, "fields.0.options"),
        ({"fields": (UNTIL, FIRST)}, "fields.0.after"),
        ({"fields": (FIRST, replace(WEATHER, after="day"))}, "fields.1.after"),
        ({"fields": tuple(Field(f"a{n}", "A", FieldType.TEXT) for n in range(61))}, "fields"),
        ({"attachments": PLAIN.attachments * 2}, "attachments.1.name"),
        ({"attachments": (Attachment("photos", ""),)}, "attachments.0.label"),
        ({"attachments": tuple(Attachment(f"a{n}", "A") for n in range(21))}, "attachments"),
    ],
)
def test_an_impossible_definition_is_refused_at_its_field(change: dict[str, Any], field: str) -> None:
    assert findings(replace(PLAIN, **change)) == [field]


def test_a_kind_can_answer_itself() -> None:
    assert findings(replace(PLAIN, answers=("WERFVERSLAG",))) == []


CLAIM, REVIEW = KINDS["SCHULDVORDERING"], KINDS["NAZICHT"]


def changed(kind: Kind, name: str, **values: Any) -> Kind:
    return replace(kind, fields=tuple(replace(one, **values) if one.name == name else one for one in kind.fields))


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (replace(CLAIM, fields=tuple(one for one in CLAIM.fields if one.name != "amount")), "fields"),
        (changed(CLAIM, "amount", type=FieldType.TEXT, negative=False), "fields.3.type"),
        (changed(CLAIM, "amount", required=False), "fields.3.required"),
        (replace(CLAIM, directions=frozenset(Direction)), "directions"),
        (replace(CLAIM, active=False), "active"),
        (replace(CLAIM, opens=()), "opens"),
        (replace(CLAIM, starts=()), "starts"),
        (replace(REVIEW, answers=()), "answers"),
        (replace(REVIEW, closes=()), "closes"),
        (changed(REVIEW, "result", options=(("AANVAARD", "Ja"), ("GEWEIGERD", "Nee"))), "fields.0.options"),
        (changed(KINDS["FACTUURAANVRAAG"], "order_number", required=False), "fields.0.required"),
    ],
)
def test_a_built_in_kind_keeps_what_the_rules_need(kind: Kind, field: str) -> None:
    """6.2 and A-48 read these fields."""
    assert findings(kind) == [field]


def test_a_built_in_kind_may_change_in_everything_else() -> None:
    named = changed(REVIEW, "result", options=tuple((one.value, f"Uitkomst {one.value}") for one in ReviewResult))
    assert findings(named) == []
    more = replace(CLAIM, name="Vordering", fields=(*CLAIM.fields, Field("extra", "Extra", FieldType.TEXT)))
    assert findings(more) == []
