"""What the scripts of every page say, in the language of the person: one file that a browser keeps."""

from __future__ import annotations

import hashlib
import json

from flask import Blueprint, Response, current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, get_locale, gettext

from blueprints import languages
from blueprints.access import access
from domain.errors import NotFound
from domain.permissions import Permission

bp = Blueprint("page_words", __name__)

#: Seconds. The address changes with what is in the file.
_MAX_AGE = 31_536_000


def address() -> str:
    """Where the file of the language of this page is."""
    language = str(get_locale() or languages.SOURCE)
    return url_for("page_words.script", language=language, digest=_digest(_text(language)))


@bp.get("/static/woorden/<language>-<digest>.js")
@access(Permission.PUBLIC)
def script(language: str, digest: str) -> ResponseReturnValue:
    """The words of a language. Needs nobody and no database, so that a page that lost both still speaks."""
    if language not in languages.known():
        raise NotFound
    with force_locale(language):
        text = _text(language)
    response = Response(text, mimetype="text/javascript")
    kept = current_app.extensions["settings"].production and digest == _digest(text)
    response.headers["Cache-Control"] = f"public, max-age={_MAX_AGE}, immutable" if kept else "no-cache"
    return response


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _text(language: str) -> str:
    """The script of a language, made once; the caller speaks that language now."""
    made: dict[str, str] = current_app.extensions.setdefault("page_words", {})
    if language not in made:
        words = {
            "closeMessage": gettext("Melding sluiten"),
            "close": gettext("Sluiten"),
            "noAnswer": gettext(
                "Niet bewaard: er kwam geen antwoord. Wat u invulde, staat hier nog. Probeer het opnieuw."
            ),
            "allHelp": gettext("Alle hulp"),
            "helpFailed": gettext(
                "De hulp kan nu niet geladen worden. Bel het contactcenter eHealth (02 788 51 55) of team eCalcura "
                "(02 553 36 47), of probeer het straks opnieuw."
            ),
        }
        parts = render_template("session_aside.html")
        made[language] = (
            '"use strict";\n'
            f"(window.loket = window.loket || {{}}).words = {json.dumps(words, ensure_ascii=False)};\n"
            f'document.body.insertAdjacentHTML("beforeend", {json.dumps(parts, ensure_ascii=False)});\n'
        )
    return made[language]
