"""The English catalogue is complete: every text of the code, translated, with the same placeholders."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = sorted(path.parent.parent.name for path in ROOT.glob("translations/*/LC_MESSAGES/messages.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What the code and the templates say now."""
    pot = tmp_path_factory.mktemp("texts") / "messages.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "translations/babel.cfg"]
    subprocess.run([*command, "-k", "N_", "-k", "lazy_gettext", "-o", str(pot), "."], cwd=ROOT, check=True)
    with pot.open("rb") as file:
        return read_po(file)


def _catalogue(language: str) -> Catalog:
    with (ROOT / "translations" / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def _forms(value: str | tuple[str, ...] | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _is_translated(message: Message) -> bool:
    return not message.fuzzy and all(form.strip() for form in _forms(message.string))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str, texts: Catalog) -> None:
    """Missing, empty or fuzzy: `make texts`, then translate what is new in translations/LANGUAGE."""
    catalogue = _catalogue(language)
    missing = []
    for message in texts:
        known = catalogue.get(message.id) if message.id else None
        if message.id and (known is None or not _is_translated(known)):
            missing.append(_forms(message.id)[0])
    assert not missing, f"{len(missing)} texts without translation:\n" + "\n".join(missing[:40])


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_the_placeholders(language: str) -> None:
    """A translation that loses or invents a placeholder would fail when the page is made."""
    wrong = []
    for message in _catalogue(language):
        if not message.id:
            continue
        wanted = set(PLACEHOLDER.findall(_forms(message.id)[-1]))
        for form in _forms(message.string):
            found = set(PLACEHOLDER.findall(form))
            if form and not found <= wanted | set(PLACEHOLDER.findall(_forms(message.id)[0])):
                wrong.append(f"{_forms(message.id)[0]!r}: {sorted(found ^ wanted)}")
            if form and isinstance(message.id, str) and found != wanted:
                wrong.append(f"{message.id!r}: {sorted(found ^ wanted)}")
    assert not wrong, "\n".join(wrong[:40])
