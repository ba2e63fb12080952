"""Numbers of people, enterprises, accounts and employers (V-01 to V-03, V-70, V-71, V-75, V-76, V-78, A-01)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidValue
from domain.identifiers import (
    Sex,
    check,
    format_enterprise_number,
    format_iban,
    format_national_number,
    format_social_security_number,
    mask_national_number,
    names_national_number,
    parse_enterprise_number,
    parse_hco_number,
    parse_iban,
    parse_national_number,
    parse_social_security_number,
)

DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))
SERIALS = st.integers(1, 998)


def national_number(birth: str, serial: int, *, century: int = 1900) -> str:
    """Eleven digits with the check digits of the century; ``birth`` is yymmdd."""
    base = f"{birth}{serial:03d}"
    return f"{base}{97 - int(('2' if century == 2000 else '') + base) % 97:02d}"


def refused(value: str, **options: object) -> str | None:
    with pytest.raises(InvalidValue) as caught:
        parse_national_number(value, **options)  # type: ignore[arg-type]
    return caught.value.code


@pytest.mark.parametrize(
    ("value", "birth_date", "sex", "is_bis"),
    [
        ("65.11.20-997.39", date(1965, 11, 20), Sex.MALE, False),
        ("70.03.14-998.73", date(1970, 3, 14), Sex.FEMALE, False),
        ("01.05.20-998.39", date(2001, 5, 20), Sex.FEMALE, False),
        ("78.45.09-997.07", date(1978, 5, 9), Sex.MALE, True),
        ("82.23.11-997.71", date(1982, 3, 11), None, True),
        ("02.47.04-998.58", date(2002, 7, 4), Sex.FEMALE, True),
    ],
)
def test_the_table_of_part_6(value: str, birth_date: date, sex: Sex | None, is_bis: bool) -> None:
    number = parse_national_number(value)
    assert (number.birth_date, number.sex, number.is_bis) == (birth_date, sex, is_bis)
    assert number.birth_year == birth_date.year
    assert number.birth_month == birth_date.month
    assert number.formatted == value


def test_the_century_comes_from_the_rule_that_matches() -> None:
    assert parse_national_number("01.05.20-998.39").birth_year == 2001
    assert parse_national_number("01.05.20-998.10").birth_year == 1901


@given(DAYS, SERIALS)
def test_every_issued_number_is_read_back(birth: date, serial: int) -> None:
    century = birth.year // 100 * 100
    number = parse_national_number(national_number(f"{birth:%y%m%d}", serial, century=century))
    assert number.birth_date == birth
    assert number.sex is (Sex.MALE if serial % 2 else Sex.FEMALE)


@given(DAYS, SERIALS, st.integers(1, 96))
def test_v02_other_check_digits_are_refused_or_of_the_other_century(birth: date, serial: int, shift: int) -> None:
    digits = national_number(f"{birth:%y%m%d}", serial, century=1900)
    other = f"{digits[:9]}{(int(digits[9:]) - 1 + shift) % 97 + 1:02d}"
    if other == national_number(f"{birth:%y%m%d}", serial, century=2000):
        return
    assert refused(other) == "V-02"


def test_check_digits_are_97_and_never_00_when_nothing_remains() -> None:
    base = next(n for n in range(650101001, 650101999) if n % 97 == 0)
    assert parse_national_number(f"{base}97").digits == f"{base}97"
    assert refused(f"{base}00") == "V-02"


@pytest.mark.parametrize("value", ["65112099739", "651120 997 39", " 65.11.20-997.39 ", "65.11.20-997.39\u00a0"])
def test_v01_separators_are_stripped(value: str) -> None:
    assert parse_national_number(value).digits == "65112099739"


@pytest.mark.parametrize(
    "value", ["", "abcdefghijk", "6511209973", "651120997390", "65/11/20-997.39", "٦٥١١٢٠٩٩٧٣٩", "6511209973²"]
)
def test_v01_anything_but_eleven_digits_is_refused(value: str) -> None:
    assert refused(value) == "V-01"


@pytest.mark.parametrize("birth", ["651320", "651920", "653320", "653920", "655320", "656120", "659920"])
def test_v03_a_month_that_is_none_is_refused(birth: str) -> None:
    assert refused(national_number(birth, 997)) == "V-03"


@pytest.mark.parametrize("birth", ["650231", "650229", "651131", "650132", "652231", "654231", "650040"])
def test_v03_a_day_that_is_none_is_refused(birth: str) -> None:
    assert refused(national_number(birth, 997)) == "V-03"


def test_v03_29_february_follows_the_century_of_the_check_digits() -> None:
    assert parse_national_number(national_number("000229", 997, century=2000)).birth_date == date(2000, 2, 29)
    assert refused(national_number("000229", 997, century=1900)) == "V-03"


@pytest.mark.parametrize("serial", [0, 999])
def test_v03_serials_that_are_never_issued_are_refused_for_staff_only(serial: int) -> None:
    digits = national_number("850730", serial)
    assert refused(digits) == "V-03"
    assert parse_national_number(digits, issued_only=False).digits == digits


def test_the_checks_come_in_order_v01_v02_v03() -> None:
    assert refused("6513209") == "V-01"
    assert refused("65132099700") == "V-02"
    assert refused(national_number("651320", 997)) == "V-03"


@pytest.mark.parametrize(("birth", "is_bis"), [("650000", False), ("652000", True), ("654012", True)])
def test_v06_a_birth_date_that_is_not_known_leaves_the_year(birth: str, is_bis: bool) -> None:
    number = parse_national_number(national_number(birth, 997))
    assert (number.birth_year, number.birth_month, number.birth_date, number.is_bis) == (1965, None, None, is_bis)


def test_v06_only_the_day_unknown() -> None:
    number = parse_national_number(national_number("650700", 997))
    assert (number.birth_year, number.birth_month, number.birth_date) == (1965, 7, None)


def test_v06_nothing_known_of_the_birth_date() -> None:
    assert parse_national_number(national_number("000001", 997)).birth_year is None


def test_v03_a_birth_in_the_future_is_refused_when_today_is_given() -> None:
    digits = national_number("261116", 997, century=2000)
    assert parse_national_number(digits, today=date(2026, 11, 16)).birth_date == date(2026, 11, 16)
    assert refused(digits, today=date(2026, 11, 15)) == "V-03"


def test_a_number_shows_formatted_or_masked_and_never_in_a_log() -> None:
    number = parse_national_number("65112099739")
    assert number.masked == mask_national_number("65.11.20-997.39") == "••.••.••-•••.39"
    assert mask_national_number("65") == "••.••.••-•••.••"
    assert format_national_number("half") == "half"
    assert "65" not in repr(number)


@pytest.mark.parametrize(
    ("value", "digits"),
    [
        ("0200.000.142", "0200000142"),
        ("200000142", "0200000142"),
        ("BE 0899.999.949", "0899999949"),
        ("1000.000.714", "1000000714"),
    ],
)
def test_v78_enterprise_numbers(value: str, digits: str) -> None:
    assert parse_enterprise_number(value) == digits


def test_v78_formatting() -> None:
    assert format_enterprise_number("0200000142") == "0200.000.142"


@pytest.mark.parametrize("value", ["", "0200.000.143", "2000000142", "02000001420", "kbo", "0000000000"])
def test_v78_wrong_enterprise_numbers(value: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_enterprise_number(value)
    assert caught.value.code == "V-78"


def test_v70_v71_iban() -> None:
    assert parse_iban(" BE68 5390 0754 7034 ") == "BE68539007547034"
    assert format_iban("BE68539007547034") == "BE68 5390 0754 7034"


@pytest.mark.parametrize(
    "value",
    ["", "be68539007547034", "NL91ABNA0417164300", "BE6853900754703", "BE685390075470344", "BE68-5390-0754-7034"],
)
def test_v70_not_a_belgian_number(value: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_iban(value)
    assert caught.value.code == "V-70"


@pytest.mark.parametrize("value", ["BE69539007547034", "BE41091811735141", "BE68539007547043"])
def test_v71_international_or_national_check_fails(value: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_iban(value)
    assert caught.value.code == "V-71"


@pytest.mark.parametrize(("check_digits", "alias"), [(97, "00"), (98, "01"), (2, "99")])
def test_v71_check_digits_that_only_look_right_are_refused(check_digits: int, alias: str) -> None:
    bbans = (f"{account:010d}{account % 97 or 97:02d}" for account in range(10_000))
    bban = next(bban for bban in bbans if 98 - int(f"{bban}111400") % 97 == check_digits)
    assert parse_iban(f"BE{check_digits:02d}{bban}")
    with pytest.raises(InvalidValue):
        parse_iban(f"BE{alias}{bban}")


@given(st.integers(0, 9_999_999_999))
def test_v71_any_bank_code_will_do(account: int) -> None:
    bban = f"{account:010d}{account % 97 or 97:02d}"
    iban = f"BE{98 - int(f'{bban}111400') % 97:02d}{bban}"
    assert parse_iban(iban) == iban


@pytest.mark.parametrize("value", ["0001000-06", "0123456-74", "1234567-49", "1999999-34"])
def test_v76_social_security_numbers_without_a_warning(value: str) -> None:
    number = parse_social_security_number(value)
    assert number.warning is None
    assert format_social_security_number(number.digits) == value


def test_v76_other_check_digits_only_warn() -> None:
    number = parse_social_security_number("1234567-50")
    assert number.warning is not None
    assert number.warning.code == "V-76"


@pytest.mark.parametrize("value", ["", "12345674", "1234567490", "RSZ123456"])
def test_v75_nine_digits(value: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_social_security_number(value)
    assert caught.value.code == "V-75"


def test_a01_an_hco_number_is_opaque_digits() -> None:
    assert parse_hco_number(" 0071000012 ") == "0071000012"
    for wrong in ("", "71A", "1" * 21, "71 000"):
        with pytest.raises(InvalidValue):
            parse_hco_number(wrong)


@pytest.mark.parametrize(
    ("kind", "value", "valid", "normalised"),
    [
        ("insz", "65.11.20-997.39", True, "65112099739"),
        ("insz", "65.11.20-997.40", False, None),
        ("kbo", "200.000.142", True, "0200000142"),
        ("kbo", "0200.000.143", False, None),
        ("iban", "BE68 5390 0754 7034", True, "BE68539007547034"),
        ("iban", "BE41 0918 1173 5141", False, None),
        ("rsz", "1234567-49", True, "123456749"),
        ("rsz", "12345", False, None),
    ],
)
def test_check_answers_without_raising(kind: str, value: str, valid: bool, normalised: str | None) -> None:
    answer = check(kind, value)
    assert (answer.valid, answer.normalised, answer.message is None) == (valid, normalised, valid)


def test_check_v76_is_a_warning_on_a_valid_number() -> None:
    answer = check("rsz", "1234567-50")
    assert (answer.valid, answer.normalised) == (True, "123456750")
    assert answer.message == "Het controlegetal van het RSZ-nummer klopt niet. Kijk het nummer na."


def test_check_tells_which_kinds_exist() -> None:
    with pytest.raises(InvalidValue, match="insz, kbo, iban, rsz"):
        check("passport", "1")


@given(st.sampled_from(["insz", "kbo", "iban", "rsz"]), st.text(max_size=40))
def test_check_holds_for_any_text(kind: str, value: str) -> None:
    answer = check(kind, value)
    assert answer.valid is (answer.normalised is not None)


@pytest.mark.parametrize(
    "text",
    [
        "66051700137",
        "rrn 66.05.17-001.37.",
        "66 05 17 001 37",
        "66.05.17 - 001.37",
        "(660517-001-37)",
        "66/05/17–001–37",
        "66.05.17\u00a0001.37",
    ],
)
def test_a_number_is_found_in_a_text_however_it_is_written(text: str) -> None:
    assert names_national_number(text, "66051700137")


@pytest.mark.parametrize(
    "text", ["", "166051700137", "660517001370", "66.05.17 en 001.37", "66.05.17-001.38", "BE66 0517 0013 7"]
)
def test_what_only_looks_like_it_is_not_the_number(text: str) -> None:
    assert not names_national_number(text, "66051700137")
