"""What is agreed with the identity providers: attribute names, sign-in means, who may use which (13.2 and 13.5).

All of it is data with a default, so that an installation can follow an integration file without a change of code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from domain.errors import N_
from domain.role_values import Application

#: Names of attributes inside; what providers call them is in a profile's ``aliases``.
VO_ID = "vo_id"
NATIONAL_NUMBER = "rrn"
GIVEN_NAME = "given_name"
FAMILY_NAME = "family_name"
EMAIL = "vo_email"
TARGET_GROUP = "vo_doelgroepcode"
ORGANISATION = "vo_orgcode"
ORGANISATION_NAME = "vo_orgnaam"
REPRESENTED = "wv_orgcode"
HCO_NUMBER = "urn:be:vlaanderen:eloket:1.0:hco-number"
SUBDEPARTMENT = "urn:be:vlaanderen:eloket:1.0:subafdeling"
ROLE_ATTRIBUTES: dict[Application, str] = {
    Application.ECONTRACTING: "econtracting_rol_3d",
    Application.ELOKET: "eloket_rol_3d",
}

DEFAULT_ALIASES: Mapping[str, str] = {
    **{
        name: name
        for name in (
            VO_ID,
            NATIONAL_NUMBER,
            GIVEN_NAME,
            FAMILY_NAME,
            EMAIL,
            TARGET_GROUP,
            ORGANISATION,
            ORGANISATION_NAME,
            REPRESENTED,
            HCO_NUMBER,
            SUBDEPARTMENT,
            *ROLE_ATTRIBUTES.values(),
        )
    },
    "urn:be:vlaanderen:dienstverlening:acmid": VO_ID,
    "urn:be:fedict:iam:attr:fedid": VO_ID,
    "egovNRN": NATIONAL_NUMBER,
    "urn:be:fgov:person:ssin": NATIONAL_NUMBER,
    "urn:be:vlaanderen:acm:voornaam": GIVEN_NAME,
    "givenName": GIVEN_NAME,
    "urn:be:fgov:person:ssin:ehealth:1.0:givenname": GIVEN_NAME,
    "urn:be:vlaanderen:acm:familienaam": FAMILY_NAME,
    "surname": FAMILY_NAME,
    "urn:be:fgov:person:ssin:ehealth:1.0:surname": FAMILY_NAME,
    "mail": EMAIL,
    "urn:be:fgov:kbo-bce:organization:cbe-number": ORGANISATION,
    "econtracting_rol_3D": ROLE_ATTRIBUTES[Application.ECONTRACTING],
    "econtracting_rol_2d": ROLE_ATTRIBUTES[Application.ECONTRACTING],
    "eloket_rol_3D": ROLE_ATTRIBUTES[Application.ELOKET],
    "eloket_rol_2d": ROLE_ATTRIBUTES[Application.ELOKET],
}


class Door(StrEnum):
    """Through which access management an identity provider brings people in; it bounds the sides it can give."""

    FLEMISH = "flemish"
    EHEALTH = "ehealth"


@dataclass(frozen=True, slots=True)
class IdentityProviderProfile:
    """What is agreed with one identity provider. ``account_key`` is VO_ID or NATIONAL_NUMBER (kept as a keyed hash)."""

    key: str
    door: Door
    account_key: str
    aliases: Mapping[str, str] = field(default_factory=lambda: DEFAULT_ALIASES)


ACM = IdentityProviderProfile("acm", Door.FLEMISH, VO_ID)
EHEALTH = IdentityProviderProfile("ehealth", Door.EHEALTH, NATIONAL_NUMBER)


class Means(StrEnum):
    """The sign-in means of 13.5; the federal levels come without the name of the means."""

    EID = "eid"
    ITSME = "itsme"
    TOTP = "totp"
    SMS = "sms"
    EIDAS_HIGH = "eidas_high"
    EIDAS_SUBSTANTIAL = "eidas_substantial"
    CITIZEN_TOKEN = "citizen_token"  # noqa: S105
    CIVIL_SERVANT_TOKEN = "civil_servant_token"  # noqa: S105
    LEVEL_500 = "level_500"
    LEVEL_450 = "level_450"
    LEVEL_400 = "level_400"
    WEAK = "weak"


MEANS_LABELS: dict[Means, str] = {
    Means.EID: N_("eID en kaartlezer"),
    Means.ITSME: N_("itsme"),
    Means.TOTP: N_("Beveiligingscode via mobiele app"),
    Means.SMS: N_("Beveiligingscode via sms"),
    Means.EIDAS_HIGH: N_("eIDAS (hoog)"),
    Means.EIDAS_SUBSTANTIAL: N_("eIDAS (substantieel)"),
    Means.CITIZEN_TOKEN: N_("Federaal burgertoken"),
    Means.CIVIL_SERVANT_TOKEN: N_("Ambtenarentoken"),
    Means.LEVEL_500: N_("Digitale sleutel van niveau 500"),
    Means.LEVEL_450: N_("Digitale sleutel van niveau 450"),
    Means.LEVEL_400: N_("Digitale sleutel van niveau 400"),
    Means.WEAK: N_("Een sleutel die niet sterk genoeg is"),
}

_FLEMISH_MEANS = "urn:be:vlaanderen:authmech:"
_FEDERAL_MEANS = "urn:be:fedict:iam:fas:"
_FEDERAL_LEVELS = {
    "500": Means.LEVEL_500,
    "450": Means.LEVEL_450,
    "400": Means.LEVEL_400,
    "300": Means.WEAK,
    "200": Means.WEAK,
    "100": Means.WEAK,
}

#: Authentication contexts that are recognised; one that is not listed counts as too weak.
DEFAULT_CONTEXTS: Mapping[str, Means] = {
    f"{_FLEMISH_MEANS}eid": Means.EID,
    f"{_FLEMISH_MEANS}itsme": Means.ITSME,
    f"{_FLEMISH_MEANS}csamtotp": Means.TOTP,
    f"{_FLEMISH_MEANS}csamsms": Means.SMS,
    f"{_FLEMISH_MEANS}eidashigh": Means.EIDAS_HIGH,
    f"{_FLEMISH_MEANS}eidassubstantial": Means.EIDAS_SUBSTANTIAL,
    f"{_FLEMISH_MEANS}ambtenarentoken": Means.CIVIL_SERVANT_TOKEN,
    **{f"{_FLEMISH_MEANS}{name}": Means.WEAK for name in ("kerberos", "password", "csampassword", "csamselfreg")},
    **{
        f"{_FEDERAL_MEANS}{segment}Level{level}": means
        for segment in ("citizen:", "enterprise:", "")
        for level, means in _FEDERAL_LEVELS.items()
    },
    f"{_FEDERAL_MEANS}citizen:eid": Means.EID,
    f"{_FEDERAL_MEANS}citizen:token": Means.CITIZEN_TOKEN,
    f"{_FEDERAL_MEANS}servant:token": Means.CIVIL_SERVANT_TOKEN,
}

_STRONG = frozenset({Means.EID, Means.ITSME, Means.TOTP, Means.LEVEL_500, Means.LEVEL_450, Means.LEVEL_400})
#: E-006 for the e-loket; 13.5 and A-53 for e-Contracting (every means of level 400 or more).
DEFAULT_ALLOWED: Mapping[Application, frozenset[Means]] = {
    Application.ELOKET: _STRONG | {Means.CITIZEN_TOKEN},
    Application.ECONTRACTING: _STRONG | {Means.SMS, Means.EIDAS_HIGH, Means.EIDAS_SUBSTANTIAL},
}

#: The choice *Binnen de organisatie* a facility user must sign in through (E-005).
FACILITY_SUBDEPARTMENT = "Voorziening voor welzijn, volksgezondheid en gezin"


@dataclass(frozen=True, slots=True)
class SignInRules:
    """What is a setting of the installation."""

    contexts: Mapping[str, Means] = field(default_factory=lambda: DEFAULT_CONTEXTS)
    allowed: Mapping[Application, frozenset[Means]] = field(default_factory=lambda: DEFAULT_ALLOWED)
    subdepartment: str = FACILITY_SUBDEPARTMENT


DEFAULT_RULES = SignInRules()
