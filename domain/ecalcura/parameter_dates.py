"""The parameters of the campaign: its calendar, the index, the advances, rounding and texts."""

from __future__ import annotations

from typing import Any

from domain.ecalcura.campaign import FallbackBasis
from domain.ecalcura.parameter_content import ADVANCE_BASE_LABELS, AdvanceBase
from domain.ecalcura.parameter_kinds import (
    AMOUNTS,
    COEFFICIENTS,
    DAY,
    DECIMAL,
    EURO,
    FLAG,
    LONG_TEXT,
    TEXT,
    WHOLE,
    Kind,
    choice,
)
from domain.ecalcura.parameter_words import EUROS_A_YEAR, FALLBACK_LABELS, Group, Parameter
from domain.errors import N_


def _calendar(name: str, kind: Kind, label: str, explanation: str, unit: str, rule: str, **more: Any) -> Parameter:
    return Parameter(name, Group.CALENDAR, kind, label, explanation, unit, rule, (f"calendar.{name}",), **more)


def _advance(number: int) -> tuple[Parameter, ...]:
    name, path, group = f"advance_{number}", f"advances.{number - 1}", Group.ADVANCES
    return (
        Parameter(
            f"{name}_active",
            group,
            FLAG,
            (N_("Voorschot 1 betalen"), N_("Voorschot 2 betalen"))[number - 1],
            N_("Zonder vinkje wordt dit voorschot aan niemand betaald."),
            "",
            "A-21",
            (f"{path}.active",),
        ),
        Parameter(
            f"{name}_base",
            group,
            choice(AdvanceBase),
            (N_("Voorschot 1: berekend op"), N_("Voorschot 2: berekend op"))[number - 1],
            N_(
                "Een percentage van de laatste definitieve berekening, of een vast bedrag voor elke voorziening. "
                "Zonder vroegere definitieve berekening is er bij een percentage geen voorschot."
            ),
            "",
            "A-20",
            (f"{path}.base",),
            ADVANCE_BASE_LABELS,
        ),
        Parameter(
            f"{name}_percentage",
            group,
            DECIMAL,
            (N_("Voorschot 1: percentage"), N_("Voorschot 2: percentage"))[number - 1],
            N_("Het deel van de laatste definitieve berekening dat als voorschot betaald wordt."),
            "%",
            "A-20",
            (f"{path}.percentage",),
        ),
        Parameter(
            f"{name}_fixed_amount",
            group,
            EURO,
            (N_("Voorschot 1: vast bedrag"), N_("Voorschot 2: vast bedrag"))[number - 1],
            N_("Telt enkel als het voorschot een vast bedrag per voorziening is."),
            N_("euro"),
            "A-20",
            (f"{path}.fixed_amount",),
        ),
        Parameter(
            f"{name}_pay_on",
            group,
            DAY,
            (N_("Voorschot 1: op de rekening op"), N_("Voorschot 2: op de rekening op"))[number - 1],
            (
                N_("Standaard de laatste werkdag van januari van het jaar waarin de referentieperiode eindigt."),
                N_("Standaard de laatste werkdag van juli van het jaar waarin de referentieperiode eindigt."),
            )[number - 1],
            N_("datum"),
            "A-21",
            (f"{path}.pay_on",),
        ),
    )


CALENDAR_PARAMETERS: tuple[Parameter, ...] = (
    _calendar(
        "statutory_deadline",
        DAY,
        N_("Wettelijke termijn"),
        N_("De laatste dag waarop een voorziening haar kwartalen binnen de wettelijke termijn indient."),
        N_("datum"),
        "E-121",
    ),
    _calendar(
        "letter_on",
        DAY,
        N_("Brief niet ingediend"),
        N_("Vanaf deze dag, op de eerste werkdag, krijgt wie niet alles indiende een brief."),
        N_("datum"),
        "E-122",
    ),
    _calendar(
        "postponed_until",
        DAY,
        N_("Uitstel tot en met"),
        N_("De laatste dag waarop een voorziening na de wettelijke termijn nog kan indienen."),
        N_("datum"),
        "E-122",
    ),
    _calendar(
        "blocking_on",
        DAY,
        N_("Ambtshalve blokkering"),
        N_("Op deze dag om 0 uur worden alle open kwartalen ambtshalve geblokkeerd."),
        N_("datum"),
        "E-123",
    ),
    _calendar(
        "window_offset_days",
        WHOLE,
        N_("Begin van het correctievenster"),
        N_("Hoeveel dagen na de voorlopige berekening het venster begint waarin een voorziening kan corrigeren."),
        N_("dagen"),
        "A-05",
    ),
    _calendar(
        "window_days",
        WHOLE,
        N_("Lengte van het correctievenster"),
        N_(
            "Hoeveel dagen na zijn eerste dag het venster sluit. Met 1 en 30 loopt het na een berekening van "
            "16 oktober van 17 oktober tot en met 16 november."
        ),
        N_("dagen"),
        "A-05",
    ),
    _calendar(
        "reopenings_allowed",
        WHOLE,
        N_("Heropeningen na de voorlopige berekening"),
        N_("Hoe vaak een voorziening na de voorlopige berekening haar kwartalen kan laten heropenen."),
        N_("keer"),
        "V-65",
    ),
    _calendar(
        "fallback_basis",
        choice(FallbackBasis),
        N_("Heropend en niet opnieuw ingediend"),
        N_("Welke gegevens tellen van een kwartaal dat heropend werd en niet opnieuw werd ingediend."),
        "",
        "A-11",
        options=FALLBACK_LABELS,
    ),
    _calendar(
        "definitive_from",
        DAY,
        N_("Definitieve berekening vanaf"),
        N_("Wanneer de definitieve berekeningen ten vroegste gepland zijn. De fase zelf begint bij de mededeling."),
        N_("datum"),
        "E-128",
    ),
    _calendar(
        "definitive_until",
        DAY,
        N_("Definitieve berekening tot en met"),
        N_("Wanneer de definitieve berekeningen ten laatste gepland zijn."),
        N_("datum"),
        "E-128",
    ),
    _calendar(
        "payment_on",
        DAY,
        N_("Betaling op"),
        N_("De dag waarop de Eindafrekening op de rekening staat: standaard de laatste werkdag van januari."),
        N_("datum"),
        "E-131",
    ),
)

MONEY_PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        "index_months",
        Group.INDEX,
        COEFFICIENTS,
        N_("Coëfficiënt per maand"),
        N_(
            "Vul alle twaalf maanden in om bedragen af te leiden: basisbedrag maal het gemiddelde van de twaalf. "
            "Laat alles leeg om de bedragen zelf in te vullen."
        ),
        N_("coëfficiënt"),
        "A-34",
        ("index.months",),
    ),
    Parameter(
        "base_y1",
        Group.INDEX,
        AMOUNTS,
        N_("Basisbedrag van Y1"),
        N_("Met coëfficiënten vervangt basisbedrag maal gemiddelde het ingevulde bedrag Y1."),
        EUROS_A_YEAR,
        "A-34",
        ("index.base_y1",),
    ),
    Parameter(
        "base_y2",
        Group.INDEX,
        AMOUNTS,
        N_("Basisbedrag van Y2"),
        N_("Met coëfficiënten vervangt basisbedrag maal gemiddelde het ingevulde bedrag Y2."),
        EUROS_A_YEAR,
        "A-34",
        ("index.base_y2",),
    ),
    Parameter(
        "index_shown_in_letter",
        Group.INDEX,
        FLAG,
        N_("Coëfficiënt in de brief"),
        N_("Met een vinkje vermeldt de brief over de berekening de gemiddelde coëfficiënt."),
        "",
        "A-34",
        ("index.shown_in_letter",),
    ),
    *_advance(1),
    *_advance(2),
    Parameter(
        "fte_digits",
        Group.ROUNDING,
        WHOLE,
        N_("Cijfers na de komma van VTE, uren en maanden"),
        N_("Elke tussenstap wordt op zoveel cijfers afgerond, een half naar boven."),
        N_("cijfers"),
        "A-33",
        ("compensation.fte_digits",),
    ),
    Parameter(
        "euro_digits",
        Group.ROUNDING,
        WHOLE,
        N_("Cijfers na de komma van een bedrag"),
        N_("Elke lijn wordt zo afgerond, een half naar boven; een totaal is de som van afgeronde lijnen."),
        N_("cijfers"),
        "A-33",
        ("compensation.euro_digits",),
    ),
    Parameter(
        "administration",
        Group.TEXTS,
        TEXT,
        N_("Naam van de administratie"),
        N_("Staat als afzender op brieven."),
        "",
        "E-122",
        ("texts.administration",),
    ),
    Parameter(
        "mailbox",
        Group.TEXTS,
        TEXT,
        N_("Mailbox"),
        N_("Het adres waarop voorzieningen de administratie over eindeloopbaan bereiken."),
        N_("e-mailadres"),
        "E-126",
        ("texts.mailbox",),
    ),
    Parameter(
        "legal_basis",
        Group.TEXTS,
        LONG_TEXT,
        N_("Rechtsgrond"),
        N_("De regelgeving waarop de berekening steunt, zoals ze in de brief staat."),
        "",
        "8",
        ("texts.legal_basis",),
    ),
)
