"""The list of documents as it is filtered in the address: searched, chosen by stand and by who sent it, in pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from domain.econtracting.claims import ClaimState
from domain.econtracting.document_states import Direction, VersionState
from domain.errors import N_
from domain.folding import fold
from services.econtracting import kinds
from services.econtracting.documents.views import DocumentLine

PAGE = 50

#: What the choice of a stand means; the words of the filter.
STANDS: Mapping[str, str] = {
    "concept": N_("In opmaak"),
    "open": N_("Wacht op antwoord"),
    "heropend": N_("Heropend"),
    "klaar": N_("Afgehandeld"),
}
SENDERS: Mapping[str, str] = {"ons": N_("Van ons"), "aanbesteder": N_("Van de aanbesteder")}

_OPEN = frozenset({VersionState.SENT, VersionState.IN_PROGRESS})
_OVER = frozenset({ClaimState.PAID, ClaimState.CLOSED, ClaimState.REFUSED})


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """What is asked for; everything that is empty asks for all."""

    text: str = ""
    stand: str = ""
    sender: str = ""
    page: int = 1

    @classmethod
    def from_arguments(cls, arguments: Mapping[str, str]) -> DocumentFilter:
        """From the address; what makes no sense asks for all."""
        page = arguments.get("pagina", "1")
        return cls(
            text=arguments.get("zoek", "").strip()[:100],
            stand=arguments.get("stand", "") if arguments.get("stand") in STANDS else "",
            sender=arguments.get("van", "") if arguments.get("van") in SENDERS else "",
            page=int(page) if page.isdecimal() and 0 < len(page) < 6 else 1,
        )

    @property
    def active(self) -> bool:
        """Whether anything is left out."""
        return bool(self.text or self.stand or self.sender)

    def arguments(self, page: int | None = None) -> dict[str, str]:
        """For an address with the same filter."""
        found = {"zoek": self.text, "stand": self.stand, "van": self.sender}
        return {key: value for key, value in found.items() if value} | ({"pagina": str(page)} if page else {})

    def takes(self, line: DocumentLine) -> bool:
        """Whether a document is asked for."""
        words = fold(f"{line.title} {line.kind_name} {line.state_label} {line.claim_label or ''}")
        if any(word not in words for word in fold(self.text).split()):
            return False
        if self.sender and line.own is not (self.sender == "ons"):
            return False
        return not self.stand or stand_of(line) == self.stand or (self.stand == "concept" and line.draft is not None)


def stand_of(line: DocumentLine) -> str:
    """Which of STANDS a document has; empty when none of them says it."""
    if line.state is VersionState.DRAFT:
        return "concept"
    if line.state is VersionState.REOPENED:
        return "heropend"
    if line.claim_state is not None:
        return "klaar" if line.claim_state in _OVER else "open"
    if line.direction is Direction.TO_AUTHORITY:
        return "open" if line.state in _OPEN else "klaar"
    return "klaar" if line.state is VersionState.HANDLED or not line.fresh else "open"


@dataclass(frozen=True, slots=True)
class ShownList:
    """One page of the list, by theme. ``total``: of everything; ``found``: of what was asked for."""

    themes: Sequence[tuple[str, Sequence[DocumentLine]]]
    total: int
    found: int
    page: int
    pages: int


def shown_list(lines: Sequence[DocumentLine], wanted: DocumentFilter) -> ShownList:
    """The lines that were asked for, theme by theme in the order of the themes, newest first."""
    names = {theme.code: (place, theme.name) for place, theme in enumerate(kinds.themes())}

    def place(line: DocumentLine) -> tuple[int, str]:
        return names.get(line.theme, (len(names), line.theme))

    taken = sorted((line for line in lines if wanted.takes(line)), key=place)
    pages = max(1, -(-len(taken) // PAGE))
    page = min(wanted.page, pages)
    part = taken[(page - 1) * PAGE : page * PAGE]
    themes = [(name, list(group)) for (_, name), group in groupby(part, key=place)]
    return ShownList(themes, len(lines), len(taken), page, pages)
