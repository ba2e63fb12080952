"""The receipt: what it says, that data is never markup, and that it can be read by everybody for ever."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import pytest
from pypdf import PdfReader

from integrations.letters import receipt_pdf

DIGEST = "0123456789abcdef" * 4


def data(**values: Any) -> dict[str, Any]:
    return {
        "reference": "aB3dE5gH7jK9mN1p",
        "facility": "PVT De Brug",
        "hco_number": "71000012",
        "quarter": "2024K1",
        "reference_period": "2023-2024",
        "submitted_at": datetime.fromisoformat("2024-10-15T21:59:59.700+00:00"),
        "submitted_by": "Sofie Maes",
        "digest": DIGEST,
        "counts": {"Personeelsleden": 24, "Prestaties ingevuld": "22 van 24"},
    } | values


def words(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_it_says_what_was_received_from_whom_and_exactly_when() -> None:
    text = words(receipt_pdf(data()))
    for line in (
        "Ontvangstbewijs",
        "Voorziening PVT De Brug",
        "HCO-nummer 71000012",
        "Kwartaal 2024K1",
        "Referentie aB3dE5gH7jK9mN1p",
        "Ingediend op 15 oktober 2024 om 23:59:59 (UTC+02:00)",
        "Ingediend door Sofie Maes",
        "Prestaties ingevuld 22 van 24",
        DIGEST,
    ):
        assert line in text


def test_in_winter_the_offset_is_that_of_winter() -> None:
    at = datetime.fromisoformat("2024-10-27T01:30:00+00:00")
    assert "27 oktober 2024 om 02:30:00 (UTC+01:00)" in words(receipt_pdf(data(submitted_at=at)))
    earlier = datetime.fromisoformat("2024-10-27T00:30:00+00:00")
    assert "27 oktober 2024 om 02:30:00 (UTC+02:00)" in words(receipt_pdf(data(submitted_at=earlier)))


def test_the_same_data_makes_the_same_bytes() -> None:
    assert receipt_pdf(data()) == receipt_pdf(data())
    assert receipt_pdf(data()) != receipt_pdf(data(reference="bB3dE5gH7jK9mN1p"))


@pytest.mark.parametrize(
    "name",
    ["PVT *De* _Brug_", "= Kop", "#sys.inputs", '#import "x"', "$x^2$", "<label> @label", "\\", "// weg", "[a](b)"],
)
def test_markup_in_a_name_stays_text(name: str) -> None:
    assert f"Voorziening {name}" in words(receipt_pdf(data(facility=name)))


def test_it_is_tagged_has_a_language_and_a_title() -> None:
    reader = PdfReader(io.BytesIO(receipt_pdf(data())))
    root = reader.root_object
    assert root["/MarkInfo"]["/Marked"] is not None
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "nl-BE"
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == ("Ontvangstbewijs aB3dE5gH7jK9mN1p", "Dossierloket")
    xmp = root["/Metadata"].get_object().get_data().decode()
    assert "pdfaid" in xmp
    assert "pdfuaid" in xmp
    assert "Sofie" not in xmp


def test_a_moment_without_offset_or_a_missing_value_is_a_bug() -> None:
    with pytest.raises(ValueError, match="offset"):
        receipt_pdf(data(submitted_at=datetime(2024, 10, 15)))
    incomplete = data()
    del incomplete["digest"]
    with pytest.raises(KeyError):
        receipt_pdf(incomplete)
