"""The tab *Historiek* (E-140 to E-142, 10.1, A-22, A-35, N-9, N-10)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest

from domain.actor import SCHEDULER
from domain.ecalcura.calculation_states import CalculationKind
from domain.errors import Forbidden
from domain.permissions import Role
from models.all import db
from models.letter import Letter
from models.organisation import Facility
from models.payment import PaymentLine
from services import transaction
from services.ecalcura import history, letters
from tests.factories import actors, organisations, reference
from tests.factories import letters as made
from tests.factories.database import change
from tests.integration.organisation.traces import trace
from tests.pages.page import Page, words
from tests.support.sign_in import SignedIn

At = Callable[[str], datetime]
PAGE = "/ecalcura/historiek/"
COLUMNS = [
    "Referentieperiode",
    "Type betaling",
    "Berekend",
    "Datum berekend",
    "Datum betaling",
    "Betaald",
    "Memodatum",
    "RC voor",
    "RC na",
    "IBAN",
    "Bericht",
]
IBAN = "BE62510007547061"


@pytest.fixture
def brug(database: object) -> Facility:
    reference.code_lists()
    facility = organisations.facility(name="PVT De Brug")
    organisations.bank_account(facility, iban=IBAN)
    return facility


def make(of: Facility, kind: CalculationKind, amount: str, period: str = "2023-2024") -> Letter:
    calculation = made.communicated(of, kind, period, amount=amount)
    with transaction.unit_of_work():
        return letters.for_calculation(SCHEDULER, calculation)


def rows(page: Page) -> list[list[str]]:
    """The cells of every line, in the order of the page; without the links to the explanation."""
    for link in page.all("//a[contains(@class, 'history-line__why')]"):
        link.drop_tree()
    lines = page.all("//table[contains(@class, 'history-table')]/tbody/tr")
    return [[words(cell) for cell in line.xpath("./th|./td")] for line in lines]


def totals(page: Page) -> list[str]:
    lines = page.all("//table[contains(@class, 'history-table')]/tfoot/tr")
    return [" ".join(filter(None, (words(cell) for cell in line.xpath("./td")))) for line in lines]


def test_e140_the_columns_stand_in_the_order_of_the_manual(brug: Facility, signed_in: SignedIn) -> None:
    make(brug, CalculationKind.ADVANCE_1, "16000.00")
    page = signed_in(Role.EL_PRIVACY, facility=brug).page(PAGE)
    assert [words(cell) for cell in page.all("//table[contains(@class, 'history-table')]/thead//th")] == COLUMNS


def test_e141_example_4_advances_negative_settlement_and_the_current_account(
    brug: Facility, signed_in: SignedIn, at: At
) -> None:
    at("2024-01-10T10:00:00+01:00")
    make(brug, CalculationKind.ADVANCE_1, "16000.00")
    at("2024-07-10T10:00:00+02:00")
    make(brug, CalculationKind.ADVANCE_2, "16000.00")
    at("2024-12-01T10:00:00+01:00")
    make(brug, CalculationKind.DEFINITIVE, "28735.42")
    make(brug, CalculationKind.ADVANCE_1, "11494.17", "2024-2025")
    page = signed_in(Role.EL_FINANCIEEL, facility=brug).page(PAGE)
    wanted = [
        ("2024-2025", "Voorschot 1", "€ 11.494,17", "€ 8.229,59", "€ 3.264,58", "€ 0,00"),
        ("2023-2024", "Voorschot 1", "€ 16.000,00", "€ 16.000,00", "€ 0,00", "€ 0,00"),
        ("2023-2024", "Voorschot 2", "€ 16.000,00", "€ 16.000,00", "€ 0,00", "€ 0,00"),
        ("2023-2024", "Eindafrekening", "\N{MINUS SIGN} € 3.264,58", "€ 0,00", "€ 0,00", "€ 3.264,58"),
    ]
    assert [(row[0], row[1], row[2], row[5], row[7], row[8]) for row in rows(page)] == wanted
    assert totals(page)[1] == "Totaal 2023-2024 € 28.735,42 € 32.000,00"


def test_n10_payment_date_is_the_communication_and_memo_date_is_the_money(
    brug: Facility, signed_in: SignedIn, at: At
) -> None:
    at("2024-12-02T10:00:00+01:00")
    make(brug, CalculationKind.DEFINITIVE, "1000.00")
    client = signed_in(Role.EL_PRIVACY, facility=brug)
    line = rows(client.page(PAGE))[0]
    assert (line[4], line[6], line[9]) == ("2 december 2024", "voorzien op 31 januari 2025", "–")
    change(db.session.query(PaymentLine).one(), value_date=date(2025, 1, 30), iban=IBAN)
    page = client.page(PAGE)
    line = rows(page)[0]
    assert (line[4], line[6], line[9]) == ("2 december 2024", "30 januari 2025", "BE62 5100 0754 7061")
    assert "Dat is niet de dag waarop u het geld kreeg" in page.text


def test_a35_the_provisional_line_has_no_payment_and_counts_until_the_definitive_one(
    brug: Facility, signed_in: SignedIn, at: At
) -> None:
    at("2024-07-10T10:00:00+02:00")
    make(brug, CalculationKind.ADVANCE_1, "400.00")
    at("2024-10-16T10:00:00+02:00")
    make(brug, CalculationKind.PROVISIONAL, "1000.00")
    page = signed_in(Role.EL_PRIVACY, facility=brug).page(PAGE)
    line = rows(page)[1]
    assert line[1] == "Voorlopige berekening voorlopig"
    assert (line[2], line[5], line[7], line[8]) == ("€ 1.000,00", "–geen betaling", "–", "–")
    assert totals(page) == ["Totaal 2023-2024, voorlopig € 1.000,00 € 400,00"]
    at("2024-12-01T10:00:00+01:00")
    make(brug, CalculationKind.DEFINITIVE, "900.00")
    page = signed_in(Role.EL_PRIVACY, facility=brug).page(PAGE)
    assert rows(page)[1][1] == "Voorlopige berekening telt niet meer mee"
    assert totals(page) == ["Totaal 2023-2024 € 900,00 € 900,00"]


def test_a_newer_provisional_calculation_takes_the_place_of_the_older_one(
    brug: Facility, signed_in: SignedIn, at: At
) -> None:
    at("2024-10-16T10:00:00+02:00")
    make(brug, CalculationKind.PROVISIONAL, "1000.00")
    at("2024-10-20T10:00:00+02:00")
    make(brug, CalculationKind.PROVISIONAL, "1100.00")
    page = signed_in(Role.EL_PRIVACY, facility=brug).page(PAGE)
    assert [row[1].removeprefix("Voorlopige berekening ") for row in rows(page)] == ["vervangen", "voorlopig"]
    assert totals(page) == ["Totaal 2023-2024, voorlopig € 1.100,00 € 0,00"]


def test_without_anything_the_page_says_what_will_come(brug: Facility, signed_in: SignedIn) -> None:
    page = signed_in(Role.EL_PRIVACY, facility=brug).page(PAGE)
    assert "Er zijn nog geen berekeningen of betalingen" in page.text
    assert page.all("//table") == []


def test_e142_the_letter_of_a_line_is_a_file_that_can_run_nothing(brug: Facility, signed_in: SignedIn) -> None:
    letter = make(brug, CalculationKind.DEFINITIVE, "1000.00")
    client = signed_in(Role.EL_PRIVACY, facility=brug)
    href = client.page(PAGE).find("//a[contains(., 'Brief (PDF)')]").get("href")
    response = client.get(href)
    assert (response.status_code, response.mimetype, response.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    name = f"brief-definitief-{brug.hco_number}-2023-2024-{letter.reference}.pdf"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_letter_of_another_facility_does_not_exist(brug: Facility, signed_in: SignedIn) -> None:
    letter = make(brug, CalculationKind.DEFINITIVE, "1000.00")
    stranger = signed_in(Role.EL_PRIVACY, Role.EL_FINANCIEEL, facility=organisations.facility())
    assert stranger.get(f"{PAGE}bericht/{letter.reference}").status_code == 404
    assert stranger.get(f"{PAGE}bericht/{'x' * 16}").status_code == 404


def test_e008_a_letter_with_lines_per_person_is_for_who_may_see_the_staff(brug: Facility, signed_in: SignedIn) -> None:
    """Golden test 10: who has the financial role only sees the amounts, and the letter of an advance."""
    advance = make(brug, CalculationKind.ADVANCE_1, "400.00").reference
    definitive = make(brug, CalculationKind.DEFINITIVE, "1000.00").reference
    ines, bram = (signed_in(role, facility=brug) for role in (Role.EL_FINANCIEEL, Role.EL_PRIVACY))
    assert [ines.get(f"{PAGE}bericht/{one}").status_code for one in (advance, definitive)] == [200, 403]
    assert [bram.get(f"{PAGE}bericht/{one}").status_code for one in (advance, definitive)] == [200, 200]
    assert len(ines.page(PAGE).all("//a[contains(., 'Brief (PDF)')]")) == 1
    assert len(bram.page(PAGE).all("//a[contains(., 'Brief (PDF)')]")) == 2


def test_letters_without_a_calculation_are_listed_too(brug: Facility, signed_in: SignedIn) -> None:
    reference.reference_period()
    with transaction.unit_of_work():
        letters.for_not_submitted(SCHEDULER, brug, "2023-2024", made.quarters("2024K2"))
    page = signed_in(Role.EL_PRIVACY, facility=brug).page(PAGE)
    assert "Niet-ingediende kwartalen van referentieperiode 2023-2024" in page.text


def test_n9_what_is_still_owed_is_said_in_words(brug: Facility, signed_in: SignedIn) -> None:
    make(brug, CalculationKind.ADVANCE_1, "400.00")
    make(brug, CalculationKind.DEFINITIVE, "300.00")
    page = signed_in(Role.EL_PRIVACY, facility=brug).page(PAGE)
    assert "te veel ontvangen (RC na)" in words(page.find("//div[@role='note']"))
    assert "€ 100,00" in words(page.find("//div[@role='note']"))


def test_the_plot_has_a_column_for_each_period_and_its_numbers_beside_it(brug: Facility, signed_in: SignedIn) -> None:
    for period, amount in (("2022-2023", "500.00"), ("2023-2024", "1000.00")):
        make(brug, CalculationKind.DEFINITIVE, amount, period)
    page = signed_in(Role.EL_PRIVACY, facility=brug).page(PAGE)
    heights = [rect.get("height") for rect in page.all("//*[name()='rect'][contains(@class, '--calculated')]")]
    assert heights == ["50.00", "100.00"]
    table = page.find("//table[contains(@class, 'year-table')]")
    assert [" ".join(words(cell) for cell in row) for row in table.xpath("./tbody/tr")] == [
        "2023-2024 € 1.000,00 € 1.000,00",
        "2022-2023 € 500,00 € 500,00",
    ]


def test_why_an_amount_is_what_it_is_opens_from_its_line_for_who_may_see_the_staff(
    brug: Facility, signed_in: SignedIn
) -> None:
    make(brug, CalculationKind.ADVANCE_1, "400.00")
    letter = make(brug, CalculationKind.DEFINITIVE, "1000.00")
    client = signed_in(Role.EL_PRIVACY, facility=brug)
    link = client.page(PAGE).find("//a[contains(@class, 'history-line__why')]")
    assert words(link) == "Waarom dit bedrag? Eindafrekening 2023-2024"
    assert client.get(link.get("href")).status_code == 200
    assert letter.calculation_id is not None
    page = signed_in(Role.EL_FINANCIEEL, facility=brug).page(PAGE)
    assert page.all("//a[contains(@class, 'history-line__why')]") == []


def test_the_helpdesk_sees_the_end_of_an_account_only_and_leaves_a_trace(brug: Facility) -> None:
    make(brug, CalculationKind.DEFINITIVE, "1000.00")
    change(db.session.query(PaymentLine).one(), iban=IBAN)
    for who, shown in ((actors.helpdesk(), "BE•• •••• •••• 7061"), (actors.case_manager(), "BE62 5100 0754 7061")):
        with transaction.unit_of_work():
            found = history.of_facility(who, brug.hco_number)
        assert found.periods[0].lines[0].iban == shown
        event, key, data = trace()
        assert (event, key) == ("backoffice.amount_viewed", brug.hco_number)
        assert data == {"calculation": "history", "as": who.side.value, "concerns": [brug.hco_number]}


def test_a_facility_reads_its_own_history_only(brug: Facility) -> None:
    clerk = actors.facility_user(brug)
    assert history.own(clerk).owed == Decimal("0.00")
    with pytest.raises(Forbidden):
        history.of_facility(clerk, brug.hco_number)
