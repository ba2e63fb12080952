"""Reports as files: what is in them, that nothing in them acts, and who gets them (10.2, E-145)."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from lxml import etree
from pypdf import PdfReader

from domain.actor import Actor
from domain.errors import InvalidValue, NotFound
from jobs import background
from models.all import db
from models.audit import AuditEntry
from models.background_job import BackgroundJob, JobState
from services import connections, transaction
from services.ecalcura.reports import orders, reading
from services.ecalcura.reports.files import FileKind
from services.ecalcura.reports.orders import Ready
from tests.factories import actors, declarations, personnel
from tests.factories.reports import Example, example_2, example_3
from tests.integration.declaration.scene import statements
from tests.support.databases import PreparedDatabase

pytestmark = pytest.mark.usefixtures("database")

_NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
HOSTILE = {
    "formula": ("=cmd|' /C calc'!A0", "+1+1"),
    "at": ("@SUM(A1)", "-2+3"),
    "tab": ("\t=1+1", "\r@x"),
    "turning": ("\u202egnp.exe\u202c Peeters", "\u2066An\u2069"),
    "long": ("X" * 80, "Y" * 80),
    "markup": ('#import "x"', "<script>alert(1)</script>"),
    "foreign": ("محمد", "李"),
}


def asked(of: Example, code: str, kind: FileKind, period: str = "2023-2024") -> Ready:
    with transaction.unit_of_work():
        made = orders.ask(of.clerk, code, period, kind)
    assert isinstance(made, Ready)
    return made


def csv_rows(made: Ready) -> list[list[str]]:
    assert made.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(made.content.decode("utf-8-sig"), newline=""), delimiter=";"))


def sheet(content: bytes, number: int = 1) -> list[list[Any]]:
    """The cells of a sheet: text as str, numbers as float, nothing as None; there is no formula."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        root = etree.fromstring(packed.read(f"xl/worksheets/sheet{number}.xml"))
    assert not root.findall(".//m:f", _NS)
    rows = []
    for row in root.findall(".//m:row", _NS):
        cells: dict[int, Any] = {}
        for cell in row.findall("m:c", _NS):
            place = 0
            for letter in "".join(sign for sign in cell.get("r", "") if sign.isalpha()):
                place = place * 26 + ord(letter) - 64
            value = cell.find("m:v", _NS)
            if cell.get("t") == "inlineStr":
                cells[place - 1] = "".join(cell.itertext())
            elif value is not None:
                cells[place - 1] = float(value.text or "")
        rows.append([cells.get(place) for place in range(max(cells) + 1)] if cells else [])
    return rows


def words(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_e145_csv_with_semicolons_commas_and_a_mark() -> None:
    made = asked(example_2(hco_number="72999001"), "vervangers", FileKind.CSV)
    assert made.name == "vervangers-2023-2024-72999001.csv"
    head, *rows = csv_rows(made)
    assert head[:8] == [
        *("INSZ", "Naam", "Kwalificatie", "Contracttype", "Contract van", "Contract tot", "Uren", "Uren vervanging EL"),
    ]
    assert head[8:11] == ["2023K3 prestaties", "2023K3 vte", "2023K3 vte vervanging"]
    assert head[-1] == "Gemiddelde"
    dox = next(row for row in rows if row[1] == "Dox Dirk")
    assert dox[4:11] == ["01/01/2021", "", "19,00", "12,00", "247 u", "0,500", "0,316"]
    assert rows[-1][1] == "Dekking % (ter informatie)"
    assert rows[-1][-1] == "178,0 %"


def test_e145_xlsx_has_numbers_dates_a_frozen_header_and_filters() -> None:
    made = asked(example_2(), "vte", FileKind.XLSX, "2024K1")
    head, first, *_ = sheet(made.content)
    assert head[1:] == [
        *("Naam", "Kwalificatie", "Contracttype", "Uren", "Normdagen", "Normuren", "Prestaties", "VTE"),
        *("Waarvan VTE vervanging", "Afgetopt"),
    ]
    assert first[1:] == [
        *("Claes Els", "Verpleegkundige bachelor", "Loontrekkende", 38.0, 65.0, 494.0, "50 / 15 d", 0.769, 0.101),
        "nee",
    ]
    with zipfile.ZipFile(io.BytesIO(made.content)) as packed:
        text = packed.read("xl/worksheets/sheet1.xml").decode()
        assert 'state="frozen"' in text
        assert '<autoFilter ref="A1:K6"/>' in text
        assert "0.000" in packed.read("xl/styles.xml").decode()
        core = packed.read("docProps/core.xml").decode()
        assert "<dc:creator>Dossierloket</dc:creator>" in core
        assert "Sofie" not in core
        assert not [name for name in packed.namelist() if "externalLink" in name or "vba" in name.lower()]
    about = sheet(made.content, 2)
    assert ["Periode", "kwartaal 2024K1"] in about
    assert any(row[0] == "Stand" and row[1].startswith("2024K1: ingediend op ") for row in about)


def test_e145_pdf_repeats_its_header_and_is_readable_by_all() -> None:
    made = asked(example_3(), "keuzes", FileKind.PDF)
    reader = PdfReader(io.BytesIO(made.content))
    text = words(made.content)
    assert "Minimum 13 uur toegepast" in text
    assert "13,000" in text
    assert f"Pagina 1 van {len(reader.pages)}" in text
    assert "2023K3: ingediend op" in text
    assert "Toelichting bij de kolommen" in text
    page = reader.pages[0].mediabox
    assert page.width > page.height
    root = reader.root_object
    assert root["/Lang"] == "nl-BE"
    assert "/StructTreeRoot" in root
    xmp = root["/Metadata"].get_object().get_data().decode()
    assert "pdfaid" in xmp
    assert "pdfuaid" in xmp
    assert reader.metadata is not None
    assert reader.metadata.author == "Dossierloket"


def test_e145_provisional_quarters_say_so_in_each_file() -> None:
    example = example_2(opened=("2024K2",))
    made = asked(example, "vervangers", FileKind.CSV)
    assert made.name.endswith("-voorlopig.csv")
    assert "2024K2 vte (voorlopig)" in csv_rows(made)[0]
    assert "2024K2 vte (voorlopig)" in sheet(asked(example, "vervangers", FileKind.XLSX).content)[0]
    text = words(asked(example, "vervangers", FileKind.PDF).content)
    assert "2024K2 (voorlopig)" in text
    assert "2024K2: voorlopig, nog niet ingediend" in text


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_never_acts_in_a_file(name: str) -> None:
    """No cell calculates, turns the text round or stops a file; national numbers stay as they are."""
    example = example_2()
    last, first = HOSTILE[name]
    personnel.contract(personnel.staff_member(example.facility, last_name=last, first_name=first))
    declarations.dossier(example.facility, "2024K3")
    rows = csv_rows(asked(example, "prestaties", FileKind.CSV, "2024K3"))
    for cell in (cell for row in rows[1:] for cell in row):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
        assert not set(cell) & set("\u202e\u202c\u2066\u2069\t\r\n")
    content = asked(example, "prestaties", FileKind.XLSX, "2024K3").content
    names = [row[1] for row in sheet(content)[1:]]
    assert len(names) == 6
    assert any(" ".join(last.replace("\u202e", "").replace("\u202c", "").split()) == cell for cell in names)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if name in ("formula", "at", "tab"):
            assert 'quotePrefix="1"' in packed.read("xl/styles.xml").decode()
    assert "Aerts" in words(asked(example, "prestaties", FileKind.PDF, "2024K3").content)


@pytest.fixture
def small(database: PreparedDatabase) -> None:
    """Files of more than three lines are made in the background."""
    connections.connect(replace(database.settings, report_lines_at_once=3))


def performed() -> None:
    """Do the jobs that wait, as the worker does."""
    while (taken := background.take()) is not None:
        assert background.perform(taken) is JobState.DONE


def test_a_big_report_is_made_in_the_background_for_who_asked_only(small: None) -> None:
    """Above the number of lines of the setting: a job with its progress, a file, and a trace when it is fetched."""
    example = example_2()
    with transaction.unit_of_work():
        reference = orders.ask(example.clerk, "prestaties", "2024K1", FileKind.CSV)
    assert isinstance(reference, str)
    (waiting,) = orders.orders(example.clerk)
    assert (waiting.waiting, waiting.ready) == (True, False)
    with pytest.raises(NotFound), transaction.unit_of_work():
        orders.download(example.clerk, reference)
    performed()
    (made,) = orders.orders(example.clerk)
    assert (made.ready, made.lines) == (True, 4)
    with transaction.unit_of_work():
        fetched = orders.download(example.clerk, reference)
    assert [row[1] for row in csv_rows(fetched)] == ["Naam", "Aerts", "Bos", "Claes", "Dox", "Totaal"]
    colleague = replace(example.clerk, account_id=900_987)
    other = example_3().clerk
    for stranger in (colleague, other, actors.case_manager()):
        assert orders.orders(stranger) == []
        with pytest.raises(NotFound), transaction.unit_of_work():
            orders.download(stranger, reference)


def test_a_file_that_waits_already_is_not_made_twice(small: None) -> None:
    """Two clicks are one job; another format, another person or a file that is ready is one more."""
    example = example_2()

    def ask(who: Actor = example.clerk, kind: FileKind = FileKind.CSV) -> Ready | str:
        with transaction.unit_of_work():
            return orders.ask(who, "prestaties", "2024K1", kind)

    first = ask()
    assert ask() == first
    assert first not in (ask(kind=FileKind.XLSX), ask(replace(example.clerk, account_id=900_987)))
    performed()
    assert ask() != first


def test_all_facilities_are_one_file_with_masked_numbers() -> None:
    """Each line names its facility and the state of the quarter; the header stands once."""
    first, second = example_2(name="PVT Aap"), example_3(name="Centrum Noot", opened=("2024K1",))
    manager = actors.case_manager()
    with transaction.unit_of_work():
        reference = orders.ask_for_all(manager, "vte", "2024K1", FileKind.CSV)
        other = orders.ask_for_all(manager, "vte", "2024K1", FileKind.XLSX)
    performed()
    with transaction.unit_of_work():
        rows = csv_rows(orders.download(manager, reference))
        cells = sheet(orders.download(manager, other).content)
    assert rows[0][:4] == ["HCO-nummer", "Voorziening", "Stand van het kwartaal", "INSZ"]
    assert [(row[1], row[4]) for row in rows[1:]] == [
        *(("Centrum Noot", name) for name in ("Bos Bart", "Subtotaal", "Totaal")),
        *(("PVT Aap", name) for name in ("Claes Els", "Subtotaal", "Dox Dirk", "Subtotaal", "Totaal")),
    ]
    assert rows[1][2] == "2024K1: voorlopig, nog niet ingediend"
    assert rows[1][3].startswith("••.••.••-•••.")
    numbers = {person.national_number for of in (first, second) for person in of.people.values()}
    assert not any(number[:6] in cell for row in rows for cell in row for number in numbers)
    assert [row[4] for row in cells] == [row[4] for row in rows]


def test_all_facilities_are_no_pdf() -> None:
    with pytest.raises(InvalidValue, match="Excel of CSV"), transaction.unit_of_work():
        orders.ask_for_all(actors.case_manager(), "vte", "2024K1", FileKind.PDF)


def test_the_case_manager_gets_masked_numbers_in_each_file() -> None:
    example = example_2(hco_number="72999002")
    manager = actors.case_manager()
    digits = [person.national_number for person in example.people.values()]
    for kind in FileKind:
        with transaction.unit_of_work():
            made = orders.ask(manager, "vervangers", "2023-2024", kind, "72999002")
        assert isinstance(made, Ready)
        if kind is FileKind.PDF:
            text = words(made.content)
        elif kind is FileKind.CSV:
            text = made.content.decode()
        else:
            text = str(sheet(made.content))
        assert "Claes Els" in text
        assert not any(f"{number[:2]}.{number[2:4]}.{number[4:6]}" in text or number in text for number in digits)


def test_an_export_leaves_a_trace_without_names() -> None:
    example = example_2(hco_number="72999003")
    asked(example, "vte", FileKind.CSV, "2024K1")
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.event == "backoffice.exported")).one()
    assert json.loads(entry.data) == {
        "list": "rapport vte",
        "rows": 2,
        "filters": {"formaat": "csv", "periode": "2024K1", "voorziening": "72999003"},
    }


def test_a_file_can_be_fetched_for_two_weeks(small: None, at: Callable[[str], datetime]) -> None:
    example = example_2()
    with transaction.unit_of_work():
        reference = orders.ask(example.clerk, "prestaties", "2024K1", FileKind.CSV)
    assert isinstance(reference, str)
    performed()
    at("2024-10-02T00:00:00+02:00")
    assert orders.orders(example.clerk) == []
    with pytest.raises(NotFound), transaction.unit_of_work():
        orders.download(example.clerk, reference)


def test_the_parameters_of_a_job_name_nobody(small: None) -> None:
    example = example_2()
    with transaction.unit_of_work():
        orders.ask(example.clerk, "keuzes", "2023-2024", FileKind.XLSX)
        orders.ask(example.clerk, "prestaties", "2024K1", FileKind.XLSX)
    performed()
    for job in db.session.scalars(sa.select(BackgroundJob)):
        text = f"{job.parameters} {job.outcome} {job.file_name}"
        for person in example.people.values():
            assert person.national_number not in text
            assert person.last_name not in text


@pytest.mark.parametrize(("code", "most"), [("prestaties", 14), ("vte", 14), ("keuzes", 24), ("vervangers", 24)])
def test_a_report_takes_a_fixed_number_of_statements(code: str, most: int) -> None:
    """However many contracts: closed and open quarters together, both code lists and the parameters included."""
    example = example_2(opened=("2024K1", "2024K2"))
    for _ in range(30):
        person = personnel.staff_member(example.facility)
        personnel.contract(person)
        personnel.choice(person)
    db.session.expire_all()
    with statements() as seen:
        reading.report(example.clerk, code, "2023-2024" if most > 20 else "2024K1")
    assert len(seen) <= most, "\n".join(seen)
