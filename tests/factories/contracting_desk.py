"""The desk of the authority: somebody who drafts, somebody who releases, and a claim that waits for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.permissions import Role
from models.base import db
from models.file_document import DocumentVersion, FileDocument
from models.public_contract import PublicContract
from services.econtracting import kinds
from services.econtracting.desk import release, reviews
from services.transaction import unit_of_work
from tests.factories import contracting as make
from tests.factories import contracting_documents as documents
from tests.factories.contracting import Somebody

ACCEPTED = {"result": "AANVAARD", "accepted": "84250,40"}
CHANGED = {"result": "AANVAARD_MET_WIJZIGINGEN", "accepted": "80000,00", "reasons": "Post 3 is niet uitgevoerd."}
REQUEST = {"order_number": "4500012345", "amount": "80000,00", "vat": "21"}


@dataclass(frozen=True, slots=True)
class Desk:
    """A contract whose authority works with four eyes; Karim sends, Greet drafts, Dirk does everything."""

    contract: PublicContract
    karim: Somebody
    mila: Somebody
    greet: Somebody
    dirk: Somebody
    lies: Somebody

    def claim(self) -> FileDocument:
        """A claim that was sent."""
        return documents.sent(self.contract, self.karim)

    def review(self, claim: FileDocument, typed: Mapping[str, str] = CHANGED, by: Somebody | None = None) -> Any:
        """The draft of a review, with these values; of Greet unless said otherwise."""
        who = by or self.greet
        with unit_of_work():
            version = reviews.begin(who.actor, claim.reference)
        return documents.fill(version, who, typed)

    def request(self, claim: FileDocument, typed: Mapping[str, str] = REQUEST) -> DocumentVersion:
        """The draft of the request for the invoice."""
        with unit_of_work():
            version = reviews.begin_request(self.greet.actor, claim.reference)
        return documents.fill(version, self.greet, typed)

    def release(self, *drafts: DocumentVersion, by: Somebody | None = None) -> list[DocumentVersion]:
        """Release drafts in one act; Dirk unless said otherwise."""
        chosen = []
        for one in drafts:
            db.session.refresh(one)
            chosen.append((one.reference, one.version))
        with unit_of_work():
            return release.release_together((by or self.dirk).actor, chosen)


def desk(**contract: Any) -> Desk:
    """The people of both sides around one contract."""
    with unit_of_work():
        kinds.ensure()
    made = make.public_contract(**contract)
    karim, mila = make.user(name="Karim El Amrani"), make.user(name="Mila Jacobs")
    make.group(members=[karim], contracts=[made], name=f"Verzenders van Karim {made.id}")
    make.group(level=make.Level.DRAFT, members=[mila], contracts=[made], name=f"Opmakers van Mila {made.id}")
    greet = make.official(make.authority(), Role.EC_AB_BEHANDELAAR, name="Greet Baeten")
    lies = make.official(make.authority(), Role.EC_AB_VRIJGEVER, name="Lies Segers")
    return Desk(made, karim, mila, greet, make.official(), lies)
