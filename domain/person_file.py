"""The shape of everything that is held about one national number (recht van inzage, E-153).

A file is a list of sections; each says from where its rows come, why they are kept and until when. Page, PDF and JSON
are made from it; the JSON is documented in ``docs/person-file.md`` and keeps its form within a ``FORMAT``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from domain.errors import N_
from domain.retention import RULES, RetentionClass

#: Named in the JSON; another number means another form.
FORMAT = "dossierloket.persoonsdossier/1"
#: Rows of a section that are shown at most; the file says when there is more.
MOST = 2000

Value = str | int | bool | date | datetime | Decimal | None


class SectionCode(StrEnum):
    """The sections, in their order."""

    STAFF = "personeel"
    CONTRACTS = "contracten"
    CHOICES = "keuzes"
    PERFORMANCES = "prestaties"
    JUSTIFICATIONS = "toelichtingen"
    COPIES = "kopieen"
    AMOUNTS = "bedragen"
    LETTERS = "brieven"
    CORRECTIONS = "verbeteringen"
    MESSAGES = "berichten"
    LOOK_UPS = "opzoekingen"
    TRACES = "logboek"


@dataclass(frozen=True, slots=True)
class Description:
    """What a section is: its title, where its rows come from and why they are kept."""

    title: str
    source: str
    purpose: str
    retention: RetentionClass
    fields: Mapping[str, str]


_FACILITY = ("facility", N_("Voorziening"))
_QUARTER = ("quarter", N_("Kwartaal"))
_CALCULATE = N_("Om het recht en de vergoeding te berekenen.")
_PROVE = N_("Om aan te tonen wat ingediend werd en waarop een bedrag steunt.")

DESCRIPTIONS: dict[SectionCode, Description] = {
    SectionCode.STAFF: Description(
        N_("Personeelslid"),
        N_("Het rijksregister, of ingevoerd door de voorziening."),
        _CALCULATE,
        RetentionClass.STAFF,
        dict(
            [
                _FACILITY,
                ("last_name", N_("Naam")),
                ("first_name", N_("Voornaam")),
                ("birth_date", N_("Geboortedatum")),
                ("sex", N_("Geslacht")),
                ("source", N_("Bron")),
                ("looked_up_at", N_("Opgezocht op")),
            ]
        ),
    ),
    SectionCode.CONTRACTS: Description(
        N_("Contracten"),
        N_("Ingevoerd door de voorziening."),
        _CALCULATE,
        RetentionClass.STAFF,
        dict(
            [
                _FACILITY,
                ("starts_on", N_("Begin")),
                ("ends_on", N_("Einde")),
                ("contract_type", N_("Contracttype")),
                ("qualification", N_("Kwalificatie")),
                ("hours", N_("Uren")),
                ("replacement_hours", N_("Uren vervanging")),
                ("el_right", N_("Recht eindeloopbaan")),
            ]
        ),
    ),
    SectionCode.CHOICES: Description(
        N_("Eindeloopbaankeuzes"),
        N_("Ingevoerd door de voorziening."),
        _CALCULATE,
        RetentionClass.STAFF,
        dict(
            [
                _FACILITY,
                ("decided_on", N_("Datum keuze")),
                ("begins_on", N_("Begin recht")),
                ("ends_on", N_("Einde recht")),
                ("age_category", N_("Leeftijdscategorie")),
                ("premium_hours", N_("Uren premie")),
                ("exemption_hours", N_("Uren vrijstelling")),
                ("exception_note", N_("Uitzondering premie")),
            ]
        ),
    ),
    SectionCode.PERFORMANCES: Description(
        N_("Prestaties per kwartaal"),
        N_("Ingevoerd door de voorziening in de aangifte."),
        _CALCULATE,
        RetentionClass.STAFF,
        dict(
            [
                _FACILITY,
                _QUARTER,
                ("contract", N_("Contract vanaf")),
                ("paid_days", N_("Betaalde dagen")),
                ("unpaid_days", N_("Niet-betaalde dagen")),
                ("paid_hours", N_("Betaalde uren")),
                ("changed_at", N_("Laatst gewijzigd")),
            ]
        ),
    ),
    SectionCode.JUSTIFICATIONS: Description(
        N_("Toelichtingen bij ongewone waarden"),
        N_("Geschreven door de voorziening bij het indienen."),
        N_("Om een ongewone waarde te kunnen beoordelen."),
        RetentionClass.STAFF,
        dict(
            [
                _FACILITY,
                _QUARTER,
                ("value", N_("Waarde")),
                ("expected", N_("Verwacht")),
                ("text", N_("Toelichting")),
                ("given_at", N_("Gegeven op")),
            ]
        ),
    ),
    SectionCode.COPIES: Description(
        N_("Kopieën van ingediende kwartalen"),
        N_("Genomen bij het indienen, afsluiten of blokkeren van een kwartaal."),
        _PROVE,
        RetentionClass.STAFF,
        dict(
            [
                _FACILITY,
                _QUARTER,
                ("taken_at", N_("Genomen op")),
                ("name", N_("Naam in de kopie")),
                ("contracts", N_("Contracten in de kopie")),
                ("choices", N_("Keuzes in de kopie")),
                ("performances", N_("Prestaties in de kopie")),
                ("digest", N_("Controlegetal")),
            ]
        ),
    ),
    SectionCode.AMOUNTS: Description(
        N_("Bedragen en waarden in berekeningen"),
        N_("Berekend uit de kopieën van de kwartalen."),
        _PROVE,
        RetentionClass.STAFF,
        dict(
            [
                _FACILITY,
                ("period", N_("Referentieperiode")),
                ("calculation", N_("Berekening")),
                ("communicated_on", N_("Meegedeeld op")),
                ("what", N_("Wat")),
                _QUARTER,
                ("fte", N_("VTE")),
                ("amount", N_("Bedrag in euro")),
            ]
        ),
    ),
    SectionCode.LETTERS: Description(
        N_("Brieven met een lijn per personeelslid"),
        N_("Gemaakt door het departement bij een berekening."),
        _PROVE,
        RetentionClass.STAFF,
        dict(
            [
                _FACILITY,
                ("period", N_("Referentieperiode")),
                ("subject", N_("Onderwerp")),
                ("made_at", N_("Gemaakt op")),
            ]
        ),
    ),
    SectionCode.CORRECTIONS: Description(
        N_("Verzoeken tot verbetering"),
        N_("Geregistreerd door de voorziening op vraag van het personeelslid."),
        N_("Om het recht op verbetering uit te voeren."),
        RetentionClass.CORRECTIONS,
        dict(
            [
                _FACILITY,
                ("received_at", N_("Gevraagd op")),
                ("field", N_("Wat")),
                _QUARTER,
                ("wanted", N_("Wat er moet staan")),
                ("state", N_("Stand")),
                ("answer", N_("Antwoord")),
            ]
        ),
    ),
    SectionCode.MESSAGES: Description(
        N_("Berichten die het nummer noemen"),
        N_("Geschreven door de voorziening of het departement. De tekst kan ook anderen noemen en staat hier niet."),
        N_("Om vragen te stellen en te beantwoorden."),
        RetentionClass.MESSAGES,
        dict(
            [
                _FACILITY,
                _QUARTER,
                ("subject", N_("Onderwerp")),
                ("by", N_("Door")),
                ("sent_at", N_("Verzonden op")),
                ("thread", N_("Gesprek")),
            ]
        ),
    ),
    SectionCode.LOOK_UPS: Description(
        N_("Opzoekingen in het rijksregister"),
        N_("Bijgehouden bij elke opzoeking van het nummer."),
        N_("Om te verantwoorden wie het rijksregister raadpleegt, en waarom."),
        RetentionClass.LOOK_UPS,
        {
            "at": N_("Wanneer"),
            "organisation": N_("Organisatie"),
            "purpose": N_("Waarom"),
            "outcome": N_("Resultaat"),
        },
    ),
    SectionCode.TRACES: Description(
        N_("Wat er met deze gegevens gebeurde"),
        N_("Het logboek."),
        N_("Om elke wijziging en raadpleging te verantwoorden."),
        RetentionClass.AUDIT,
        {
            "at": N_("Wanneer"),
            "by": N_("Door"),
            "event": N_("Wat"),
            "values": N_("Waarden"),
        },
    ),
}

#: What is told besides: what cannot be found by a number.
NOT_SEARCHED = N_(
    "Berichten worden doorzocht op het nummer, voor wie berichten mag lezen; niet op de naam. Bijlagen worden niet "
    "doorzocht. Noemt een bericht of een bijlage iemand bij naam, vraag het dan aan de voorziening."
)
NOTHING = N_("In dit loket is binnen uw bereik niets bewaard onder dit rijksregisternummer.")
REASON_MISSING = N_("Vul in waarom u het persoonsdossier nodig hebt, bijvoorbeeld het nummer van de klacht.")


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one section; keys of a row are those of its description. ``more``: there are more than MOST."""

    code: SectionCode
    rows: Sequence[Mapping[str, Value]]
    more: bool = False

    @property
    def description(self) -> Description:
        """What the section is."""
        return DESCRIPTIONS[self.code]

    @property
    def kept(self) -> tuple[str, str]:
        """How long the rows are kept and from when that counts."""
        rule = RULES[self.description.retention]
        return rule.term, rule.counted_from


@dataclass(frozen=True, slots=True)
class PersonFile:
    """Everything held about one number that the one who asked may see. ``facilities``: HCO number and name of each."""

    national_number: str
    made_at: datetime
    made_for: str
    facilities: Sequence[tuple[str, str]]
    sections: Sequence[Section]

    @property
    def empty(self) -> bool:
        """Whether nothing is held: the same answer as for a number nobody ever used."""
        return not any(section.rows for section in self.sections)


def as_json(file: PersonFile) -> dict[str, Any]:
    """The file as the documented JSON: dates as ISO texts, decimals as texts, absent values as null."""
    return {
        "format": FORMAT,
        "national_number": file.national_number,
        "made_at": file.made_at.isoformat(timespec="seconds"),
        "made_for": file.made_for,
        "facilities": [{"hco_number": number, "name": name} for number, name in file.facilities],
        "sections": [
            {
                "code": section.code.value,
                "title": section.description.title,
                "source": section.description.source,
                "purpose": section.description.purpose,
                "retention_class": section.description.retention.value,
                "kept": section.kept[0],
                "counted_from": section.kept[1],
                "fields": [{"code": code, "label": label} for code, label in section.description.fields.items()],
                "rows": [{code: _plain(row.get(code)) for code in section.description.fields} for row in section.rows],
                "more": section.more,
            }
            for section in file.sections
        ],
        "not_searched": NOT_SEARCHED,
    }


def _plain(value: Value) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
