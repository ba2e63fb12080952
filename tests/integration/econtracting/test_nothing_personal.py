"""Invariant 2 and C-046: nothing the authority can fetch names a person of the contractor, by any value.

A contract with everything in it is made by people whose names, mail addresses, keys, account numbers, relations and
groups are found nowhere else. Then the official of the authority fetches what there is to fetch: every page that a page
links to, every file, package, receipt, feed and refusal, and reads what was mailed to the authority.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from domain.econtracting.notifications import NotificationEvent
from domain.econtracting.rights import Level
from domain.errors import DomainError, NotAllowedNow
from jobs import proof
from models.base import db
from models.contract_evidence import ConfidentialAnnex, EvidenceRecord
from models.contract_rights import RightsGroup, WorkRelation
from models.file_document import DocumentVersion, FileDocument
from models.identity import Account
from models.message import NotificationAddress
from models.outbox import OutboxMessage
from models.public_contract import PublicContract
from services import clock, mail_texts, outbox
from services.econtracting.desk import reopening, reviews
from services.econtracting.documents import consulting, drafts, sending
from services.econtracting.notifications import addresses, outcomes
from services.messaging import places
from services.messaging import writing as messages
from services.transaction import unit_of_work
from tests.factories import contracting as make
from tests.factories import contracting_documents as documents
from tests.factories.contracting import Somebody
from tests.factories.database import change, save
from tests.support.client import Client
from tests.support.readable import answer_texts, links_in

pytestmark = pytest.mark.one_database

#: Keys of rows begin here, so that the number of an account is found in nothing else.
FIRST_ACCOUNT = 771_940_000
#: Leave the page alone: it ends the session.
LEAVE = ("/logout", "/afmelden", "/sessie")
ENOUGH = 900


@dataclass
class Story:
    """What happened, and every value that would tell who of the contractor it was."""

    contract: PublicContract
    dirk: Somebody
    an: Somebody
    claims: list[FileDocument]
    forbidden: dict[str, str] = field(default_factory=dict)

    def leaks(self, texts: Iterable[str]) -> list[str]:
        """What values stand in some texts."""
        return sorted({what for text in texts for value, what in self.forbidden.items() if value in text})


def everything(contract: PublicContract) -> dict[str, str]:
    """Every personal value of the staff of the contractor of a contract, with what it is."""
    found: dict[str, str] = {}
    relations = db.session.scalars(
        select(WorkRelation).where(WorkRelation.organisation_id == contract.contractor_id)
    ).all()
    for relation in relations:
        account = db.session.get_one(Account, relation.account_id)
        who = f"{account.given_name} {account.family_name}"
        found |= {
            who: f"name of {who}",
            f"{account.family_name}, {account.given_name}": f"name of {who}",
            account.given_name: f"given name of {who}",
            account.family_name: f"family name of {who}",
            account.account_key: f"key of {who}",
            str(account.id): f"account of {who}",
            relation.reference: f"relation of {who}",
        }
        if account.national_number_digest:
            found[account.national_number_digest] = f"national number of {who}"
    for group in db.session.scalars(select(RightsGroup).where(RightsGroup.organisation_id == contract.contractor_id)):
        found |= {group.name: "name of a group", group.reference: "reference of a group"}
    for address in db.session.scalars(
        select(NotificationAddress).where(NotificationAddress.organisation_id == contract.contractor_id)
    ):
        found[address.email] = "desired address of the company"
    for annex in db.session.scalars(select(ConfidentialAnnex)):
        found |= {str(annex.salt): "salt of a commitment", str(annex.person): "confidential annex"}
    found |= {contract.internal_reference: "own reference", contract.internal_description: "own description"}
    return {value: what for value, what in found.items() if len(value) > 3}


@pytest.fixture
def story(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Story:
    """A contract in which everything happened that can leave a trace of somebody."""
    monkeypatch.setattr(proof, "_ask_again", 0.0)
    save(
        Account(
            id=FIRST_ACCOUNT,
            idp="acm",
            account_key="first",
            given_name="Eerste",
            family_name="Rij",
            first_seen_at=clock.now(),
            last_seen_at=clock.now(),
        )
    )
    scene = documents.scene()
    contract, mila, karim, dirk = scene.contract, scene.mila, scene.karim, scene.dirk
    an, els = make.manager(name="Annelies Peetermans"), make.user(name="Ellebora Vanhoof")
    for number, one in enumerate((mila, karim, an, els)):
        change(one.account, national_number_digest=f"{number + 17:02x}ab" * 16, account_key=f"6f0a5f0e-vo-{number:04d}")
    one_off = make.group(level=Level.SEND, name="Ploeg van Ellebora")
    make.extra(make.link(one_off, contract), els)
    change(contract, internal_reference="AP-INTERN-7", internal_description="Dossier van Annelies")
    change(make.user(name="Geblokkeerde Gust").relation, blocked_at=clock.now(), block_reason="Weg bij ons")
    with unit_of_work():
        row = addresses.add(
            an.actor,
            addresses.AddressEntry("karim.elamrani@wegenbouw.example.be", frozenset({NotificationEvent.NEW_DOCUMENT})),
        )
    change(row, confirmed_at=clock.now(), token_digest=None)
    claims = _claims(scene, mila, karim, dirk)
    _messages(contract, karim, dirk, claims[0])
    _mail()
    proof.stamp()
    proof.check()
    _drafts_left(scene)
    return Story(contract, dirk, an, claims, everything(contract))


def _later() -> None:
    clock.fix(clock.now() + timedelta(minutes=11))


def _claims(scene: documents.Scene, mila: Somebody, karim: Somebody, dirk: Somebody) -> list[FileDocument]:
    """One accepted and asked to be invoiced, one reopened and sent again, one only consulted."""
    made: list[FileDocument] = []
    for _ in range(3):
        _later()
        version = documents.complete(scene.contract, mila)
        with unit_of_work():
            drafts.hand_over(mila.actor, version.reference)
        with unit_of_work():
            sending.refused(mila.actor, version.reference, NotAllowedNow("…", code="NO_RIGHT"))
        documents.send(version, karim)
        made.append(db.session.get_one(FileDocument, version.document_id))
        _later()
        with unit_of_work():
            consulting.consult(dirk.actor, made[-1].reference)
    _later()
    review = documents.review(scene, made[0])
    _later()
    documents.request(scene, made[0])
    with unit_of_work():
        consulting.consult(karim.actor, review.reference)
    _later()
    with unit_of_work():
        reviews.start(dirk.actor, made[1].reference)
    _later()
    with unit_of_work():
        reopening.reopen(dirk.actor, made[1].reference, "De vorderingsstaat is niet volledig.")
    _later()
    with unit_of_work():
        version = drafts.new_version(mila.actor, db.session.get_one(FileDocument, made[1].id))
    documents.send(version, karim)
    return made


def _messages(contract: PublicContract, karim: Somebody, dirk: Somebody, claim: FileDocument) -> None:
    for who, document in ((karim, claim.reference), (dirk, claim.reference), (dirk, None)):
        _later()
        with unit_of_work():
            place = places.contract_place(who.actor, contract.reference, document)
            made = messages.start(who.actor, place, "Vraag over post 12", "Klopt de hoeveelheid?", awaits_reply=True)
            messages.send(who.actor, made.reference, made.body, True, made.version)


def _mail() -> None:
    with unit_of_work():
        waiting = [one.id for one in outbox.take(limit=100)]
    for place, one in enumerate(waiting):
        with unit_of_work():
            outbox.settle(one, error="no such mailbox" if place % 4 == 3 else None, permanent=True)
            outcomes.settled(one)


def _drafts_left(scene: documents.Scene) -> None:
    """A draft of each side, which the other must not know at all."""
    _later()
    documents.draft(scene.contract, scene.mila)
    with suppress(DomainError):
        documents.draft(scene.contract, scene.dirk, "PV", {"title": "Vaststelling"})


def client_of(app: Flask, who: Somebody) -> Client:
    """A browser of somebody."""
    client: Client = make.sign_in(app.test_client(), who)
    return client


def crawl(client: Client, starts: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """Every answer that can be got by following links and the addresses of forms, each address once."""
    waiting, seen = list(starts), set()
    while waiting and len(seen) < ENOUGH:
        path = waiting.pop(0)
        if path in seen or path.startswith(LEAVE):
            continue
        seen.add(path)
        answer = client.get(path)
        yield path, answer
        waiting += [one for one in links_in(answer) if one not in seen]
        if answer.status_code in range(300, 400) and answer.headers["Location"].startswith("/"):
            waiting.append(answer.headers["Location"])


def starts(story: Story) -> list[str]:
    """Where the official begins, and what nobody links to."""
    contract = story.contract.reference
    office = ["/", "/beheer/", f"/beheer/opdrachten/{contract}", f"/beheer/opdrachten/{contract}/bewijs"]
    versions = db.session.scalars(select(DocumentVersion)).all()
    receipts = [
        f"/beheer/opdrachten/bewijs/{one.reference}/ontvangstbewijs.{kind}"
        for one in versions
        for kind in ("pdf", "json")
    ]
    codes = [f"/bewijs?code={one}" for one in db.session.scalars(select(EvidenceRecord.code))]
    refused = [
        f"/econtracting/opdracht/{contract}",
        f"/econtracting/opdracht/{contract}/bewijs",
        f"/econtracting/opdracht/{contract}/toegang",
        "/econtracting",
        "/econtracting/groepen",
        "/econtracting/meldingen",
    ]
    return office + receipts + codes + refused + [f"/econtracting/stuk/{one.reference}" for one in story.claims]


def test_invariant_2_every_page_and_file_the_authority_can_fetch(app: Flask, story: Story) -> None:
    found, pages = {}, 0
    for path, answer in crawl(client_of(app, story.dirk), starts(story)):
        pages += answer.status_code == 200
        if leaks := story.leaks([path, *answer_texts(answer)]):
            found[path] = leaks
    assert found == {}
    assert pages > 40, "the official saw too little for this to mean something"


def test_invariant_2_what_is_posted_for(app: Flask, story: Story) -> None:
    """Packages, checks and refusals that a form asks for."""
    client = client_of(app, story.dirk)
    office = f"/beheer/opdrachten/{story.contract.reference}"
    digest = db.session.scalars(select(EvidenceRecord.digest)).first()
    found = {}
    for path, data in (
        (f"{office}/bewijs/pakket", {}),
        (f"{office}/bewijs/nakijken", {}),
        ("/bewijs", {"hash": digest}),
        *((f"/econtracting/stuk/{one.reference}", {}) for one in story.claims),
    ):
        answer = client.post(path, data=data)
        if leaks := story.leaks([path, *answer_texts(answer)]):
            found[path] = leaks
    assert found == {}


def test_invariant_2_what_is_mailed_to_the_authority(story: Story) -> None:
    found: list[str] = []
    for row in db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "contract_from_contractor")):
        text = mail_texts.compose(row.template, json.loads(row.parameters), language="nl", address="https://x.example")
        found += story.leaks([row.recipient, row.parameters, text.subject, text.body])
    assert found == []


def test_invariant_2_the_proof_itself(story: Story) -> None:
    records = db.session.scalars(select(EvidenceRecord)).all()
    assert len(records) > 15
    assert story.leaks(one.text for one in records) == []


def test_the_search_would_find_it(app: Flask, story: Story) -> None:
    """The company itself does see who it was (A-12): the same search over its own pages finds names."""
    found: set[str] = set()
    wanted = {"name of Karim El Amrani", "name of a group"}
    for pages, (_, answer) in enumerate(
        crawl(client_of(app, story.an), [f"/econtracting/opdracht/{story.contract.reference}"])
    ):
        found |= set(story.leaks(answer_texts(answer)))
        if wanted <= found or pages > 150:
            break
    assert wanted <= found
