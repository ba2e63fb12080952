"""The one layout of mail: what stands under every text, and the HTML page around it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from domain.contact_points import CONTACT_POINTS, Subject
from services import languages
from services.mail_texts import blocks, source
from services.mail_texts.blocks import Block, Run

LAYOUT: Mapping[str, Any] = source.read(Path(__file__).with_name("layout.toml").read_text(encoding="utf-8"))
"""The words of the layout, in Dutch."""
_PHONES = {f"{point.subject.value}_phone": point.phone for point in CONTACT_POINTS if point.subject in Subject}

_FONT = "font-family:Arial,Helvetica,sans-serif"
_TEXT = f"margin:0 0 16px;{_FONT};font-size:16px;line-height:24px;color:#1f2329"
_SMALL = f"margin:0 0 8px;{_FONT};font-size:14px;line-height:20px;color:#4a515c"
_LINK = "color:#0a4f86;text-decoration:underline;overflow-wrap:anywhere;word-break:break-word"


def words(language: str) -> Mapping[str, Any]:
    """The words of the layout in a language."""
    return source.translated(LAYOUT, languages.catalogue(language))


def _counted(name: str, count: int, language: str) -> str:
    """A text of the digest that counts, in the form for the number."""
    one, many = (LAYOUT["digest"][name][form] for form in ("one", "many"))
    return languages.catalogue(language).ngettext(one, many, count).format(count=count)


def sign_in(language: str, address: str) -> Block:
    """The button of a mail without a link of its own."""
    return Block("action", (Run(address, address),), words(language)["sign_in"])


def footer(reason: str, values: Mapping[str, str], language: str) -> tuple[Block, ...]:
    """Why somebody gets this, where to change that, and who answers questions (CP-08). Unknown reasons are a KeyError.

    Those with a link to unsubscribe are told so in place of where preferences are.
    """
    said, values = words(language), {**_PHONES, **values}
    texts = [said["reasons"][reason]] if reason else []
    if values.get("unsubscribe"):
        texts.append(said["unsubscribe"])
    texts += [said["questions_contract" if values.get("contact") else "questions"], said["automatic"]]
    return blocks.filled([block for text in texts for block in blocks.parsed(text)], values)


def digest_subject(count: int, language: str) -> str:
    """The subject of a mail that lists others."""
    return _counted("subject", count, language)


def digest_blocks(
    themes: Mapping[str, Sequence[tuple[str, str]]], more: int, language: str, address: str
) -> tuple[Block, ...]:
    """Per theme a heading and its (subject, link), then how many are not listed and the way in."""
    said = words(language)["digest"]
    found = [Block("text", (Run(said["opening"]),))]
    for theme, mails in themes.items():
        found.append(Block("heading", (Run(said["themes"].get(theme, said["themes"]["house"])),)))
        found += [Block("item", (Run(subject, link),)) for subject, link in mails]
    if more:
        found.append(Block("text", (Run(_counted("more", more, language)),)))
    return (*found, sign_in(language, address))


def page(subject: str, said: Sequence[Block], below: Sequence[Block], language: str) -> str:
    """The blocks as an HTML page of at most 600 pixels wide, styled inline. Nothing is fetched, everything escaped."""
    name = escape(words(language)["name"])
    body = "".join(_shown(list(group)) for _kind, group in groupby(said, key=lambda block: block.kind))
    small = "".join(f'<p style="{_SMALL}">{_paragraph(block)}</p>' for block in below)
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light">'
        f"<title>{escape(subject)}</title></head>"
        '<body style="margin:0;padding:0;background:#f3f5f6">'
        '<main style="display:block;max-width:600px;margin:0 auto;padding:16px 12px 32px">'
        f'<p style="margin:0;padding:14px 24px;background:#fff;border-top:6px solid #ffe615;{_FONT};font-size:16px;'
        f'line-height:24px;font-weight:bold;color:#1f2329">{name}</p>'
        f'<div style="padding:8px 24px 16px;background:#fff;border-bottom:1px solid #cfd5da">'
        f'<h1 style="margin:8px 0 16px;{_FONT};font-size:22px;line-height:30px;color:#1f2329;'
        f'overflow-wrap:anywhere">{escape(subject)}</h1>{body}</div>'
        f'<div style="padding:16px 24px">{small}</div>'
        "</main></body></html>\n"
    )


def _shown(group: Sequence[Block]) -> str:
    kind = group[0].kind
    if kind == "fact":
        rows = "".join(
            f'<tr><th scope="row" style="{_CELL};width:38%;font-weight:bold">{escape(block.label)}</th>'
            f'<td style="{_CELL}">{_runs(block)}</td></tr>'
            for block in group
        )
        return (
            '<table style="width:100%;margin:0 0 20px;border-collapse:collapse;table-layout:fixed" '
            f'cellpadding="0" cellspacing="0">{rows}</table>'
        )
    if kind == "item":
        rows = "".join(f'<li style="margin:0 0 8px">{_runs(block)}</li>' for block in group)
        return f'<ul style="{_TEXT};padding:0 0 0 20px">{rows}</ul>'
    if kind == "action":
        return "".join(_button(block) for block in group)
    tag, style = ("h2", f"{_TEXT};font-size:18px") if kind == "heading" else ("p", _TEXT)
    return "".join(f'<{tag} style="{style}">{_paragraph(block)}</{tag}>' for block in group)


_CELL = (
    f"padding:6px 12px 6px 0;border-bottom:1px solid #e4e8eb;{_FONT};font-size:16px;line-height:24px;color:#1f2329;"
    "text-align:left;vertical-align:top;overflow-wrap:anywhere"
)


def _button(block: Block) -> str:
    """A button, with its address under it for who reads without links."""
    url = escape(block.runs[0].url)
    return (
        f'<p style="{_TEXT};margin:24px 0 8px"><a href="{url}" style="display:inline-block;padding:12px 20px;'
        f"background:#0a4f86;color:#ffffff;{_FONT};font-size:16px;line-height:20px;font-weight:bold;"
        f'text-decoration:none;border-radius:4px">{escape(block.label)}</a></p>'
        f'<p style="{_SMALL};margin:0 0 16px"><a href="{url}" style="{_LINK}">{url}</a></p>'
    )


def _paragraph(block: Block) -> str:
    return (f"{escape(block.label)}: " if block.label else "") + _runs(block)


def _runs(block: Block) -> str:
    return "".join(
        f'<a href="{escape(run.url)}" style="{_LINK}">{escape(run.text)}</a>' if run.url else escape(run.text)
        for run in block.runs
    )


def with_classes(html: str, nonce: str) -> str:
    """A page made here with its inline styles as classes of one style element that carries the nonce."""
    styles: dict[str, str] = {}

    def named(found: re.Match[str]) -> str:
        return f'class="{styles.setdefault(found[1], f"s{len(styles)}")}"'

    page = re.sub(r'style="([^"]*)"', named, html)
    rules = "".join(f".{name}{{{style}}}" for style, name in styles.items())
    return page.replace("</head>", f'<style nonce="{escape(nonce)}">{rules}</style></head>', 1)
