"""Contact data, contact persons and bank accounts (V-70 to V-77, E-045 to E-054)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Finding, Severity
from domain.organisation import (
    FUNDING_ECALCURA,
    THEME_ECALCURA,
    AccountFacts,
    ContactData,
    ContactPersonFacts,
    account_for,
    check_accounts,
    check_contact_data,
    check_contact_person,
    contacts_for,
    is_email,
    is_phone,
    normalise_website,
)

DATA = ContactData("+32 2 123 45 67", "info@debrug.example", "www.debrug.example", "1234567-49")
PERSON = ContactPersonFacts("Maes", "Sofie", "sofie@debrug.example", themes=frozenset({THEME_ECALCURA}))
FIRST = AccountFacts("BE68 5390 0754 7034", "VZW De Brug", "Kade", "1", "9000", "Gent", is_default=True, key="a")
SECOND = replace(FIRST, is_default=False, fundings=frozenset({FUNDING_ECALCURA}), key="b")


def codes(findings: list[Finding]) -> list[tuple[str, str | None]]:
    return [(finding.code, finding.field) for finding in findings]


def test_v77_good_contact_data_has_no_findings() -> None:
    assert check_contact_data(DATA) == []
    assert check_contact_data(replace(DATA, website="", social_security_number="")) == []


def test_v77_v75_every_wrong_field_is_told_at_once() -> None:
    findings = check_contact_data(ContactData("", "info@", "geen adres", "12"))
    assert codes(findings) == [
        ("V-77", "phone"),
        ("V-77", "email"),
        ("V-77", "website"),
        ("V-75", "social_security_number"),
    ]
    assert [str(finding) for finding in findings[:2]] == [
        "Vul een geldig telefoonnummer in.",
        "Vul een geldig e-mailadres in.",
    ]


def test_v76_a_ppo_number_only_warns() -> None:
    (finding,) = check_contact_data(replace(DATA, social_security_number="123456750"))
    assert (finding.code, finding.severity) == ("V-76", Severity.WARNING)


@pytest.mark.parametrize("value", ["a@b.be", "o'neill+zorg@sub.de-brug.example", "x" * 64 + "@b.be"])
def test_v77_email(value: str) -> None:
    assert is_email(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "@b.be",
        "a@",
        "a@b",
        "a b@c.be",
        "a@@b.be",
        ".a@b.be",
        "a..b@c.be",
        "a@-b.be",
        "a@b.be\n",
        "a@b.be,c@d.be",
        "é@b.be",
        "x" * 65 + "@b.be",
        "a@" + "b." * 130 + "be",
        "a@b.1",
    ],
)
def test_v77_malformed_email(value: str) -> None:
    assert not is_email(value)


@pytest.mark.parametrize(("value", "good"), [
    ("02 123 45 67", True), ("+32 (0)9/123.45-67", True), ("0475123456", True), ("1700", False), ("bel ons", False),
    ("1234567890123456", False), ("02 123 45 67 ext 3", False), ("", False), ("٠٢١٢٣٤٥٦٧", False),
])  # fmt: skip
def test_v77_phone(value: str, good: bool) -> None:
    assert is_phone(value) is good


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("www.debrug.example", "https://www.debrug.example"),
        ("debrug.example/contact?x=1", "https://debrug.example/contact?x=1"),
        (" http://debrug.example:8080/ ", "http://debrug.example:8080/"),
    ],
)
def test_v77_website_gets_its_scheme(value: str, expected: str) -> None:
    assert normalise_website(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://debrug.example",
        "https://",
        "https://localhost",
        "debrug",
        "https://a@debrug.example",
        "https://debrug.example/a b",
        'https://debrug.example/"x',
        "https://[::1",
        "https://debrug.example:99999",
        "https://debrug.example/" + "x" * 200,
        "mailto:info@debrug.example",
    ],
)
def test_v77_no_website(value: str) -> None:
    assert normalise_website(value) is None


@given(st.text(max_size=60))
def test_v77_no_text_breaks_a_check(text: str) -> None:
    check_contact_data(ContactData(text, text, text, text))
    website = normalise_website(text)
    assert website is None or website.lower().startswith(("http://", "https://"))


def test_e045_a_contact_person_needs_names_and_an_address() -> None:
    assert check_contact_person(PERSON) == []
    wrong = ContactPersonFacts(" ", "", "x", "y", frozenset({"ANDERS"}))
    assert [field for _, field in codes(check_contact_person(wrong))] == [
        "family_name",
        "given_name",
        "email",
        "phone",
        "themes",
    ]
    assert [str(finding) for finding in check_contact_person(wrong)][:3] == [
        "Vul de naam in.",
        "Vul de voornaam in.",
        "Vul een geldig e-mailadres in.",
    ]


def test_e046_contacts_of_a_theme() -> None:
    assert contacts_for(THEME_ECALCURA, [PERSON, replace(PERSON, themes=frozenset())]) == [PERSON]


def test_e054_good_accounts_have_no_findings() -> None:
    assert check_accounts([FIRST, SECOND]) == []


@pytest.mark.parametrize(
    "accounts", [[], [SECOND], [FIRST, replace(FIRST, key="c")]], ids=["none", "no default", "two defaults"]
)
def test_v72_exactly_one_default(accounts: list[AccountFacts]) -> None:
    assert codes(check_accounts(accounts)) == [("V-72", "is_default")]


def test_v73_a_financing_lies_on_one_account_only() -> None:
    (finding,) = check_accounts([FIRST, SECOND, replace(SECOND, key="c")])
    assert (finding.code, finding.subject) == ("V-73", "c")
    assert str(finding) == "De financiering 'eCalcura/eindeloopbaan' is al gekoppeld aan een ander bankrekeningnummer."
    (finding,) = check_accounts([FIRST, SECOND, replace(SECOND, key="c")], {FUNDING_ECALCURA: "Eindeloopbaan"})
    assert "De financiering 'Eindeloopbaan' is al" in str(finding)


def test_e052_an_account_may_serve_several_financings() -> None:
    assert check_accounts([replace(FIRST, fundings=frozenset({FUNDING_ECALCURA, "ANDERE"}))]) == []


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("holder", "de naam"),
        ("street", "de straat"),
        ("house_number", "het huisnummer"),
        ("postal_code", "de postcode"),
        ("city", "de plaats"),
    ],
)
def test_v74_each_part_of_the_holder_is_needed(name: str, what: str) -> None:
    (finding,) = check_accounts([replace(FIRST, **{name: "  "})])
    assert (finding.code, finding.field, finding.subject) == ("V-74", name, "a")
    assert str(finding) == f"Vul alle gegevens van de rekeninghouder in: {what} ontbreekt."


def test_e054_the_address_of_the_holder_on_one_line() -> None:
    assert FIRST.address == "Kade 1, 9000 Gent"
    assert replace(FIRST, box="3").address == "Kade 1 bus 3, 9000 Gent"
    assert replace(FIRST, street="", house_number="", postal_code="", city="Gent").address == "Gent"


@pytest.mark.parametrize(("iban", "code"), [("be68539007547034", "V-70"), ("BE41091811735141", "V-71")])
def test_v70_v71_the_account_number(iban: str, code: str) -> None:
    assert codes(check_accounts([replace(FIRST, iban=iban)])) == [(code, "iban")]


def test_e053_own_account_else_the_default_one() -> None:
    assert account_for(FUNDING_ECALCURA, [FIRST, SECOND]) == SECOND
    assert account_for("ANDERE", [SECOND, FIRST]) == FIRST
    assert account_for("ANDERE", [SECOND]) is None
