"""The texts of mail: complete in both languages, without a person, an amount or a second line in a header."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from string import Formatter

import pytest

from services import mail_texts
from services.mail_texts import TEMPLATES, TEXTS, compose
from services.mail_texts.layout import LAYOUT

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


@pytest.mark.parametrize("template", sorted(TEXTS))
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_text_can_be_written_in_both_languages(template: str, language: str) -> None:
    text = compose(template, VALUES, language=language, address=HOME)
    assert text.subject
    assert "{" not in text.subject + text.body
    assert HOME in text.body


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


@pytest.mark.parametrize("template", sorted(TEXTS))
@pytest.mark.parametrize("language", LAYOUT)
def test_html_says_what_the_text_says(template: str, language: str) -> None:
    """Every word of the text stands in the page in the same order; the page adds its name and the subject only."""
    mail = compose(template, VALUES, language=language, address=HOME)
    page = _Read(mail.html)
    shown = " ".join(_words(" ".join(page.words)))
    frame = " ".join(_words(f"{LAYOUT[language]['name']} {mail.subject}"))
    assert shown.startswith(frame)
    said = " ".join(word for word in _words(mail.body) if word not in {"--", "-"})
    assert shown.removeprefix(frame).strip() == said
    assert page.language == language
    assert page.acts == [], "nothing is fetched and nothing acts"
    assert page.links
    assert all(link.startswith(HOME) for link in page.links)
    assert set(re.findall(r"https?://\S+[^\s.,)]", mail.body)) <= set(page.links), "every address can be clicked"


@pytest.mark.parametrize("template", sorted(TEXTS))
def test_every_mail_says_who_answers_questions(template: str) -> None:
    """CP-08, and why somebody gets it."""
    body = compose(template, {**VALUES, "contact": ""}, address=HOME).body
    assert "02 553 36 47" in body
    assert "Mail naar wegenbouw@mow.example.be" in compose(template, VALUES, address=HOME).body
    assert "U krijgt deze e-mail omdat" in body


def test_each_language_has_every_text_and_every_word_of_the_layout() -> None:
    """A third language is a table in each file; this names what is missing in it."""

    def names(table: object, path: str = "") -> set[str]:
        if not isinstance(table, dict):
            return {path}
        return {one for name, value in table.items() for one in names(value, f"{path}.{name}")}

    first, *others = LAYOUT
    for other in others:
        assert names(LAYOUT[other]) == names(LAYOUT[first])
        assert [name for name, one in TEMPLATES.items() if other not in one.texts] == []
    reasons = {one.reason for one in TEMPLATES.values()} - {""}
    assert reasons <= set(LAYOUT[first]["reasons"])
    assert {one.theme for one in TEMPLATES.values()} <= set(LAYOUT[first]["digest"]["themes"])


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
