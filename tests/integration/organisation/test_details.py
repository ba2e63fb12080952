"""The tab *Organisatiegegevens* (E-040 to E-042, V-75 to V-77)."""

from __future__ import annotations

import pytest

from domain.permissions import Role
from models.all import db
from models.organisation import Facility
from tests.factories import actors, organisations
from tests.integration.organisation.traces import personal, trace, traces
from tests.pages.page import Page
from tests.support.client import Client
from tests.support.sign_in import SignedIn

BOTH = (Role.EL_PRIVACY, Role.EL_FINANCIEEL)


def kept(facility: Facility) -> Facility:
    db.session.expire_all()
    return db.session.get_one(Facility, facility.id)


def test_e040_prefilled_data_are_shown_and_not_in_the_form(signed_in: SignedIn) -> None:
    brug = organisations.facility(name="PVT De Brug", enterprise_number="0999000327", box="3")
    client = signed_in(*BOTH, facility=brug)
    text = client.page("/organisatie/").text
    for value in ("PVT De Brug", brug.hco_number, "0999.000.327", "Psychiatrisch verzorgingstehuis"):
        assert value in text
    assert "Kerkstraat 12 bus 3, 9000 Gent" in text
    page = client.page("/organisatie/bewerken")
    names = {field.get("name") for field in page.all("//main//input")}
    assert names == {"csrf_token", "_voor", "version", "phone", "email", "website", "social_security_number"}


def test_e041_what_is_posted_for_a_prefilled_field_is_not_read(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    client = signed_in(*BOTH, facility=brug)
    _, _, data = client.page("/organisatie/bewerken").filled({"phone": "02 222 22 22"})
    client.post("/organisatie/bewerken", data=data | {"name": "Andere naam", "hco_number": "1", "sector": "MBE"})
    now = kept(brug)
    assert (now.phone, now.name, now.hco_number, now.sector) == ("02 222 22 22", brug.name, brug.hco_number, "PVT")


def test_e041_e042_own_data_are_saved_and_traced(signed_in: SignedIn) -> None:
    brug = organisations.facility(website=None, phone="09 123 45 67")
    client = signed_in(*BOTH, facility=brug)
    page = client.submit(
        client.page("/organisatie/bewerken"),
        {
            "phone": " 09 765 43 21 ",
            "email": "loket@brug.example.be",
            "website": "www.brug.example.be",
            "social_security_number": "1234567-49",
        },
    )
    assert page.path == "/organisatie/"
    assert "De organisatiegegevens zijn bewaard." in page.text
    now = kept(brug)
    assert (now.phone, now.email) == ("09 765 43 21", "loket@brug.example.be")
    assert (now.website, now.social_security_number) == ("https://www.brug.example.be", "123456749")
    event, subject, data = trace()
    assert (event, subject) == ("organisation.changed", brug.hco_number)
    assert data == {"fields": ["phone", "email", "website", "social_security_number"]}
    assert personal("before")["phone"] == "09 123 45 67"
    assert personal("after")["phone"] == "09 765 43 21"


def test_v75_v77_everything_wrong_is_told_at_once_and_nothing_typed_is_lost(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    client = signed_in(*BOTH, facility=brug)
    typed = {"phone": "bel ons", "email": "info@", "website": "javascript:alert(1)", "social_security_number": "12 34"}
    page = client.submit(client.page("/organisatie/bewerken"), typed)
    assert (page.status, page.title.startswith("Fout: ")) == (422, True)
    assert page.errors == [
        "Vul een geldig telefoonnummer in.",
        "Vul een geldig e-mailadres in.",
        "Vul een geldig webadres (URL) in.",
        "Het RSZ-nummer bestaat uit 9 cijfers.",
    ]
    for name, value in typed.items():
        assert page.field(name).get("value") == value
        assert page.field_error(name)
    assert page.field_error("social_security_number").endswith("Het RSZ-nummer bestaat uit 9 cijfers.")
    assert kept(brug).version == brug.version
    assert traces() == 0


@pytest.mark.parametrize("name", ["phone", "email"])
def test_e041_mandatory_fields(name: str, signed_in: SignedIn) -> None:
    client = signed_in(*BOTH, facility=organisations.facility())
    page = client.submit(client.page("/organisatie/bewerken"), {name: "  "})
    assert page.status == 422
    assert page.field(name).get("required") is not None
    assert page.field_error(name)


def test_v76_differing_check_digits_only_warn(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    client = signed_in(*BOTH, facility=brug)
    page = client.submit(client.page("/organisatie/bewerken"), {"social_security_number": "123456750"})
    warning = "Het controlegetal van het RSZ-nummer klopt niet. Kijk het nummer na."
    assert page.status == 200
    assert [warning in text for text in _flashes(page) if "Opgelet" in text] == [True]
    assert kept(brug).social_security_number == "123456750"
    # it is still told later, on both pages
    assert warning in client.page("/organisatie/").text
    assert warning in client.page("/organisatie/bewerken").text


def _flashes(page: Page) -> list[str]:
    return [" ".join(item.text_content().split()) for item in page.all("//*[@data-flash]")]


def test_two_tabs_the_second_sees_both_versions(signed_in: SignedIn) -> None:
    brug = organisations.facility(phone="09 123 45 67")
    client, colleague = signed_in(*BOTH, facility=brug), signed_in(*BOTH, facility=brug)
    mine, theirs = client.page("/organisatie/bewerken"), colleague.page("/organisatie/bewerken")
    assert colleague.submit(theirs, {"phone": "02 111 11 11"}).status == 200
    page = client.submit(mine, {"phone": "02 222 22 22"})
    assert page.status == 409
    assert "Een collega heeft deze gegevens intussen gewijzigd." in page.text
    rows = {row[0].removesuffix(" verschilt"): row[1:] for row in page.table()[1:]}
    assert rows["Telefoonnummer"] == ["02 111 11 11", "02 222 22 22"]
    assert rows["E-mailadres"][0] == rows["E-mailadres"][1]
    assert page.links()["Open de laatste versie"] == "/organisatie/bewerken"
    assert kept(brug).phone == "02 111 11 11"
    assert traces() == 1


def test_a_double_click_saves_once_and_is_no_conflict(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    client = signed_in(*BOTH, facility=brug)
    form = client.page("/organisatie/bewerken")
    for _ in range(2):
        assert client.submit(form, {"phone": "02 222 22 22"}).path == "/organisatie/"
    assert kept(brug).phone == "02 222 22 22"
    assert traces() == 1


@pytest.mark.parametrize("role", [Role.EL_PRIVACY, Role.EL_FINANCIEEL])
def test_5_4_either_role_may_change_organisation_data(role: Role, signed_in: SignedIn) -> None:
    client = signed_in(role, facility=organisations.facility())
    assert client.submit(client.page("/organisatie/bewerken"), {"phone": "02 222 22 22"}).status == 200


def test_10_6_without_a_role_own_data_can_be_read_only(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    client = signed_in(actor=actors.actor(facility=brug))
    page = client.page("/organisatie/")
    assert brug.name in page.text
    assert "Enkel raadplegen." in page.text
    assert "Bewerken" not in page.links()
    assert [link.text_content() for link in page.all("//nav[contains(@class,'tabs')]//a")] == ["Organisatiegegevens"]
    refused = client.page("/organisatie/bewerken", status=403)
    assert "Beheer privacygevoelige gegevens" in refused.text
    assert client.post("/organisatie/bewerken", data={"phone": "02 222 22 22"}).status_code == 403
    assert client.page("/organisatie/contactpersonen", status=403)


def test_somebody_of_another_side_has_no_organisation_page(signed_in: SignedIn) -> None:
    organisations.facility()
    for who in (actors.case_manager(), actors.helpdesk(), actors.actor(Role.EC_BEHEERDER)):
        assert signed_in(actor=who).get("/organisatie/").status_code == 404


def test_signed_out_leads_to_signing_in_and_a_post_to_an_explanation(client: Client) -> None:
    answer = client.get("/organisatie/bewerken")
    assert answer.status_code == 302
    assert "next=/organisatie/bewerken" in answer.headers["Location"]
    assert client.post("/organisatie/bewerken", data={}).status_code == 401


def test_control_characters_and_markup_stay_text(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    client = signed_in(*BOTH, facility=brug)
    page = client.submit(client.page("/organisatie/bewerken"), {"phone": "<script>alert(1)</script>"})
    assert page.status == 422
    assert page.field("phone").get("value") == "<script>alert(1)</script>"
    assert not page.all("//main//script")
