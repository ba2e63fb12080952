"""What an authority says of a contract when it makes one (part 3), and everything that can be wrong with it."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from domain.dutch import long_date
from domain.econtracting.contracts import ContractType, Ground
from domain.econtracting.terms import VERIFICATION_DAYS, Regime, regime_of
from domain.errors import N_, Finding, InvalidValue, Severity
from domain.identifiers import parse_enterprise_number
from domain.organisation import is_email, is_phone

#: To pay: 30 days, or up to 60 when the contract documents say so on an objective ground. Under KB2024 this is the
#: processing term, under KB2013 the payment term after the review.
USUAL_DAYS, MOST_DAYS = 30, 60
#: An earlier notice is a slip of the keyboard.
EARLIEST = date(2000, 1, 1)

#: How long each text can be.
LENGTHS: Mapping[str, int] = {
    "number": 60,
    "description": 300,
    "contractor_name": 160,
    "unit": 120,
    "ground_reference": 120,
    "regime_reason": 500,
    "derogation_reason": 500,
    "order_number": 60,
    "contact_name": 120,
    "contact_email": 254,
    "contact_phone": 40,
}


@dataclass(frozen=True, slots=True)
class ContractData:
    """What an authority says of a contract. Texts as typed; ``None`` is what was not chosen.

    ``regime`` is None for the one of the date; ``visible_from`` None for at once; ``kinds`` are codes of kinds (CP-02).
    """

    number: str = ""
    description: str = ""
    contractor_number: str = ""
    contractor_name: str = ""
    type: ContractType | None = None
    ground: Ground | None = None
    ground_reference: str = ""
    published_on: date | None = None
    unit: str = ""
    regime: Regime | None = None
    regime_reason: str = ""
    processing_days: int | None = USUAL_DAYS
    derogation_reason: str = ""
    order_number: str = ""
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    kinds: frozenset[str] = frozenset()
    visible_from: date | None = None

    @property
    def regime_in_force(self) -> Regime:
        """The one that was chosen, else the one of the date; only for data that was checked."""
        assert self.published_on is not None
        return self.regime or regime_of(self.published_on)


FIELD_LABELS: dict[str, str] = {
    "number": N_("Opdrachtnummer"),
    "description": N_("Omschrijving"),
    "contractor_number": N_("Ondernemingsnummer van de opdrachtnemer"),
    "contractor_name": N_("Naam van de opdrachtnemer"),
    "unit": N_("Dienst"),
    "type": N_("Type"),
    "ground": N_("Grond"),
    "ground_reference": N_("Verwijzing naar bestek of bijakte"),
    "published_on": N_("Datum van bekendmaking"),
    "regime": N_("Termijnregels"),
    "regime_reason": N_("Reden voor andere termijnregels"),
    "processing_days": N_("Behandelings- of betalingstermijn in dagen"),
    "derogation_reason": N_("Objectieve grond voor een langere termijn"),
    "order_number": N_("Ordernummer"),
    "contact_name": N_("Contactpunt: naam"),
    "contact_email": N_("Contactpunt: e-mailadres"),
    "contact_phone": N_("Contactpunt: telefoon"),
    "kinds": N_("Soorten dossierstukken"),
    "visible_from": N_("Zichtbaar vanaf"),
}

FILL_IN = N_("Vul dit in: {label}.")
CHOOSE = N_("Maak een keuze: {label}.")
TOO_LONG = N_("Gebruik hoogstens {max} tekens.")
BAD_PHONE = N_("Vul een geldig telefoonnummer in.")
BAD_EMAIL = N_("Vul een e-mailadres in zoals dienst@voorbeeld.be.")
IN_FUTURE = N_("De aankondiging kan niet na vandaag bekendgemaakt zijn.")
TOO_LONG_AGO = N_("Kijk de datum na: {date} ligt te ver in het verleden.")
REASON_NEEDED = N_("De datum van bekendmaking leidt tot {regime}. Zeg waarom hier andere regels gelden.")
REASON_TOO_MUCH = N_("De datum van bekendmaking leidt al tot deze regels. Wis de reden of kies de andere regels.")
DAYS_OUT_OF_RANGE = N_("De termijn is {usual} dagen, of hoogstens {most} op een objectieve grond.")
GROUND_NEEDED = N_(
    "Meer dan {usual} dagen kan enkel op een objectieve grond die in de opdrachtdocumenten staat: vul ze in."
)
GROUND_TOO_MUCH = N_("De termijn is {usual} dagen: wis de grond of pas het aantal dagen aan.")
KIND_NEEDED = N_("Kies minstens één soort dossierstuk.")
UNKNOWN_KINDS = N_("Deze soorten bestaan niet of zijn niet meer in gebruik: {codes}.")

_REQUIRED = ("number", "description", "contractor_number", "contractor_name", "ground_reference", "contact_name")
_TEXTS = ("contractor_number", *LENGTHS)


def tidied(data: ContractData) -> ContractData:
    """The same with single spaces and without control characters; the enterprise number as ten digits if it is one."""
    texts: dict[str, Any] = {name: _one_line(getattr(data, name)) for name in _TEXTS}
    with suppress(InvalidValue):
        texts["contractor_number"] = parse_enterprise_number(texts["contractor_number"])
    regime = data.regime
    if data.published_on is not None and regime is regime_of(data.published_on):
        regime = None
    return replace(data, regime=regime, **texts)


def _one_line(text: str) -> str:
    return " ".join("".join(" " if unicodedata.category(one)[0] == "C" else one for one in text).split())


def check(data: ContractData, kinds: Collection[str], today: date) -> list[Finding]:
    """Everything that is wrong with tidied data, each at its field; ``kinds`` are the codes in use.

    C-018 and C-019 (a ground with its reference), C-021 (enterprise number), CP-02 (kinds), CP-08 (contact point), and
    the regime with its terms (7.1).
    """
    found: list[Finding] = []

    def wrong(field: str, message: str, code: str = "C-005", **params: Any) -> None:
        found.append(Finding(code, Severity.BLOCKS, message, field, params=params))

    for name in _REQUIRED:
        if not getattr(data, name):
            wrong(name, FILL_IN, label=FIELD_LABELS[name])
    for name, most in LENGTHS.items():
        if len(getattr(data, name)) > most:
            wrong(name, TOO_LONG, max=most)
    for name in ("type", "ground", "published_on"):
        if getattr(data, name) is None:
            wrong(name, FILL_IN if name == "published_on" else CHOOSE, label=FIELD_LABELS[name])
    if data.contractor_number:
        try:
            parse_enterprise_number(data.contractor_number)
        except InvalidValue as error:
            wrong("contractor_number", error.message, "C-021")
    if not is_email(data.contact_email):
        wrong("contact_email", BAD_EMAIL, "CP-08")
    if data.contact_phone and not is_phone(data.contact_phone):
        wrong("contact_phone", BAD_PHONE, "CP-08")
    if not data.kinds:
        wrong("kinds", KIND_NEEDED, "CP-02")
    elif unknown := sorted(data.kinds - set(kinds)):
        wrong("kinds", UNKNOWN_KINDS, "CP-02", codes=", ".join(unknown))
    found.extend(_check_terms(data, today))
    return found


def _check_terms(data: ContractData, today: date) -> list[Finding]:
    found: list[Finding] = []

    def wrong(field: str, message: str, **params: Any) -> None:
        found.append(Finding("A-55", Severity.BLOCKS, message, field, params=params))

    published = data.published_on
    if published is None:
        return found
    if published > today:
        wrong("published_on", IN_FUTURE)
    elif published < EARLIEST:
        wrong("published_on", TOO_LONG_AGO, date=long_date(published))
    other = data.regime is not None and data.regime is not regime_of(published)
    if other and not data.regime_reason:
        wrong("regime_reason", REASON_NEEDED, regime=regime_of(published).value)
    if data.regime_reason and not other:
        wrong("regime_reason", REASON_TOO_MUCH)
    days = data.processing_days
    if days is None or not USUAL_DAYS <= days <= MOST_DAYS:
        wrong("processing_days", DAYS_OUT_OF_RANGE, usual=USUAL_DAYS, most=MOST_DAYS)
    elif days > USUAL_DAYS and not data.derogation_reason:
        wrong("derogation_reason", GROUND_NEEDED, usual=USUAL_DAYS)
    elif days == USUAL_DAYS and data.derogation_reason:
        wrong("derogation_reason", GROUND_TOO_MUCH, usual=USUAL_DAYS)
    return found


BECAUSE_BEFORE = N_(
    "De aankondiging werd bekendgemaakt op {date}, vóór 1 januari 2025: dan gelden de regels van KB2013."
)
BECAUSE_SINCE = N_(
    "De aankondiging werd bekendgemaakt op {date}, op of na 1 januari 2025: dan gelden de regels van KB2024."
)
OVERRULED = N_("De aanbesteder koos {regime}: {reason}")
MEANS_2013 = N_(
    "De aanbesteder ziet een schuldvordering na binnen {review} dagen en betaalt daarna binnen {days} dagen. "
    "Een nazicht dat te laat komt, verkort de termijn om te betalen."
)
MEANS_2024 = N_("De aanbesteder heeft {days} dagen om een schuldvordering na te zien en te betalen, samen geteld.")
DEROGATED = N_("Dat is langer dan {usual} dagen, op deze grond in de opdrachtdocumenten: {reason}")


def why_regime(data: ContractData) -> list[Finding]:
    """Which rules for terms hold for checked data, why, and what they mean: sentences both parties read."""
    assert data.published_on is not None
    words: list[tuple[str, dict[str, Any]]] = []
    dated = regime_of(data.published_on)
    because = BECAUSE_SINCE if dated is Regime.KB2024 else BECAUSE_BEFORE
    words.append((because, {"date": long_date(data.published_on)}))
    if data.regime is not None and data.regime is not dated:
        words.append((OVERRULED, {"regime": data.regime.value, "reason": data.regime_reason}))
    meaning = MEANS_2024 if data.regime_in_force is Regime.KB2024 else MEANS_2013
    words.append((meaning, {"days": data.processing_days, "review": VERIFICATION_DAYS}))
    if data.derogation_reason:
        words.append((DEROGATED, {"usual": USUAL_DAYS, "reason": data.derogation_reason}))
    return [Finding("A-55", Severity.INFORMATION, message, params=params) for message, params in words]
