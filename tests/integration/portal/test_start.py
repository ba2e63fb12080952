"""The start page: what there is to do and which terms run, for every kind of person (E-007, E-011)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from domain.actor import Actor, Side
from domain.ecalcura.certificates import CertificateType
from domain.econtracting.actions import ActionType
from domain.errors import Forbidden
from domain.permissions import Role
from models.declaration import ReopeningRequest
from models.organisation import Facility
from services import clock, listing, transaction
from services.econtracting import actions as contract_actions
from services.facility_tasks import TaskKind, facility_tasks
from tests.factories import actors, contracting, declarations, organisations, reference
from tests.factories.database import saved
from tests.pages.page import Page, words
from tests.support.sign_in import SignedIn

At = Callable[[str], datetime]
BOTH = (Role.EL_PRIVACY, Role.EL_FINANCIEEL)


def ready(**values: Any) -> Facility:
    """A facility of 2023-2024 on, with an account, a contact person and both certificates."""
    brug = organisations.facility(**({"entry_from": "2023K3"} | values))
    organisations.bank_account(brug)
    organisations.contact_person(brug)
    organisations.certificate(brug, CertificateType.END_OF_CAREER)
    organisations.certificate(brug, CertificateType.SOCIAL_AGREEMENT)
    return brug


def todo(of: Facility, *roles: Role) -> list[tuple[str, str, int | None]]:
    """Kind, quarter and days left of each task."""
    return [
        (task.kind.value, str(task.quarter or ""), task.due.days_left if task.due else None)
        for task in facility_tasks(actors.facility_user(of, *roles)).tasks
    ]


def items(page: Page, heading: str) -> list[str]:
    """The lines of a list under a heading."""
    return [words(item) for item in page.all(f"//section[.//h2[normalize-space()='{heading}']]//li")]


def test_e011_the_tile_opens_the_theme(signed_in: SignedIn) -> None:
    page = signed_in(*BOTH, facility=ready()).page("/start")
    assert page.links()["eCalcura"] == "/ecalcura/"
    assert "4 kwartalen in te dienen" in page.text


def test_every_quarter_that_ended_is_a_task_with_its_term(database: Any) -> None:
    """16 September 2024: the four quarters of 2023-2024, until 30 September (E-121)."""
    brug = ready()
    declarations.dossier(brug, "2023K3", "CLOSED")
    declarations.dossier(brug, "2023K4", "OPEN")
    declarations.dossier(brug, "2024K1", "AUDIT")
    assert todo(brug) == [("SUBMIT", "2023K4", 14), ("OPEN_QUARTER", "2024K2", 14)]


def test_the_page_names_the_last_day_and_the_days_left(signed_in: SignedIn) -> None:
    brug = ready()
    declarations.dossier(brug, "2023K3", "OPEN")
    page = signed_in(*BOTH, facility=brug).page("/start")
    first = items(page, "Wat moet u doen?")[0]
    assert "3de kwartaal 2023 indienen" in first
    assert "nog 14 dagen" in first
    assert "30 september 2024" in first
    assert page.links()["3de kwartaal 2023 indienen"] == "/ecalcura/aangifte/2023K3"
    assert page.links()["4de kwartaal 2023 openen en invullen"] == "/ecalcura/"


def test_e122_in_the_postponement_the_term_is_the_postponed_one(database: Any, at: At) -> None:
    brug = ready()
    for quarter in ("2023K3", "2023K4", "2024K1"):
        declarations.dossier(brug, quarter, "CLOSED")
    declarations.dossier(brug, "2024K2", "OPEN")
    at("2024-10-15T23:30:00+02:00")
    kinds = todo(brug)
    assert ("SUBMIT", "2024K2", 0) in kinds
    at("2024-10-16T00:00:00+02:00")
    assert all(quarter != "2024K2" for _, quarter, _ in todo(brug))


def test_e125_while_the_period_is_calculated_there_is_nothing_to_submit(database: Any, at: At) -> None:
    brug = ready()
    declarations.dossier(brug, "2024K2", "BLOCKED")
    at("2024-10-20T10:00:00+02:00")
    assert [task for task in todo(brug) if task[1] <= "2024K2"] == []


def test_e127_reopened_quarters_are_to_be_submitted_again(database: Any, at: At) -> None:
    """P = 16 October: until 16 November."""
    brug = ready()
    declarations.dossier(brug, "2024K1", "OPEN", reopened=True)
    for quarter in ("2023K3", "2023K4", "2024K2"):
        declarations.dossier(brug, quarter, "CLOSED")
    reference.facility_period(brug, provisional_on=date(2024, 10, 16), reopenings_used=1)
    at("2024-11-10T10:00:00+01:00")
    assert todo(brug)[0] == ("RESUBMIT", "2024K1", 6)


def test_e127_the_chance_to_reopen_is_a_term(database: Any, at: At) -> None:
    brug = ready()
    for quarter in ("2023K3", "2023K4", "2024K1", "2024K2"):
        declarations.dossier(brug, quarter, "CLOSED")
    reference.facility_period(brug, provisional_on=date(2024, 10, 16))
    at("2024-11-16T10:00:00+01:00")
    term = facility_tasks(actors.facility_user(brug)).terms[0]
    assert (term.period, term.due.kind.value, term.due.last_day) == (
        "2023-2024",
        "REQUEST_REOPENING",
        date(2024, 11, 16),
    )
    assert (term.due.days_left, term.asked_on) == (0, None)


def test_e127_a_request_that_waits_is_told_instead_of_asking_again(signed_in: SignedIn, at: At) -> None:
    brug = ready()
    for quarter in ("2023K3", "2023K4", "2024K1", "2024K2"):
        declarations.dossier(brug, quarter, "CLOSED")
    reference.facility_period(brug, provisional_on=date(2024, 10, 16))
    at("2024-11-10T10:00:00+01:00")
    saved(
        ReopeningRequest(
            facility_id=brug.id,
            period_code="2023-2024",
            channel="MESSAGE",
            received_at=clock.now(),
            quarters="2024K1",
        )
    )
    page = signed_in(*BOTH, facility=brug).page("/start")
    term = next(one for one in items(page, "Termijnen om te weten") if one.startswith("Referentieperiode 2023-2024"))
    assert "Uw aanvraag van 10 november 2024 wacht op een beslissing. Bekijk uw aanvraag" in term
    assert "Vraag de heropening aan" not in term


def test_a_running_quarter_can_be_filled_in_and_says_from_when_it_is_submitted(signed_in: SignedIn) -> None:
    page = signed_in(*BOTH, facility=ready()).page("/start")
    (term,) = items(page, "Termijnen om te weten")
    assert term.startswith("Referentieperiode 2024-2025")
    assert "Het 3de kwartaal 2024 kunt u al invullen; indienen kan vanaf 1 oktober 2024." in term


def test_e019_quarters_before_the_first_one_are_no_task(database: Any) -> None:
    assert [quarter for _, quarter, _ in todo(ready(entry_from="2024K2"))] == ["2024K2"]


def test_when_all_is_well_the_page_says_so(signed_in: SignedIn) -> None:
    brug = ready()
    for quarter in ("2023K3", "2023K4", "2024K1", "2024K2"):
        declarations.dossier(brug, quarter, "CLOSED")
    page = signed_in(*BOTH, facility=brug).page("/start")
    assert "Niets: alles is in orde" in page.text


def test_v60_v61_e100_what_is_missing_comes_first(signed_in: SignedIn) -> None:
    brug = organisations.facility(entry_from="2023K3")
    assert [kind for kind, _, _ in todo(brug)][:4] == [
        TaskKind.DEFAULT_ACCOUNT,
        TaskKind.CONTACT_PERSON,
        TaskKind.CERTIFICATES,
        TaskKind.OPEN_QUARTER,
    ]
    page = signed_in(*BOTH, facility=brug).page("/start")
    links = page.links()
    assert links["Vul een standaard bankrekeningnummer in"] == "/organisatie/bankgegevens"
    assert links["Duid een contactpersoon aan voor eCalcura"] == "/organisatie/contactpersonen"
    assert links["Vul uw certificaten aan"] == "/ecalcura/certificaten/"
    certificates = items(page, "Wat moet u doen?")[2]
    assert "Ontbreekt vandaag: Attest sociaal akkoord en Attest eindeloopbaan." in certificates
    assert "3de kwartaal 2023 tot en met 3de kwartaal 2024" in certificates


def test_e009_without_the_financial_role_the_page_says_who_can(signed_in: SignedIn) -> None:
    brug = organisations.facility(entry_from="2023K3")
    page = signed_in(Role.EL_PRIVACY, facility=brug).page("/start")
    assert "Vul een standaard bankrekeningnummer in" not in page.links()
    line = items(page, "Wat moet u doen?")[0]
    assert line.startswith("Vul een standaard bankrekeningnummer in")
    assert "Vraag dit aan een collega met de rol ‘Beheer financiële gegevens’." in line


def test_e008_with_the_financial_role_only_no_quarters_are_told(signed_in: SignedIn) -> None:
    brug = organisations.facility(entry_from="2023K3")
    declarations.dossier(brug, "2023K4", "OPEN")
    page = signed_in(Role.EL_FINANCIEEL, facility=brug).page("/start")
    assert page.links()["Vul een standaard bankrekeningnummer in"] == "/organisatie/bankgegevens"
    assert "Vul uw certificaten aan" not in page.links()
    assert "Vraag dit aan een collega met de rol ‘Beheer privacygevoelige gegevens’." in page.text
    assert "kwartaal 2023 indienen" not in page.text
    assert items(page, "Termijnen om te weten") == []
    assert "Kwartalen en termijnen ziet u enkel met de rol" in page.text


def test_tasks_are_of_the_own_facility_only(database: Any) -> None:
    brug, other = ready(), organisations.facility(entry_from="2023K3")
    for quarter in ("2023K3", "2023K4", "2024K1", "2024K2"):
        declarations.dossier(brug, quarter, "CLOSED")
    declarations.dossier(other, "2023K3", "OPEN")
    assert todo(brug) == []


def test_nobody_else_has_tasks_of_a_facility(database: Any) -> None:
    for who in (actors.case_manager(), actors.helpdesk(), actors.actor(facility=organisations.facility())):
        with pytest.raises(Forbidden):
            facility_tasks(who)


def test_a_case_manager_sees_what_waits(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    for quarter, status in (("2023K3", "OPEN"), ("2023K4", "OPEN"), ("2024K1", "AUDIT"), ("2024K2", "CLOSED")):
        declarations.dossier(brug, quarter, status)
    page = signed_in(actor=actors.case_manager()).page("/start")
    assert items(page, "Wat ligt er?") == [
        "Berichten die op uw antwoord wachten 0",
        "Ongelezen berichten 0",
        "Aanvragen tot heropening te beslissen 0",
        "Gegevens die gewist zullen worden 0",
        "E-mails die niet vertrokken 0",
        "Dossiers in audit 1",
        "Open dossiers 2",
        "Afgesloten dossiers 1",
        "Geblokkeerde dossiers 0",
    ]
    assert page.links()["Dossiers in audit"] == "/beheer/dossiers/?status=AUDIT"
    assert page.links()["Beheer"] == "/beheer/"


def test_counts_stop_at_the_cap(signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """A million dossiers are not counted to be shown as a number."""
    monkeypatch.setattr(listing, "CAP", 1)
    brug = organisations.facility()
    for quarter in ("2023K3", "2023K4"):
        declarations.dossier(brug, quarter, "OPEN")
    page = signed_in(actor=actors.case_manager()).page("/start")
    assert "Open dossiers meer dan 1" in items(page, "Wat ligt er?")


def test_the_helpdesk_gets_the_look_up(signed_in: SignedIn) -> None:
    page = signed_in(actor=actors.helpdesk()).page("/start")
    assert page.links()["Opzoeken"] == "/beheer/opzoeken/"
    assert "Dossiers in audit" not in page.text


@pytest.mark.parametrize(
    ("role", "href"),
    [
        (Role.EC_BEHEERDER, "/econtracting/"),
        (Role.EC_GEBRUIKER, "/econtracting/"),
        (Role.EC_AB_BEHANDELAAR, "/beheer/opdrachten/"),
    ],
)
def test_contractors_and_authorities_go_to_their_contracts(role: Role, href: str, signed_in: SignedIn) -> None:
    who = actors.actor(role)
    contracting.organisation(who.side, who.organisation_key, who.organisation_name)
    page = signed_in(actor=who).page("/start")
    assert next(link for label, link in page.links().items() if label.startswith("e-Contracting")) == href
    assert "0 opdrachten" in page.text
    assert "U hebt nog geen rol" not in page.text


def test_the_tile_of_econtracting_tells_what_waits(signed_in: SignedIn) -> None:
    an, karim = contracting.manager(), contracting.user()
    contract = contracting.public_contract()
    contracting.public_contract()
    contracting.group(members=[karim], contracts=[contract])
    with transaction.unit_of_work():
        contract_actions.open(contract, ActionType.MAKE_CLAIM)
    client = contracting.sign_in(signed_in(actor=an.actor), an)
    assert "2 opdrachten · 1 actie wacht op u · 1 zonder groep" in client.page("/start").text
    client = contracting.sign_in(signed_in(actor=karim.actor), karim)
    assert "1 opdracht · 1 actie wacht op u" in client.page("/start").text


def test_a_contractor_finds_the_most_urgent_tasks_of_all_contracts_first(signed_in: SignedIn) -> None:
    karim, stranger = contracting.user(), contracting.user()
    first, second = contracting.public_contract(), contracting.public_contract()
    contracting.group(members=[karim], contracts=[first, second])
    with transaction.unit_of_work():
        contract_actions.open(first, ActionType.MAKE_CLAIM)
        contract_actions.open(second, ActionType.SEND_INVOICE)
    tasks = (
        contracting.sign_in(signed_in(actor=karim.actor), karim).page("/start").text.partition("Wat moet u doen?")[2]
    )
    assert -1 < tasks.index("Factuur indienen") < tasks.index("Schuldvordering opmaken")
    assert "Wat moet u doen?" not in contracting.sign_in(signed_in(actor=stranger.actor), stranger).page("/start").text


def test_e007_without_a_role_the_six_steps(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    page = signed_in(actor=actors.actor(facility=brug)).page("/start")
    assert "U hebt nog geen rol" in page.text
    assert len(page.all("//main//ol/li")) == 6
    for text in ("Beheer privacygevoelige gegevens", "Beheer financiële gegevens", "De hoofdtoegangsbeheerder"):
        assert text in page.text
    assert page.links()["Mijn organisatie"] == "/organisatie/"
    assert "eCalcura" not in page.links()


@pytest.mark.parametrize("side", [Side.CONTRACTOR, Side.AUTHORITY, Side.DEPARTMENT, Side.HELPDESK])
def test_e007_without_a_role_on_another_side(side: Side, signed_in: SignedIn) -> None:
    who = Actor(1, side, "0999000129", "Voorbeeld", "Sam Voorbeeld")
    page = signed_in(actor=who).page("/start")
    assert "U hebt nog geen rol" in page.text
    assert "Mijn organisatie" not in page.links()
    assert not [label for label in page.links() if label.startswith("e-Contracting")]
