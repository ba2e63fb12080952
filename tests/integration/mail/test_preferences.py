"""*Mijn meldingen*: each organisation settles its own addresses, and sees which of them mail comes back from."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from domain.econtracting.notifications import DEFAULTS
from models.all import db
from models.audit import AuditEntry
from services import mail_addresses, transaction
from services.econtracting.notifications import addresses
from services.econtracting.notifications.addresses import AddressEntry
from services.mail_addresses import Preference
from tests.factories import actors, organisations
from tests.factories import contracting as make
from tests.integration.declaration.scene import statements
from tests.integration.mail.scene import SOFIE, ask, rows
from tests.support.sign_in import SignedIn

PAGE = "/mijn-meldingen"


@pytest.fixture
def brug(app: Flask) -> Any:
    facility = organisations.facility(hco_number="71000012", name="PVT De Brug", enterprise_number="0999000327")
    organisations.contact_person(facility, email=SOFIE)
    return facility


@pytest.mark.parametrize("role", ["EL_PRIVACY", "EL_FINANCIEEL"])
def test_e045_a_facility_settles_when_and_in_which_language_its_contacts_get_mail(
    signed_in: SignedIn, brug: Any, role: str
) -> None:
    client = signed_in(role, facility=brug)
    page = client.page(PAGE)
    assert SOFIE in page.text
    form = client.page(page.links()[f"Voorkeuren wijzigen: {SOFIE}"])
    done = client.submit(form, {"often": "dag", "language": "en"})
    assert "zijn bewaard" in done.text
    assert "één keer per dag" in done.text
    assert mail_addresses.preference(SOFIE) == Preference("en", True)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.event == "outbox.preference_changed")).one()
    assert json.loads(entry.data)["fields"] == ["language", "digest"]


@pytest.mark.parametrize(
    ("template", "subject"),
    [
        ("message_for_department", {"facility": "PVT De Brug", "hco_number": "71000012", "path": "/x"}),
        (
            "contract_from_contractor",
            dict.fromkeys(("contractor", "number", "title", "document", "at", "path", "contact"), "x"),
        ),
    ],
)
def test_mail_to_an_office_never_waits_for_an_overview_that_somebody_else_asked_for(
    app: Flask, brug: Any, template: str, subject: dict[str, str]
) -> None:
    """A facility or company may give the mailbox of an office as one of its own: it does not settle that one's mail."""
    with transaction.unit_of_work():
        mail_addresses.choose(actors.facility_user(brug), "bureau@example.be", language="nl", digest=True)
    ask(recipient="bureau@example.be", template=template, parameters=subject)
    assert [mail.digest for mail in rows()] == [False]


def test_saving_the_same_leaves_no_trace(signed_in: SignedIn, brug: Any) -> None:
    client = signed_in("EL_PRIVACY", facility=brug)
    form = client.page(client.page(PAGE).links()[f"Voorkeuren wijzigen: {SOFIE}"])
    client.submit(form, {"often": "dag", "language": "nl"})
    client.submit(form, {"often": "dag", "language": "nl"})
    counted = sa.select(sa.func.count()).where(AuditEntry.event == "outbox.preference_changed")
    assert db.session.scalar(counted) == 1


@pytest.mark.parametrize("values", [{"often": "nooit", "language": "nl"}, {"often": "dag", "language": "xx"}, {}])
def test_what_is_not_offered_is_refused(signed_in: SignedIn, brug: Any, values: dict[str, str]) -> None:
    client = signed_in("EL_PRIVACY", facility=brug)
    path = client.page(PAGE).links()[f"Voorkeuren wijzigen: {SOFIE}"]
    answer = client.post(path, data=values or {"often": "", "language": ""})
    assert answer.status_code == 422
    assert mail_addresses.preference(SOFIE) == Preference()


def test_an_address_of_somebody_else_is_not_there(signed_in: SignedIn, brug: Any) -> None:
    """Foreign and unknown look the same."""
    other = organisations.facility(hco_number="71000023", name="Ter Linden", enterprise_number="0999000426")
    foreign = organisations.contact_person(other, email="peter@terlinden.example.be").reference
    client = signed_in("EL_PRIVACY", facility=brug)
    for reference in (foreign, "unknown"):
        assert client.get(f"{PAGE}/{reference}").status_code == 404
        assert client.post(f"{PAGE}/{reference}", data={"often": "dag", "language": "nl"}).status_code == 404
        assert client.post(f"{PAGE}/{reference}/opnieuw").status_code == 404
    assert mail_addresses.preference("peter@terlinden.example.be") == Preference()


def test_who_can_mend_it_sees_that_mail_comes_back(signed_in: SignedIn, brug: Any) -> None:
    with transaction.unit_of_work():
        mail_addresses.came_back(SOFIE, "5.1.1")
    client = signed_in("EL_PRIVACY", facility=brug)
    page = client.page(PAGE)
    assert "E-mail naar 1 adres komt terug" in page.text
    assert "Dit adres bestaat niet" in page.text
    assert "Mail komt terug" in client.page("/organisatie/contactpersonen").text
    person = client.post(f"{PAGE}/{_reference(page)}/opnieuw", follow_redirects=True)
    assert "We proberen het opnieuw" in person.text
    assert not mail_addresses.is_bouncing(SOFIE)


def _reference(page: Any) -> str:
    return str(page.links()[f"Voorkeuren wijzigen: {SOFIE}"]).rpartition("/")[2]


def test_contacts_who_share_an_address_are_one_line(signed_in: SignedIn, brug: Any) -> None:
    organisations.contact_person(brug, email=SOFIE.upper(), first_name="Bram", last_name="Goossens")
    page = signed_in("EL_PRIVACY", facility=brug).page(PAGE)
    assert "Sofie Maes" in page.text
    assert "Bram Goossens" in page.text
    assert page.text.count("Voorkeuren wijzigen") == 1


def test_a_manager_settles_the_addresses_of_the_company(signed_in: SignedIn, app: Flask) -> None:
    an = make.manager()
    with transaction.unit_of_work():
        addresses.add(an.actor, AddressEntry(SOFIE, DEFAULTS))
    client = signed_in(actor=an.actor)
    page = client.page(PAGE)
    assert "Niet bevestigd" in page.text
    refused = client.submit(client.page(page.links()[f"Voorkeuren wijzigen: {SOFIE}"]), {"often": "dag"})
    assert "nieuwe bevestigingsmail" in refused.text
    assert mail_addresses.preference(SOFIE) == Preference(), "it may be the address of another company (A-40)"
    (mail,) = rows()
    with transaction.unit_of_work():
        addresses.confirm(json.loads(mail.parameters)["path"].rpartition("/")[2])
    client.submit(client.page(page.links()[f"Voorkeuren wijzigen: {SOFIE}"]), {"often": "dag"})
    assert mail_addresses.preference(SOFIE) == Preference(None, True)


def test_a_facility_does_not_settle_the_mail_of_a_company(signed_in: SignedIn, brug: Any) -> None:
    """A-40: who confirmed an address for its contracts says when mail comes; a contact person of that name does not."""
    an = make.manager()
    with transaction.unit_of_work():
        addresses.add(an.actor, AddressEntry(SOFIE.upper(), DEFAULTS))
    mail = next(row for row in rows() if row.template == "address_confirmation")
    with transaction.unit_of_work():
        addresses.confirm(json.loads(mail.parameters)["path"].rpartition("/")[2])
    client = signed_in("EL_PRIVACY", facility=brug)
    refused = client.submit(client.page(client.page(PAGE).links()[f"Voorkeuren wijzigen: {SOFIE}"]), {"often": "dag"})
    assert "meldingsadres van een onderneming" in refused.text
    assert mail_addresses.preference(SOFIE) == Preference()


@pytest.mark.parametrize(
    ("roles", "word"),
    [
        (("EL_DOSSIERBEHEERDER",), "gedeelde postbus"),
        (("EL_HELPDESK",), "gedeelde postbus"),
        (("EC_AB_DOSSIERBEHEERDER",), "gedeelde postbus"),
        (("EC_GEBRUIKER",), "Een beheerder van uw onderneming regelt dit"),
    ],
)
def test_everybody_else_reads_who_settles_it(signed_in: SignedIn, brug: Any, roles: tuple[str, ...], word: str) -> None:
    """And never an address."""
    if roles == ("EC_GEBRUIKER",):
        make.contractor()
    page = signed_in(*roles).page(PAGE)
    assert word in page.text
    assert SOFIE not in page.text


def test_many_contacts_take_no_more_statements(signed_in: SignedIn, brug: Any) -> None:
    client = signed_in("EL_PRIVACY", facility=brug)
    client.page(PAGE)
    with statements() as few:
        client.page(PAGE)
    for number in range(30):
        organisations.contact_person(brug, email=f"c{number}@linde.example.be")
    with statements() as many:
        client.page(PAGE)
    assert len(many) == len(few)
