"""The texts of mail: complete in every language, without a person, an amount or a second line in a header."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from services import languages, mail_texts
from services.mail_texts import TEMPLATES, compose, layout

#: Every placeholder that a text may have: none of them is a person, an amount or an account (E-154).
VALUES = {
    "facility": "PVT De Brug",
    "hco_number": "71000012",
    "certificate": "Attest eindeloopbaan",
    "before": None,
    "after": {"start": "2023-07-01", "end": ""},
    "at": "2024-10-15T21:59:59+00:00",
    "quarter": "2024K1",
    "number": "MOW/2026/0008",
    "title": "Herstelling van bruggen",
    "document": "Schuldvordering 1",
    "path": "/econtracting/opdracht/x",
    "contact": "wegenbouw@mow.example.be",
    "contractor": "Wegenbouw Voorbeeld NV",
    "company": "Wegenbouw Voorbeeld NV",
    "code": "HD-2026-0007",
    "topics": "Nieuwsbrief",
    "confirm": "/nieuwsbrief/bevestigen/x",
    "functions": "aangiften indienen",
    "start": "2026-10-15T21:59:59+00:00",
    "end": "2026-10-16T21:59:59+00:00",
    "release": "2.4",
    "on": "16 november 2026",
}
ALLOWED = {*VALUES, "address"}
HOME = "https://loket.example.be"


@pytest.mark.parametrize("template", sorted(TEMPLATES))
@pytest.mark.parametrize("language", languages.known())
def test_every_text_can_be_written_in_every_language(template: str, language: str) -> None:
    text = compose(template, VALUES, language=language, address=HOME)
    assert text.subject
    assert "{" not in text.subject + text.body
    assert HOME in text.body


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_every_language_says_the_same_things_and_nothing_personal(template: str) -> None:
    """E-154: no placeholder for a person, an amount or an account exists."""
    used = []
    for language in languages.known():
        text = TEMPLATES[template].said(language)
        used.append({name for part in (text.subject, text.body) for _, name, _, _ in Formatter().parse(part) if name})
    assert len(used) > 1
    assert used.count(used[0]) == len(used)
    assert used[0] <= ALLOWED


def test_the_notice_of_a_certificate_names_facility_period_and_moment() -> None:
    """E-103: the notification is the proof, so its moment is written out, in Brussels time."""
    text = compose("certificate_notice", VALUES)
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
        VALUES | {"before": {"start": "2023-07-01", "end": "2024-06-30"}, "after": None},
    )
    assert "Vroegere periode: 1 juli 2023 tot en met 30 juni 2024" in ended.body.splitlines()
    assert "Nieuwe periode: geen" in ended.body.splitlines()


def test_a_name_cannot_add_a_header() -> None:
    text = compose("certificate_notice", VALUES | {"facility": "De Brug\r\nBcc: x@example.org"})
    assert "\n" not in text.subject
    assert "\r" not in text.subject


def test_a_name_with_braces_stays_as_it_is() -> None:
    text = compose("certificate_notice", VALUES | {"facility": "{at} {0}"})
    assert text.subject == "Attest gewijzigd: {at} {0} (71000012)"


def test_an_unknown_template_or_a_missing_value_is_a_bug() -> None:
    with pytest.raises(KeyError):
        compose("unknown", {})
    with pytest.raises(KeyError):
        compose("dossier_reopened", {})


def test_an_unknown_language_gets_dutch() -> None:
    assert compose("new_message", {}, language="fr").subject == "Er staat een nieuw bericht klaar"


class _Read(HTMLParser):
    """What a page says, its links, and everything that would be fetched or would act."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.acts: list[str] = []
        self.language = ""
        self._body = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._body = self._body or tag == "body"
        self.language = given.get("lang", self.language)
        if tag == "a":
            self.links.append(given["href"])
        if tag in {"img", "script", "link", "iframe", "object", "form", "base", "style"} or "url(" in given.get(
            "style", ""
        ):
            self.acts.append(tag)
        self.acts += [name for name in given if name.startswith("on") or name in {"src", "background"}]

    def handle_data(self, data: str) -> None:
        if self._body:
            self.words += data.split()


def _words(text: str) -> list[str]:
    return re.findall(r"[^\s:()]+", text)


@pytest.mark.parametrize("template", sorted(TEMPLATES))
@pytest.mark.parametrize("language", languages.known())
def test_html_says_what_the_text_says(template: str, language: str) -> None:
    """Every word of the text stands in the page in the same order; the page adds its name and the subject only."""
    mail = compose(template, VALUES, language=language, address=HOME)
    page = _Read(mail.html)
    shown = " ".join(_words(" ".join(page.words)))
    frame = " ".join(_words(f"{layout.words(language)['name']} {mail.subject}"))
    assert shown.startswith(frame)
    said = " ".join(word for word in _words(mail.body) if word not in {"--", "-"})
    assert shown.removeprefix(frame).strip() == said
    assert page.language == language
    assert page.acts == [], "nothing is fetched and nothing acts"
    assert page.links
    assert all(link.startswith(HOME) for link in page.links)
    assert set(re.findall(r"https?://\S+[^\s.,)]", mail.body)) <= set(page.links), "every address can be clicked"


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_every_mail_says_who_answers_questions(template: str) -> None:
    """CP-08, and why somebody gets it."""
    body = compose(template, {**VALUES, "contact": ""}, address=HOME).body
    assert "02 553 36 47" in body
    assert "Mail naar wegenbouw@mow.example.be" in compose(template, VALUES, address=HOME).body
    assert "U krijgt deze e-mail omdat" in body


def test_every_reason_and_theme_has_its_words() -> None:
    assert {one.reason for one in TEMPLATES.values()} - {""} <= set(layout.LAYOUT["reasons"])
    assert {one.theme for one in TEMPLATES.values()} <= set(layout.LAYOUT["digest"]["themes"])


def test_a_third_language_is_a_catalogue_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What the catalogue has is said, in as many forms as the language has; what it lacks stays Dutch."""
    catalogue: Any = Catalog(locale="pl")
    catalogue.add("Er staat een nieuw bericht klaar", "Czeka nowa wiadomość")
    catalogue.add(
        tuple(layout.LAYOUT["digest"]["subject"].values()), ("{count} wiadomość", "{count} wiadomości", "{count} w")
    )
    folder = tmp_path / "pl" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    mail = compose("new_message", {}, language="pl", address=HOME)
    assert mail.subject == "Czeka nowa wiadomość"
    assert "Er staat een nieuw bericht klaar in het Dossierloket." in mail.body
    assert mail.language == "pl"
    moment = compose("certificate_notice", VALUES, language="pl").body
    assert "15 października 2024" in moment
    subjects = [mail_texts.digest([], language="pl", more=count).subject for count in (1, 2, 5)]
    assert subjects == ["1 wiadomość", "2 wiadomości", "5 w"]


def test_values_are_text_in_html_too() -> None:
    evil = '<script>alert(1)</script> " onmouseover="x" https://evil.example'
    page = _Read(compose("certificate_notice", VALUES | {"facility": evil}, address=HOME).html)
    assert page.acts == []
    assert "https://evil.example" not in page.links


@pytest.mark.parametrize(
    "odd", ["x\u2028y", "x\u202ey", "x\x00y", "x\x85y", "x\ud800y", "x" * 100_000, "\u200b" * 50], ids=ascii
)
def test_odd_values_stay_one_short_line(odd: str) -> None:
    """No value makes a header longer than a line, or turns what follows it round."""
    mail = compose("certificate_notice", VALUES | {"facility": odd}, address=HOME)
    assert len(mail.subject) <= 200
    assert mail.subject.isprintable()
    mail.html.encode()


def test_an_overview_lists_what_there_is_by_theme() -> None:
    mail = mail_texts.digest(
        [
            ("dossier_reopened", {"quarter": "2024K1"}),
            ("contract_document", VALUES),
            ("dossier_closed", {"quarter": "2024K2"}),
            ("contract_new", {}),
        ],
        address=HOME,
        more=3,
    )
    assert mail.subject == "Overzicht: 7 meldingen uit het Dossierloket"
    lines = mail.body.splitlines()
    assert (
        lines.index("eCalcura")
        < lines.index(f"- Uw dossier 2024K2 is afgesloten ({HOME})")
        < lines.index("e-Contracting")
    )
    assert f"- [e-Contracting] nieuw dossierstuk – opdracht MOW/2026/0008 ({HOME}/econtracting/opdracht/x)" in lines
    assert "- Nieuwe opdracht" in lines, "what was erased since is named only"
    assert any(line.startswith("En nog 3 andere") for line in lines)
    assert f"{HOME}/mijn-meldingen" in mail.body


def test_a_page_of_ours_shows_it_without_inline_styles() -> None:
    mail = compose("dossier_reopened", {"quarter": "2024K1"}, address=HOME)
    page = mail_texts.page_of(mail, "abc")
    assert 'style="' not in page
    assert page.count("<style") == page.count('<style nonce="abc">') == 1
    assert _Read(page).links == _Read(mail.html).links
