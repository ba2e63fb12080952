"""The page *Mijn meldingen*: the addresses that somebody may settle, what each prefers, and whether mail arrives.

A facility settles those of its contact persons, a company its notification addresses. A mailbox of the department or
of an authority is configuration. Whoever asks for an address of somebody else finds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from domain.actor import Actor, Side
from domain.errors import N_, InvalidValue, NotAllowedNow, NotFound
from domain.organisation import THEMES
from domain.permissions import Permission
from models.base import db
from models.message import NotificationAddress
from models.organisation import ContactPerson
from services import access, languages, mail_addresses
from services.econtracting import access as contracting
from services.mail_addresses import Preference, folded

NOT_A_LANGUAGE = N_("Kies een taal uit de lijst.")
CONFIRM_FIRST = N_("Vraag voor dit adres een nieuwe bevestigingsmail. Zodra het bevestigd is, krijgt het weer mails.")


COMPANYS = N_("Dit adres is ook een meldingsadres van een onderneming: die kiest wanneer er e-mail komt.")


@dataclass(frozen=True, slots=True)
class AddressRow:
    """One address with everybody it stands for. ``reference`` is that of the first of them.

    ``people`` are contact persons with their references; ``themes`` what it hears of, in words that are still to be
    translated; ``language`` None is the choice of nobody (Dutch). ``bounced_at`` is set while mail comes back.
    """

    reference: str
    email: str
    people: tuple[tuple[str, str], ...]
    themes: tuple[str, ...]
    language: str | None
    digest: bool
    bounced_at: datetime | None
    bounce: str
    confirmed: bool = True


def settles(actor: Actor) -> str:
    """Whose addresses somebody settles: ``facility``, ``company``, or nobody's (empty)."""
    if actor.side is Side.FACILITY and actor.may(Permission.CONTACTS_WRITE):
        return "facility"
    return "company" if actor.side is Side.CONTRACTOR and actor.may(Permission.CONTRACT_INFO_WRITE) else ""


def listed(actor: Actor) -> list[AddressRow]:
    """The addresses that the actor settles, each once, by address; two statements."""
    access.require(actor, Permission.PREFERENCES)
    match settles(actor):
        case "facility":
            return _of_facility(actor)
        case "company":
            return _of_company(actor)
    return []


def get(actor: Actor, reference: str) -> AddressRow:
    """One of them; NotFound for any other."""
    for row in listed(actor):
        if row.reference == reference:
            return row
    raise NotFound


def bouncing(actor: Actor) -> list[AddressRow]:
    """The addresses to which mail comes back, for who can mend it; nothing for anybody else."""
    return [row for row in listed(actor) if row.bounced_at is not None]


def change(actor: Actor, reference: str, *, digest: bool, language: str | None) -> None:
    """Keep what an address prefers; the last one wins. InvalidValue for a language without texts.

    NotAllowedNow for an address of a company that its owner did not confirm, and for a contact person's that a company
    confirmed for its contracts: both may be somebody else's. The language of
    an address of a company stands with its events (``econtracting.notifications``), and stays here.
    """
    row = get(actor, reference)
    if settles(actor) == "company":
        if not row.confirmed:
            raise NotAllowedNow(CONFIRM_FIRST, code="A-40")
        language = mail_addresses.preference(row.email).language
    elif _of_a_company(row.email):
        raise NotAllowedNow(COMPANYS, code="A-40")
    elif language not in languages.known():
        raise InvalidValue(NOT_A_LANGUAGE, field="language")
    mail_addresses.choose(actor, row.email, language=language, digest=digest)


def try_again(actor: Actor, reference: str) -> None:
    """Somebody mended the mailbox: overviews leave again. An address of a company has to be confirmed anew (A-40)."""
    row = get(actor, reference)
    if not row.confirmed:
        raise NotAllowedNow(CONFIRM_FIRST, code="A-40")
    mail_addresses.try_again(actor, row.email)


def _of_a_company(email: str) -> bool:
    """Whether a company confirmed this address for its contracts: then it says when mail comes, and nobody else."""
    confirmed = select(NotificationAddress.email).where(
        NotificationAddress.confirmed_at.is_not(None),
        NotificationAddress.removed_at.is_(None),
        func.lower(NotificationAddress.email) == folded(email),
    )
    return db.session.scalar(confirmed.limit(1)) is not None


def _of_facility(actor: Actor) -> list[AddressRow]:
    people: dict[str, list[ContactPerson]] = {}
    for person in db.session.scalars(
        select(ContactPerson)
        .where(ContactPerson.facility_id == access.own_facility_id(actor), ContactPerson.email != "")
        .order_by(ContactPerson.id)
    ):
        people.setdefault(folded(person.email), []).append(person)
    chosen = mail_addresses.preferences(list(people))
    rows = []
    for email, sharing in sorted(people.items()):
        prefers = chosen.get(email, Preference())
        rows.append(
            AddressRow(
                reference=sharing[0].reference,
                email=sharing[0].email,
                people=tuple((f"{one.first_name} {one.last_name}", one.reference) for one in sharing),
                themes=_themes(theme.theme for one in sharing for theme in one.themes),
                language=prefers.language,
                digest=prefers.digest,
                bounced_at=prefers.bounced_at,
                bounce=prefers.bounce,
            )
        )
    return rows


def _themes(codes: Iterable[str]) -> tuple[str, ...]:
    found = set(codes)
    return tuple(label for code, label in THEMES.items() if code in found)


def _of_company(actor: Actor) -> list[AddressRow]:
    organisation = contracting.own_organisation(actor)
    found: dict[str, list[NotificationAddress]] = {}
    for row in db.session.scalars(
        select(NotificationAddress)
        .where(NotificationAddress.organisation_id == organisation.id, NotificationAddress.removed_at.is_(None))
        .order_by(NotificationAddress.id)
    ):
        found.setdefault(folded(row.email), []).append(row)
    chosen = mail_addresses.preferences(list(found))
    rows = []
    for email, sharing in sorted(found.items()):
        prefers = chosen.get(email, Preference())
        bounced = next((one for one in sharing if one.bounced_at is not None), None)
        rows.append(
            AddressRow(
                reference=sharing[0].reference,
                email=sharing[0].email,
                people=(),
                themes=(),
                language=sharing[0].language,
                digest=prefers.digest,
                bounced_at=bounced.bounced_at if bounced is not None else prefers.bounced_at,
                bounce=bounced.bounce if bounced is not None else prefers.bounce,
                confirmed=bounced is None and any(one.confirmed_at is not None for one in sharing),
            )
        )
    return rows
