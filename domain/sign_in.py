"""What a verified assertion means: who signs in, for which organisation, with which roles (docs/rules/sign-in.md).

Signature, audience, time and replay were checked before; here only attributes and the sign-in means are read. A person
without any role is let in (start page only); ``domain.access_chain`` explains how to get one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from domain.actor import Side
from domain.errors import N_, DomainError, InvalidValue
from domain.identifiers import parse_national_number
from domain.identity_providers import (
    DEFAULT_RULES,
    EMAIL,
    FAMILY_NAME,
    GIVEN_NAME,
    HCO_NUMBER,
    NATIONAL_NUMBER,
    ORGANISATION,
    ORGANISATION_NAME,
    REPRESENTED,
    ROLE_ATTRIBUTES,
    SUBDEPARTMENT,
    TARGET_GROUP,
    Door,
    IdentityProviderProfile,
    Means,
    SignInRules,
)
from domain.permissions import Role
from domain.role_values import Application, DropReason, KeyKind, normalise_key, read_roles

SIDE_ROLES: dict[Side, frozenset[Role]] = {
    Side.FACILITY: frozenset({Role.EL_PRIVACY, Role.EL_FINANCIEEL}),
    Side.CONTRACTOR: frozenset({Role.EC_BEHEERDER, Role.EC_GEBRUIKER}),
    Side.AUTHORITY: frozenset({Role.EC_AB_DOSSIERBEHEERDER, Role.EC_AB_BEHANDELAAR, Role.EC_AB_VRIJGEVER}),
    Side.DEPARTMENT: frozenset({Role.EL_DOSSIERBEHEERDER}),
    Side.HELPDESK: frozenset({Role.EL_HELPDESK, Role.EC_HELPDESK}),
}
SIDE_APPLICATIONS: dict[Side, tuple[Application, ...]] = {
    Side.FACILITY: (Application.ELOKET,),
    Side.CONTRACTOR: (Application.ECONTRACTING,),
    Side.AUTHORITY: (Application.ECONTRACTING,),
    Side.DEPARTMENT: (Application.ELOKET,),
    Side.HELPDESK: (Application.ELOKET, Application.ECONTRACTING),
}
# A Flemish entity sits on one side per session: the first of these for which a role came in.
_ENTITY_SIDES = (Side.DEPARTMENT, Side.AUTHORITY, Side.HELPDESK)


class RefusalReason(StrEnum):
    """Why somebody is not let in."""

    MEANS_MISSING = "means_missing"
    MEANS_TOO_WEAK = "means_too_weak"
    MEANS_NOT_ALLOWED = "means_not_allowed"
    CIVIL_SERVANT_TOKEN = "civil_servant_token"  # noqa: S105
    ACCOUNT_KEY_MISSING = "account_key_missing"
    ACCOUNT_KEY_INVALID = "account_key_invalid"
    CAPACITY_UNKNOWN = "capacity_unknown"
    ORGANISATION_MISSING = "organisation_missing"
    ORGANISATION_MISMATCH = "organisation_mismatch"
    HCO_NUMBER_MISSING = "hco_number_missing"
    SUBDEPARTMENT_WRONG = "subdepartment_wrong"


REFUSAL_MESSAGES: dict[RefusalReason, str] = {
    RefusalReason.MEANS_MISSING: N_("Het is niet bekend hoe u zich hebt aangemeld. Meld u opnieuw aan."),
    RefusalReason.MEANS_TOO_WEAK: N_(
        "Deze manier van aanmelden is niet veilig genoeg. Meld u opnieuw aan met eID, itsme of een beveiligingscode "
        "via mobiele app."
    ),
    RefusalReason.MEANS_NOT_ALLOWED: N_(
        "Met deze digitale sleutel kunt u hier niet aanmelden. Meld u opnieuw aan met eID, itsme of een "
        "beveiligingscode via mobiele app."
    ),
    RefusalReason.CIVIL_SERVANT_TOKEN: N_(
        "Aanmelden met het ambtenarentoken kan niet. Meld u opnieuw aan met eID, itsme of een beveiligingscode via "
        "mobiele app."
    ),
    RefusalReason.ACCOUNT_KEY_MISSING: N_(
        "De aanmelddienst gaf niet door wie u bent. Meld u opnieuw aan; lukt het niet, neem dan contact op met de "
        "helpdesk."
    ),
    RefusalReason.ACCOUNT_KEY_INVALID: N_(
        "De aanmelddienst gaf geen geldig identificatienummer door. Neem contact op met de helpdesk."
    ),
    RefusalReason.CAPACITY_UNKNOWN: N_(
        "U bent aangemeld in een hoedanigheid die hier geen toegang heeft. Meld u opnieuw aan en kies uw organisatie."
    ),
    RefusalReason.ORGANISATION_MISSING: N_(
        "U bent niet namens een organisatie aangemeld. Meld u opnieuw aan en kies uw organisatie."
    ),
    RefusalReason.ORGANISATION_MISMATCH: N_(
        "De gekozen organisatie past niet bij de hoedanigheid waarin u bent aangemeld. Meld u opnieuw aan en kies uw "
        "organisatie."
    ),
    RefusalReason.HCO_NUMBER_MISSING: N_(
        "De aanmelddienst gaf geen HCO-nummer van een voorziening door. Meld u opnieuw aan en kies uw voorziening."
    ),
    RefusalReason.SUBDEPARTMENT_WRONG: N_(
        "Meld u opnieuw aan en kies bij 'Binnen de organisatie' voor '{subdepartment}'."
    ),
}


class SignInRefused(DomainError):
    """Nobody is signed in. ``reason`` says why; ``facts`` holds what came in without anything about the person."""

    def __init__(self, reason: RefusalReason, facts: Mapping[str, str], **params: Any) -> None:
        super().__init__(REFUSAL_MESSAGES[reason], code=reason, **params)
        self.reason = reason
        self.facts = dict(facts)


@dataclass(frozen=True, slots=True)
class SignIn:
    """A person let in for one organisation.

    ``account_key_attribute`` names the attribute the account is found by; when it is the national number, only a keyed
    hash of ``account_key`` may be stored. ``dropped`` says why values gave nothing, without the values.
    """

    idp: str
    account_key_attribute: str
    account_key: str = field(repr=False)
    national_number: str | None = field(repr=False)
    given_name: str = field(repr=False)
    family_name: str = field(repr=False)
    email: str | None = field(repr=False)
    side: Side
    organisation_kind: KeyKind
    organisation_key: str
    organisation_name: str | None
    enterprise_number: str | None
    roles: frozenset[Role]
    means: Means
    legal_representative: bool = False
    dropped: tuple[DropReason, ...] = ()

    @property
    def name(self) -> str:
        """Given name and family name."""
        return f"{self.given_name} {self.family_name}".strip()


def collect(attributes: Mapping[str, str | Sequence[str]], aliases: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Attributes by the names used inside: exact names only, unknown ones ignored, values stripped and merged."""
    found: dict[str, dict[str, None]] = {}
    for name, values in attributes.items():
        canonical = aliases.get(name)
        if canonical is None:
            continue
        for value in (values,) if isinstance(values, str) else values:
            if text := value.strip():
                found.setdefault(canonical, {})[text] = None
    return {name: tuple(values) for name, values in found.items()}


class _Reading:
    """One assertion being read; keeps the facts for a refusal."""

    def __init__(
        self,
        attributes: Mapping[str, str | Sequence[str]],
        authn_context: str | None,
        profile: IdentityProviderProfile,
        rules: SignInRules,
    ) -> None:
        self.values = collect(attributes, profile.aliases)
        self.profile = profile
        self.rules = rules
        self.facts: dict[str, str] = {"idp": profile.key}
        self.means = self._means(authn_context)

    def refuse(self, reason: RefusalReason, **params: Any) -> SignInRefused:
        return SignInRefused(reason, self.facts, **params)

    def first(self, name: str) -> str | None:
        return next(iter(self.values.get(name, ())), None)

    def only(self, name: str, missing: RefusalReason, several: RefusalReason) -> str:
        """The one value of an attribute; none or several different ones is a refusal."""
        values = self.values.get(name, ())
        if len(values) != 1:
            raise self.refuse(several if values else missing)
        return values[0]

    def _means(self, authn_context: str | None) -> Means:
        context = (authn_context or "").strip()
        if not context:
            raise self.refuse(RefusalReason.MEANS_MISSING)
        means = self.rules.contexts.get(context, Means.WEAK)
        self.facts["means"] = means
        if means is Means.CIVIL_SERVANT_TOKEN and not any(means in allowed for allowed in self.rules.allowed.values()):
            raise self.refuse(RefusalReason.CIVIL_SERVANT_TOKEN)
        if means is Means.WEAK:
            raise self.refuse(RefusalReason.MEANS_TOO_WEAK)
        return means

    def account(self) -> tuple[str, str | None]:
        """The key of the account and the national number; never a fall-back to another attribute or to NameID."""
        numbers = self.values.get(NATIONAL_NUMBER, ())
        try:
            number = parse_national_number(numbers[0], issued_only=False).digits if len(numbers) == 1 else None
        except InvalidValue:
            number = None
        missing, invalid = RefusalReason.ACCOUNT_KEY_MISSING, RefusalReason.ACCOUNT_KEY_INVALID
        key = self.only(self.profile.account_key, missing, invalid)
        if self.profile.account_key != NATIONAL_NUMBER:
            return key, number
        if number is None:
            raise self.refuse(invalid)
        return number, number

    def facility(self) -> tuple[KeyKind, str]:
        """The facility a user of the eHealth access management acts for (E-005)."""
        missing = RefusalReason.HCO_NUMBER_MISSING
        hco = normalise_key(self.only(HCO_NUMBER, missing, RefusalReason.ORGANISATION_MISMATCH), KeyKind.HCO)
        if hco is None:
            raise self.refuse(missing)
        self.facts["organisation"] = hco
        wanted = self.rules.subdepartment
        if [_words(value) for value in self.values.get(SUBDEPARTMENT, ())] != [_words(wanted)]:
            raise self.refuse(RefusalReason.SUBDEPARTMENT_WRONG, subdepartment=wanted)
        return KeyKind.HCO, hco

    def entity(self) -> tuple[str, KeyKind, str]:
        """Target group, and kind and key of the organisation, for the Flemish user management (13.2)."""
        unknown, mismatch = RefusalReason.CAPACITY_UNKNOWN, RefusalReason.ORGANISATION_MISMATCH
        group = self.only(TARGET_GROUP, unknown, unknown)
        kinds = {
            "EA": (KeyKind.ENTERPRISE,),
            "GID": (KeyKind.OVO,),
            "LB": (KeyKind.ENTERPRISE, KeyKind.OVO),
        }.get(group)
        if kinds is None:
            raise self.refuse(unknown)
        code = self.only(ORGANISATION, RefusalReason.ORGANISATION_MISSING, mismatch)
        for kind in kinds:
            key = normalise_key(code, kind)
            if key is not None:
                self.facts["organisation"] = key
                return group, kind, key
        raise self.refuse(mismatch)


def _words(text: str) -> str:
    return " ".join(text.split()).casefold()


def interpret(
    attributes: Mapping[str, str | Sequence[str]],
    authn_context: str | None,
    profile: IdentityProviderProfile,
    rules: SignInRules = DEFAULT_RULES,
) -> SignIn:
    """What a verified assertion means. Raises SignInRefused; a person without any role is not refused.

    ``authn_context`` is the AuthnContextClassRef. Roles hold for the session's organisation only (13.3) and only when
    they belong to the side: an enterprise is a contractor, a Flemish entity the side its roles name, a local authority
    an authority, and the eHealth door leads to facilities only. Who represents the enterprise by law acts as
    beheerder of it (A-10) and of no other.
    """
    reading = _Reading(attributes, authn_context, profile, rules)
    account_key, national_number = reading.account()
    group = ""
    if profile.door is Door.EHEALTH:
        kind, organisation = reading.facility()
    else:
        group, kind, organisation = reading.entity()
    roles: set[Role] = set()
    dropped: list[DropReason] = []
    for application, attribute in ROLE_ATTRIBUTES.items():
        read = read_roles(application, reading.values.get(attribute, ()), kind, organisation)
        roles |= read.roles
        dropped.extend(read.dropped)
    side = _side(profile.door, group, roles)
    reading.facts["side"] = side
    dropped.extend(DropReason.OTHER_SIDE for _ in roles - SIDE_ROLES[side])
    roles &= SIDE_ROLES[side]
    represented = {normalise_key(value, KeyKind.ENTERPRISE) for value in reading.values.get(REPRESENTED, ())}
    represents = side is Side.CONTRACTOR and organisation in represented
    dropped.extend(DropReason.REPRESENTS_OTHER for key in represented if not (represents and key == organisation))
    if represents:
        roles.add(Role.EC_BEHEERDER)
    if not all(reading.means in rules.allowed[application] for application in SIDE_APPLICATIONS[side]):
        civil_servant = reading.means is Means.CIVIL_SERVANT_TOKEN
        raise reading.refuse(RefusalReason.CIVIL_SERVANT_TOKEN if civil_servant else RefusalReason.MEANS_NOT_ALLOWED)
    return SignIn(
        idp=profile.key,
        account_key_attribute=profile.account_key,
        account_key=account_key,
        national_number=national_number,
        given_name=reading.first(GIVEN_NAME) or "",
        family_name=reading.first(FAMILY_NAME) or "",
        email=reading.first(EMAIL),
        side=side,
        organisation_kind=kind,
        organisation_key=organisation,
        organisation_name=reading.first(ORGANISATION_NAME),
        enterprise_number=_enterprise_number(reading.first(ORGANISATION)),
        roles=frozenset(roles),
        means=reading.means,
        legal_representative=represents,
        dropped=tuple(dropped),
    )


def _side(door: Door, group: str, roles: set[Role]) -> Side:
    if door is Door.EHEALTH:
        return Side.FACILITY
    if group == "EA":
        return Side.CONTRACTOR
    if group == "LB":
        return Side.AUTHORITY
    return next((side for side in _ENTITY_SIDES if roles & SIDE_ROLES[side]), Side.AUTHORITY)


def _enterprise_number(code: str | None) -> str | None:
    return normalise_key(code, KeyKind.ENTERPRISE) if code else None
