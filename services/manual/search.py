"""Search in the manual: words without accents or capitals, the title first, a typing mistake allowed."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from math import log

from services.manual.contents import ManualPage, pages

LONGEST_QUERY = 120
MOST_WORDS = 8
MOST_HITS = 20
_EXCERPT = 180
#: What a word weighs by where it stands.
_TITLE, _KEYWORD, _SUMMARY, _TEXT = 12, 8, 4, 1
_MOST_TIMES = 4
#: How well a word of the text answers a word asked for: it is the same, has its stem, ends or begins so, holds it, is
#: a mistake away.
_SAME, _SAME_STEM, _ENDS, _BEGINS, _HOLDS, _NEAR = 1.0, 0.9, 0.75, 0.6, 0.45, 0.4
#: A page that answers less than this part of the best one is left out.
_WORTH = 0.08
#: What a task of another side counts for; of somebody unknown it is that of the offices.
_FOR_OTHERS = 0.6
_COUNTER = frozenset({"everybody", "facility", "contractor"})
#: Words that say nothing about a task.
_SMALL_WORDS = """
aan al als bij dan dat de den der deze die dit doe doen door een en er ga gaat het hij hoe hun iets ik in is
je kan kunnen kunt maar me mee men met mij mijn moet na naar niet nog nu of om ons onze ook op over te ten ter
toe tot u uit uw van veel via voor waar waarom wanneer was wat we wel welke werd wie wij wil wilt wordt zal ze
zelf zich zijn zo
"""
_SMALL = frozenset(_SMALL_WORDS.split())
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True)
class Hit:
    """A page that answers, with the part of its text where it does: pieces, and whether each is what was asked."""

    page: ManualPage
    score: float
    excerpt: tuple[tuple[str, bool], ...]


def search(text: str, audience: str | None = None) -> list[Hit]:
    """The pages for a question, best first, at most MOST_HITS. A page that answers more of its words comes first.

    ``audience``: of the reader, whose own tasks come before the same words for others.
    """
    asked = asked_words(text)
    totals: dict[str, tuple[int, float, frozenset[str]]] = {}
    for word in asked:
        for slug, (score, words) in _answers(word).items():
            found, total, held = totals.get(slug, (0, 0.0, frozenset()))
            totals[slug] = found + 1, total + score, held | words
    order = {page.slug: (number, page) for number, page in enumerate(pages())}
    scored = [
        (total * (found / len(asked)) ** 2 * _nearness(order[slug][1], audience), slug, words)
        for slug, (found, total, words) in totals.items()
    ]
    scored.sort(key=lambda row: (-row[0], order[row[1]][0]))
    best = scored[0][0] if scored else 0.0
    kept = [row for row in scored if row[0] >= best * _WORTH]
    return [Hit(order[slug][1], total, _excerpt(order[slug][1], words)) for total, slug, words in kept[:MOST_HITS]]


def _nearness(page: ManualPage, audience: str | None) -> float:
    if audience:
        return 1.0 if {audience, "everybody"} & {*page.audience} else _FOR_OTHERS
    return 1.0 if _COUNTER & {*page.audience} else _FOR_OTHERS


def asked_words(text: str) -> tuple[str, ...]:
    """What of a question is looked for: no small words, each once, at most MOST_WORDS; small ones when all are."""
    words = list(dict.fromkeys(_words(text[:LONGEST_QUERY])))
    return tuple([word for word in words if word not in _SMALL and len(word) > 1][:MOST_WORDS])


def folded(text: str) -> str:
    """The text in small letters without accents, of the same words."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def plain_text(markdown: str) -> str:
    """The words of a text without its marks: what an excerpt shows."""
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", " ", markdown)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"^\s*(?:#{1,6}|>|[-*]|\d+\.)\s+", "", text, flags=re.MULTILINE)
    text = re.sub(r"^[|\s:-]+$", " ", text, flags=re.MULTILINE)
    return " ".join(re.sub(r"[*`]", "", text.replace("|", " ")).split())


def _words(text: str) -> list[str]:
    return _WORD.findall(folded(text))


def stem(word: str) -> str:
    """A word without its ending, so that "kwartalen" finds "kwartaal" and "verandert" finds "veranderen"."""
    if len(word) >= 5:
        word = re.sub(r"(?:en|e|t|s)$", "", word)
    return re.sub(r"(.)\1", r"\1", word)


@dataclass(frozen=True)
class _Index:
    """Each word of the manual with its weight on each page, how seldom it is, and the words of each stem."""

    weights: dict[str, dict[str, float]]
    rarity: dict[str, float]
    stems: dict[str, tuple[str, ...]]


@cache
def _index() -> _Index:
    weights: dict[str, dict[str, float]] = {}
    for page in pages():
        for word, weight in _weights(page).items():
            weights.setdefault(word, {})[page.slug] = weight
    stems: dict[str, tuple[str, ...]] = {}
    for word in weights:
        stems[stem(word)] = (*stems.get(stem(word), ()), word)
    most = len(pages())
    return _Index(weights, {word: log(1 + most / len(there)) for word, there in weights.items()}, stems)


def _weights(page: ManualPage) -> dict[str, float]:
    made: dict[str, float] = {}
    parts = ((page.title, _TITLE), (" ".join(page.keywords), _KEYWORD), (page.summary, _SUMMARY))
    for part, weight in parts:
        for word in set(_words(part)):
            made[word] = made.get(word, 0) + weight
    for word, times in Counter(_words(plain_text(page.text))).items():
        made[word] = made.get(word, 0) + _TEXT * min(times, _MOST_TIMES)
    return made


def _answers(asked: str) -> dict[str, tuple[float, frozenset[str]]]:
    """Per page how well it answers one word, and by which words of its own."""
    index = _index()
    answers: dict[str, tuple[float, frozenset[str]]] = {}
    for word, how in [*_matching(asked, index)] or [*_near(asked, index.weights)]:
        for slug, weight in index.weights[word].items():
            score, words = answers.get(slug, (0.0, frozenset()))
            answers[slug] = max(score, weight * how * index.rarity[word]), words | {word}
    return answers


def _matching(asked: str, index: _Index) -> Iterator[tuple[str, float]]:
    same_stem = frozenset(index.stems.get(stem(asked), ()))
    for word in index.weights:
        if word == asked:
            yield word, _SAME
        elif word in same_stem:
            yield word, _SAME_STEM
        elif len(asked) >= 4 and stem(word).endswith(stem(asked)):
            yield word, _ENDS
        elif len(asked) >= 3 and word.startswith(asked):
            yield word, _BEGINS
        elif (len(asked) >= 4 and asked in word) or (len(word) >= 6 and asked.startswith(word)):
            yield word, _HOLDS


def _near(asked: str, index: Iterable[str]) -> Iterator[tuple[str, float]]:
    allowed = 0 if len(asked) < 4 else 1 if len(asked) < 8 else 2
    if allowed:
        yield from ((word, _NEAR) for word in index if len(word) > 3 and mistakes(asked, word, allowed) <= allowed)


def mistakes(one: str, other: str, most: int) -> int:
    """How many letters to add, drop, change or swap to make one word of the other; ``most + 1`` when more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, opposite in enumerate(other, 1):
            cost = min(last[column] + 1, line[-1] + 1, last[column - 1] + (letter != opposite))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == opposite:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        if min(line) > most:
            return most + 1
        before, last = last, line
    return min(last[-1], most + 1)


def _excerpt(page: ManualPage, words: frozenset[str]) -> tuple[tuple[str, bool], ...]:
    """The part of the text around its first hit, cut at words; the summary when only the title or a keyword hit."""
    text = plain_text(page.text)
    pieces = re.split(r"(\w+)", text)
    hits = [number for number in range(1, len(pieces), 2) if folded(pieces[number]) in words]
    if not hits:
        return ((page.summary, False),)
    start = max(0, hits[0] - 16)
    made: list[tuple[str, bool]] = [("… ", False)] if start else [("", False)]
    length = 0
    for number in range(start, len(pieces)):
        if length > _EXCERPT:
            made.append((" …", False))
            break
        found = number in hits
        if found == made[-1][1]:
            made[-1] = made[-1][0] + pieces[number], found
        else:
            made.append((pieces[number], found))
        length += len(pieces[number])
    return tuple(made)
