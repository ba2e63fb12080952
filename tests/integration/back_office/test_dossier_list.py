"""The list of dossiers: search, filters, counts, pages, order; and that no address is an error."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask

from domain.ecalcura.risk import RiskKind, RiskReason
from models.all import db
from models.declaration import Dossier
from services import clock, listing
from services.ecalcura import case_queries
from services.ecalcura.case_criteria import Criteria
from services.listing import Position
from tests.factories import actors, declarations, organisations
from tests.factories.database import save
from tests.integration.back_office.conftest import World
from tests.support.client import Client
from tests.support.sign_in import SignedIn

QUARTERS = [f"{year}K{number}" for year in range(2000, 2025) for number in (1, 2, 3, 4)]


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that read or write tables while it is open."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, _parameters, _context, _many) -> None:
        if not re.match(r"\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|PRAGMA|SET)", statement):
            seen.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def many(world: World) -> list[Dossier]:
    """Ninety more dossiers of one facility, each changed a minute before the one before."""
    moment = clock.now() - timedelta(days=30)
    declarations.dossier(world.linden, QUARTERS[0], "CLOSED", changed_at=moment)
    rows = []
    for minutes, text in enumerate(QUARTERS[1:90], start=1):
        year, number = int(text[:4]), int(text[5])
        period = f"{year}-{year + 1}" if number > 2 else f"{year - 1}-{year}"
        declarations.reference_period(period)
        rows.append(
            Dossier(
                number=f"{world.linden.hco_number}-{text}",
                facility_id=world.linden.id,
                year=year,
                quarter_number=number,
                period_code=period,
                status="CLOSED",
                opened_at=moment,
                changed_at=moment - timedelta(minutes=minutes),
                submitted_at=moment if minutes % 2 else None,
                risk=minutes * 7 % 101,
                stake=Decimal(minutes * 31 % 50) * 100,
                risk_reasons=json.dumps([RiskReason(RiskKind.FIRST, 15).plain()]),
            )
        )
    save(*rows)
    return rows


def numbers(page) -> list[str]:
    """The dossier numbers of a list."""
    return [row[1] for row in page.table()[1:]]


def test_newest_change_first(els: Client) -> None:
    assert numbers(els.page("/beheer/dossiers/")) == [
        "71000012-2023K3",
        "71000012-2023K4",
        "71000012-2024K1",
        "71000012-2024K2",
        "71000023-2024K2",
    ]


@pytest.mark.parametrize(
    ("search", "found"),
    (
        ("71000012-2024K1", ["71000012-2024K1"]),
        ("71000012-2024k1", ["71000012-2024K1"]),
        ("71000023", ["71000023-2024K2"]),
        ("0999.000.327", ["71000012-2023K3", "71000012-2023K4", "71000012-2024K1", "71000012-2024K2"]),
        ("2024K2", ["71000012-2024K2", "71000023-2024K2"]),
        ("ter linden", ["71000023-2024K2"]),
        ("LINDEN leuven", ["71000023-2024K2"]),
        ("aalst", ["71000012-2023K3", "71000012-2023K4", "71000012-2024K1", "71000012-2024K2"]),
        ("71000099-2024K1", []),
        ("bestaat niet", []),
        ("%", []),
        ("_", []),
        ("71000099", []),
    ),
)
def test_search_takes_numbers_first_and_then_words(search: str, found: list[str], els: Client) -> None:
    page = els.page("/beheer/dossiers/", query_string={"zoek": search})
    assert (numbers(page) if found else page.all("//main//tbody/tr")) == found
    assert "Zoekterm" in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    (
        ("status=AUDIT", ["71000012-2023K4"]),
        ("kwartaal=2024K2", ["71000012-2024K2", "71000023-2024K2"]),
        ("periode=2023-2024&status=OPEN", ["71000012-2024K2", "71000023-2024K2"]),
        ("sector=REVALIDATIE", ["71000023-2024K2"]),
        ("sector=MBE", []),
        ("voorziening=71000012&status=CLOSED", ["71000012-2023K3"]),
        ("voorziening=brug&kwartaal=2024K2", ["71000012-2024K2"]),
        ("zoek=linden&voorziening=brug", []),
        ("zoek=2024K1&kwartaal=2024K2", []),
    ),
)
def test_filters_combine_and_stay_in_the_address(query: str, found: list[str], els: Client) -> None:
    page = els.page(f"/beheer/dossiers/?{query}")
    assert (numbers(page) if found else page.all("//main//tbody/tr")) == found
    chips = page.all("//*[contains(@class, 'filter-bar__active')]//a[contains(@class, 'chip')]")
    assert len(chips) == query.count("=")
    without = [link.get("href") for link in chips]
    assert all(link.startswith("/beheer/dossiers/") for link in without)


def test_tabs_count_each_status_within_the_other_filters(els: Client) -> None:
    page = els.page("/beheer/dossiers/?kwartaal=2024K2")
    tabs = [" ".join(tab.text_content().split()) for tab in page.all("//main//nav[@aria-label='Status']//a")]
    assert tabs == ["Alle (2)", "Open (2)", "Afgesloten (0)", "Audit (0)", "Geblokkeerd (0)"]
    of_one = els.page("/beheer/dossiers/?voorziening=71000012&status=AUDIT")
    tabs = [" ".join(tab.text_content().split()) for tab in of_one.all("//main//nav[@aria-label='Status']//a")]
    assert tabs == ["Alle (4)", "Open (1)", "Afgesloten (1)", "Audit (1)", "Geblokkeerd (1)"]


@pytest.mark.parametrize(
    "query",
    (
        "pagina=-1",
        "pagina=0",
        "pagina=999999999",
        "pagina=99999999999999999999",
        "pagina=1e3",
        "pagina=²",
        "page=-1&page_size=0&sort=zzz&desc=x&flt0_0=bogus&flt1_99=1",
        "sorteer=zzz",
        "sorteer=-",
        "sorteer=-ingediend",
        "status=BOGUS&kwartaal=2024K9&periode=2024-2024&sector=x",
        "kwartaal=2024K1&kwartaal=2024K2",
        "na=rommel",
        "na=1~2~3",
        "na=99999999999999999999999~1",
        "voor=-1~99999999999",
        "na=%00&voor=%00&zoek=%00",
        "zoek=" + "x" * 5000,
        "zoek='%3B+DROP+TABLE+dossier--",
        "plaats=zzz",
    ),
)
def test_odd_addresses_never_give_an_error(query: str, els: Client, world: World) -> None:
    assert els.get(f"/beheer/dossiers/?{query}").status_code == 200
    assert els.get(f"/beheer/dossiers/{world.number('OPEN')}?{query}").status_code == 200
    for path in ("voorzieningen", "personeel", "mails", "logboek", "blokkeringen", "kwalificaties"):
        assert els.get(f"/beheer/{path}/?{query}").status_code == 200


def test_pages_follow_each_other_without_gap_or_double(els: Client, many: list[Dossier]) -> None:
    seen, address = [], "/beheer/dossiers/"
    for _ in range(10):
        page = els.page(address)
        seen += numbers(page)
        following = page.all("//a[@rel='next']")
        if not following:
            break
        address = following[0].get("href")
    assert len(seen) == len(set(seen)) == 95
    back = els.page(address)
    for _ in range(4):
        back = els.page(back.find("//a[@rel='prev']").get("href"))
    assert numbers(back) == seen[:20]


def test_page_numbers_work_without_cursor(els: Client, many: list[Dossier]) -> None:
    first, second = (numbers(els.page(f"/beheer/dossiers/?pagina={number}")) for number in (1, 2))
    assert len(first) == len(second) == 20
    assert not set(first) & set(second)
    assert numbers(els.page(els.page("/beheer/dossiers/").find("//a[@rel='next']").get("href"))) == second


def test_far_pages_start_at_a_milestone(app: Flask, many: list[Dossier], monkeypatch: pytest.MonkeyPatch) -> None:
    """A page far away is found without a deep OFFSET, and holds what counting rows would give."""
    monkeypatch.setattr(listing, "_STEP", 20)
    monkeypatch.setattr(listing, "_milestones", listing._milestones.__class__())
    actor = actors.case_manager()
    every = [
        row.number
        for number in range(1, 6)
        for row in case_queries.dossier_list(actor, Criteria(), Position(number)).page.rows
    ]
    assert len(every) == len(set(every)) == 95
    with statements() as seen:
        fifth = case_queries.dossier_list(actor, Criteria(), Position(5)).page
    assert [row.number for row in fifth.rows] == every[80:]
    assert len(seen) == 1
    beyond = case_queries.dossier_list(actor, Criteria(), Position(400)).page
    assert beyond.rows == ()


@pytest.mark.parametrize("key", ("nummer", "voorziening", "gewijzigd", "ingediend", "risico", "inzet"))
def test_order_turns_round(key: str, els: Client, many: list[Dossier]) -> None:
    everything = []
    for order in (key, f"-{key}"):
        found, address = [], f"/beheer/dossiers/?sorteer={order}"
        while address:
            page = els.page(address)
            found += numbers(page)
            following = page.all("//a[@rel='next']")
            address = following[0].get("href") if following else ""
        everything.append(found)
    assert len(everything[0]) == 95
    assert everything[0] == everything[1][::-1]
    if key == "nummer":
        assert everything[0] == sorted(everything[0])


def test_too_many_dossiers_keep_the_usual_order(
    els: Client, many: list[Dossier], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "CAP", 50)
    monkeypatch.setattr(case_queries, "CAP", 50)
    page = els.page("/beheer/dossiers/?sorteer=nummer")
    assert "te veel dossiers" in page.text
    assert "Meer dan 1.000 dossiers" in page.text
    assert numbers(page)[0] == "71000012-2023K3"


def test_statements_size_and_no_deep_offset(els: Client, many: list[Dossier]) -> None:
    """Three statements with session and block check; at most 25 KB (28 with reasons); no endless count or OFFSET."""
    els.page("/beheer/dossiers/")
    cases = (
        *("", "?pagina=3", "?status=CLOSED&sorteer=gewijzigd", "?kwartaal=2024K2", "?zoek=71000012-2024K1"),
        *("?sorteer=-risico", "?risico=HOOG", "?sorteer=-inzet", "?periode=2003-2004&sorteer=-risico"),
    )
    for query in cases:
        with statements() as seen:
            response = els.get(f"/beheer/dossiers/{query}")
        reading = [statement for statement in seen if "web_session" not in statement or "SELECT" in statement]
        assert len(reading) <= 3, (query, seen)
        most = 28 if "risico" in query or "inzet" in query else 25  # reasons are words
        assert len(response.data) <= most * 1024, (query, len(response.data))
        listed = next(statement for statement in seen if "dossier.number" in statement)
        for count in re.finditer(r"count\(\*\)[^()]*FROM\s*\(([^()]|\([^()]*\))*\)", listed):
            assert "LIMIT" in count[0], query
    for query in ("?zoek=linden", "?sector=REVALIDATIE", "?voorziening=brug"):
        with statements() as seen:
            els.get(f"/beheer/dossiers/{query}")
        assert len(seen) <= 4, (query, seen)
    with statements() as seen:
        els.get("/beheer/dossiers/?zoek=bestaatniet")
    assert not any("FROM dossier" in statement for statement in seen)


def plans(criteria: Criteria, position: Position) -> str:
    """How the database would read a page, in its own words."""
    chosen = case_queries.selection(criteria)
    order = listing.Order(case_queries._ORDERS[criteria.sort], criteria.descending)
    ids = chosen.shape.ids()
    reading, params = listing.place_of(ids, order, position, name="plan", params=chosen.params)
    statement = listing.paged(ids, order, reading).params(**params)
    compiled = statement.compile(db.engine, compile_kwargs={"literal_binds": True})
    prefix = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "
    with db.engine.connect() as connection:
        if db.engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET enable_seqscan = off; SET enable_sort = off; SET enable_bitmapscan = off")
        rows = connection.exec_driver_sql(prefix + str(compiled).replace("%", "%%"))
        return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.parametrize(
    ("words", "index"),
    (
        ({}, "ix_dossier_changed"),
        ({"status": "CLOSED"}, "ix_dossier_status_changed"),
        ({"kwartaal": "2024K2"}, "ix_dossier_quarter_changed"),
        ({"kwartaal": "2024K2", "status": "OPEN"}, "ix_dossier_quarter_status_changed"),
        ({"periode": "2023-2024"}, "ix_dossier_period_changed"),
        ({"periode": "2023-2024", "status": "OPEN"}, "ix_dossier_period_status"),
        ({"zoek": "71000023"}, "ix_dossier_facility_changed"),
        ({"sorteer": "-risico"}, "ix_dossier_risk"),
        ({"risico": "HOOG"}, "ix_dossier_risk"),
        ({"status": "CLOSED", "sorteer": "-risico"}, "ix_dossier_status_risk"),
        ({"kwartaal": "2024K2", "sorteer": "-risico"}, "ix_dossier_quarter_risk"),
        ({"periode": "2023-2024", "sorteer": "-risico"}, "ix_dossier_period_risk"),
        ({"sorteer": "-inzet"}, "ix_dossier_stake"),
        ({"periode": "2023-2024", "sorteer": "-inzet"}, "ix_dossier_period_stake"),
        ({"zoek": "71000012-2024K1"}, "uq_dossier_number|ix_dossier_number|dossier_number"),
    ),
)
def test_every_page_walks_the_index_meant_for_it(
    words: dict[str, str], index: str, app: Flask, many: list[Dossier]
) -> None:
    criteria = Criteria.read(words)
    key = {"risico": "40~120000~5", "inzet": "120000~5"}.get(criteria.sort, "1726473600000000~5")
    for position in (Position(), Position(after=key), Position(before=key)):
        plan = plans(criteria, position)
        if db.engine.dialect.name == "sqlite":
            assert re.search(index + r"|sqlite_autoindex_dossier", plan), plan
            assert "TEMP B-TREE" not in plan, plan
        else:  # which of the indexes depends on how much there is; that it is one, and gives the order, does not
            assert "Index" in plan, plan
            assert "Seq Scan" not in plan, plan
            assert "Sort" not in plan, plan


def test_the_highest_risk_first_with_its_reasons_and_the_euro_at_stake(els: Client, many: list[Dossier]) -> None:
    """At the same risk the higher amount stands first."""
    page = els.page(els.page("/beheer/dossiers/").links()["Hoogste risico eerst"])
    scores = [int(row[4].split()[-1]) for row in page.table()[1:]]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] >= 95
    assert "eerste aangifte van deze voorziening" in page.table()[1][5]
    assert re.fullmatch(r"€ [\d.]+,00", page.table()[1][6])
    dossier = els.page(page.links()[page.table()[1][1]])
    assert "Waarom eerst bekijken?" in dossier.text
    following = els.page(dossier.find("//a[@rel='next']").get("href"))
    assert following.heading == f"Dossier {page.table()[2][1]}", "next is the next of this order"


def test_the_filter_on_risk_leaves_out_what_weighs_less(els: Client, many: list[Dossier]) -> None:
    high, both = els.page("/beheer/dossiers/?risico=HOOG"), els.page("/beheer/dossiers/?risico=MATIG")
    expected = [row for row in many if row.risk >= 50]
    assert f"{len(expected)} dossiers" in high.text
    assert f"{len([row for row in many if row.risk >= 20])} dossiers" in both.text
    assert all("Hoog" in row[4] for row in high.table()[1:])
    narrowed = els.page("/beheer/dossiers/?risico=HOOG&sorteer=nummer")
    assert numbers(narrowed) == sorted(row.number for row in expected)[:20]
    assert "Risico: Hoog" in narrowed.text


def test_neighbours_follow_the_list_the_page_was_opened_from(els: Client, world: World) -> None:
    listed = els.page("/beheer/dossiers/?voorziening=71000012")
    page = els.page(listed.links()["71000012-2023K4"])
    assert els.page(page.find("//a[@rel='prev']").get("href")).heading == "Dossier 71000012-2023K3"
    following = els.page(page.find("//a[@rel='next']").get("href"))
    assert following.heading == "Dossier 71000012-2024K1"
    last = els.page(following.find("//a[@rel='next']").get("href"))
    assert not last.all("//a[@rel='next']")
    assert "voorziening=71000012" in page.links()["Terug naar de lijst"]


def test_export_is_a_file_that_cannot_calculate_and_is_traced(world: World, signed_in: SignedIn) -> None:
    evil = organisations.facility(name='=HYPERLINK("http://example.be")', hco_number="71000045")
    declarations.dossier(evil, "2024K2", "CLOSED")
    client = signed_in("EL_DOSSIERBEHEERDER")
    response = client.get("/beheer/dossiers/export/csv/?status=CLOSED&zoek=2024K2")
    lines = response.get_data().decode("utf-8-sig").splitlines()
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["Content-Type"].startswith("text/csv")
    assert lines[0].startswith("Dossiernummer;HCO-nummer;Voorziening")
    assert len(lines) == 2
    assert ";\"'=HYPERLINK" in lines[1]
    entry = db.session.execute(sa.text("SELECT data FROM audit_entry WHERE event = 'backoffice.exported'")).scalar_one()
    assert '"rows":1' in entry
    assert "2024K2" not in entry
    assert client.get("/beheer/dossiers/export/xlsx/").status_code == 404


def test_export_of_nothing_is_a_header(els: Client) -> None:
    response = els.get("/beheer/dossiers/export/csv/?zoek=bestaatniet")
    assert len(response.get_data().decode("utf-8-sig").splitlines()) == 1
