"""What a facility keeps about itself: contact data, contact persons, bank accounts (E-040 to E-055, V-70 to V-77)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from domain.errors import N_, Finding, InvalidValue, Severity
from domain.identifiers import parse_iban, parse_social_security_number

#: Themes about which a contact person can be informed (E-045).
THEME_ECALCURA = "ECALCURA"
THEMES: dict[str, str] = {THEME_ECALCURA: N_("eCalcura")}

#: Financings an account can serve (E-052). The one of E-141 is the end of career; the list is data and grows.
FUNDING_ECALCURA = "ECALCURA_EINDELOOPBAAN"
FUNDINGS: dict[str, str] = {FUNDING_ECALCURA: N_("eCalcura/eindeloopbaan")}

#: The sectors (E-001, N-7) in words.
SECTOR_LABELS: dict[str, str] = {
    "IBW": N_("Initiatief beschut wonen"),
    "PVT": N_("Psychiatrisch verzorgingstehuis"),
    "REVALIDATIE": N_("Revalidatievoorziening"),
    "MBE": N_("Multidisciplinaire begeleidingsequipe"),
    "CVK3": N_("Centrum voor kortverblijf type 3"),
}

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)+[A-Za-z]{{2,63}}")
_MAILBOX = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_PHONE = re.compile(r"\+?[0-9 ()./-]+")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def _malformed(label: str, field_name: str) -> Finding:
    return Finding("V-77", Severity.BLOCKS, N_("Vul een geldig {label} in."), field=field_name, params={"label": label})


def is_email(value: str) -> bool:
    """One plain address: ASCII, at most 254 characters, a mailbox of at most 64 and a host with a dot."""
    mailbox, _, host = value.rpartition("@")
    return (
        len(value) <= 254
        and len(mailbox) <= 64
        and _MAILBOX.fullmatch(mailbox) is not None
        and _HOST.fullmatch(host) is not None
    )


def is_phone(value: str) -> bool:
    """Eight to fifteen digits, optionally an international ``+`` and the usual separators."""
    return _PHONE.fullmatch(value) is not None and 8 <= sum(character.isdigit() for character in value) <= 15


def normalise_website(value: str) -> str | None:
    """The address with its scheme (``https://`` when none was typed), or None when it is not a web address.

    Only http and https, a host with a dot, no user name or password, at most 200 characters.
    """
    text = value.strip()
    if "://" not in text and not _SCHEME.match(text.partition("/")[0].partition("?")[0]):
        text = f"https://{text}"
    if len(text) > 200 or any(character <= " " or character in '"<>\\^`{|}\x7f' for character in text):
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or "@" in parts.netloc or port == 0:
        return None
    return text if _HOST.fullmatch(parts.hostname or "") else None


def one_line_address(street: str, house_number: str, box: str | None, postal_code: str, city: str) -> str:
    """``Kerkstraat 12 bus 3, 9000 Gent``; what is not known is left out."""
    first = " ".join(part for part in (street, house_number, f"bus {box}" if box else "") if part)
    return ", ".join(part for part in (first, f"{postal_code} {city}".strip()) if part)


@dataclass(frozen=True, slots=True)
class ContactData:
    """The general contact data a facility edits itself (E-041, E-042)."""

    phone: str
    email: str
    website: str = ""
    social_security_number: str = ""


def check_contact_data(data: ContactData) -> list[Finding]:
    """V-77 for telephone and e-mail (both mandatory) and the website, V-75 and V-76 for the social security number."""
    findings = []
    if not is_phone(data.phone.strip()):
        findings.append(_malformed(N_("telefoonnummer"), "phone"))
    if not is_email(data.email.strip()):
        findings.append(_malformed(N_("e-mailadres"), "email"))
    if data.website.strip() and normalise_website(data.website) is None:
        findings.append(_malformed(N_("webadres (URL)"), "website"))
    if data.social_security_number.strip():
        try:
            warning = parse_social_security_number(data.social_security_number).warning
        except InvalidValue as wrong:
            findings.append(Finding("V-75", Severity.BLOCKS, wrong.message, field="social_security_number"))
        else:
            findings.extend([warning] if warning else [])
    return findings


@dataclass(frozen=True, slots=True)
class ContactPersonFacts:
    """A person who is kept informed about themes (E-045 to E-047)."""

    family_name: str
    given_name: str
    email: str
    phone: str = ""
    themes: frozenset[str] = frozenset()


def check_contact_person(person: ContactPersonFacts) -> list[Finding]:
    """Names and e-mail are mandatory; V-77 for what is malformed; only known themes."""
    findings = [
        Finding("V-77", Severity.BLOCKS, message, field=name)
        for message, name, value in (
            (N_("Vul de naam in."), "family_name", person.family_name),
            (N_("Vul de voornaam in."), "given_name", person.given_name),
        )
        if not value.strip()
    ]
    if not is_email(person.email.strip()):
        findings.append(_malformed(N_("e-mailadres"), "email"))
    if person.phone.strip() and not is_phone(person.phone.strip()):
        findings.append(_malformed(N_("telefoonnummer"), "phone"))
    if not person.themes <= THEMES.keys():
        findings.append(_malformed(N_("thema"), "themes"))
    return findings


def contacts_for(theme: str, people: Iterable[ContactPersonFacts]) -> list[ContactPersonFacts]:
    """Who is told about a theme (E-046); an empty list for eCalcura blocks submitting (V-61)."""
    return [person for person in people if theme in person.themes]


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """A bank account of a facility as it would be saved (E-054); ``key`` tells rows apart in findings."""

    iban: str
    holder: str
    street: str
    house_number: str
    postal_code: str
    city: str
    box: str = ""
    is_default: bool = False
    fundings: frozenset[str] = field(default_factory=frozenset)
    key: str = ""

    @property
    def address(self) -> str:
        """The address of the holder on one line."""
        return one_line_address(self.street, self.house_number, self.box, self.postal_code, self.city)


#: What must be known of the holder of an account (E-054), in words.
HOLDER_PARTS: dict[str, str] = {
    "holder": N_("de naam"),
    "street": N_("de straat"),
    "house_number": N_("het huisnummer"),
    "postal_code": N_("de postcode"),
    "city": N_("de plaats"),
}


def check_accounts(accounts: Sequence[AccountFacts], names: Mapping[str, str] = FUNDINGS) -> list[Finding]:
    """All accounts of one facility together, as they would be saved. ``names`` are those of the financings, by code.

    V-70 and V-71 per number, V-74 per holder, V-72 exactly one default (an empty set has none), V-73 each financing
    on at most one account: the finding lies on the later account. Findings carry the account's ``key`` as subject.
    """
    findings: list[Finding] = []
    taken: set[str] = set()
    for account in accounts:
        try:
            parse_iban(account.iban)
        except InvalidValue as wrong:
            findings.append(
                Finding(wrong.code or "V-70", Severity.BLOCKS, wrong.message, field="iban", subject=account.key)
            )
        findings.extend(
            Finding(
                "V-74",
                Severity.BLOCKS,
                N_("Vul alle gegevens van de rekeninghouder in: {what} ontbreekt."),
                field=name,
                subject=account.key,
                params={"what": what},
            )
            for name, what in HOLDER_PARTS.items()
            if not getattr(account, name).strip()
        )
        findings.extend(
            Finding(
                "V-73",
                Severity.BLOCKS,
                N_("De financiering '{funding}' is al gekoppeld aan een ander bankrekeningnummer."),
                field="fundings",
                subject=account.key,
                params={"funding": names.get(funding, funding)},
            )
            for funding in sorted(account.fundings & taken)
        )
        taken |= account.fundings
    if sum(account.is_default for account in accounts) != 1:
        findings.append(
            Finding(
                "V-72",
                Severity.BLOCKS,
                N_("Duid precies één bankrekeningnummer aan als standaard."),
                field="is_default",
            )
        )
    return findings


def account_for(funding: str, accounts: Iterable[AccountFacts]) -> AccountFacts | None:
    """The account a financing is paid on (E-053): its own, else the default one, else None."""
    default = None
    for account in accounts:
        if funding in account.fundings:
            return account
        if account.is_default:
            default = account
    return default
