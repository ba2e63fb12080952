"""The texts of mail: one table per theme (``*.toml``), a subject and a body in Dutch; other languages by catalogue.

A mail names the facility, the quarter, the contract and the moment; never a person, an amount or an account (E-154).
What it is about is read after signing in. Text and HTML are made of the same blocks, so they say the same.

A table holds, for each template: ``reason`` (why somebody gets it, a name of ``layout.toml``), ``at_once`` (never
gathered in a digest), ``secret`` (parameters that are forgotten once it is sent), ``label`` (its name in lists),
``subject`` and ``body``. A body is paragraphs with an empty line between them; lines ``Label: value`` are
facts, lines with ``- `` a list, and a line ``Label: {address}…`` is the button. Placeholders are the parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from services import languages, secret_links
from services.mail_texts import blocks, layout, source
from services.mail_texts.blocks import Block
from services.mail_texts.values import clean as clean
from services.mail_texts.values import shown

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Text:
    """One template in one language, with its placeholders."""

    subject: str
    body: str
    label: str


@dataclass(frozen=True, slots=True)
class Template:
    """A template as its table has it, in Dutch. ``theme`` is the name of the table."""

    theme: str
    reason: str
    at_once: bool
    secret: frozenset[str]
    text: Text

    def said(self, language: str) -> Text:
        """Its text in a language; what the catalogue does not have stays Dutch."""
        say = languages.catalogue(language).gettext
        return Text(say(self.text.subject), say(self.text.body), say(self.text.label))


@dataclass(frozen=True)
class Mail:
    """A mail as it leaves: the same blocks as text and as HTML."""

    subject: str
    blocks: tuple[Block, ...]
    footer: tuple[Block, ...]
    language: str

    @cached_property
    def body(self) -> str:
        """The plain text."""
        return blocks.plain(self.blocks) + "\n\n-- \n" + blocks.plain(self.footer) + "\n"

    @cached_property
    def html(self) -> str:
        """The same as a page with inline styles, without anything fetched from elsewhere."""
        return layout.page(self.subject, self.blocks, self.footer, self.language)


def page_of(mail: Mail, nonce: str) -> str:
    """The HTML of a mail for a page of ours, which takes no inline styles: the same ones in a style element."""
    return layout.with_classes(mail.html, nonce)


def _read() -> dict[str, Template]:
    found: dict[str, Template] = {}
    for path in sorted(_HERE.glob("*.toml")):
        if path.stem == "layout":
            continue
        for name, row in source.read(path.read_text(encoding="utf-8")).items():
            if name in found:
                raise ValueError(f"mail template {name} stands twice")
            found[name] = Template(
                theme=path.stem,
                reason=row.get("reason", ""),
                at_once=row.get("at_once", False),
                secret=frozenset(row.get("secret", ())),
                text=Text(row["subject"], row["body"], row["label"]),
            )
    return found


TEMPLATES: Mapping[str, Template] = MappingProxyType(_read())


def language_of(language: str | None) -> str:
    """The language itself when there is a catalogue of it, else the source language."""
    return language if language is not None and language in languages.known() else languages.SOURCE


def label(template: str, language: str = "nl") -> str:
    """What a mail is called in a list; the name of the template when it is not a known one."""
    if template == "digest":
        return str(layout.words(language)["digest"]["label"])
    known = TEMPLATES.get(template)
    return known.said(language).label if known is not None else template


def compose(template: str, parameters: Mapping[str, Any], *, language: str = "nl", address: str = "") -> Mail:
    """One mail. ``address`` is where people sign in.

    Raises KeyError for an unknown template or a parameter that its text needs and did not get (a bug).
    """
    kind, language = TEMPLATES[template], language_of(language)
    text = kind.said(language)
    values = {name: shown(value, language) for name, value in secret_links.hidden(parameters).items()}
    values["address"] = address
    said = blocks.filled(blocks.parsed(text.body), values)
    if not any(block.kind == "action" for block in said):
        said = (*said, layout.sign_in(language, address))
    return Mail(blocks.line(text.subject, values), said, layout.footer(kind.reason, values, language), language)


def digest(
    mails: Iterable[tuple[str, Mapping[str, Any]]], *, language: str = "nl", address: str = "", more: int = 0
) -> Mail:
    """One mail that lists others: (template, parameters) in order, by theme, each with its subject and its link.

    ``more`` is how many there are beside those.
    """
    language = language_of(language)
    themes: dict[str, list[tuple[str, str]]] = {}
    for template, parameters in mails:
        themes.setdefault(TEMPLATES[template].theme, []).append(_entry(template, parameters, language, address))
    return Mail(
        layout.digest_subject(sum(map(len, themes.values())) + more, language),
        layout.digest_blocks(themes, more, language, address),
        layout.footer("digest", {"address": address}, language),
        language,
    )


def _entry(template: str, parameters: Mapping[str, Any], language: str, address: str) -> tuple[str, str]:
    """Subject and link of a mail in a list; of one whose parameters were erased since, what it was about."""
    try:
        one = compose(template, parameters, language=language, address=address)
    except KeyError:
        return label(template, language), ""
    return one.subject, next(block.runs[-1].url for block in one.blocks if block.kind == "action")
