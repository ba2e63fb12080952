"""The words of a letter that the department writes itself: a subject and named paragraphs with placeholders.

Which paragraphs and which placeholders a kind of letter has is fixed here; a text is checked where it is typed. What
fills a placeholder is data and is never read as a text again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.ecalcura.letter_kinds import LetterKind
from domain.errors import N_, Finding, Severity

#: A placeholder, or a brace that belongs to none.
_BRACES = re.compile(r"\{([^{}\n]*)\}|[{}]")
SUBJECT_LENGTH, PARAGRAPH_LENGTH = 120, 4000

EMPTY = N_("Vul dit in.")
TOO_LONG = N_("Maak deze tekst korter: hoogstens {limit} tekens.")
UNKNOWN = N_("{name} bestaat niet in deze brief. Gebruik enkel de gegevens die hieronder staan.")
LOOSE = N_("Een accolade hoort bij een gegeven, bijvoorbeeld {example}. Haal de losse accolade weg.")
MISSING = N_("In deze brief moet {name} staan: {meaning}.")
NEEDED_WHERE = N_("Zet {name} in een alinea die altijd in de brief staat.")


class Names(StrEnum):
    """How people are named in the detail of a letter; data minimisation unless the department decides otherwise."""

    INITIALS = "INITIALS"
    FULL = "FULL"


NAMES_LABELS: dict[Names, str] = {
    Names.INITIALS: N_("Volgnummer en initialen"),
    Names.FULL: N_("Volledige naam"),
}


class When(StrEnum):
    """In which letters a paragraph stands."""

    ALWAYS = "ALWAYS"
    BLOCKED = "BLOCKED"
    PAID = "PAID"
    NOTHING_PAID = "NOTHING_PAID"
    OWED = "OWED"
    ADVANCES = "ADVANCES"
    SHARE = "SHARE"
    REASON = "REASON"


WHEN_LABELS: dict[When, str] = {
    When.ALWAYS: N_("Altijd"),
    When.BLOCKED: N_("Enkel als er kwartalen ambtshalve geblokkeerd zijn"),
    When.PAID: N_("Enkel als er een bedrag betaald wordt"),
    When.NOTHING_PAID: N_("Enkel als er niets betaald wordt"),
    When.OWED: N_("Enkel als de voorziening nog een bedrag verschuldigd blijft"),
    When.ADVANCES: N_("Enkel als er voorschotten afgetrokken worden"),
    When.SHARE: N_("Enkel als het voorschot een percentage van een vroeger bedrag is"),
    When.REASON: N_("Enkel als er een reden opgegeven is"),
}


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A placeholder with what it becomes; ``mandatory``: a letter without it does not say what it must."""

    name: str
    meaning: str
    example: str
    mandatory: bool = False

    @property
    def written(self) -> str:
        """As it is typed: ``{laatste_dag}``."""
        return "{" + self.name + "}"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A named part of a letter, and in which letters it stands."""

    name: str
    label: str
    when: When = When.ALWAYS


@dataclass(frozen=True, slots=True)
class LetterContent:
    """One version of a text: the subject, the paragraphs by name (empty ones are left out), how people are named."""

    subject: str
    paragraphs: Mapping[str, str]
    names: Names = Names.INITIALS


_COMMON = (
    Placeholder("voorziening", N_("de naam van de voorziening"), "PVT De Linde"),
    Placeholder("hco_nummer", N_("het HCO-nummer van de voorziening"), "71000012"),
    Placeholder("referentieperiode", N_("de referentieperiode"), "2023-2024"),
    Placeholder("administratie", N_("de naam van de administratie"), "Departement Zorg"),
    Placeholder("mailbox", N_("het e-mailadres voor vragen"), "ecalcura@example.be"),
)
_QUARTERS = N_("de kwartalen waarover de brief gaat")
_AMOUNT = Placeholder("bedrag", N_("het berekende bedrag"), "€ 2.930,92", mandatory=True)
_WORDS = Placeholder(
    "bedrag_in_woorden",
    N_("hetzelfde bedrag in woorden"),
    "tweeduizend negenhonderddertig euro en tweeënnegentig cent",
)
_BLOCKED = Placeholder("geblokkeerde_kwartalen", N_("de kwartalen die ambtshalve geblokkeerd zijn"), "2024K2")
_PAYMENT_DAY = Placeholder("betaaldatum", N_("de dag waarop betaald wordt"), "31 januari 2025")
_PAID = Placeholder("betaald", N_("het bedrag dat betaald wordt"), "€ 2.930,92")
_ACCOUNT = Placeholder("rekening", N_("het rekeningnummer waarop betaald wordt"), "BE62 5100 0754 7061")
_BEFORE = Placeholder("rc_voor", N_("wat vroeger te veel betaald werd (RC voor)"), "€ 0,00")
_AFTER = Placeholder("rc_na", N_("wat de voorziening nog verschuldigd is (RC na)"), "€ 0,00")

PLACEHOLDERS: dict[LetterKind, tuple[Placeholder, ...]] = {
    LetterKind.NOT_SUBMITTED: (
        Placeholder("kwartalen", _QUARTERS, "2024K1 en 2024K2", mandatory=True),
        Placeholder("wettelijke_termijn", N_("de laatste dag van de wettelijke termijn"), "30 september 2024"),
        Placeholder("uitstel_tot", N_("de laatste dag van het uitstel"), "15 oktober 2024", mandatory=True),
        Placeholder("berekening_vanaf", N_("de dag waarop de berekening start"), "16 oktober 2024", mandatory=True),
        *_COMMON,
    ),
    LetterKind.PROVISIONAL: (
        _AMOUNT,
        _WORDS,
        Placeholder("eerste_dag", N_("de eerste dag van het correctievenster"), "17 oktober 2024"),
        Placeholder(
            "laatste_dag",
            N_("de laatste dag van het correctievenster"),
            "zaterdag 16 november 2024",
            mandatory=True,
        ),
        _BLOCKED,
        *_COMMON,
    ),
    LetterKind.DEFINITIVE: (
        _AMOUNT,
        _WORDS,
        Placeholder("voorschotten", N_("de voorschotten die afgetrokken worden"), "€ 1.000,00"),
        Placeholder("saldo", N_("het bedrag min de voorschotten"), "€ 1.930,92"),
        _PAID,
        _BEFORE,
        _AFTER,
        _ACCOUNT,
        _PAYMENT_DAY,
        _BLOCKED,
        *_COMMON,
    ),
    LetterKind.RECALCULATION: (
        _AMOUNT,
        _WORDS,
        Placeholder("vorig_bedrag", N_("wat vroeger berekend werd"), "€ 2.500,00"),
        Placeholder("verschil", N_("het verschil met wat vroeger berekend werd"), "€ 430,92", mandatory=True),
        Placeholder("reden", N_("de reden van de nieuwe berekening"), "Een attest werd later gemeld."),
        _PAID,
        _BEFORE,
        _AFTER,
        _ACCOUNT,
        _PAYMENT_DAY,
        *_COMMON,
    ),
    LetterKind.ADVANCE: (
        Placeholder("voorschot", N_("welk voorschot"), "Voorschot 1"),
        _AMOUNT,
        _WORDS,
        Placeholder("basis", N_("het bedrag waarop het voorschot berekend is"), "€ 7.327,30"),
        Placeholder("percentage", N_("het percentage van het voorschot"), "40"),
        _PAID,
        _BEFORE,
        _AFTER,
        _ACCOUNT,
        _PAYMENT_DAY,
        *_COMMON,
    ),
    LetterKind.REOPENED: (
        Placeholder("kwartalen", _QUARTERS, "2024K1 en 2024K2", mandatory=True),
        Placeholder(
            "laatste_dag",
            N_("de laatste dag om opnieuw in te dienen"),
            "zaterdag 16 november 2024",
            mandatory=True,
        ),
        *_COMMON,
    ),
    LetterKind.REOPENING_REFUSED: (
        Placeholder("kwartalen", _QUARTERS, "2024K1 en 2024K2", mandatory=True),
        Placeholder(
            "reden", N_("de reden van de weigering"), "De termijn van dertig dagen is voorbij.", mandatory=True
        ),
        *_COMMON,
    ),
}

_OPENING = Paragraph("inleiding", N_("Inleiding"))
_NEXT = Paragraph("vervolg", N_("Wat u kunt doen"))
_CONTACT = Paragraph("contact", N_("Vragen"))
_CLOSING = Paragraph("slot", N_("Slot"))
_EX_OFFICIO = Paragraph("ambtshalve", N_("Ambtshalve geblokkeerde kwartalen"), When.BLOCKED)
_PAYMENT = Paragraph("betaling", N_("Betaling"), When.PAID)
_NO_PAYMENT = Paragraph("geen_betaling", N_("Geen betaling"), When.NOTHING_PAID)
_OWED = Paragraph("verschuldigd", N_("Nog verschuldigd"), When.OWED)
_OBJECTION = Paragraph("bezwaar", N_("Bezwaar"))

PARAGRAPHS: dict[LetterKind, tuple[Paragraph, ...]] = {
    LetterKind.NOT_SUBMITTED: (
        _OPENING,
        Paragraph("uitstel", N_("Uitstel")),
        Paragraph("gevolg", N_("Gevolg")),
        _CONTACT,
        _CLOSING,
    ),
    LetterKind.PROVISIONAL: (_OPENING, _EX_OFFICIO, _NEXT, _OBJECTION, _CONTACT, _CLOSING),
    LetterKind.DEFINITIVE: (
        _OPENING,
        Paragraph("voorschotten", N_("Voorschotten"), When.ADVANCES),
        _EX_OFFICIO,
        _PAYMENT,
        _NO_PAYMENT,
        _OWED,
        _OBJECTION,
        _CONTACT,
        _CLOSING,
    ),
    LetterKind.RECALCULATION: (
        _OPENING,
        Paragraph("reden", N_("Reden"), When.REASON),
        _PAYMENT,
        _NO_PAYMENT,
        _OWED,
        _OBJECTION,
        _CONTACT,
        _CLOSING,
    ),
    LetterKind.ADVANCE: (
        _OPENING,
        Paragraph("berekening", N_("Hoe het voorschot berekend is"), When.SHARE),
        _PAYMENT,
        _NO_PAYMENT,
        _OWED,
        _CONTACT,
        _CLOSING,
    ),
    LetterKind.REOPENED: (_OPENING, _NEXT, _CONTACT, _CLOSING),
    LetterKind.REOPENING_REFUSED: (_OPENING, _NEXT, _CONTACT, _CLOSING),
}


def check_text(kind: LetterKind, content: LetterContent) -> list[Finding]:
    """What is wrong with a text: empty subject, unknown placeholder, loose brace, missing mandatory placeholder.

    A mandatory one counts in the subject or in a paragraph that is always in the letter, so that no letter leaves
    without it. ``field`` is ``subject`` or the name of the paragraph.
    """
    findings = list(_pieces_wrong(kind, content))
    always = {item.name for item in PARAGRAPHS[kind] if item.when is When.ALWAYS}
    sure = {content.subject, *(text for name, text in content.paragraphs.items() if name in always)}
    written = {name for text in sure for name in placeholders_in(text)}
    anywhere = {name for text in content.paragraphs.values() for name in placeholders_in(text)}
    first = PARAGRAPHS[kind][0].name
    for item in PLACEHOLDERS[kind]:
        if not item.mandatory or item.name in written:
            continue
        elsewhere = item.name in anywhere
        message, params = (NEEDED_WHERE, {}) if elsewhere else (MISSING, {"meaning": item.meaning})
        where = next((name for name, text in content.paragraphs.items() if item.written in text), first)
        findings.append(Finding("LETTER", Severity.BLOCKS, message, where, params={"name": item.written, **params}))
    return findings


def _pieces_wrong(kind: LetterKind, content: LetterContent) -> Iterator[Finding]:
    known = {item.name for item in PLACEHOLDERS[kind]}
    pieces = [("subject", content.subject, SUBJECT_LENGTH)]
    pieces += [(item.name, content.paragraphs.get(item.name, ""), PARAGRAPH_LENGTH) for item in PARAGRAPHS[kind]]
    for field, text, limit in pieces:
        if not text.strip():
            if field in ("subject", PARAGRAPHS[kind][0].name):
                yield Finding("LETTER", Severity.BLOCKS, EMPTY, field)
            continue
        if len(text) > limit:
            yield Finding("LETTER", Severity.BLOCKS, TOO_LONG, field, params={"limit": limit})
        for match in _BRACES.finditer(text):
            name = match[1]
            if name is None:
                example = PLACEHOLDERS[kind][0].written
                yield Finding("LETTER", Severity.BLOCKS, LOOSE, field, params={"example": example})
            elif name not in known:
                yield Finding("LETTER", Severity.BLOCKS, UNKNOWN, field, params={"name": match[0]})


def placeholders_in(text: str) -> set[str]:
    """The names between braces."""
    return {match[1] for match in _BRACES.finditer(text) if match[1] is not None}


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled in once: braces in a value stay. KeyError for one that is not given."""
    return _BRACES.sub(lambda match: match[0] if match[1] is None else values[match[1]], text)


def filled(
    kind: LetterKind, content: LetterContent, values: Mapping[str, str], shown: frozenset[When] | set[When]
) -> tuple[str, list[str]]:
    """The subject and the paragraphs of one letter, in order; ``shown``: the conditions that hold for it.

    A blank line in a paragraph starts a new one.
    """
    texts: list[str] = []
    for item in PARAGRAPHS[kind]:
        if item.when is not When.ALWAYS and item.when not in shown:
            continue
        # parts first, values after: what is filled in never starts a paragraph
        for part in re.split(r"\n\s*\n", content.paragraphs.get(item.name, "").replace("\r\n", "\n")):
            if part.strip():
                texts.append(fill(" ".join(part.split()), values))
    return fill(content.subject, values), texts


def examples(kind: LetterKind) -> dict[str, str]:
    """What a preview fills in."""
    return {item.name: item.example for item in PLACEHOLDERS[kind]}
