"""The receipt of a submission: what it says, and its file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.actor import Actor
from domain.ecalcura.review import Content, Review
from domain.errors import N_
from integrations import letters
from models.declaration import DossierSnapshot
from services import documents
from services.ecalcura import queries
from services.ecalcura.dossiers import Found
from services.ecalcura.lines import QuarterLine


def counts(lines: Sequence[QuarterLine], outcome: Review, justified: int = 0) -> dict[str, int | str]:
    """What was submitted, in numbers: label to number, in the order shown."""
    found: dict[str, int | str] = {
        N_("Contractlijnen in dit kwartaal"): len(lines),
        N_("Lijnen waarvoor prestaties gevraagd worden"): sum(line.needed for line in lines),
        N_("Daarvan volledig ingevuld"): sum(line.needed and not line.missing for line in lines),
        N_("Waarschuwingen bij het indienen"): len(outcome.warnings),
    }
    if justified:
        found[N_("Ongewone waarden die u toelichtte")] = justified
    if outcome.content is Content.NOTHING_DECLARED:
        found[N_("Niets aan te geven")] = N_("bevestigd")
    return found


def pdf(
    found: Found,
    snapshot: DossierSnapshot,
    lines: Sequence[QuarterLine],
    outcome: Review,
    *,
    justified: int = 0,
    reference: str,
    at: datetime,
    actor: Actor,
) -> bytes:
    """The receipt as a PDF. It names the facility, the quarter, the moment to the second and the digest; no staff."""
    return letters.receipt_pdf(
        {
            "reference": reference,
            "facility": found.facility.name,
            "hco_number": found.facility.hco_number,
            "quarter": str(found.dossier.quarter),
            "reference_period": found.dossier.period_code,
            "submitted_at": at,
            "submitted_by": actor.name,
            "digest": snapshot.digest,
            "counts": counts(lines, outcome, justified),
        }
    )


def file(actor: Actor, number: str, reference: str) -> tuple[str, bytes]:
    """File name and content of a receipt; NotFound for any other facility's. The name holds nothing personal."""
    receipt = queries.receipt(actor, number, reference)
    _, content = documents.read(receipt.submission.receipt_digest)
    return f"ontvangstbewijs-{number}-{reference}.pdf", content
