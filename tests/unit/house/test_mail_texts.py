"""The texts of mail: complete in both languages, without a person, an amount or a second line in a header."""

from __future__ import annotations

from string import Formatter

import pytest

from services.mail_texts import TEXTS, compose

EXAMPLES = {
    "certificate_notice": {
        "facility": "PVT De Brug",
        "hco_number": "71000012",
        "certificate": "Attest eindeloopbaan",
        "before": None,
        "after": {"start": "2023-07-01", "end": ""},
        "at": "2024-10-15T21:59:59+00:00",
    },
    "bank_accounts_changed": {"hco_number": "71000012"},
    "new_message": {},
    "address_confirmation": {"company": "Wegenbouw Voorbeeld NV", "path": "/meldingen/bevestigen/x"},
}
CONTRACT = {
    "number": "MOW/2026/0008",
    "title": "Herstelling van bruggen",
    "document": "Schuldvordering 1",
    "at": "2026-10-15T21:59:59+00:00",
    "path": "/econtracting/opdracht/x",
    "contact": "wegenbouw@mow.example.be",
    "contractor": "Wegenbouw Voorbeeld NV",
}
EXAMPLES |= {template: CONTRACT for template in TEXTS if template.startswith("contract_")}
DOSSIER = {"quarter": "2024K1", "period": "2023-2024"}
ALLOWED = {"facility", "hco_number", "certificate", "before", "after", "at", "quarter", "period", "address"} | {
    "number",
    "title",
    "document",
    "path",
    "contact",
    "contractor",
    "company",
}


@pytest.mark.parametrize("template", sorted(TEXTS))
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_text_can_be_written_in_both_languages(template: str, language: str) -> None:
    text = compose(template, EXAMPLES.get(template, DOSSIER), language=language, address="https://loket.example.be")
    assert text.subject
    assert "{" not in text.subject + text.body
    assert "https://loket.example.be" in text.body


@pytest.mark.parametrize("template", sorted(TEXTS))
def test_both_languages_say_the_same_things_and_nothing_personal(template: str) -> None:
    """E-154: no placeholder for a person, an amount or an account exists."""
    used = {
        language: {name for part in (text.subject, text.body) for _, name, _, _ in Formatter().parse(part) if name}
        for language, text in TEXTS[template].items()
    }
    assert set(used) == {"nl", "en"}
    assert used["nl"] == used["en"] <= ALLOWED


def test_the_notice_of_a_certificate_names_facility_period_and_moment() -> None:
    """E-103: the notification is the proof, so its moment is written out, in Brussels time."""
    text = compose("certificate_notice", EXAMPLES["certificate_notice"])
    assert text.subject == "Attest gewijzigd: PVT De Brug (71000012)"
    for line in (
        "Attest: Attest eindeloopbaan",
        "Vroegere periode: geen",
        "Nieuwe periode: vanaf 1 juli 2023",
        "Tijdstip van de melding: 15 oktober 2024 om 23:59:59",
    ):
        assert line in text.body.splitlines()
    ended = compose(
        "certificate_notice",
        EXAMPLES["certificate_notice"] | {"before": {"start": "2023-07-01", "end": "2024-06-30"}, "after": None},
    )
    assert "Vroegere periode: 1 juli 2023 tot en met 30 juni 2024" in ended.body.splitlines()
    assert "Nieuwe periode: geen" in ended.body.splitlines()


def test_a_name_cannot_add_a_header() -> None:
    text = compose("certificate_notice", EXAMPLES["certificate_notice"] | {"facility": "De Brug\r\nBcc: x@example.org"})
    assert "\n" not in text.subject
    assert "\r" not in text.subject


def test_a_name_with_braces_stays_as_it_is() -> None:
    text = compose("certificate_notice", EXAMPLES["certificate_notice"] | {"facility": "{at} {0}"})
    assert text.subject == "Attest gewijzigd: {at} {0} (71000012)"


def test_an_unknown_template_or_a_missing_value_is_a_bug() -> None:
    with pytest.raises(KeyError):
        compose("unknown", {})
    with pytest.raises(KeyError):
        compose("dossier_reopened", {})


def test_an_unknown_language_gets_dutch() -> None:
    assert compose("new_message", {}, language="fr").subject == "Er staat een nieuw bericht klaar"
