"""Numbers and amounts in Dutch words, as a letter writes an amount beside its figures (E-142)."""

from __future__ import annotations

from decimal import Decimal

_SMALL = [
    *("nul", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf"),
    *("dertien", "veertien", "vijftien", "zestien", "zeventien", "achttien", "negentien"),
]
_TENS = ("", "", "twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig")
_LARGE = ((10**12, "biljoen"), (10**9, "miljard"), (10**6, "miljoen"))
_LIMIT = 10**15


def number_in_words(value: int) -> str:
    """``2930`` as ``tweeduizend negenhonderddertig``; below nul with ``min``. ValueError from a billiard on.

    One is written ``één`` where it stands alone, so that nobody reads it as an article.
    """
    if abs(value) >= _LIMIT:
        raise ValueError(f"too large for words: {value}")
    if value < 0:
        return f"min {number_in_words(-value)}"
    parts: list[str] = []
    rest = value
    for unit, name in _LARGE:
        count, rest = divmod(rest, unit)
        if count:
            parts.append(f"{'één' if count == 1 else _below_thousand(count)} {name}")
    thousands, rest = divmod(rest, 1000)
    if thousands:
        parts.append("duizend" if thousands == 1 else f"{_below_thousand(thousands)}duizend")
    if rest or not parts:
        parts.append("één" if rest == 1 and not parts else _below_thousand(rest))
    return " ".join(parts)


def amount_in_words(amount: Decimal) -> str:
    """``2930.92`` as ``tweeduizend negenhonderddertig euro en tweeënnegentig cent``; without cents no word of them.

    ValueError when the amount has parts of a cent.
    """
    cents = amount.scaleb(2)
    if cents != cents.to_integral_value():
        raise ValueError(f"more than two decimals: {amount}")
    euros, rest = divmod(abs(int(cents)), 100)
    words = f"{number_in_words(euros)} euro"
    if rest:
        words += f" en {number_in_words(rest)} cent"
    return f"min {words}" if cents < 0 else words


def _below_thousand(value: int) -> str:
    """A number up to 999, in one word."""
    hundreds, rest = divmod(value, 100)
    word = "" if not hundreds else "honderd" if hundreds == 1 else f"{_SMALL[hundreds]}honderd"
    if not rest and word:
        return word
    if rest < len(_SMALL):
        return word + _SMALL[rest]
    tens, units = divmod(rest, 10)
    if not units:
        return word + _TENS[tens]
    joined = _SMALL[units] + ("ën" if _SMALL[units].endswith("e") else "en")
    return word + joined + _TENS[tens]
