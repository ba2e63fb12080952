"""The pages for people inside a package: plain HTML without scripts or addresses of others, readable for decades."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from services.econtracting.documents.views import DocumentPage, VersionView
from services.econtracting.proof.receipts import moment

_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;"
    "border-bottom:1px solid #b0b0b0}code{overflow-wrap:anywhere;font-size:.85em}.message{white-space:pre-wrap}"
)


def page(title: str, *parts: str) -> bytes:
    """A page with a title; the parts are HTML."""
    return (
        f'<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>{''.join(parts)}</body></html>\n"
    ).encode()


def heading(text: str) -> str:
    """A heading under the title."""
    return f"<h2>{escape(text)}</h2>"


def paragraph(text: str) -> str:
    """Some words."""
    return f"<p>{escape(text)}</p>"


def link(text: str, address: str) -> str:
    """A link inside the package; both are plain text."""
    return f'<a href="{escape(address)}">{escape(text)}</a>'


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; the cells are HTML, the columns plain text."""
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def facts(rows: Iterable[tuple[str, str]]) -> str:
    """Names with values, both plain text; empty values are left out."""
    shown = [f'<tr><th scope="row">{escape(label)}</th><td>{escape(value)}</td></tr>' for label, value in rows if value]
    return f"<table><tbody>{''.join(shown)}</tbody></table>"


def version_page(document: DocumentPage, version: VersionView, files: Sequence[tuple[str, str]]) -> bytes:
    """One version of a document; ``files``: name and place beside the page."""
    moments = [
        ("Verzonden", moment(version.sent_at) if version.sent_at and version.counts_at == version.sent_at else ""),
        ("Raadpleegbaar", moment(version.consultable_at) if version.consultable_at else ""),
        ("Controlegetal van de inhoud", version.digest or ""),
    ]
    parts = [
        facts(
            [
                ("Opdracht", document.contract_number),
                ("Soort", f"{document.kind_name} {document.number}"),
                ("Versie", str(version.number)),
                ("Stand", version.state_label),
                *moments,
            ]
        ),
        heading("Inhoud"),
        facts([(one.label, one.text) for one in version.fields]),
    ]
    if version.lines:
        parts += [heading("Vorderingsstaat"), _lines(version.lines)]
    if files:
        parts += [heading("Bestanden"), table(("Bestand",), [(link(name, place),) for name, place in files])]
    return page(version.title, *parts)


def _lines(lines: Sequence[Mapping[str, Any]]) -> str:
    columns = list(dict.fromkeys(name for line in lines for name in line))
    return table(columns, [[escape(str(line.get(name, "") or "")) for name in columns] for line in lines])
