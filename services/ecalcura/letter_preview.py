"""What a letter would look like with a text that is being written: with invented data, or those of a real facility."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from domain.actor import Actor
from domain.ecalcura import letter_detail
from domain.ecalcura.compensation import calculate
from domain.ecalcura.letter_detail import People, Section
from domain.ecalcura.letter_example import NAMES, example_case
from domain.ecalcura.letter_information import information, parameters_part
from domain.ecalcura.letter_kinds import LetterKind
from domain.ecalcura.letter_texts import LetterContent, Names, When, check_text, examples
from domain.ecalcura.parameter_sets import ParameterContent
from domain.errors import N_, Findings, InvalidValue, NotAllowedNow
from domain.permissions import Permission
from models.base import db
from models.compensation import Calculation
from models.organisation import Facility
from services import access, clock
from services.ecalcura import letter_data, parameter_sets
from services.ecalcura.letter_data import KINDS, Subject
from services.ecalcura.letters import laid_out

REFERENCE = "VOORBEELD"
PERIOD = "2023-2024"
UNKNOWN = N_("Er is geen voorziening met dit HCO-nummer. Kijk het nummer na of laat het leeg.")


def preview(actor: Actor, kind: LetterKind, content: LetterContent, hco_number: str = "") -> bytes:
    """The PDF of a letter with a text; nothing is kept and nobody is told.

    With an HCO number: to that facility, about its last communicated calculation of the kind when there is one. Raises
    Findings for a text that cannot be used, InvalidValue at ``facility`` for an unknown number.
    """
    access.require(actor, Permission.LETTERS_MANAGE)
    findings = check_text(kind, content)
    if findings:
        raise Findings(findings)
    subject = None
    facility = _facility(hco_number.strip())
    if facility.id is not None:
        calculation = _last(facility.id, kind)
        if calculation is not None:
            subject = letter_data.of_calculation(calculation, facility, content.names)
    return laid_out(subject or _example(kind, facility, content.names), content, REFERENCE)[1]


def _facility(hco_number: str) -> Facility:
    if not hco_number:
        return Facility(
            name="PVT De Linde",
            hco_number="71000012",
            street="Voorbeeldstraat",
            house_number="1",
            box="2",
            postal_code="1000",
            city="Brussel",
        )
    found = db.session.scalar(select(Facility).where(Facility.hco_number == hco_number))
    if found is None:
        raise InvalidValue(UNKNOWN, field="facility")
    return found


def _last(facility_id: int, kind: LetterKind) -> Calculation | None:
    kinds = [calculated for calculated, letter in KINDS.items() if letter is kind]
    return db.session.scalar(
        select(Calculation)
        .where(
            Calculation.facility_id == facility_id,
            Calculation.kind.in_(kinds),
            Calculation.communicated_at.is_not(None),
        )
        .order_by(Calculation.id.desc())
        .limit(1)
    )


def _example(kind: LetterKind, facility: Facility, names: Names) -> Subject:
    """Every paragraph stands in it, also those that exclude each other."""
    try:
        content = parameter_sets.in_force(PERIOD).content
    except NotAllowedNow:
        content = ParameterContent.default(PERIOD)
    values = examples(kind) | {"voorziening": facility.name, "hco_nummer": facility.hco_number}
    facts = [("Referentieperiode", PERIOD), ("Voorziening", facility.name), ("HCO-nummer", facility.hco_number)]
    facts += [("Bedrag", values["bedrag"])] if "bedrag" in values else []
    sections = _sections(kind, content, names) if kind in KINDS.values() else ()
    return Subject(kind, facility, PERIOD, values["administratie"], values, frozenset(When), facts, sections)


def _sections(kind: LetterKind, content: ParameterContent, names: Names) -> Sequence[Section]:
    window = None
    if kind is LetterKind.PROVISIONAL:
        window = content.calendar.correction_window(clock.today())
    if kind is LetterKind.ADVANCE:
        detail = Section("Detail van het voorschot", (parameters_part([("Berekend", "€ 2.930,92")], 1, content),))
        return detail, information(content, None)
    case = example_case(PERIOD, content.compensation)
    people = People(NAMES, full=names is Names.FULL)
    outcome = calculate(case)
    detail = letter_detail.detail(case, outcome, people, letter_data.qualification_names())
    last = parameters_part(letter_detail.total_rows(outcome), 1, content)
    return Section(detail.title, (*detail.parts, last)), information(content, window)
