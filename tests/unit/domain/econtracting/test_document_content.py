"""What a version says: kept as typed, then as values for good; its fingerprint and its differences (T4, A-25)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.econtracting.document_content import (
    compared,
    differences,
    draft_content,
    fingerprint,
    lines_of,
    seen,
    sent_content,
    shown,
    title_of,
    typed_of,
    values_of,
)
from domain.econtracting.document_states import Direction
from domain.econtracting.evidence import FileFacts
from domain.econtracting.kinds import Field, FieldType, Kind

KIND = Kind(
    "SCHULDVORDERING",
    "Schuldvordering",
    "BETALINGEN",
    frozenset({Direction.TO_AUTHORITY}),
    fields=(
        Field("number", "Nummer", FieldType.WHOLE),
        Field("from_day", "Periode van", FieldType.DATE),
        Field("amount", "Bedrag", FieldType.AMOUNT, negative=True),
        Field("vat", "Btw", FieldType.CHOICE, options=(("21", "21 %"), ("6", "6 %"))),
        Field("final", "Eindvordering", FieldType.YES_NO, required=False),
        Field("note", "Toelichting", FieldType.LONG_TEXT, required=False),
    ),
)
TYPED = {"number": "3", "from_day": "2026-09-01", "amount": "1.250,50", "vat": "6", "final": "ja", "note": "a\r\nb"}
FILE = FileFacts("staat.pdf", 10, "application/pdf", "a" * 64)


def test_ux_3_a_draft_keeps_what_was_typed_however_wrong() -> None:
    content = draft_content({"amount": "veel", "note": "half"})
    assert typed_of(KIND, content) == {"amount": "veel", "note": "half"}
    assert {one.name: one.text for one in shown(KIND, content)}["amount"] == "veel"


def test_sending_turns_what_was_typed_into_values() -> None:
    content = sent_content(KIND, draft_content(TYPED, [{"post": "1", "amount": "1250.50"}]))
    assert values_of(KIND, content) == {
        "number": 3,
        "from_day": date(2026, 9, 1),
        "amount": Decimal("1250.50"),
        "vat": "6",
        "final": True,
        "note": "a\nb",
    }
    assert lines_of(content) == [{"post": "1", "amount": "1250.50"}]
    assert [one.text for one in shown(KIND, content)] == ["3", "1 september 2026", "€ 1.250,50", "6 %", "Ja", "a\nb"]


@given(
    st.decimals("-99999", "99999", places=2),
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.booleans(),
    st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=40),
)
def test_a25_a_new_version_starts_from_the_same_values(amount: Decimal, day: date, final: bool, note: str) -> None:
    """Values to what would be typed and back: nothing is lost, whatever it was."""
    typed = {
        "number": "7",
        "from_day": day.isoformat(),
        "amount": f"{amount:.2f}".replace(".", ","),
        "vat": "21",
        "final": "ja" if final else "",
        "note": note,
    }
    sent = sent_content(KIND, draft_content(typed))
    again = sent_content(KIND, draft_content(typed_of(KIND, sent), lines_of(sent)))
    assert again == sent


def test_t4_the_fingerprint_changes_with_anything_that_was_on_the_page() -> None:
    content = draft_content(TYPED)
    first = seen(KIND, "MOW/1", "Schuldvordering 3", content, [FILE])
    others = [
        seen(KIND, "MOW/1", "Schuldvordering 3", draft_content(TYPED | {"amount": "1,00"}), [FILE]),
        seen(KIND, "MOW/1", "Schuldvordering 3", draft_content(TYPED, [{"post": "1"}]), [FILE]),
        seen(KIND, "MOW/1", "Schuldvordering 3", content, []),
        seen(KIND, "MOW/1", "Schuldvordering 3", content, [FileFacts("staat.pdf", 10, "application/pdf", "b" * 64)]),
        seen(KIND, "MOW/2", "Schuldvordering 3", content, [FILE]),
    ]
    prints = {fingerprint(first), *(fingerprint(one) for one in others)}
    assert len(prints) == 6
    assert fingerprint(first) == fingerprint(seen(KIND, "MOW/1", "Schuldvordering 3", draft_content(TYPED), [FILE]))


def test_t4_differences_say_where_before_and_after() -> None:
    before = seen(KIND, "MOW/1", "S", draft_content(TYPED), [FILE])
    after = seen(KIND, "MOW/1", "S", draft_content(TYPED | {"vat": "21"}), [])
    assert [(one.label, one.before, one.after) for one in differences(before, after)] == [
        ("Btw", "6 %", "21 %"),
        ("Bijlagen", "staat.pdf", ""),
    ]
    assert differences(before, before) == []


def test_two_versions_side_by_side_even_of_another_kind_version() -> None:
    newer = Kind(**{**_plain(KIND), "fields": (*KIND.fields[:5], Field("place", "Plaats", FieldType.TEXT))})
    old = sent_content(KIND, draft_content(TYPED))
    new = sent_content(newer, draft_content(TYPED | {"place": "Gent"}))
    assert [(one.label, one.before, one.after) for one in compared(KIND, old, newer, new)] == [
        ("Plaats", "", "Gent"),
        ("Toelichting", "a\nb", ""),
    ]


def test_the_title_of_a_document() -> None:
    assert title_of(KIND, 3, {}) == "Schuldvordering 3"
    assert title_of(KIND, 3, {"subject": "Meerwerk"}) == "Schuldvordering 3: Meerwerk"
    assert title_of(KIND, 3, {"title": "Foto's"}) == "Foto's"


def _plain(kind: Kind) -> dict[str, object]:
    return {name: getattr(kind, name) for name in Kind.__slots__}
