"""Numbers and amounts in Dutch words, as a letter writes them (E-142)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.dutch import euro, listed
from domain.number_words import amount_in_words, number_in_words

AMOUNTS = {
    "0": "nul euro",
    "0.00": "nul euro",
    "0.01": "nul euro en één cent",
    "0.02": "nul euro en twee cent",
    "1": "één euro",
    "1.01": "één euro en één cent",
    "2.20": "twee euro en twintig cent",
    "11": "elf euro",
    "14.14": "veertien euro en veertien cent",
    "20": "twintig euro",
    "21": "eenentwintig euro",
    "22": "tweeëntwintig euro",
    "33.33": "drieëndertig euro en drieëndertig cent",
    "48": "achtenveertig euro",
    "80": "tachtig euro",
    "99.99": "negenennegentig euro en negenennegentig cent",
    "100": "honderd euro",
    "101": "honderdeen euro",
    "102.02": "honderdtwee euro en twee cent",
    "122": "honderdtweeëntwintig euro",
    "200": "tweehonderd euro",
    "999": "negenhonderdnegenennegentig euro",
    "1000": "duizend euro",
    "1001": "duizend een euro",
    "1100": "duizend honderd euro",
    "2000": "tweeduizend euro",
    "2930.92": "tweeduizend negenhonderddertig euro en tweeënnegentig cent",
    "11560.53": "elfduizend vijfhonderdzestig euro en drieënvijftig cent",
    "21000": "eenentwintigduizend euro",
    "28735.42": "achtentwintigduizend zevenhonderdvijfendertig euro en tweeënveertig cent",
    "101101": "honderdeenduizend honderdeen euro",
    "1000000": "één miljoen euro",
    "1000001": "één miljoen een euro",
    "2345678.90": "twee miljoen driehonderdvijfenveertigduizend zeshonderdachtenzeventig euro en negentig cent",
    "1000000000": "één miljard euro",
    "-3264.58": "min drieduizend tweehonderdvierenzestig euro en achtenvijftig cent",
}


@pytest.mark.parametrize(("amount", "words"), AMOUNTS.items())
def test_e142_an_amount_in_words(amount: str, words: str) -> None:
    assert amount_in_words(Decimal(amount)) == words


_UNITS = "een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien"
_UNIT = {word: value for value, word in enumerate(f"nul {_UNITS} achttien negentien".split())} | {"één": 1}
_TENS = ("twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig")
_TEN = {word: 10 * value for value, word in enumerate(_TENS, start=2)}


def _read(word: str) -> int:
    """Read a number below a thousand back, by other rules than it was written with."""
    total = 0
    if "honderd" in word:
        hundreds, _, word = word.partition("honderd")
        total = 100 * _UNIT.get(hundreds or "een", 0)
    if not word:
        return total
    if word in _UNIT:
        return total + _UNIT[word]
    tens = next(name for name in _TEN if word.endswith(name))
    rest = word.removesuffix(tens)
    for joint in ("ën", "en"):
        if rest.endswith(joint) and rest.removesuffix(joint) in _UNIT:
            return total + _TEN[tens] + _UNIT[rest.removesuffix(joint)]
    assert rest == ""
    return total + _TEN[tens]


def test_every_number_below_a_million_reads_back_and_no_two_are_the_same() -> None:
    seen = set()
    for value in [*range(2_100), *range(2_100, 1_000_000, 7)]:
        words = number_in_words(value)
        seen.add(words)
        total = 0
        for word in words.split():
            if word.endswith("duizend"):
                total += 1000 * (_read(word.removesuffix("duizend")) if word != "duizend" else 1)
            else:
                total += _read(word)
        assert total == value, words
    assert len(seen) == len(range(2_100)) + len(range(2_100, 1_000_000, 7))


def test_two_and_three_take_a_diaeresis_and_others_do_not() -> None:
    for value in range(21, 100):
        assert ("ë" in number_in_words(value)) is (value % 10 in (2, 3))


@pytest.mark.parametrize("amount", ["0.001", "2.345"])
def test_a_part_of_a_cent_is_no_amount(amount: str) -> None:
    with pytest.raises(ValueError, match="two decimals"):
        amount_in_words(Decimal(amount))


def test_what_no_facility_is_paid_is_refused_rather_than_written_wrong() -> None:
    with pytest.raises(ValueError, match="too large"):
        number_in_words(10**15)


def test_figures_and_lists() -> None:
    assert euro(Decimal("1234567.8")) == "€ 1.234.567,80"
    assert euro(Decimal("-3264.58")) == "\N{MINUS SIGN} € 3.264,58"
    assert [listed([]), listed(["a"]), listed("ab"), listed("abc")] == ["", "a", "a en b", "a, b en c"]
