"""The language of pages (services.languages has those there are), and figures as it writes them."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import urlencode

from babel import Locale
from flask import request, session, url_for
from flask_babel import get_locale

from domain.own_path import own_path
from services.languages import SOURCE, known


def chosen() -> str:
    """The language of the person: chosen, else Dutch."""
    language = session.get("language") if request else None
    return language if language in known() else SOURCE


def page() -> str:
    """Where choosing a language without being signed in leads, and back: nothing of another site is carried along."""
    if request.method != "GET" or request.endpoint == "portal.languages_page":
        return url_for("portal.languages_page")
    onward = own_path(request.args.get("next"))
    here = f"{request.path}?{urlencode({'next': onward})}" if onward else request.path
    return url_for("portal.languages_page", terug=here)


def number(text: str) -> str:
    """A figure as ``f"{value:,.2f}"`` writes it, with the comma and the point of the language of the person."""
    locale = get_locale() or Locale.parse(SOURCE)
    symbols = locale.number_symbols
    symbols = symbols.get("latn", symbols)
    marks = {",": symbols["group"], ".": symbols["decimal"]}
    return "".join(marks.get(one, one) for one in text)


def decimal(value: Decimal | None, digits: int | None = None) -> str:
    """A number with the decimal mark of the language; without ``digits`` trailing zeros are left out."""
    if value is None:
        return ""
    if digits is not None:
        return number(f"{value:.{digits}f}")
    return number(format(value.normalize(), "f") if value else "0")


def euro(value: Decimal | None) -> str:
    """``€ 2.930,92``; below nul ``− € 3.264,58``."""
    if value is None:
        return ""
    text = number(f"{abs(value):,.2f}")
    return f"\N{MINUS SIGN} € {text}" if value < 0 else f"€ {text}"
