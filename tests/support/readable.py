"""Everything that can be read in an answer: pages, files, PDFs with their metadata, packages in packages, headers."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterator
from urllib.parse import unquote

import pikepdf
from pypdf import PdfReader
from werkzeug.test import TestResponse


def texts_of(content: bytes) -> Iterator[str]:
    """The texts inside some bytes, however they are packed."""
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            for one in package.infolist():
                yield f"{one.filename} {one.comment.decode(errors='replace')}"
                yield from texts_of(package.read(one))
        return
    if content[:5] == b"%PDF-" and b"%%EOF" in content:
        yield from _pdf_texts(content)
    text = content.decode("utf-8", errors="replace")
    yield text
    if plain := html.unescape(unquote(text)):
        yield plain


def _pdf_texts(content: bytes) -> Iterator[str]:
    with pikepdf.open(io.BytesIO(content)) as document:
        yield str(dict(document.docinfo))
        for one in document.objects:
            if isinstance(one, pikepdf.Stream):
                try:
                    yield one.read_bytes().decode("latin-1")
                except pikepdf.PdfError:
                    yield one.read_raw_bytes().decode("latin-1")
            else:
                yield str(one)
    yield " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def answer_texts(answer: TestResponse) -> Iterator[str]:
    """The same of an answer, with its headers."""
    yield "\n".join(f"{name}: {value}" for name, value in answer.headers)
    yield from texts_of(answer.data)


_LINK = re.compile(r"""(?:href|action|src|data-[a-z-]+)=["'](/[^"'#]*)""")


def links_in(answer: TestResponse) -> list[str]:
    """The addresses on a page that lead somewhere in the application, without the files every page has."""
    if answer.mimetype != "text/html":
        return []
    found = (html.unescape(one) for one in _LINK.findall(answer.get_data(as_text=True)))
    return list(dict.fromkeys(one for one in found if not one.startswith(("/static/", "/admin/static/"))))
