"""Small files that would keep the program busy for hours, and with it everybody: read in one go, or refused."""

from __future__ import annotations

import io
import time
import zipfile
import zlib
from collections.abc import Callable

import pikepdf
import pytest

from domain.econtracting.person_traces import Trace
from domain.errors import Findings, InvalidValue
from integrations import file_contents
from integrations.file_contents import looking, refusing, xml_text

MANY = 60_000
MOST_SECONDS = 20.0
"""Looking again from each place takes minutes to hours; looking once takes a small part of this."""

UNCLOSED = {
    "comments": b"<!--" * MANY,
    "character data": b"<![CDATA[" * MANY,
    "elements": b"<dc:creator>" * MANY,
    "elements of many prefixes": b"".join(b"<p%d:creator>" % number for number in range(MANY)),
    "quotes": b"<a '\"" * MANY,
    "closing tags": b"</dc:creator " * MANY,
    "declarations": ("<?xml " * MANY).encode("utf-16"),
}


@pytest.mark.parametrize("what", sorted(UNCLOSED))
def test_what_is_never_closed_is_looked_at_once(what: str) -> None:
    data = UNCLOSED[what]
    begun = time.perf_counter()
    read: tuple[Callable[[bytes], object], ...] = (
        xml_text.utf8,
        lambda one: xml_text.elements(one, {"creator"}),
        lambda one: xml_text.attributes(one, {"author"}),
        lambda one: xml_text.with_elements(one, {"creator"}),
        lambda one: xml_text.with_attributes(one, {"author"}),
    )
    for look in read:
        look(data)
    assert time.perf_counter() - begun < MOST_SECONDS


def test_what_is_closed_is_still_found_and_taken_out() -> None:
    data = (
        b'<x><!-- <dc:creator>no</dc:creator> --><dc:creator a="1">An</dc:creator><creator/>'
        b"<b:creator>B</b:creator></x>"
    )
    assert xml_text.elements(data, {"creator"}) == ["no", "An", "B"]
    assert b"An" not in xml_text.with_elements(data, {"creator"})
    assert xml_text.attributes(b"<a w:author='An' b=\"<'\"/><!-- <c author='X'/> -->", {"author"}) == ["An"]


def zipped(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def test_a_zip_of_zips_has_one_room_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them is within the limits; together they unpack to far more."""
    monkeypatch.setattr(refusing.Room.__init__, "__defaults__", (1_000_000, 100))
    inner = zipped({"a.txt": b" " * 300_000})
    one = file_contents.inspect(io.BytesIO(zipped({"1.zip": inner})), "a.zip")
    assert one.type.media_type == "application/zip"
    with pytest.raises((InvalidValue, Findings)):
        file_contents.inspect(io.BytesIO(zipped({f"{number}.zip": inner for number in range(10)})), "a.zip")


def test_the_files_in_a_pdf_have_one_room_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusing.Room.__init__, "__defaults__", (1_000_000, 100))
    document = pikepdf.new()
    document.add_blank_page()
    for number in range(5):
        document.attachments[f"{number}.txt"] = pikepdf.AttachedFileSpec(document, b" " * 300_000, filename="a.txt")
    target = io.BytesIO()
    document.save(target, compress_streams=True)
    with pytest.raises((InvalidValue, Findings)):
        file_contents.inspect(io.BytesIO(target.getvalue()), "a.pdf")
    with pytest.raises(InvalidValue):
        list(looking.carried(io.BytesIO(target.getvalue())))


def png(pieces: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    header = chunk(b"IHDR", (1).to_bytes(4) * 2 + b"\x08\x00\x00\x00\x00")
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b" " * 1_000_000))
    picture = chunk(b"IDAT", zlib.compress(b"\0\0"))
    return b"\x89PNG\r\n\x1a\n" + header + text * pieces + picture + chunk(b"IEND", b"")


def test_a_picture_of_metadata_only_is_not_read_to_its_end() -> None:
    told = file_contents.inspect(io.BytesIO(png(2000)), "a.png").told
    assert [one.trace for one in told] == [Trace.UNSEEN]
    assert file_contents.inspect(io.BytesIO(png(3)), "a.png").told == ()
