"""Terms of a public contract as they are kept: started by what was sent or became consultable, stopped, waiting, read.

A term belongs to the file of a claim: ``document_id`` is the claim itself, also for the term of the invoice;
``version_id`` is the version that started it. Callers hold the lock of the contract.
"""

from services.econtracting.terms.correcting import corrected
from services.econtracting.terms.policy import outage_threshold, rolls
from services.econtracting.terms.reading import (
    TermView,
    clock_of,
    for_contract,
    for_document,
    nearest,
)
from services.econtracting.terms.recalculating import Difference, differences, recalculate
from services.econtracting.terms.starting import review_arrived, start
from services.econtracting.terms.stopping import end, meet, never_started
from services.econtracting.terms.waiting import invoice_received, invoice_rejected, resume, suspend

__all__ = [
    "Difference",
    "TermView",
    "clock_of",
    "corrected",
    "differences",
    "end",
    "for_contract",
    "for_document",
    "invoice_received",
    "invoice_rejected",
    "meet",
    "nearest",
    "never_started",
    "outage_threshold",
    "recalculate",
    "resume",
    "review_arrived",
    "rolls",
    "start",
    "suspend",
]
