"""The languages there are: Dutch, the source, and each one of which there is a catalogue; a third is a catalogue only.

Pages say their texts through Flask-Babel. What is made without a page, a mail by the worker, says them through here;
it is the same catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from gettext import NullTranslations
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.support import Translations

SOURCE = "nl"
FOLDER = Path(__file__).resolve().parents[1] / "translations"
"""Where the catalogues are."""


def known() -> Mapping[str, str]:
    """Code and own name of each language, the source first: ``{"nl": "Nederlands", "en": "English"}``."""
    return _known(FOLDER)


def catalogue(language: str) -> NullTranslations:
    """The texts of a language; those of the source, for the source and for a language that is not known."""
    return _catalogue(FOLDER, language) if language != SOURCE and language in known() else NullTranslations()


@cache
def _known(folder: Path) -> Mapping[str, str]:
    codes = sorted(path.parent.parent.name for path in folder.glob("*/LC_MESSAGES/messages.mo"))
    return {code: name for code in (SOURCE, *codes) if (name := _own_name(code))}


@cache
def _catalogue(folder: Path, language: str) -> NullTranslations:
    return Translations.load(folder, [language])


def _own_name(code: str) -> str:
    try:
        name = Locale.parse(code).get_display_name(code) or code
    except (ValueError, UnknownLocaleError):
        return ""
    return name[:1].upper() + name[1:]
