"""The start page as a list of work: what waits and what is new, each for who may see it only (E-008, C-056)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from domain.permissions import Role
from services import work_items
from services.work_items import WorkKind
from tests.factories import actors, contracting_documents, messages, organisations
from tests.support.sign_in import SignedIn

At = Callable[[str], datetime]


def counts(actor: Any) -> dict[WorkKind, int]:
    return {item.kind: item.count.number for item in work_items.items(actor)}


def test_every_kind_is_asked_once_of_who_may_see_it(database: Any) -> None:
    for roles in ((Role.EL_PRIVACY,), (Role.EL_DOSSIERBEHEERDER,), (Role.EL_HELPDESK,), (Role.EL_FINANCIEEL,)):
        facility = organisations.facility() if roles[0] in (Role.EL_PRIVACY, Role.EL_FINANCIEEL) else None
        kinds = [item.kind for item in work_items.items(actors.actor(*roles, facility=facility))]
        assert len(kinds) == len(set(kinds))


def test_e008_messages_are_told_to_who_reads_them_only(database: Any) -> None:
    brug = organisations.facility()
    assert WorkKind.UNREAD_MESSAGES in counts(actors.facility_user(brug, Role.EL_PRIVACY))
    assert counts(actors.facility_user(brug, Role.EL_FINANCIEEL)) == {WorkKind.BOUNCING_ADDRESSES: 0}
    assert WorkKind.UNREAD_MESSAGES not in counts(actors.helpdesk())


def test_c056_a_new_document_waits_until_somebody_of_the_company_opened_it(database: Any) -> None:
    scene = contracting_documents.scene()
    claim = contracting_documents.sent(scene.contract, scene.karim)
    before = counts(scene.karim.actor)[WorkKind.UNREAD_DOCUMENTS]
    contracting_documents.review(scene, claim)
    assert counts(scene.karim.actor)[WorkKind.UNREAD_DOCUMENTS] == before + 1


def test_what_waits_leads_to_where_it_is_worked(signed_in: SignedIn) -> None:
    talk = messages.talk()
    talk.open(awaits_reply=True)
    office = signed_in(actor=actors.case_manager()).page("/start")
    assert office.links()["Ongelezen berichten"] == "/beheer/berichten/?toon=UNREAD"
    assert office.links()["Berichten die op uw antwoord wachten"] == "/beheer/berichten/?toon=OURS"
    talk.open(talk.els, awaits_reply=True)
    counter = signed_in(Role.EL_PRIVACY, facility=talk.facility).page("/start")
    assert counter.links()["Ongelezen berichten"] == "/berichten/?toon=UNREAD"
