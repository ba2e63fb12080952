"""Files as people upload them, small and real: each of the types that are taken, and what must be refused."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from typing import Any

import openpyxl
import pikepdf
from openpyxl.comments import Comment
from PIL import Image

from integrations.scanner import EICAR

PERSON = "Mila Willems"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_MACRO_WORD = "application/vnd.ms-word.document.macroEnabled.main+xml"


def pdf(*, author: str = "", password: str = "", signed: bool = False, note: str = "", **inside: bytes) -> bytes:
    """A PDF of one page; ``inside`` are embedded files, ``a_txt=b"…"`` for ``a.txt``."""
    document = pikepdf.new()
    document.add_blank_page()
    if author:
        document.docinfo["/Author"] = author
        with document.open_metadata() as metadata:
            metadata["dc:creator"] = [author]
            metadata["pdfaid:part"] = "2"
            metadata["pdfaid:conformance"] = "B"
    if note:
        annotation = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 9, 9], T=note, Contents="Klopt"
        )
        document.pages[0].obj["/Annots"] = pikepdf.Array([document.make_indirect(annotation)])
    if signed:
        signature = pikepdf.Dictionary(Type=pikepdf.Name.Sig, Filter=pikepdf.Name("/Adobe.PPKLite"), Name=PERSON)
        field = pikepdf.Dictionary(FT=pikepdf.Name.Sig, T="Handtekening", V=document.make_indirect(signature))
        document.Root["/AcroForm"] = pikepdf.Dictionary(Fields=[document.make_indirect(field)], SigFlags=3)
    for name, content in inside.items():
        document.attachments[name.replace("_", ".")] = content
    out = io.BytesIO()
    encryption: Any = pikepdf.Encryption(user=password, owner=password) if password else False
    document.save(out, encryption=encryption)
    return out.getvalue()


def packed(parts: Mapping[str, bytes | str]) -> bytes:
    """A ZIP file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def docx(*, author: str = "", macros: bool = False, **parts: bytes | str) -> bytes:
    """A Word file with an author, a comment and a tracked change by the same.

    ``parts`` are added: ``a_b`` is a/b.
    """
    body = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="urn:w"><w:body><w:p>'
        f'<w:ins w:id="1" w:author="{author}" w:date="2024-01-01T00:00:00Z"><w:r><w:t>author="{PERSON}" hoort bij de '
        "tekst</w:t></w:r></w:ins></w:p></w:body></w:document>"
    )
    content: dict[str, bytes | str] = {
        "[Content_Types].xml": f'<Types><Override PartName="/word/document.xml" '
        f'ContentType="{_MACRO_WORD if macros else _WORD}"/></Types>',
        "docProps/core.xml": f"<cp:coreProperties><dc:title>Verslag</dc:title><dc:creator>{author}</dc:creator>"
        f"<cp:lastModifiedBy>{author}</cp:lastModifiedBy></cp:coreProperties>",
        "docProps/app.xml": f"<Properties><Company>Wegenbouw</Company><Manager>{author}</Manager></Properties>",
        "word/document.xml": body,
        "word/comments.xml": f'<w:comments><w:comment w:author="{author}" w:initials="MW"/></w:comments>',
    }
    return packed(content | {name.replace("_", "/"): value for name, value in parts.items()})


def xlsx(*, author: str = "openpyxl", comment: str = "") -> bytes:
    """A spreadsheet as openpyxl makes it."""
    book = openpyxl.Workbook()
    book.properties.creator = author
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "post"
    if comment:
        sheet["A1"].comment = Comment("klopt", comment)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def odt(*, author: str = "", encrypted: bool = False) -> bytes:
    """An OpenDocument text."""
    return packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "META-INF/manifest.xml": "<manifest>" + ("<encryption-data/>" if encrypted else "") + "</manifest>",
            "meta.xml": f"<office:meta><meta:initial-creator>{author}</meta:initial-creator>"
            f"<dc:creator>{author}</dc:creator><dc:title>Nota</dc:title></office:meta>",
            "content.xml": f"<office:annotation><dc:creator>{author}</dc:creator></office:annotation>",
        }
    )


def _picture() -> Image.Image:
    picture = Image.new("RGB", (16, 8))
    picture.putdata([(x * 15 % 256, y * 31 % 256, 90) for y in range(8) for x in range(16)])
    return picture


def exif(*, artist: str = "", place: bool = False, turned: int = 1) -> bytes:
    """An EXIF block."""
    tags = Image.Exif()
    if turned != 1:
        tags[0x0112] = turned
    if artist:
        tags[0x013B] = artist
    if place:
        tags.get_ifd(0x8825).update({1: "N", 2: (51.0, 2.0, 3.5), 3: "E", 4: (4.0, 1.0, 1.0)})
    return tags.tobytes()


def jpeg(**words: Any) -> bytes:
    """A photo; words as for ``exif``."""
    out = io.BytesIO()
    _picture().save(out, "JPEG", exif=exif(**words), comment=b"gemaakt op de werf")
    return out.getvalue()


def png(*, author: str = "") -> bytes:
    """A screenshot."""
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    if author:
        info.add_text("Author", author)
        info.add_itxt("XML:com.adobe.xmp", f"<x:xmpmeta><dc:creator><rdf:li>{author}</rdf:li></dc:creator></x:xmpmeta>")
    out = io.BytesIO()
    _picture().save(out, "PNG", pnginfo=info)
    return out.getvalue()


def tiff(**words: Any) -> bytes:
    """A scan; words as for ``exif``."""
    out = io.BytesIO()
    _picture().save(out, "TIFF", exif=exif(**words))
    return out.getvalue()


def heic(*, artist: str = "") -> bytes:
    """The boxes of a photo of a telephone; what is in them is not a picture."""
    brands = struct.pack(">L4s4sL4s4s", 24, b"ftyp", b"heic", 0, b"mif1", b"heic")
    content = exif(artist=artist) + f"<x:xmpmeta><dc:creator>{artist}</dc:creator></x:xmpmeta>".encode()
    return brands + struct.pack(">L4s", len(content) + 8, b"mdat") + content


def dxf(*, saved_by: str = "") -> bytes:
    """A drawing as text."""
    return f"  0\nSECTION\n  2\nHEADER\n  9\n$LASTSAVEDBY\n  1\n{saved_by}\n  0\nENDSEC\n  0\nEOF\n".encode()


def old_office(*, locked: bool = False) -> bytes:
    """The beginning of an OLE file; with a password it holds a stream of that name."""
    name = "EncryptedPackage" if locked else "WordDocument"
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1016 + name.encode("utf-16-le") + b"\0" * 1024


def locked_zip() -> bytes:
    """A ZIP file that says that what is in it is encrypted."""
    content = bytearray(packed({"a.txt": b"x"}))
    place = content.rindex(b"PK\1\2")
    content[place + 8] |= 1
    content[6] |= 1
    return bytes(content)


def bomb() -> bytes:
    """A small ZIP file of 1.1 GB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        zeros = b"\0" * (16 * 1024 * 1024)
        with archive.open("0.txt", "w", force_zip64=True) as entry:
            entry.write(zeros)
    return _declared(out.getvalue(), 1100 * 1024 * 1024)


def _declared(content: bytes, size: int) -> bytes:
    """Only the directory says how big it is: it is refused before it is unpacked."""
    place = content.rindex(b"PK\1\2")
    return content[: place + 24] + struct.pack("<L", size) + content[place + 28 :]


def eicar(where: str) -> bytes:
    """The test file of virus scanners: plain, in a ZIP, nested, in a Word file, in a PDF."""
    return {
        "plain": lambda: EICAR,
        "zip": lambda: packed({"map/factuur.txt": EICAR}),
        "nested": lambda: packed({"a.zip": packed({"b.zip": packed({"c.txt": EICAR})})}),
        "docx": lambda: docx(word_media_x=EICAR),
        "pdf": lambda: pdf(a_txt=EICAR),
    }[where]()
