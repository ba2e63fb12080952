"""What an installation decides about terms is checked at start."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import Settings, SettingsError
from domain.econtracting.terms import DEFAULT_ROLL, TermKind


def settings(folder: Path, **names: str) -> Settings:
    return Settings.from_environment({"ELOKET_ENV": "test", "INSTANCE": str(folder), **names})


def test_l23_the_default_is_that_of_the_rules(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert found.terms_roll == {kind for kind in TermKind if DEFAULT_ROLL[kind]}
    assert found.outage_hours == 4


def test_a29_an_installation_says_which_kinds_move(tmp_path: Path) -> None:
    found = settings(tmp_path, ELOKET_TERMS_ROLL="invoice, processing", ELOKET_OUTAGE_HOURS="8")
    assert (found.terms_roll, found.outage_hours) == ({"INVOICE", "PROCESSING"}, 8)
    assert settings(tmp_path, ELOKET_TERMS_ROLL="").terms_roll == frozenset(), "none of them"


def test_an_unknown_kind_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="ELOKET_TERMS_ROLL"):
        settings(tmp_path, ELOKET_TERMS_ROLL="FACTUUR")
