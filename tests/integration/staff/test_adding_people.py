"""'Personeelslid toevoegen' without JavaScript: stack numbers, add all of them or nobody (E-066, V-01 to V-05)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest

from integrations.person_register import Answer, RegisterDown, RegisteredPerson
from models.audit import AuditEntry
from models.organisation import Facility
from models.personnel import RegisterLookup, Source, StaffMember
from services import connections
from tests.factories import organisations, personnel
from tests.factories.numbers import national_number
from tests.integration.staff.scene import LIST, file_of, messages, rows
from tests.pages.page import Page
from tests.support.client import Client
from tests.support.sign_in import SignedIn

ADD = f"{LIST}/toevoegen"
KNOWN = national_number(date(1965, 11, 20), 501)
SECOND = national_number(date(1970, 3, 14), 502)
UNKNOWN = national_number(date(1970, 3, 14), 996)
PROTECTED = national_number(date(1970, 3, 14), 995)


def stack(client: Client, *numbers: str, page: Page | None = None) -> Page:
    """Type numbers one by one, each with the button '+'."""
    page = page or client.page(ADD)
    for number in numbers:
        page = client.submit(page, {"national_number": number}, form="personeelsleden", button="Klaarzetten")
    return page


def stacked(page: Page) -> list[str]:
    """The numbers that stand ready."""
    return [item.get("value") for item in page.all("//input[@name='numbers']")]


def test_e025_the_name_is_fetched_for_every_number_on_the_stack(clerk: Client) -> None:
    page = stack(clerk, KNOWN, SECOND)
    assert stacked(page) == [KNOWN, SECOND]
    names = [" ".join(item.text_content().split()) for item in page.all("//ul[@class='stacked-list']//strong")]
    assert len(names) == 2
    assert all(names)
    assert rows(StaffMember) == []


def test_e066_everybody_is_added_in_one_go(clerk: Client, brug: Facility) -> None:
    page = clerk.submit(stack(clerk, KNOWN, SECOND), form="personeelsleden", button="Toevoegen")
    assert messages(page) == [
        "Gelukt: 2 medewerkers zijn toegevoegd. Klik op een rijksregisternummer voor het contract."
    ]
    added = rows(StaffMember)
    assert [row.national_number for row in added] == [KNOWN, SECOND]
    assert {row.source for row in added} == {Source.REGISTER}
    assert added[0].birth_date == date(1965, 11, 20)
    assert added[0].facility_id == brug.id
    assert added[0].search_name
    assert [row[0] for row in page.table()[1:]] in (
        [f"{KNOWN[:2]}.11.20-501.{KNOWN[9:]}", f"{SECOND[:2]}.03.14-502.{SECOND[9:]}"],
        [f"{SECOND[:2]}.03.14-502.{SECOND[9:]}", f"{KNOWN[:2]}.11.20-501.{KNOWN[9:]}"],
    )


def test_a_number_that_was_typed_but_not_stacked_is_added_too(clerk: Client) -> None:
    clerk.submit(
        clerk.page(ADD), {"national_number": "65.11.20-501." + KNOWN[9:]}, form="personeelsleden", button="Toevoegen"
    )
    assert [row.national_number for row in rows(StaffMember)] == [KNOWN]


def test_several_numbers_pasted_at_once(clerk: Client) -> None:
    page = stack(clerk, f"{KNOWN}; {SECOND}, {UNKNOWN}")
    assert stacked(page) == [KNOWN, SECOND]
    assert page.field("national_number").get("value") == UNKNOWN


REFUSED = {
    "V-01": ("65.11.20-997.3", "Het rijksregisternummer moet uit 11 cijfers bestaan."),
    "V-02": ("65.11.20-997.38", "Dit rijksregisternummer is niet geldig: het controlegetal klopt niet."),
    "V-03 month": (
        "65132099752",
        "Dit rijksregisternummer is niet geldig: de geboortedatum of het volgnummer klopt niet.",
    ),
    "V-03 serial": (
        national_number(date(1965, 11, 20), 999),
        "Dit rijksregisternummer is niet geldig: de geboortedatum of het volgnummer klopt niet.",
    ),
    "V-04": (UNKNOWN, "Er werd geen persoon gevonden met dit rijksregisternummer."),
    "V-04 protected": (PROTECTED, "Er werd geen persoon gevonden met dit rijksregisternummer."),
}


@pytest.mark.parametrize("rule", REFUSED)
def test_a_wrong_number_is_told_at_the_field_and_stays_typed(rule: str, clerk: Client) -> None:
    """V-01 to V-04; what stands on the stack stays there."""
    number, message = REFUSED[rule]
    if rule == "V-03 month":
        base = "651320997"
        number = f"{base}{97 - int(base) % 97:02d}"
    page = stack(clerk, KNOWN, number)
    assert page.status == 422
    assert message in page.field_error("national_number")
    assert page.errors == [message]
    assert page.field("national_number").get("value") == number
    assert stacked(page) == [KNOWN]


def test_unknown_and_protected_get_the_very_same_page(clerk: Client) -> None:
    """The register is a name oracle: that somebody exists but is protected must not show."""
    unknown = stack(clerk, UNKNOWN).response.get_data(as_text=True)
    protected = stack(clerk, PROTECTED).response.get_data(as_text=True)

    def comparable(text: str, number: str) -> list[str]:
        return [line for line in text.replace(number, "#").splitlines() if "nonce" not in line and "csrf" not in line]

    assert comparable(unknown, UNKNOWN) == comparable(protected, PROTECTED)
    assert [row.outcome for row in rows(RegisterLookup)] == ["UNKNOWN", "PROTECTED"]


def test_v05_twice_on_the_stack(clerk: Client) -> None:
    page = stack(clerk, KNOWN, KNOWN)
    assert page.errors == ["Deze medewerker staat al in de personeelslijst."]
    assert stacked(page) == [KNOWN]


def test_v05_already_in_the_list_of_this_facility_costs_no_look_up(clerk: Client, kim: StaffMember) -> None:
    page = stack(clerk, kim.national_number)
    assert page.errors == ["Deze medewerker staat al in de personeelslijst."]
    assert rows(RegisterLookup) == []


def test_v05_does_not_look_at_other_facilities(clerk: Client) -> None:
    personnel.staff_member(organisations.facility(), national_number=KNOWN)
    assert stacked(stack(clerk, KNOWN)) == [KNOWN]


def test_all_or_nothing_with_the_reason_at_the_number(clerk: Client, brug: Facility) -> None:
    """A colleague added one of them meanwhile."""
    page = stack(clerk, KNOWN, SECOND)
    personnel.staff_member(brug, national_number=SECOND)
    page = clerk.submit(page, form="personeelsleden", button="Toevoegen")
    assert page.status == 422
    assert any(error.endswith("Deze medewerker staat al in de personeelslijst.") for error in page.errors)
    wrong = page.find("//li[contains(@class, 'stacked-list__item--error')]")
    assert wrong.xpath(".//input")[0].get("value") == SECOND
    assert [row.national_number for row in rows(StaffMember)] == [SECOND]
    page = clerk.submit(page, form="personeelsleden", button=SECOND)
    assert stacked(page) == [KNOWN]
    clerk.submit(page, form="personeelsleden", button="Toevoegen")
    assert {row.national_number for row in rows(StaffMember)} == {KNOWN, SECOND}


def test_nothing_to_add_says_so(clerk: Client) -> None:
    page = clerk.submit(clerk.page(ADD), form="personeelsleden", button="Toevoegen")
    assert page.errors == ["Vul minstens één rijksregisternummer in."]


def test_the_name_on_the_page_is_for_the_eye_only(clerk: Client) -> None:
    page = stack(clerk, KNOWN)
    clerk.submit(page, {f"name-{KNOWN}": "Iemand Anders"}, form="personeelsleden", button="Toevoegen")
    assert rows(StaffMember)[0].last_name != "Anders"


class _Down:
    def find(self, national_number: str) -> tuple[Answer, RegisteredPerson | None]:
        raise RegisterDown


def test_register_down_is_told_and_nothing_typed_is_lost(clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    page = stack(clerk, KNOWN)
    monkeypatch.setattr(connections.connections(), "register", _Down())
    page = stack(clerk, SECOND, page=page)
    assert page.status == 503
    assert page.errors == [
        "Het rijksregister antwoordt nu niet. Wat u invulde, staat hier nog. Probeer het over enkele minuten opnieuw."
    ]
    assert (stacked(page), page.field("national_number").get("value")) == ([KNOWN], SECOND)
    page = clerk.submit(page, {"national_number": ""}, form="personeelsleden", button="Toevoegen")
    assert page.status == 503
    assert stacked(page) == [KNOWN]
    assert rows(StaffMember) == []
    assert [row.outcome for row in rows(RegisterLookup)] == ["FOUND", "DOWN", "DOWN"]


def test_every_look_up_is_logged_without_the_number(clerk: Client) -> None:
    clerk.submit(stack(clerk, KNOWN, UNKNOWN), {"national_number": ""}, form="personeelsleden", button="Toevoegen")
    logged = rows(RegisterLookup)
    assert [(row.purpose, row.outcome) for row in logged] == [
        ("NAAM_TONEN", "FOUND"),
        ("NAAM_TONEN", "UNKNOWN"),
        ("PERSONEELSLID_TOEVOEGEN", "FOUND"),
    ]
    assert {row.account_id for row in logged} == {clerk.actor.account_id}
    assert {row.organisation_key for row in logged} == {clerk.actor.organisation_key}
    assert all(KNOWN not in row.number_digest and len(row.number_digest) == 64 for row in logged)
    entries = rows(AuditEntry)
    assert [entry.event for entry in entries] == ["staff.looked_up"] * 3 + ["staff.added"]
    assert not [entry for entry in entries if KNOWN in entry.data or KNOWN in entry.subject_key]


def test_a_look_up_is_logged_also_when_nobody_is_added(clerk: Client) -> None:
    """The log survives the refusal, or trying numbers would cost nothing."""
    clerk.post(ADD, data={"numbers": [KNOWN, UNKNOWN]})
    assert rows(StaffMember) == []
    assert sorted(row.outcome for row in rows(RegisterLookup)) == ["FOUND", "UNKNOWN"]


def test_quota_of_a_person(clerk: Client, signed_in: SignedIn, brug: Facility, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same number twice counts once; the next one is refused until tomorrow, for this person only."""
    _limit(monkeypatch, register_quota_person=2)
    page = stack(clerk, KNOWN, UNKNOWN)
    page = stack(clerk, KNOWN, page=clerk.page(ADD))
    assert stacked(page) == [KNOWN]
    page = stack(clerk, SECOND, page=page)
    assert page.status == 429
    message = (
        "U hebt vandaag het maximum van 2 opgezochte personen bereikt. "
        "Vanaf 17 september 2024 kunt u opnieuw personen opzoeken."
    )
    assert page.errors == [message]
    assert (stacked(page), page.field("national_number").get("value")) == ([KNOWN], SECOND)
    colleague = signed_in("EL_PRIVACY", facility=brug)
    assert stacked(stack(colleague, SECOND)) == [SECOND]


def test_quota_of_an_organisation(
    clerk: Client, signed_in: SignedIn, brug: Facility, monkeypatch: pytest.MonkeyPatch
) -> None:
    _limit(monkeypatch, register_quota_organisation=1)
    stack(clerk, KNOWN)
    page = stack(signed_in("EL_PRIVACY", facility=brug), SECOND)
    assert page.status == 429
    message = (
        "Uw organisatie heeft vandaag het maximum van 1 opgezochte personen bereikt. "
        "Vanaf 17 september 2024 kunt u opnieuw personen opzoeken."
    )
    assert page.errors == [message]


def test_quota_begins_anew_at_midnight_in_brussels(
    signed_in: SignedIn, brug: Facility, at: Callable[[str], datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    _limit(monkeypatch, register_quota_organisation=1)
    at("2024-09-16T23:59:59+02:00")
    clerk = signed_in("EL_PRIVACY", facility=brug)
    stack(clerk, KNOWN)
    assert stack(clerk, SECOND).status == 429
    at("2024-09-17T00:00:00+02:00")
    assert stacked(stack(clerk, SECOND)) == [SECOND]


def test_adding_beyond_the_quota_asks_the_register_nothing(clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    _limit(monkeypatch, register_quota_person=1)
    answer = clerk.post(ADD, data={"numbers": [KNOWN, SECOND]})
    assert answer.status_code == 429
    assert rows(RegisterLookup) == []
    assert rows(StaffMember) == []


def _limit(monkeypatch: pytest.MonkeyPatch, **limits: int) -> None:
    monkeypatch.setattr(connections.connections(), "settings", replace(connections.connections().settings, **limits))


def test_e068_a_person_without_data_can_be_removed(clerk: Client, kim: StaffMember) -> None:
    page = clerk.page(file_of(kim))
    assert "Personeelslid verwijderen" in page.links()
    page = clerk.submit(clerk.page(file_of(kim, "/verwijderen")))
    assert messages(page) == ["Gelukt: Kim Peeters is uit de personeelslijst verwijderd."]
    assert rows(StaffMember) == []
    assert [entry.event for entry in rows(AuditEntry)] == ["staff.removed"]


@pytest.mark.parametrize("what", ["contract", "choice"])
def test_v07_a_person_with_data_cannot_be_removed(what: str, clerk: Client, kim: StaffMember) -> None:
    {"contract": personnel.contract, "choice": personnel.choice}[what](kim)
    assert "Personeelslid verwijderen" not in clerk.page(file_of(kim)).links()
    page = clerk.submit(clerk.page(file_of(kim, "/verwijderen")))
    assert page.errors == ["Deze medewerker kan niet verwijderd worden: er zijn al contract- of eindeloopbaangegevens."]
    assert len(rows(StaffMember)) == 1
