"""The account that pays, as configured: checked at start, before it can stand on an order."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import Settings, SettingsError


def settings(folder: Path, **names: str) -> Settings:
    return Settings.from_environment({"ELOKET_ENV": "test", "INSTANCE": str(folder), **names})


def test_the_account_is_kept_without_spaces(tmp_path: Path) -> None:
    found = settings(
        tmp_path,
        ELOKET_PAYER_NAME=" Departement Zorg ",
        ELOKET_PAYER_IBAN="be68 5390 0754 7034",
        ELOKET_PAYER_BIC="gkccbebb",
    )
    assert (found.payer_name, found.payer_iban, found.payer_bic) == (
        "Departement Zorg",
        "BE68539007547034",
        "GKCCBEBB",
    )
    assert settings(tmp_path).payer_iban == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ELOKET_PAYER_IBAN", "BE69539007547034"),
        ("ELOKET_PAYER_IBAN", "539007547034"),
        ("ELOKET_PAYER_IBAN", "BE68 5390 0754 70<4"),
        ("ELOKET_PAYER_BIC", "GKCC"),
        ("ELOKET_PAYER_BIC", "GKCCBEBB1"),
    ],
)
def test_a_wrong_account_stops_the_start_and_says_which_setting(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=name):
        settings(tmp_path, **{name: value})
