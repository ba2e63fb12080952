"""The type of a file by its content, every refusal with what to do about it, traces of persons found and removed."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import ExitStack

import pikepdf
import pytest
from PIL import Image

from domain.econtracting import attachments as words
from domain.econtracting.person_traces import PersonName, Trace
from domain.errors import DomainError, Findings
from integrations import file_contents
from tests.factories import files

PEOPLE = (PersonName("Mila", "Willems"), PersonName("Jan", "Janssens"))
P = files.PERSON

TAKEN: dict[str, tuple[bytes, str]] = {
    "a.pdf": (files.pdf(), "application/pdf"),
    "a.docx": (files.docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "a.xlsx": (files.xlsx(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "a.odt": (files.odt(), "application/vnd.oasis.opendocument.text"),
    "a.JPG": (files.jpeg(), "image/jpeg"),
    "a.png": (files.png(), "image/png"),
    "a.tif": (files.tiff(), "image/tiff"),
    "a.heic": (files.heic(), "image/heic"),
    "a.csv": (b"post;bedrag\n1;2,50\n", "text/csv"),
    "a.txt": ("één".encode("cp1252"), "text/plain"),
    "b.txt": ("één\n".encode("utf-16"), "text/plain"),
    "a.xml": (b"<?xml version='1.0'?><factuur/>", "application/xml"),
    "b.xml": (b"\xef\xbb\xbf<?xml version='1.0'?><factuur/>", "application/xml"),
    "a.dwg": (b"AC1032\0\0\0\0\0\0" + b"\0" * 100, "image/vnd.dwg"),
    "a.dxf": (files.dxf(), "image/vnd.dxf"),
    "a.zip": (files.packed({"x/plan.pdf": files.pdf(), "x/leeg.txt": b""}), "application/zip"),
}


def _inspect(content: bytes, name: str) -> file_contents.Contents:
    return file_contents.inspect(io.BytesIO(content), name, PEOPLE)


@pytest.mark.parametrize("name", TAKEN)
def test_every_type_on_the_list_is_taken_and_tells_nothing(name: str) -> None:
    content, media_type = TAKEN[name]
    found = _inspect(content, name)
    assert (found.type.media_type, found.name) == (media_type, name)
    assert {one.trace for one in found.told} <= {Trace.UNSEEN}


REFUSED: dict[str, tuple[bytes, str, str]] = {
    "a PNG called PDF": (files.png(), "a.pdf", words.MISLABELLED),
    "a PDF called Word": (files.pdf(), "a.docx", words.MISLABELLED),
    "a ZIP called Word": (files.packed({"a.txt": b"x"}), "a.docx", words.MISLABELLED),
    "text called PDF": (b"geen pdf", "a.pdf", words.MISLABELLED),
    "a PDF with a password": (files.pdf(password="geheim"), "a.pdf", words.LOCKED),
    "Office with a password": (files.old_office(locked=True), "a.xlsx", words.LOCKED),
    "OpenDocument with a password": (files.odt(encrypted=True), "a.odt", words.LOCKED),
    "a ZIP with a password": (files.locked_zip(), "a.zip", words.LOCKED),
    "old Word": (files.old_office(), "a.doc", words.OLD_OFFICE),
    "an e-mail of Outlook": (files.old_office(), "a.msg", words.UNKNOWN_TYPE),
    "an e-mail": (b"From: jan@x.be\nTo: b@x.be\nSubject: x\n\nDag", "a.eml", words.UNKNOWN_TYPE),
    "a program": (b"MZ\x90\0" + b"\0" * 200, "a.pdf", words.RUNS),
    "a program of Linux": (b"\x7fELF\2\1\1" + b"\0" * 200, "plan.dwg", words.RUNS),
    "a script": (b"#!/bin/sh\nrm -rf /\n", "a.txt", words.RUNS),
    "a script by its name": (b"echo dag", "a.bat", words.RUNS),
    "a page": (b"<!DOCTYPE html><html><script>alert(1)</script></html>", "a.txt", words.UNKNOWN_TYPE),
    "a drawing with scripts": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", words.UNKNOWN_TYPE),
    "macros by the name": (files.docx(macros=True), "a.docm", words.MACROS),
    "macros behind another name": (files.docx(word_vbaProject=b"x"), "a.docx", ""),
    "macros": (files.docx(macros=True), "a.docx", words.MACROS),
    "a ZIP bomb": (files.bomb(), "a.zip", words.BOMB),
    "a broken PDF": (b"%PDF-1.7\nniets", "a.pdf", words.BROKEN),
    "a ZIP cut off": (files.packed({"a.txt": b"x" * 9000})[:-30], "a.zip", words.BROKEN),
    "data": (bytes(range(256)) * 4, "a.txt", words.UNKNOWN_TYPE),
    "nothing at all": (b"", "a.txt", words.EMPTY),
}
REFUSED["macros behind another name"] = (
    files.packed(
        {
            "[Content_Types].xml": "<Types>wordprocessingml.document.main</Types>",
            "word/vbaProject.bin": b"x",
        }
    ),
    "a.docx",
    words.MACROS,
)


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_taken_is_refused_with_what_to_do(what: str) -> None:
    content, name, message = REFUSED[what]
    with pytest.raises(DomainError) as refusal:
        _inspect(content, name)
    assert refusal.value.message == message
    assert str(refusal.value)


@pytest.mark.parametrize(
    ("inside", "name", "message"),
    [
        (b"MZ\x90\0" + b"\0" * 99, "setup.exe", words.RUNS),
        (b"MZ\x90\0" + b"\0" * 99, "foto.jpg", words.RUNS),
        (files.pdf(password="x"), "plan.pdf", words.LOCKED),
        (files.docx(macros=True), "a.docm", words.MACROS),
        (b"dag", "a.json", words.UNKNOWN_TYPE),
    ],
)
def test_a_zip_is_as_good_as_what_is_in_it(inside: bytes, name: str, message: str) -> None:
    """The refusal names the file inside, also in a ZIP in a ZIP."""
    for content in (files.packed({name: inside}), files.packed({"b.zip": files.packed({name: inside})})):
        with pytest.raises(Findings) as refusal:
            _inspect(content, "a.zip")
        assert name in [one.params.get("name") for one in refusal.value.findings]
        assert refusal.value.findings[-1].message == message


def test_a_zip_too_deep_is_refused() -> None:
    content = files.packed({"a.txt": b"x"})
    for depth in range(5):
        content = files.packed({f"{depth}.zip": content})
    with pytest.raises(Findings) as refusal:
        _inspect(content, "a.zip")
    assert refusal.value.findings[-1].message == words.BOMB


def test_a_program_in_a_pdf_is_refused_and_data_in_it_is_not() -> None:
    with pytest.raises(Findings) as refusal:
        _inspect(files.pdf(a_exe=b"MZ\x90\0" + b"\0" * 99), "a.pdf")
    assert refusal.value.findings[-1].message == words.RUNS
    assert not _inspect(files.pdf(factuur_xml=b"<?xml version='1.0'?><a/>", x_bin=b"\0\1"), "a.pdf").told


def test_a_name_without_extension_gets_the_right_one() -> None:
    assert _inspect(files.pdf(), "vordering 3").name == "vordering 3.pdf"
    assert _inspect(files.pdf(), "vordering 3.5").name == "vordering 3.5.pdf"
    assert _inspect(b"dag", "nota").name == "nota.txt"


TELLING: dict[str, tuple[str, bytes, set[Trace]]] = {
    "pdf": ("a.pdf", files.pdf(author=P, note=P), {Trace.AUTHOR, Trace.COMMENTS, Trace.PROPERTY}),
    "docx": (
        "a.docx",
        files.docx(author=P),
        {Trace.AUTHOR, Trace.LAST_EDITOR, Trace.MANAGER, Trace.COMMENTS},
    ),
    "xlsx": ("a.xlsx", files.xlsx(author=P, comment=P), {Trace.AUTHOR, Trace.COMMENTS}),
    "odt": ("a.odt", files.odt(author=P), {Trace.AUTHOR, Trace.LAST_EDITOR, Trace.COMMENTS}),
    "jpeg": ("a.jpg", files.jpeg(artist=P, place=True, turned=6), {Trace.OWNER, Trace.PLACE}),
    "png": ("a.png", files.png(author=P), {Trace.OWNER}),
    "tiff": ("a.tif", files.tiff(artist=P, place=True), {Trace.OWNER, Trace.PLACE}),
    "heic": ("a.heic", files.heic(artist=P), {Trace.OWNER}),
    "dxf": ("a.dxf", files.dxf(saved_by=P), {Trace.LAST_EDITOR}),
    "zip": (
        "a.zip",
        files.packed({"x.jpg": files.jpeg(artist=P), "y.pdf": files.pdf(author=P)}),
        {Trace.OWNER, Trace.AUTHOR, Trace.PROPERTY},
    ),
}


def _cleaned(content: bytes, name: str) -> bytes:
    kind = _inspect(content, name).type
    with ExitStack() as stack:
        return stack.enter_context(file_contents.cleaned(io.BytesIO(content), kind, PEOPLE)).read()


@pytest.mark.parametrize("what", TELLING)
def test_a21_what_a_file_tells_of_a_person_is_found_and_gone_from_the_copy(what: str) -> None:
    """C-046, A-21: author, comments, camera and place are found; in the copy nothing is left, and it is still whole."""
    name, content, traces = TELLING[what]
    found = _inspect(content, name)
    assert {one.trace for one in found.told} == traces
    assert any(P in one.value for one in found.told)
    copy = _cleaned(content, name)
    again = _inspect(copy, name)
    assert not [one for one in again.told if one.trace is not Trace.UNSEEN]
    if what not in ("docx",):  # there the same words are also part of the text
        assert P.encode() not in copy
    assert _cleaned(copy, name) == copy or what in ("pdf", "zip")


def test_pixels_and_turning_stay_as_they_were() -> None:
    for what, family in (("jpeg", "JPEG"), ("png", "PNG"), ("tiff", "TIFF")):
        name, content, _ = TELLING[what]
        before, after = Image.open(io.BytesIO(content)), Image.open(io.BytesIO(_cleaned(content, name)))
        assert (after.format, after.tobytes()) == (family, before.tobytes())
    assert Image.open(io.BytesIO(_cleaned(TELLING["jpeg"][1], "a.jpg"))).getexif()[0x0112] == 6


def test_the_text_of_an_office_file_is_not_touched() -> None:
    """Words that look like an attribute are text."""
    copy = _cleaned(files.docx(author=P), "a.docx")
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        body = archive.read("word/document.xml").decode()
        assert f'author="{P}" hoort bij de tekst' in body
        assert 'w:author="Auteur"' in body
        assert "<Company>Wegenbouw</Company><Manager></Manager>" in archive.read("docProps/app.xml").decode()


def test_a_cleaned_pdf_still_says_that_it_is_pdf_a() -> None:
    copy = _cleaned(files.pdf(author=P), "a.pdf")
    with pikepdf.open(io.BytesIO(copy)) as document, document.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "B")
        assert metadata.get("dc:creator") is None


def test_a_signature_is_mentioned_as_content() -> None:
    assert Trace.SIGNED in {one.trace for one in _inspect(files.pdf(signed=True), "a.pdf").told}
    note = {"mimetype": "application/vnd.oasis.opendocument.text", "META-INF/documentsignatures.xml": "x"}
    assert Trace.SIGNED in {one.trace for one in _inspect(files.packed(note), "a.odt").told}


@pytest.mark.parametrize("what", ["a.pdf", "a.docx", "a.JPG", "a.png", "a.tif", "a.heic", "a.zip", "a.odt", "a.dxf"])
def test_any_damage_is_an_answer_and_never_a_bug(what: str) -> None:
    """Cut off and spoilt in many places: taken or refused, nothing else."""
    content = TAKEN[what][0]
    spoilt: list[Callable[[int], bytes]] = [
        lambda place: content[:place],
        lambda place: content[:place] + b"\xff\xfe\0\1" + content[place + 4 :],
        lambda place: content[:place] + content[place + 7 :],
    ]
    refused = 0
    for spoil in spoilt:
        for place in range(1, len(content), max(1, len(content) // 60)):
            bad = spoil(place)
            try:
                found = _inspect(bad, what)
                with file_contents.cleaned(io.BytesIO(bad), found.type, PEOPLE) as copy:
                    copy.read()
            except DomainError:
                refused += 1
    assert refused


@pytest.mark.parametrize("named", [b"\x63\x00", b"\x61\x00"])
def test_an_empty_entry_packed_in_an_unknown_way_is_broken(named: bytes) -> None:
    """Nothing of it need be read, but it cannot be written again."""
    content = bytearray(files.packed({"a.txt": b"", "b.txt": b"x"}))
    directory = content.index(b"PK\1\2")
    content[directory + 10 : directory + 12] = named
    found = _inspect(files.packed({"b.txt": b"x"}), "a.zip")
    with pytest.raises(DomainError), file_contents.cleaned(io.BytesIO(bytes(content)), found.type, PEOPLE):
        pass


def test_a_zip_with_a_nameless_entry_is_broken() -> None:
    content = files.packed({"a": b"x", "b.txt": b"x"})
    # in the directory: no letter of a name, and one of what stands behind it
    at = content.index(b"PK\1\2") + 28
    with pytest.raises(DomainError) as refusal:
        _inspect(content[:at] + b"\0\0\1\0" + content[at + 4 :], "a.zip")
    assert refusal.value.message == words.BROKEN


def test_what_unpacks_big_costs_no_memory() -> None:
    content = files.packed({"groot.txt": b"a" * (100 * 1024 * 1024)})
    tracemalloc.start()
    try:
        assert _inspect(content, "a.zip")
        assert tracemalloc.get_traced_memory()[1] < 16 * 1024 * 1024
    finally:
        tracemalloc.stop()
