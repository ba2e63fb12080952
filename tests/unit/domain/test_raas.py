"""The take-over from RaaS: files, rows, the first reason that applies (E-015 to E-019)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ecalcura import raas_file
from domain.ecalcura.personnel import ChoiceFacts, ContractTypeFacts
from domain.ecalcura.raas import (
    DEFAULT_MAPPING,
    RaasOutcome,
    RaasReason,
    judge,
    read_rows,
)
from domain.errors import InvalidValue, Severity

HEADER = ";".join(raas_file.COLUMNS)
HCO = "71000999"
PEOPLE = ["65112099739", "70031499873", "01052099839", "78450999707"]
GOOD = {
    "riziv_nummer": "72000000",
    "hco_nummer": HCO,
    "insz": PEOPLE[0],
    "naam": "Peeters",
    "voornaam": "An",
    "contracttype": "L",
    "kwalificatie_code": "VB",
    "start": "01/03/2010",
    "einde": "",
    "uren": "38,00",
    "uren_vervanging": "",
}


def line(**changes: str) -> str:
    return ";".join({**GOOD, **changes}.values())


def export(*lines: str) -> bytes:
    return "\r\n".join((HEADER, *lines, "")).encode()


def outcome(*lines: str, **options: object) -> RaasOutcome:
    return judge(read_rows(export(*lines)), HCO, "PVT", **options)  # type: ignore[arg-type]


def reasons(*lines: str) -> list[tuple[int, str]]:
    return [(one.row, str(one.reason)) for one in outcome(*lines).rejected]


def refusal(data: bytes) -> str:
    with pytest.raises(InvalidValue) as caught:
        read_rows(data)
    assert caught.value.field == "file"
    return str(caught.value)


# ---------------------------------------------------------------- the file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_encodings_and_quoted_names(encoding: str) -> None:
    text = f"{HEADER}\r\n{line(naam=chr(34) + 'Wouters;Smits' + chr(34), voornaam='Loïc ’t')}\r\n"
    (row,) = read_rows(text.encode(encoding))
    assert (row.row, row.family_name, row.given_name) == (2, "Wouters;Smits", "Loïc ’t")


@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r"])
def test_line_ends(newline: str) -> None:
    text = newline.join((HEADER, line(), "", line(uren="0")))
    assert [row.row for row in read_rows(text.encode())] == [2, 4]


def test_row_is_the_file_line_a_record_starts_on() -> None:
    rows = read_rows(export(line(naam='"Pee\r\nters"'), "", line(voornaam='"An ""zus"""'), "   ", line()))
    assert [row.row for row in rows] == [2, 5, 7]
    assert (rows[0].family_name, rows[1].given_name) == ("Pee ters", 'An "zus"')


def test_columns_may_stand_in_another_order_and_in_capitals() -> None:
    names = list(reversed(raas_file.COLUMNS))
    text = ";".join(names).upper() + ";\n" + ";".join(GOOD[name] for name in names) + ";"
    assert read_rows(text.encode()) == read_rows(export(line()))


def test_cells_a_short_row_lacks_are_empty() -> None:
    assert reasons(f"1;{HCO};{PEOPLE[0]}") == [(2, "Datum ongeldig")]


def test_only_a_header_is_an_export_without_rows() -> None:
    assert read_rows(HEADER.encode()) == []
    assert outcome().summary()["rows"] == 0


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b" \r\n\r\n"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert refusal(data) == "Het bestand is leeg."


def test_a_file_with_nul_bytes_is_refused() -> None:
    assert "geen tekstbestand" in refusal(export(line()).decode().encode("utf-16"))
    assert "geen tekstbestand" in refusal(export(line()) + b"\x00")


def test_bytes_of_neither_encoding_are_refused() -> None:
    assert "niet leesbaar" in refusal(export(line()) + b"\x81\xff")


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (HEADER.replace("insz;", ""), "insz"),
        (HEADER.replace(";", ","), "puntkomma"),
        (HEADER + ";loon", "loon"),
        (HEADER.replace("naam;voornaam", "naam;;voornaam"), "?"),
        (HEADER + ";start", "meer dan één keer"),
        ("onzin", "hco_nummer"),
    ],
)
def test_a_wrong_header_is_told(header: str, told: str) -> None:
    assert told in refusal(f"{header}\r\n{line()}\r\n".encode())


def test_an_unclosed_quotation_mark_is_told_with_its_line() -> None:
    assert "regel 3" in refusal(export(line(), line(naam='"Peeters'), line()))


def test_an_absurd_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Regel 2" in refusal(export(line(naam="x" * 200_000)))
    monkeypatch.setattr(raas_file, "MAX_ROWS", 1)
    assert "te veel regels" in refusal(export(line(), line()))
    monkeypatch.setattr(raas_file, "MAX_BYTES", 10)
    assert "te groot" in refusal(export(line()))


@given(st.binary(max_size=300))
def test_no_file_breaks_the_reader(data: bytes) -> None:
    for content in (data, HEADER.encode() + b"\r\n" + data):
        try:
            rows = read_rows(content)
        except InvalidValue:
            continue
        assert outcome_size(judge(rows, HCO, "PVT")) == len(rows)


def outcome_size(result: RaasOutcome) -> int:
    return len(result.taken) + result.unchanged + len(result.rejected)


# ---------------------------------------------------------------- the rows


def test_a_good_row_is_taken_with_normalised_values() -> None:
    (taken,) = outcome(
        line(insz="65.11.20-997 39", einde="30/06/2024", uren=" 19,5 ", uren_vervanging="2.5", contracttype=" S ")
    ).taken
    assert taken.key == (PEOPLE[0], date(2010, 3, 1), "VERPLEEGKUNDIGE_BACHELOR")
    assert (taken.row, taken.family_name, taken.given_name) == (2, "Peeters", "An")
    assert (taken.contract_type, taken.end) == ("STATUTAIR", date(2024, 6, 30))
    assert (taken.hours, taken.replacement_hours) == (Decimal("19.50"), Decimal("2.50"))


@pytest.mark.parametrize("code", DEFAULT_MAPPING.qualifications)
def test_every_qualification_of_the_default_mapping(code: str) -> None:
    (taken,) = outcome(line(kwalificatie_code=code)).taken
    assert taken.qualification == DEFAULT_MAPPING.qualifications[code]


@pytest.mark.parametrize("code", DEFAULT_MAPPING.contract_types)
def test_every_contract_type_of_the_default_mapping(code: str) -> None:
    (taken,) = outcome(line(contracttype=code)).taken
    assert taken.contract_type == DEFAULT_MAPPING.contract_types[code]


REJECTIONS = [
    ({"hco_nummer": "71999999"}, "Ander HCO-nummer"),
    ({"hco_nummer": ""}, "Ander HCO-nummer"),
    ({"insz": ""}, "Rijksregisternummer ongeldig"),
    ({"insz": "65112099740"}, "Rijksregisternummer ongeldig"),
    ({"insz": "6511209973"}, "Rijksregisternummer ongeldig"),
    ({"insz": "65/11/20-997.39"}, "Rijksregisternummer ongeldig"),
    ({"start": ""}, "Datum ongeldig"),
    ({"start": "31/02/2020"}, "Datum ongeldig"),
    ({"start": "29/02/2021"}, "Datum ongeldig"),
    ({"start": "2020-02-01"}, "Datum ongeldig"),
    ({"start": "01/02/20"}, "Datum ongeldig"),
    ({"start": "01/02/2020 00:00"}, "Datum ongeldig"),
    ({"einde": "31/04/2024"}, "Datum ongeldig"),
    ({"einde": "onbepaald"}, "Datum ongeldig"),
    ({"start": "02/01/2024", "einde": "01/01/2024"}, "Datum ongeldig"),
    ({"einde": "30/06/2021"}, "Contract beëindigd vóór 01/07/2021"),
    ({"contracttype": "X"}, "Contracttype onbekend"),
    ({"contracttype": ""}, "Contracttype onbekend"),
    ({"kwalificatie_code": "XX"}, "Kwalificatie onbekend"),
    ({"kwalificatie_code": ""}, "Kwalificatie onbekend"),
    ({"uren": ""}, "Uren ongeldig"),
    ({"uren": "0"}, "Uren ongeldig"),
    ({"uren": "0,001"}, "Uren ongeldig"),
    ({"uren": "-4"}, "Uren ongeldig"),
    ({"uren": "38,01"}, "Uren ongeldig"),
    ({"uren": "38,001"}, "Uren ongeldig"),
    ({"uren": "veel"}, "Uren ongeldig"),
    ({"uren": "1e1"}, "Uren ongeldig"),
    ({"uren": "NaN"}, "Uren ongeldig"),
    ({"uren": "1.000,5"}, "Uren ongeldig"),
    ({"uren": "19 u"}, "Uren ongeldig"),
    ({"uren": "19", "uren_vervanging": "20"}, "Uren ongeldig"),
    ({"uren": "19", "uren_vervanging": "19,01"}, "Uren ongeldig"),
    ({"uren_vervanging": "-1"}, "Uren ongeldig"),
    ({"uren_vervanging": "geen"}, "Uren ongeldig"),
]


@pytest.mark.parametrize(("changes", "reason"), REJECTIONS)
def test_each_reason(changes: dict[str, str], reason: str) -> None:
    assert reasons(line(**changes)) == [(2, reason)]


@pytest.mark.parametrize(
    "changes",
    [
        {"start": "1/7/2021"},
        {"start": " 01/07/2021 ", "einde": "01/07/2021"},
        {"start": "29/02/2020"},
        {"einde": "01/07/2021"},
        {"uren": "19"},
        {"uren": "19."},
        {"uren": "0,01"},
        {"uren": "7.6"},
        {"uren": "038,0"},
        {"uren": "19", "uren_vervanging": "19,00"},
        {"uren_vervanging": "0,00"},
        {"naam": ""},
        {"riziv_nummer": ""},
        {"insz": "02.47.04-998.58"},
        {"insz": "82231199771"},
    ],
)
def test_borderline_rows_that_are_taken(changes: dict[str, str]) -> None:
    assert reasons(line(**changes)) == []


def test_the_first_reason_that_applies_wins() -> None:
    wrong = {
        "hco_nummer": "1",
        "insz": "1",
        "start": "x",
        "einde": "30/06/2021",
        "contracttype": "x",
        "kwalificatie_code": "x",
        "uren": "x",
    }
    seen = []
    for name in ("hco_nummer", "insz", "start", "einde", "contracttype", "kwalificatie_code", "uren"):
        (rejected,) = outcome(line(), line(**wrong)).rejected
        seen.append(rejected.reason)
        wrong[name] = GOOD[name]
    assert seen == list(RaasReason)[1:-1]
    assert reasons(line(), line(**wrong)) == [(3, "Dubbele regel")]


def test_a_duplicate_is_of_an_accepted_row_only() -> None:
    assert reasons(line(uren="0"), line(), line(uren="19", contracttype="S", insz="65.11.20-997.39")) == [
        (2, "Uren ongeldig"),
        (4, "Dubbele regel"),
    ]
    others = (line(kwalificatie_code="ZK"), line(start="02/03/2010"), line(insz=PEOPLE[1]))
    assert reasons(line(), *others) == []


def test_persons_and_contracts_are_counted() -> None:
    result = outcome(line(), line(kwalificatie_code="ZK"), line(insz=PEOPLE[1]), line())
    assert result.summary() == {
        "rows": 4,
        "taken": 3,
        "persons": 2,
        "contracts": 3,
        "unchanged": 0,
        "rejected": [{"row": 5, "reason": "Dubbele regel"}],
        "warnings": [],
    }


def test_a_second_import_takes_nothing_and_rejects_nothing_more() -> None:
    lines = [line(insz=person) for person in PEOPLE] + [line(), line(uren="0")]
    first = outcome(*lines)
    second = outcome(*lines, known={taken.key for taken in first.taken})
    assert (second.taken, second.persons, second.unchanged) == ((), 0, len(PEOPLE))
    assert second.rejected == first.rejected
    assert second.warnings == ()


@given(
    st.lists(
        st.tuples(st.sampled_from(PEOPLE), st.sampled_from(["VB", "ZK", "XX"]), st.sampled_from(["19", "0", "38"])),
        max_size=12,
    )
)
def test_importing_twice_adds_nothing_whatever_the_file(rows: list[tuple[str, str, str]]) -> None:
    lines = [line(insz=person, kwalificatie_code=code, uren=hours) for person, code, hours in rows]
    first = outcome(*lines)
    keys = {taken.key for taken in first.taken}
    assert len(keys) == first.contracts
    second = outcome(*lines, known=keys)
    assert (second.taken, second.unchanged, second.rejected) == ((), first.contracts, first.rejected)


@pytest.mark.parametrize("sector", ["IBW", "CVK3"])
def test_e017_a_sector_without_raas_is_refused_as_a_whole(sector: str) -> None:
    result = judge(read_rows(export(line(), line())), HCO, sector)
    assert (result.refusal, result.taken) == (RaasReason.SECTOR, ())
    assert [(one.row, str(one.reason)) for one in result.rejected] == [
        (2, "Sector niet van toepassing"),
        (3, "Sector niet van toepassing"),
    ]


def test_other_sectors_import() -> None:
    for sector in ("PVT", "REVALIDATIE", "MBE"):
        assert judge(read_rows(export(line())), HCO, sector).refusal is None


# ---------------------------------------------------------------- the warnings


def warnings(result: RaasOutcome) -> list[tuple[int, str]]:
    return [(one.row, one.finding.code) for one in result.warnings if one.finding.severity is Severity.WARNING]


@pytest.mark.parametrize("code", ["I", "Z", "M", "ST"])
def test_v16_an_excluded_replacer_is_taken_with_a_warning(code: str) -> None:
    assert warnings(outcome(line(contracttype=code, uren_vervanging="4"))) == [(2, "V-16")]
    assert warnings(outcome(line(contracttype=code))) == []
    assert warnings(outcome(line(uren_vervanging="4"))) == []


def interim_excluded_from(day: date) -> dict[str, ContractTypeFacts]:
    return {"INTERIM": ContractTypeFacts("INTERIM", False, day)}


def test_v16_the_exclusion_starts_on_a_day() -> None:
    row = line(contracttype="I", uren_vervanging="4", einde="30/06/2024")
    assert warnings(outcome(row, contract_types=interim_excluded_from(date(2024, 6, 30)))) == [(2, "V-16")]
    assert warnings(outcome(row, contract_types=interim_excluded_from(date(2024, 7, 1)))) == []


def test_v13_a_full_timer_with_own_exemption_is_taken_with_a_warning() -> None:
    own = {PEOPLE[0]: [ChoiceFacts("k", date(2020, 1, 1), date(2020, 1, 1), date(2020, 12, 31), "45+", 0, 2)]}
    assert warnings(outcome(line(uren_vervanging="38"), choices=own)) == [(2, "V-13")]
    assert warnings(outcome(line(uren_vervanging="36"), choices=own)) == []
    assert warnings(outcome(line(uren="37", uren_vervanging="37"), choices=own)) == []
    assert warnings(outcome(line(start="01/01/2021", uren_vervanging="38"), choices=own)) == []
    assert warnings(outcome(line(insz=PEOPLE[1], uren_vervanging="38"), choices=own)) == []


def test_what_was_rounded_missing_or_shortened_is_told() -> None:
    result = outcome(line(uren="7,605"), line(insz=PEOPLE[1], voornaam=""), line(insz=PEOPLE[2], naam="x" * 81))
    assert [one.row for one in result.warnings] == [2, 3, 4]
    assert result.taken[0].hours == Decimal("7.61")
    assert len(result.taken[2].family_name) == 80


def test_what_is_printed_holds_no_personal_data() -> None:
    result = outcome(line(insz="65112099740"), line(contracttype="I", uren_vervanging="4"))
    assert "651120" not in str(result.summary())
    assert "651120" not in repr(result)
    assert "Peeters" not in repr(result)
