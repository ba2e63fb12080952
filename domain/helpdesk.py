"""Questions to the technical helpdesk: what one may hold, which helpdesk answers it, and the steps it goes through.

A question is for the helpdesk of the theme in which somebody works (E-155, A-46); of who is not signed in and does not
know, for both. Nobody needs a national number to help with a page that does not work, so a question cannot hold one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from domain.actor import Actor, Side
from domain.errors import N_, Conflict, Finding, InvalidValue, NotAllowedNow, Severity
from domain.identifiers import parse_national_number
from domain.organisation import is_email, is_phone
from domain.permissions import Role

MAX_SUBJECT, MAX_BODY, MAX_ANSWER, MAX_NAME, MAX_PHONE, MAX_PAGE, MAX_BROWSER = 200, 5_000, 5_000, 160, 40, 500, 300
#: How many questions one client without signing in, all of them together, and one person may ask in 24 hours.
OF_A_CLIENT, OF_ALL_UNKNOWN, OF_A_PERSON = 10, 300, 20
#: To how many of them, in 24 hours, one address gets a mail: whoever is not signed in may type that of somebody else.
MAILS_TO_ONE = 3


class TicketState(StrEnum):
    """Where a question to the helpdesk stands."""

    NEW = "NIEUW"
    TAKEN = "IN_BEHANDELING"
    DONE = "AFGEHANDELD"


class TicketTheme(StrEnum):
    """Which helpdesk a question is for; ANY is for both, of who could not tell."""

    ECALCURA = "ECALCURA"
    ECONTRACTING = "ECONTRACTING"
    ANY = "BEIDE"


STATE_LABELS: dict[TicketState, str] = {
    TicketState.NEW: N_("Nieuw"),
    TicketState.TAKEN: N_("In behandeling"),
    TicketState.DONE: N_("Afgehandeld"),
}
THEME_LABELS: dict[TicketTheme, str] = {
    TicketTheme.ECALCURA: N_("eCalcura"),
    TicketTheme.ECONTRACTING: N_("e-Contracting"),
    TicketTheme.ANY: N_("Niet bekend"),
}

_NO_SUBJECT = N_("Vul in één zin in wat er niet werkt.")
_LONG = N_("Hou dit korter dan {max} tekens.")
_NO_BODY = N_("Beschrijf wat u deed en wat er gebeurde.")
_NO_NAME = N_("Vul uw naam in: u bent niet aangemeld.")
_NO_WAY_BACK = N_("Vul een e-mailadres of een telefoonnummer in: anders kunnen we u niet antwoorden.")
_BAD_EMAIL = N_("Vul een geldig e-mailadres in, zoals naam@voorbeeld.be.")
_BAD_PHONE = N_("Vul een geldig telefoonnummer in, zoals 02 553 36 47.")
_NATIONAL_NUMBER = N_("Haal het rijksregisternummer weg: de helpdesk heeft het niet nodig.")
_NO_ANSWER = N_("Vul een antwoord in: wie de vraag stelde, leest het.")
TOO_MANY = N_(
    "U stelde vandaag al veel vragen. Bel de helpdesk, of probeer het morgen opnieuw. Uw tekst staat hieronder nog."
)
TOO_MANY_OF_ALL = N_("Er komen nu te veel vragen binnen. Bel de helpdesk. Uw tekst staat hieronder nog.")
MOVED_ON = N_("Iemand anders werkte intussen aan deze vraag. Kijk na wat er veranderde.")
_NOT_NOW = N_("Deze stap kan niet meer: de vraag is {state}.")

#: Codes that people read out hold no letters or digits that sound or look alike on the phone.
CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"

#: Anything with as many digits as a national number, whatever separates them.
_NUMBER = re.compile(r"(?<!\d)\d(?:[ .\-/]?\d){10}(?!\d)")


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody typed. ``name``, ``email`` and ``phone`` are asked of who is not signed in."""

    subject: str
    body: str
    name: str = ""
    email: str = ""
    phone: str = ""


def check_question(question: Question, *, signed_in: bool) -> list[Finding]:
    """Everything that is wrong with a question, at its fields."""
    found = _text("subject", question.subject, _NO_SUBJECT, MAX_SUBJECT)
    found += _text("body", question.body, _NO_BODY, MAX_BODY)
    found += _text("name", question.name, None if signed_in else _NO_NAME, MAX_NAME)
    if question.email.strip() and not is_email(question.email.strip()):
        found.append(_wrong("email", _BAD_EMAIL))
    if question.phone.strip() and not (is_phone(question.phone.strip()) and len(question.phone.strip()) <= MAX_PHONE):
        found.append(_wrong("phone", _BAD_PHONE))
    if not signed_in and not question.email.strip() and not question.phone.strip():
        found.append(_wrong("email", _NO_WAY_BACK))
    return found


def check_answer(answer: str) -> list[Finding]:
    """Everything that is wrong with an answer."""
    return _text("answer", answer, _NO_ANSWER, MAX_ANSWER)


def _text(field: str, text: str, missing: str | None, longest: int) -> list[Finding]:
    if not text.strip():
        return [_wrong(field, missing)] if missing else []
    if len(text) > longest:
        return [_wrong(field, _LONG, max=longest)]
    return [_wrong(field, _NATIONAL_NUMBER)] if holds_national_number(text) else []


def holds_national_number(text: str) -> bool:
    """Whether a text holds a number that is somebody's national number by its check digits and date."""
    for match in _NUMBER.finditer(text):
        try:
            parse_national_number(re.sub(r"\D", "", match[0]), issued_only=False)
        except InvalidValue:
            continue
        return True
    return False


def _wrong(field: str, message: str, **params: object) -> Finding:
    return Finding("E-155", Severity.BLOCKS, message, field, params=params)


_THEME_OF_SIDE = {
    Side.FACILITY: TicketTheme.ECALCURA,
    Side.DEPARTMENT: TicketTheme.ECALCURA,
    Side.CONTRACTOR: TicketTheme.ECONTRACTING,
    Side.AUTHORITY: TicketTheme.ECONTRACTING,
}


def theme_of(actor: Actor | None, chosen: TicketTheme | None = None) -> TicketTheme:
    """Which helpdesk answers: that of the side on which somebody works; of others the one they chose, else both."""
    known = _THEME_OF_SIDE.get(actor.side) if actor is not None else None
    return known or chosen or TicketTheme.ANY


def themes_answered(actor: Actor) -> frozenset[TicketTheme]:
    """The questions a person of the helpdesk sees: of the own theme, and those for both."""
    found = set()
    if Role.EL_HELPDESK in actor.roles:
        found |= {TicketTheme.ECALCURA, TicketTheme.ANY}
    if Role.EC_HELPDESK in actor.roles:
        found |= {TicketTheme.ECONTRACTING, TicketTheme.ANY}
    return frozenset(found)


class TicketAct(StrEnum):
    """What the helpdesk does with a question."""

    TAKE = "OPNEMEN"
    ANSWER = "ANTWOORDEN"
    CLOSE = "AFHANDELEN"
    REOPEN = "HEROPENEN"


#: From which states an act starts, and where it leads. Taking what somebody else took is taking it over.
_STEPS: dict[TicketAct, tuple[frozenset[TicketState], TicketState]] = {
    TicketAct.TAKE: (frozenset({TicketState.NEW, TicketState.TAKEN}), TicketState.TAKEN),
    TicketAct.ANSWER: (frozenset({TicketState.NEW, TicketState.TAKEN}), TicketState.TAKEN),
    TicketAct.CLOSE: (frozenset({TicketState.NEW, TicketState.TAKEN}), TicketState.DONE),
    TicketAct.REOPEN: (frozenset({TicketState.DONE}), TicketState.TAKEN),
}


def acts_from(state: TicketState) -> frozenset[TicketAct]:
    """What can be done with a question in a state."""
    return frozenset(act for act, (states, _) in _STEPS.items() if state in states)


def step(state: TicketState, act: TicketAct, *, version: int, shown_version: int) -> TicketState:
    """The state after an act. Raises Conflict when the page was older, NotAllowedNow when the state does not allow."""
    if version != shown_version:
        raise Conflict(MOVED_ON)
    states, after = _STEPS[act]
    if state not in states:
        raise NotAllowedNow(_NOT_NOW, state=STATE_LABELS[state].lower())
    return after


def read_code(typed: str) -> str | None:
    """The code of a question as it is kept, ``HV-K7M-4QX``; spaces, dashes and case do not matter. None: not a code."""
    letters = "".join(character for character in typed.upper() if character.isascii() and character.isalnum())
    if len(letters) != 8 or not letters.startswith("HV"):
        return None
    return f"HV-{letters[2:5]}-{letters[5:]}"


def read_refusal_code(typed: str | None) -> str | None:
    """A code of *Geen toegang* (``K7M-4QX``) or of a fault (eight hexadecimal digits) as it is kept; None: neither."""
    letters = "".join(character for character in (typed or "").upper() if character.isascii() and character.isalnum())
    if len(letters) == 6 and set(letters) <= set(CODE_ALPHABET):
        return f"{letters[:3]}-{letters[3:]}"
    return letters if len(letters) == 8 and all(digit in "0123456789ABCDEF" for digit in letters) else None
