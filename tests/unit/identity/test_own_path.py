"""Line 8: only a path of our own is gone to after signing in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.own_path import own_path


@pytest.mark.parametrize(
    "path", ["/", "/start", "/ecalcura/personeel?zoek=a%20b&x=1#rij", "/%2F%2Fevil", "/a//b", "/é"]
)
def test_own(path: str) -> None:
    """Paths, with query and fragment."""
    assert own_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "start",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/a\\b",
        "https://evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        " /start",
        "/\tevil",
        "/\r\nSet-Cookie: a=b",
        "/a b",
        "/\x00",
        "/\x7f",
        "/" + "a" * 500,
        "//[",
    ],
)
def test_not_own(path: str | None) -> None:
    """Everything that a browser could read as another site, or that could not be kept."""
    assert own_path(path) is None


@given(st.text(max_size=30))
def test_what_is_own_starts_with_one_slash(text: str) -> None:
    """Whatever comes in: what comes out is a plain path, or nothing."""
    path = own_path(text)
    if path is not None:
        assert path == text
        assert path.startswith("/")
        assert path[1:2] not in {"/", "\\"}
