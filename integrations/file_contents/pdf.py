"""PDF files: passwords, embedded files, signatures, and the persons they tell of."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import IO, Any, BinaryIO, cast

import pikepdf

from domain.econtracting import person_traces
from domain.econtracting.attachments import BOMB, BROKEN, LOCKED
from domain.econtracting.person_traces import PersonName, Told, Trace
from integrations.file_contents import xml_text
from integrations.file_contents.refusing import MAX_PART, refused

_FAULTS = (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError, OverflowError)
#: What may stay in the properties of a cleaned file, unless it names somebody of the organisation.
_PLAIN = ("/Title", "/Subject", "/Keywords", "/Creator", "/Producer", "/CreationDate", "/ModDate", "/Trapped")
_PDFA = ("pdfaid:part", "pdfaid:conformance")


@contextmanager
def opened(file: IO[bytes]) -> Iterator[pikepdf.Pdf]:
    """A PDF to look into. Raises InvalidValue when it asks a password or is broken."""
    file.seek(0)
    try:
        pdf = pikepdf.open(cast(BinaryIO, file))
    except pikepdf.PasswordError:
        raise refused(LOCKED, "LOCKED") from None
    except _FAULTS:
        raise refused(BROKEN, "BROKEN") from None
    with pdf:
        try:
            if not len(pdf.pages):
                raise refused(BROKEN, "BROKEN")
        except pikepdf.PdfError:
            raise refused(BROKEN, "BROKEN") from None
        yield pdf


def told(pdf: pikepdf.Pdf, people: Collection[PersonName]) -> Iterator[Told]:
    """What a PDF tells about persons. What cannot be read in a damaged corner is passed over."""
    if _quietly(is_signed, pdf):
        yield Told(Trace.SIGNED)
    for key, value in _properties(pdf).items():
        if key == "/Author" and xml_text.is_somebody(value):
            yield Told(Trace.AUTHOR, value)
        elif key == "/Manager":
            yield Told(Trace.MANAGER, value)
        elif person_traces.in_text(value, people):
            yield Told(Trace.PROPERTY, value)
    xmp = _xmp(pdf)
    for value in xml_text.elements(xmp, {"creator"}):
        if xml_text.is_somebody(value):
            yield Told(Trace.AUTHOR, value)
    person = person_traces.in_text(" ".join(xml_text.elements(xmp, {"li", "Manager", "LastModifiedBy"})), people)
    if person is not None:
        yield Told(Trace.PROPERTY, f"{person.given} {person.family}")
    for annotation in _notes(pdf):
        value = _text(annotation.get("/T"))
        if xml_text.is_somebody(value):
            yield Told(Trace.COMMENTS, value)


def is_signed(pdf: pikepdf.Pdf) -> bool:
    """Whether somebody signed or certified it digitally."""
    root: Any = pdf.Root
    if "/DocMDP" in root.get("/Perms", pikepdf.Dictionary()):
        return True
    form = root.get("/AcroForm")
    if form is None:
        return False
    left = list(form.get("/Fields", pikepdf.Array()))
    for _ in range(20_000):
        if not left:
            return False
        field = left.pop()
        if field.get("/FT") == pikepdf.Name.Sig and "/V" in field:
            return True
        left.extend(field.get("/Kids", pikepdf.Array()))
    return False


def embedded(pdf: pikepdf.Pdf) -> Iterator[tuple[str, bytes]]:
    """The files inside, with their names. Raises InvalidValue when one unpacks too big."""
    for name, specification in _quietly(lambda: list(pdf.attachments.items())) or []:
        content = _quietly(lambda one=specification: _stream(one.obj["/EF"]["/F"]))
        if content is not None:
            yield name, content


def clean(pdf: pikepdf.Pdf, target: IO[bytes], people: Collection[PersonName]) -> None:
    """Write the same file without the persons it tells of (properties, XMP, notes); older revisions go too."""
    for key, value in _properties(pdf).items():
        if key not in _PLAIN or person_traces.in_text(value, people):
            del pdf.docinfo[key]
    xmp = _xmp(pdf)
    if "/Metadata" in pdf.Root:
        kept = {name: values[0] for name in _PDFA if (values := _values(xmp, name))}
        del pdf.Root["/Metadata"]
        if kept:
            with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
                metadata.load_from_docinfo(pdf.docinfo, raise_failure=False)
                for name, value in kept.items():
                    metadata[name] = value
    for page in pdf.pages:
        for key in ("/Metadata", "/PieceInfo"):
            if key in page.obj:
                del page.obj[key]
    for key in ("/PieceInfo",):
        if key in pdf.Root:
            del pdf.Root[key]
    for annotation in _notes(pdf):
        if "/T" in annotation:
            del annotation["/T"]
    pdf.save(cast(BinaryIO, target), deterministic_id=True)


def _values(xmp: bytes, name: str) -> list[str]:
    local = name.partition(":")[2]
    return xml_text.attributes(xmp, {local}) or xml_text.elements(xmp, {local})


def _properties(pdf: pikepdf.Pdf) -> dict[str, str]:
    return _quietly(lambda: {key: _text(value) for key, value in pdf.docinfo.items()}) or {}


def _xmp(pdf: pikepdf.Pdf) -> bytes:
    return _quietly(lambda: _stream(pdf.Root["/Metadata"]) if "/Metadata" in pdf.Root else b"") or b""


def _notes(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """The notes on all pages; not the fields of a form, whose /T is their own name."""
    for page in pdf.pages:
        for annotation in _quietly(lambda one=page: list(one.obj.get("/Annots", pikepdf.Array()))) or []:
            if isinstance(annotation, pikepdf.Dictionary) and annotation.get("/Subtype") != pikepdf.Name.Widget:
                yield annotation


def _stream(stream: Any) -> bytes:
    """The content of a stream, unpacked within limits."""
    filters = stream.get("/Filter")
    names = [str(one) for one in filters] if isinstance(filters, pikepdf.Array) else [str(filters)] if filters else []
    raw: bytes = stream.read_raw_bytes()
    if not names:
        return raw
    if names == ["/FlateDecode"] and "/DecodeParms" not in stream:
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(raw, MAX_PART)
        if unpacker.unconsumed_tail:
            raise refused(BOMB, "BOMB")
        return content
    return b""


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _quietly(act: Any, *words: Any) -> Any:
    """None where a damaged PDF says no; the scanner and the reader of the recipient decide on the rest."""
    try:
        return act(*words)
    except (*_FAULTS, zlib.error):
        return None
