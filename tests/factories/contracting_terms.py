"""e-Contracting: claims with their review and invoice request, as rows, so that terms can be started on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count

from domain.calendars import BRUSSELS
from domain.econtracting.actions import ActionParty
from domain.econtracting.claims import ClaimState
from domain.econtracting.document_states import Direction, VersionState
from domain.econtracting.terms import TermKind
from models.base import db
from models.contract_follow_up import ContractTerm
from models.file_document import DocumentKind, DocumentVersion, FileDocument
from models.public_contract import PublicContract
from services import clock
from services.econtracting import calendar_data, terms
from services.transaction import unit_of_work
from tests.factories import contracting
from tests.factories.database import change, saved

_numbers = count(1)


def at(text: str) -> datetime:
    """Brussels time."""
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS)


def calendar() -> None:
    """The shipped closing days and rates."""
    with unit_of_work():
        calendar_data.ensure()


def _kind(code: str) -> DocumentKind:
    return saved(
        DocumentKind(
            code=f"{code}_{next(_numbers)}",
            number=1,
            definition="{}",
            made_at=clock.now(),
            changed_at=clock.now(),
            released_at=clock.now(),
        )
    )


def document(
    contract: PublicContract,
    code: str = "SCHULDVORDERING",
    *,
    parent: FileDocument | None = None,
    theme: str = contracting.PAYMENTS,
    claim_state: ClaimState | None = None,
) -> FileDocument:
    """A document of a contract, without a version."""
    up = code in ("SCHULDVORDERING", "ANDERE")
    number = next(_numbers)
    return saved(
        FileDocument(
            contract_id=contract.id,
            kind_code=code,
            theme=theme,
            direction=Direction.TO_AUTHORITY if up else Direction.TO_CONTRACTOR,
            number=number,
            title=f"{code.capitalize()} {number}",
            parent_id=parent.id if parent else None,
            claim_state=claim_state,
        )
    )


def version(of: FileDocument, sent_at: datetime) -> DocumentVersion:
    """A sent version of a document, the newest one."""
    before = list(db.session.query(DocumentVersion).filter_by(document_id=of.id))
    for one in before:
        change(one, latest=False, state=VersionState.REPLACED)
    up = of.direction is Direction.TO_AUTHORITY
    return saved(
        DocumentVersion(
            document_id=of.id,
            number=len(before) + 1,
            state=VersionState.SENT if up else VersionState.CONSULTABLE,
            kind_id=_kind(of.kind_code).id,
            title=of.title,
            made_at=sent_at,
            changed_at=sent_at,
            sent_at=sent_at if up else None,
            consultable_at=sent_at,
        )
    )


@dataclass
class ClaimFile:
    """A claim of a contract, with what happens to its terms, each in a transaction of its own."""

    contract: PublicContract
    claim: FileDocument = field(init=False)
    request: FileDocument | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.claim = document(self.contract, claim_state=ClaimState.SUBMITTED)

    def sent(self, moment: str) -> ContractTerm:
        """The claim, or a new version of it, is sent."""
        kind = TermKind.PROCESSING if self.contract.regime.value == "KB2024" else TermKind.VERIFICATION
        row = version(self.claim, at(moment))
        with unit_of_work():
            return terms.start(self.contract, self.claim, row, kind, at(moment), party=ActionParty.AUTHORITY)

    def reviewed(self, moment: str, state: ClaimState = ClaimState.ACCEPTED) -> ContractTerm | None:
        """The review becomes consultable."""
        change(self.claim, claim_state=state)
        review = document(self.contract, "NAZICHT", parent=self.claim)
        with unit_of_work():
            return terms.review_arrived(review, at(moment))

    def invoice_asked(self, moment: str) -> ContractTerm:
        """The invoice request becomes consultable."""
        self.request = document(self.contract, "FACTUURAANVRAAG", parent=self.claim)
        row = version(self.request, at(moment))
        with unit_of_work():
            return terms.start(
                self.contract, self.request, row, TermKind.INVOICE, at(moment), party=ActionParty.CONTRACTOR
            )

    def invoice(self, moment: str) -> None:
        """A good invoice comes in."""
        with unit_of_work():
            terms.invoice_received(self.request or self.claim, at(moment))

    def invoice_rejected(self, moment: str) -> None:
        """The invoice turns out not to be regular."""
        with unit_of_work():
            terms.invoice_rejected(self.request or self.claim, at(moment))

    def stored(self, kind: TermKind) -> ContractTerm:
        """The last term of a kind, read anew."""
        db.session.expire_all()
        found = list(db.session.query(ContractTerm).filter_by(document_id=self.claim.id, kind=kind))
        return max(found, key=lambda one: one.id)


def claim_2013(**values: object) -> ClaimFile:
    """A claim of a contract that was published before 2025."""
    return ClaimFile(contracting.public_contract(published_on=date(2024, 1, 15), **values))


def claim_2024(**values: object) -> ClaimFile:
    """A claim of a contract that was published from 2025 on."""
    return ClaimFile(contracting.public_contract(published_on=date(2025, 1, 15), **values))
