"""The pages about kinds: the editor without a script, trying the form, releasing (A-07)."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from domain.econtracting.kinds import FieldType
from services import transaction
from services.econtracting import kinds
from tests.factories import contracting
from tests.integration.declaration.scene import statements
from tests.support.client import Client

pytestmark = pytest.mark.one_database


@pytest.fixture
def dirk(app: Flask, client: Client) -> Any:
    """Somebody of the authority that keeps the kinds."""
    with transaction.unit_of_work():
        kinds.ensure()
    return contracting.sign_in(client, contracting.official())


NEW: dict[str, Any] = {
    "code": "WERFVERSLAG",
    "name": "Werfverslag",
    "theme": "UITVOERING",
    "directions": ["ON_AB"],
    "fields-0-label": "Dag van het bezoek",
    "fields-0-type": FieldType.DATE.value,
}


def test_the_list_shows_every_kind_by_theme(dirk: Client) -> None:
    page = dirk.page("/beheer/soorten/")
    assert len(page.all("//main//tbody/tr")) == 14
    assert [" ".join(one.text_content().split()) for one in page.all("//main//caption")] == [
        *("Betalingen", "Wijzigingen", "Uitvoering", "Waarborgen", "Algemeen"),
    ]


def test_a_new_kind_from_the_first_field_to_its_release(dirk: Client) -> None:
    page = dirk.submit(dirk.page("/beheer/soorten/nieuw"), NEW, button="add-fields")
    assert page.path == "/beheer/soorten/nieuw"
    more = {"fields-1-label": "Volgend bezoek", "fields-1-type": FieldType.DATE.value}
    page = dirk.submit(page, more, button="add-attachments")
    page = dirk.submit(page, {"attachments-0-label": "Foto's"}, button="save")
    assert page.heading == "Werfverslag"
    assert "Dit is een nieuwe soort." in page.text
    page = dirk.submit(page, form="/vrijgeven")
    assert "Versie 1 in gebruik" in page.text
    kind = kinds.in_use("WERFVERSLAG").kind
    assert [(one.name, one.label) for one in kind.fields] == [
        ("dag_van_het_bezoek", "Dag van het bezoek"),
        ("volgend_bezoek", "Volgend bezoek"),
    ]
    assert [one.name for one in kind.attachments] == ["foto_s"]


def test_fields_move_and_go_by_buttons(dirk: Client) -> None:
    page = dirk.page("/beheer/soorten/PLANNING/bewerken")
    page = dirk.submit(page, button="down-fields-0")
    page = dirk.submit(page, button="up-fields-1")
    page = dirk.submit(page, button="down-fields-0")
    page = dirk.submit(page, button="save")
    assert "De volgorde van de velden is gewijzigd." in page.text
    page = dirk.submit(dirk.page("/beheer/soorten/PLANNING/bewerken"), button="remove-fields-0")
    page = dirk.submit(page, button="save")
    assert "Veld: 'Toelichting' valt weg." in page.text


def test_a_date_is_compared_with_an_earlier_one_and_a_list_has_options(dirk: Client) -> None:
    dirk.submit(dirk.page("/beheer/soorten/PLANNING/bewerken"), {"fields-0-type": "DATUM", "fields-1-type": "DATUM"})
    page = dirk.submit(dirk.page("/beheer/soorten/PLANNING/bewerken"), button="add-fields")
    page = dirk.submit(page, {"fields-2-label": "Fase", "fields-2-type": "KEUZE"}, button="refresh")
    page = dirk.submit(
        page, {"fields-1-after": "edition", "fields-2-options": "RUW | Ruwbouw\nAfwerking"}, button="save"
    )
    assert page.heading == "Planning"
    page = dirk.submit(page, form="/vrijgeven")
    fields = kinds.in_use("PLANNING").kind.fields
    assert fields[1].after == "edition"
    assert fields[2].options == (("RUW", "Ruwbouw"), ("AFWERKING", "Afwerking"))


def test_everything_wrong_is_told_at_its_field(dirk: Client) -> None:
    values = NEW | {"code": "werf verslag", "name": "", "theme": "", "fields-0-label": "", "fields-0-type": "TEKST"}
    page = dirk.submit(dirk.page("/beheer/soorten/nieuw"), values, button="save")
    assert page.status == 422
    assert "Kies een thema uit de lijst." in page.errors
    assert page.errors.count("Vul een naam in die mensen lezen.") == 2
    assert page.find("//*[@id='fields-0-label']").get("aria-invalid") == "true"
    taken = dirk.submit(dirk.page("/beheer/soorten/nieuw"), NEW | {"code": "PLANNING"}, button="save")
    assert taken.errors == ["Er is al een soort met de code PLANNING. Kies een andere code."]


def test_a_field_the_claim_needs_cannot_go(dirk: Client) -> None:
    page = dirk.submit(dirk.page("/beheer/soorten/SCHULDVORDERING/bewerken"), button="remove-fields-3")
    page = dirk.submit(page, button="save")
    assert page.errors == ["Deze soort heeft het veld amount nodig: het nazicht en de factuur steunen erop."]


def test_the_form_is_tried_and_nothing_is_kept(dirk: Client) -> None:
    page = dirk.page("/beheer/soorten/SCHULDVORDERING/versie/1")
    wrong = dirk.submit(page, {"f_period_from": "31/13/2026", "f_amount": "veel"})
    assert wrong.status == 422
    assert "Vul bij Periode van een geldige datum in." in wrong.errors
    assert wrong.find("//*[@id='f_period_from']").get("value") == "31/13/2026"
    right = {
        "f_number": "3",
        "f_period_from": "1/10/2026",
        "f_period_to": "31/10/2026",
        "f_amount": "84.250,40",
        "f_vat": "21",
        "f_cumulative": "84250,40",
    }
    assert "Alles is juist ingevuld." in dirk.submit(page, right).text


def test_what_a_colleague_did_meanwhile_is_told_and_the_input_stays(dirk: Client) -> None:
    mine = dirk.submit(dirk.page("/beheer/soorten/PLANNING/bewerken"), {"name": "Eerste"}, button="save")
    assert mine.heading == "Planning"
    shown = dirk.page("/beheer/soorten/PLANNING/bewerken")
    dirk.submit(dirk.page("/beheer/soorten/PLANNING/bewerken"), {"name": "Tweede"}, button="save")
    refused = dirk.submit(shown, {"name": "Derde"}, button="save")
    assert refused.status == 409
    assert refused.find("//*[@id='name']").get("value") == "Derde"
    kept = dirk.submit(refused, button="save")
    assert "Naam: 'Planning' wordt 'Derde'." in kept.text


def test_a_draft_is_thrown_away(dirk: Client) -> None:
    page = dirk.submit(dirk.page("/beheer/soorten/nieuw"), NEW, button="save")
    page = dirk.submit(page, form="/weggooien")
    assert page.heading == "Soorten dossierstukken"
    dirk.page("/beheer/soorten/WERFVERSLAG", status=404)


def test_another_authority_looks_and_changes_nothing(dirk: Client, app: Flask) -> None:
    other = contracting.official(contracting.authority("OVO009904", "Agentschap Wegen en Verkeer (test)"))
    client = contracting.sign_in(app.test_client(), other)
    assert "Enkel raadplegen." in client.page("/beheer/soorten/PLANNING").text
    assert not client.page("/beheer/soorten/PLANNING/bewerken").all("//main//form[contains(@class, 'kind-editor')]")
    data = {"name": "X", "theme": "UITVOERING", "directions": "ON_AB", "act": "save", "version": "0"}
    assert client.post("/beheer/soorten/PLANNING/bewerken", data=data).status_code == 403
    assert client.post("/beheer/soorten/PLANNING/vrijgeven", data={"version": "0"}).status_code == 403
    contractor = contracting.sign_in(app.test_client(), contracting.manager())
    contractor.page("/beheer/soorten/", status=403)


@pytest.mark.parametrize("act", ["remove-fields-99", "up-fields-0", "down-attachments-999", "remove-fields-x", "x"])
def test_impossible_buttons_change_nothing(dirk: Client, act: str) -> None:
    page = dirk.page("/beheer/soorten/PLANNING/bewerken")
    target, _, data = page.filled({}, button="save")
    answer = dirk.post(target, data={**data, "act": act})
    assert answer.status_code in (200, 302)
    assert [one.name for one in kinds.in_use("PLANNING").kind.fields] == ["edition", "note"]


@pytest.mark.parametrize("path", ["", "PLANNING", "PLANNING/bewerken", "PLANNING/versie/1"])
def test_a_page_costs_few_statements(dirk: Client, path: str) -> None:
    dirk.page("/beheer/soorten/")
    with statements() as seen:
        dirk.page(f"/beheer/soorten/{path}")
    assert len(seen) <= 14, "\n".join(seen)
