"""What stops a term: it was met, what it was about was reopened, or it turned out never to have started (A-28)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from domain.econtracting.terms import ALIVE, PAYERS, TermKind, TermState
from models.contract_follow_up import ContractTerm
from models.file_document import FileDocument
from models.gate import writing
from services.econtracting.terms import rows


def meet(document: FileDocument, kind: TermKind, at: datetime) -> ContractTerm | None:
    """What the term asks for was done; gives the term, or None when none of that kind runs."""
    with writing("terms.meet"):
        for term in rows.of_file(document, kind, alive=True):
            stop(term, TermState.MET, at)
            return term
    return None


def never_started(document: FileDocument, at: datetime) -> None:
    """The claim was refused as incomplete: the term of the authority never started (A-28)."""
    with writing("terms.never_started"):
        for term in rows.of_file(document, *PAYERS, TermKind.VERIFICATION, alive=True):
            stop(term, TermState.NEVER_STARTED, at)


def end(document: FileDocument, at: datetime) -> None:
    """What ran for the file of a claim ends without being met: it was reopened or withdrawn (T9)."""
    with writing("terms.end"):
        end_all(rows.of_file(document, alive=True), at)


def end_all(terms: Iterable[ContractTerm], at: datetime) -> None:
    """End terms that are alive."""
    for term in terms:
        stop(term, TermState.ENDED, at)


def stop(term: ContractTerm, state: TermState, at: datetime) -> None:
    """Stop the clock of a term at an instant; one that stopped before stays as it is."""
    if term.state in ALIVE:
        before, term.state, term.met_at = term.state, state, at
        rows.changed(term, "stop", before.value, state.value)
