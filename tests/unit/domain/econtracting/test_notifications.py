"""Who hears of what (part 8): desired addresses only, the nearest level, each address once."""

from __future__ import annotations

from dataclasses import replace

from domain.econtracting.notifications import (
    COMPANY_ONLY,
    DEFAULTS,
    KNOWN,
    NO_EVENTS,
    Address,
    NotificationEvent,
    check_address,
    recipients,
)

E = NotificationEvent
COMPANY = Address("loket@wegenbouw.example.be", DEFAULTS)
OWN = Address("werf7@wegenbouw.example.be", DEFAULTS, contract="7")
PAYMENTS = Address("facturen@wegenbouw.example.be", DEFAULTS, theme="BETALINGEN")


def emails(*addresses: Address, event: E = E.NEW_DOCUMENT, contract: str = "7", theme: str | None = None) -> list[str]:
    return [one.email for one in recipients(addresses, event, contract, theme)]


def test_a40_the_addresses_of_the_contract_go_before_those_of_the_company() -> None:
    assert emails(COMPANY, OWN) == [OWN.email]
    assert emails(COMPANY, OWN, contract="8") == [COMPANY.email]


def test_c055_a_new_contract_is_told_to_the_company() -> None:
    assert emails(COMPANY, OWN, event=E.NEW_CONTRACT) == [COMPANY.email]


def test_an_address_with_a_theme_follows_that_theme_only() -> None:
    assert emails(PAYMENTS, theme="BETALINGEN") == [PAYMENTS.email]
    assert emails(PAYMENTS, theme="UITVOERING") == []
    assert emails(replace(OWN, theme="UITVOERING"), COMPANY, theme="BETALINGEN") == [COMPANY.email]


def test_a40_one_mail_for_an_address_however_it_is_written() -> None:
    assert emails(COMPANY, replace(COMPANY, email="Loket@Wegenbouw.example.BE")) == [COMPANY.email]


def test_a40_the_preferences_of_the_nearest_row_decide() -> None:
    silent = replace(COMPANY, theme="BETALINGEN", events=frozenset({E.NEW_MESSAGE}))
    assert emails(COMPANY, silent, theme="BETALINGEN") == []
    assert emails(COMPANY, silent, theme="UITVOERING") == [COMPANY.email]


def test_a40_an_address_that_cannot_be_used_hides_no_other() -> None:
    assert emails(replace(OWN, usable=False), COMPANY) == [COMPANY.email]
    assert emails(replace(COMPANY, usable=False)) == []


def test_preferences_are_respected_per_event() -> None:
    silent = replace(COMPANY, events=DEFAULTS - {E.NEW_MESSAGE})
    assert emails(silent, event=E.NEW_MESSAGE) == []
    assert emails(silent, event=E.NEW_DOCUMENT) == [COMPANY.email]


def test_what_is_wrong_with_an_address() -> None:
    def told(new: Address, *others: Address) -> list[str]:
        return [finding.message for finding in check_address(new, others)]

    assert told(COMPANY, OWN) == []
    assert told(replace(COMPANY, events=frozenset())) == [NO_EVENTS]
    assert told(replace(COMPANY, email=COMPANY.email.upper()), COMPANY) == [KNOWN]
    assert told(OWN) == [COMPANY_ONLY]
    assert told(replace(OWN, events=frozenset({E.NEW_DOCUMENT}))) == []
