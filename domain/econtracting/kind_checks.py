"""What a definition of a kind of documents must be before it can be used (A-07).

Three kinds are built in: the rules of a claim (6.2) and of the invoice (A-48) read their fields, so those fields stay.
The rest of their form is for the department to decide, like every other kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.econtracting.actions import ActionType
from domain.econtracting.claims import ReviewResult
from domain.econtracting.document_states import Direction
from domain.econtracting.kinds import FIELD_TYPE_LABELS, Attachment, Field, FieldType, Kind
from domain.econtracting.terms import TermKind
from domain.errors import N_, Finding, Severity

CLAIM = "SCHULDVORDERING"
REVIEW = "NAZICHT"
INVOICE_REQUEST = "FACTUURAANVRAAG"
MESSAGE = "BERICHT"

MAX_FIELDS = 60
MAX_ATTACHMENTS = 20
MAX_OPTIONS = 100
MAX_LABEL = 120
MAX_HELP = 500

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,39}")
_OPTION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """What of a built-in kind must stay as it is. ``fields``: name to type and whether it is obliged."""

    direction: Direction
    fields: Mapping[str, tuple[FieldType, bool]]
    answers: tuple[str, ...] = ()
    opens: tuple[ActionType, ...] = ()
    closes: tuple[ActionType, ...] = ()
    starts: tuple[TermKind, ...] = ()
    options: Mapping[str, frozenset[str]] | None = None


BUILT_IN: Mapping[str, BuiltIn] = {
    CLAIM: BuiltIn(
        Direction.TO_AUTHORITY,
        {
            "number": (FieldType.WHOLE, True),
            "period_from": (FieldType.DATE, True),
            "period_to": (FieldType.DATE, True),
            "amount": (FieldType.AMOUNT, True),
            "final": (FieldType.YES_NO, False),
        },
        opens=(ActionType.REVIEW,),
        closes=(ActionType.MAKE_CLAIM, ActionType.SUPPLEMENT),
        starts=(TermKind.VERIFICATION, TermKind.PROCESSING),
    ),
    REVIEW: BuiltIn(
        Direction.TO_CONTRACTOR,
        {
            "result": (FieldType.CHOICE, True),
            "accepted": (FieldType.AMOUNT, False),
            "reasons": (FieldType.LONG_TEXT, False),
        },
        answers=(CLAIM,),
        closes=(ActionType.REVIEW,),
        starts=(TermKind.PAYMENT,),
        options={"result": frozenset(ReviewResult)},
    ),
    INVOICE_REQUEST: BuiltIn(
        Direction.TO_CONTRACTOR,
        {"order_number": (FieldType.TEXT, True), "amount": (FieldType.AMOUNT, True)},
        answers=(CLAIM,),
        opens=(ActionType.SEND_INVOICE,),
        starts=(TermKind.INVOICE,),
    ),
}

BAD_CODE = N_("Gebruik hoofdletters, cijfers en liggende streepjes, beginnend met een letter.")
IS_MESSAGE = N_("Een bericht is geen dossierstuk. Kies een andere code.")
BAD_NAME = N_("Gebruik kleine letters, cijfers en liggende streepjes, beginnend met een letter.")
NO_LABEL = N_("Vul een naam in die mensen lezen.")
LABEL_TOO_LONG = N_("Hou dit korter dan {max} tekens.")
TWICE = N_("De naam {name} komt twee keer voor.")
NO_OPTIONS = N_("Een keuzelijst heeft minstens twee verschillende waarden.")
TOO_MANY = N_("Hou het bij {max}.")
BAD_OPTION = N_("De waarde {value} kan niet: gebruik letters, cijfers, punten en streepjes, met een naam erachter.")
OPTION_TWICE = N_("De waarde {value} komt twee keer voor.")
NO_SUCH_FIELD = N_("Er is geen eerder datumveld met de naam {name}.")
NO_DIRECTION = N_("Kies minstens één richting.")
NO_SUCH_THEME = N_("Kies een thema uit de lijst.")
NO_SUCH_KIND = N_("Er is geen soort met de code {code}.")
BOTH = N_("Een taak kan niet tegelijk ontstaan en klaar zijn.")
FIELD_STAYS = N_("Deze soort heeft het veld {name} nodig: het nazicht en de factuur steunen erop.")
TYPE_STAYS = N_("Het veld {name} moet van het type {type} blijven.")
REQUIRED_STAYS = N_("Het veld {name} moet verplicht blijven.")
OPTIONS_STAY = N_("De waarden van {name} liggen vast: {values}. De namen erachter mag u wijzigen.")
DIRECTION_STAYS = N_("De richting van deze soort ligt vast.")
ANSWERS_STAY = N_("Deze soort is altijd een antwoord op {codes}.")
KEEPS = N_("Bij deze soort hoort altijd: {names}.")
STAYS_ACTIVE = N_("Deze soort is nodig voor elke schuldvordering en kan niet buiten gebruik.")


class _Found:
    """Collects findings, each at its field."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def __call__(self, field: str, message: str, **params: object) -> None:
        self.findings.append(Finding("A-07", Severity.BLOCKS, message, field, params=params))


def check_kind(kind: Kind, themes: Iterable[str], kinds: Iterable[str]) -> list[Finding]:
    """What is wrong with a definition, each finding at its field; an empty list when it can be used.

    Fields are named ``code``, ``name``, … and ``fields.<place>.<part>``, ``attachments.<place>.<part>``, places from 0.
    """
    wrong, known = _Found(), {*kinds, kind.code}
    if not _CODE.fullmatch(kind.code):
        wrong("code", BAD_CODE)
    if kind.code == MESSAGE:
        wrong("code", IS_MESSAGE)
    _label(wrong, "name", kind.name)
    if kind.theme not in set(themes):
        wrong("theme", NO_SUCH_THEME)
    if not kind.directions:
        wrong("directions", NO_DIRECTION)
    for code in kind.answers:
        if code not in known:
            wrong("answers", NO_SUCH_KIND, code=code)
    if set(kind.opens) & set(kind.closes):
        wrong("closes", BOTH)
    _check_fields(wrong, kind.fields)
    _check_attachments(wrong, kind.attachments)
    if kind.code in BUILT_IN:
        _check_built_in(wrong, kind, BUILT_IN[kind.code])
    return wrong.findings


def _label(wrong: _Found, place: str, text: str) -> None:
    if not text.strip():
        wrong(place, NO_LABEL)
    elif len(text) > MAX_LABEL:
        wrong(place, LABEL_TOO_LONG, max=MAX_LABEL)


def _check_fields(wrong: _Found, fields: tuple[Field, ...]) -> None:
    if len(fields) > MAX_FIELDS:
        wrong("fields", TOO_MANY, max=MAX_FIELDS)
    names: list[str] = []
    dates: list[str] = []
    for number, field in enumerate(fields):
        place = f"fields.{number}"
        if not _NAME.fullmatch(field.name):
            wrong(f"{place}.name", BAD_NAME)
        elif field.name in names:
            wrong(f"{place}.name", TWICE, name=field.name)
        _label(wrong, f"{place}.label", field.label)
        if len(field.help) > MAX_HELP:
            wrong(f"{place}.help", LABEL_TOO_LONG, max=MAX_HELP)
        if field.type is FieldType.CHOICE:
            _check_options(wrong, f"{place}.options", field.options)
        if field.after is not None and (field.type is not FieldType.DATE or field.after not in dates):
            wrong(f"{place}.after", NO_SUCH_FIELD, name=field.after)
        names.append(field.name)
        if field.type is FieldType.DATE:
            dates.append(field.name)


def _check_options(wrong: _Found, place: str, options: tuple[tuple[str, str], ...]) -> None:
    values = [value for value, _ in options]
    if len(set(values)) < 2:
        wrong(place, NO_OPTIONS)
    if len(options) > MAX_OPTIONS:
        wrong(place, TOO_MANY, max=MAX_OPTIONS)
    for number, (value, label) in enumerate(options):
        if not _OPTION.fullmatch(value) or not label.strip() or len(label) > MAX_LABEL:
            wrong(place, BAD_OPTION, value=value)
        elif value in values[:number]:
            wrong(place, OPTION_TWICE, value=value)


def _check_attachments(wrong: _Found, attachments: tuple[Attachment, ...]) -> None:
    if len(attachments) > MAX_ATTACHMENTS:
        wrong("attachments", TOO_MANY, max=MAX_ATTACHMENTS)
    names: list[str] = []
    for number, one in enumerate(attachments):
        place = f"attachments.{number}"
        if not _NAME.fullmatch(one.name):
            wrong(f"{place}.name", BAD_NAME)
        elif one.name in names:
            wrong(f"{place}.name", TWICE, name=one.name)
        _label(wrong, f"{place}.label", one.label)
        names.append(one.name)


def _check_built_in(wrong: _Found, kind: Kind, needed: BuiltIn) -> None:
    if kind.directions and kind.directions != {needed.direction}:
        wrong("directions", DIRECTION_STAYS)
    if needed.answers and kind.answers != needed.answers:
        wrong("answers", ANSWERS_STAY, codes=", ".join(needed.answers))
    for place, held, kept in (
        ("opens", set(kind.opens), needed.opens),
        ("closes", set(kind.closes), needed.closes),
        ("starts", set(kind.starts), needed.starts),
    ):
        missing = [one.value for one in kept if one not in held]
        if missing:
            wrong(place, KEEPS, names=", ".join(missing))
    if not kind.active:
        wrong("active", STAYS_ACTIVE)
    held_fields = {field.name: (number, field) for number, field in enumerate(kind.fields)}
    for name, (type_, required) in needed.fields.items():
        if name not in held_fields:
            wrong("fields", FIELD_STAYS, name=name)
            continue
        number, field = held_fields[name]
        if field.type is not type_:
            wrong(f"fields.{number}.type", TYPE_STAYS, name=name, type=FIELD_TYPE_LABELS[type_])
        elif required and not field.required:
            wrong(f"fields.{number}.required", REQUIRED_STAYS, name=name)
    for name, values in (needed.options or {}).items():
        if name in held_fields and {value for value, _ in held_fields[name][1].options} != values:
            wrong(f"fields.{held_fields[name][0]}.options", OPTIONS_STAY, name=name, values=", ".join(sorted(values)))
