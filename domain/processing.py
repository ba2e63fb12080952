"""The register of processing (GDPR article 30), told by the models themselves: ``__processing__`` of each table.

A table either holds personal data, and says what of whom, why and for how long, or is declared free of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from domain.errors import N_
from domain.retention import RetentionClass


class Subjects(StrEnum):
    """Whose data."""

    STAFF = "PERSONEELSLEDEN"
    CLERKS = "MEDEWERKERS_VOORZIENING"
    CONTRACTOR_PEOPLE = "MEDEWERKERS_OPDRACHTNEMER"
    OFFICIALS = "AMBTENAREN"
    CONTACTS = "CONTACTPERSONEN"
    VISITORS = "BEZOEKERS"


SUBJECT_LABELS: dict[Subjects, str] = {
    Subjects.STAFF: N_("Personeelsleden van voorzieningen"),
    Subjects.CLERKS: N_("Medewerkers van een voorziening die het loket gebruiken"),
    Subjects.CONTRACTOR_PEOPLE: N_("Medewerkers van een opdrachtnemer"),
    Subjects.OFFICIALS: N_("Medewerkers van het departement, een aanbesteder of een helpdesk"),
    Subjects.CONTACTS: N_("Contactpersonen"),
    Subjects.VISITORS: N_("Wie zich inschrijft of een vraag stelt zonder aan te melden"),
}


class Category(StrEnum):
    """What kind of data a column holds."""

    IDENTITY = "IDENTITEIT"
    NATIONAL_NUMBER = "RIJKSREGISTERNUMMER"
    CONTACT = "CONTACTGEGEVENS"
    EMPLOYMENT = "TEWERKSTELLING"
    ABSENCE = "AANWEZIGHEID"
    FREE_TEXT = "VRIJE_TEKST"
    COPY = "KOPIE"
    ACCESS = "TOEGANG"
    TRACE = "HANDELING"
    FINANCIAL = "REKENING"


CATEGORY_LABELS: dict[Category, str] = {
    Category.IDENTITY: N_("Naam en identiteit"),
    Category.NATIONAL_NUMBER: N_("Rijksregisternummer, of een controlegetal ervan"),
    Category.CONTACT: N_("Contactgegevens"),
    Category.EMPLOYMENT: N_("Contracten en eindeloopbaankeuzes"),
    Category.ABSENCE: N_("Betaalde en niet-betaalde dagen en uren"),
    Category.FREE_TEXT: N_("Vrije tekst die iemand kan noemen"),
    Category.COPY: N_("Kopie waarin personen staan"),
    Category.ACCESS: N_("Aanmelden en rechten"),
    Category.TRACE: N_("Wie iets deed"),
    Category.FINANCIAL: N_("Rekening en rekeninghouder"),
}


class Basis(StrEnum):
    """Why it is lawful."""

    PUBLIC_TASK = "ALGEMEEN_BELANG"
    LEGAL_DUTY = "WETTELIJKE_PLICHT"
    CONSENT = "TOESTEMMING"


BASIS_LABELS: dict[Basis, str] = {
    Basis.PUBLIC_TASK: N_("Taak van algemeen belang (AVG, artikel 6.1.e)"),
    Basis.LEGAL_DUTY: N_("Wettelijke verplichting (AVG, artikel 6.1.c)"),
    Basis.CONSENT: N_("Toestemming (AVG, artikel 6.1.a)"),
}


class Recipients(StrEnum):
    """Who gets to see it, besides whose own organisation."""

    OWN = "EIGEN_ORGANISATIE"
    DEPARTMENT = "DEPARTEMENT"
    HELPDESK = "HELPDESK"
    AUTHORITY = "AANBESTEDER"
    REGISTER = "RIJKSREGISTER"
    KEEPER = "BEHEERDER_ECONTRACTING"
    NOBODY = "NIEMAND"


RECIPIENT_LABELS: dict[Recipients, str] = {
    Recipients.OWN: N_("De eigen organisatie"),
    Recipients.DEPARTMENT: N_("Dossierbeheerders van het departement"),
    Recipients.HELPDESK: N_("De helpdesk, met verborgen nummers"),
    Recipients.AUTHORITY: N_("De andere partij van de opdracht"),
    Recipients.REGISTER: N_("Het rijksregister, bij het opzoeken"),
    Recipients.KEEPER: N_("Wie e-Contracting en de nieuwsbrief beheert"),
    Recipients.NOBODY: N_("Niemand: enkel het programma"),
}


@dataclass(frozen=True, slots=True)
class Processing:
    """What a table holds about people: why, whose, which columns of which category, and how long.

    ``columns`` names every personal column with its category; all others are declared free of personal data.
    """

    purpose: str
    subjects: tuple[Subjects, ...]
    columns: Mapping[str, Category]
    retention: RetentionClass
    recipients: tuple[Recipients, ...] = (Recipients.OWN,)
    basis: Basis = Basis.PUBLIC_TASK


@dataclass(frozen=True, slots=True)
class NoPersonalData:
    """A table without personal data, with what it is for."""

    what: str
    columns: Mapping[str, Category] = field(default_factory=dict)
