"""Search in the manual: folded words, the title before keywords before the text, one mistake allowed."""

from __future__ import annotations

import time

import pytest

from services import manual
from services.manual.search import MOST_HITS, asked_words, folded, mistakes, plain_text, search, stem


@pytest.mark.parametrize(
    ("asked", "slug"),
    [
        ("indienen", "controleren-en-indienen"),
        ("Heropening", "heropening-vragen"),
        ("heropenen kwartaal", "heropening-vragen"),
        ("rekening veranderen", "bankrekening"),
        ("attest", "certificaten"),
        ("itsme", "aanmelden"),
        ("collega toevoegen", "leden-toevoegen"),
        ("bedrag klopt niet", "tegemoetkoming-begrijpen"),
        ("eindeloopbaan keuze", "eindeloopbaankeuze"),
        ("CERTIFICATEN", "certificaten"),
        ("cértificaat", "certificaten"),
        ("facturr", "factuur"),
        ("prestatise", "prestaties-invullen"),
        ("hoe vraag ik een heropening?", "heropening-vragen"),
        ("nieuwsbrief uitschrijven", "nieuwsbrief"),
    ],
)
def test_the_page_of_the_task_comes_first(asked: str, slug: str) -> None:
    assert search(asked)[0].page.slug == slug


@pytest.mark.parametrize(
    "asked", ["", "   ", "?!", "hoe kan ik dit", "x", "xyzzyqqq", "\0", "🙂", "<script>1</script>qq"]
)
def test_what_asks_nothing_finds_nothing_or_no_harm(asked: str) -> None:
    assert all(hit.page in manual.pages() for hit in search(asked))
    assert search("xyzzyqqq") == []


def test_a_page_that_answers_more_words_comes_first() -> None:
    hits = search("kwartalen indienen")
    assert hits[0].page.slug == "controleren-en-indienen"
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len(hits) <= MOST_HITS


def test_the_excerpt_shows_the_word_that_answered() -> None:
    hit = search("memodatum")[0]
    assert "Memodatum" in [piece for piece, found in hit.excerpt if found]
    assert "**" not in "".join(piece for piece, _ in hit.excerpt)
    assert len("".join(piece for piece, _ in hit.excerpt)) < 400


def test_a_hit_in_the_keywords_only_shows_the_summary() -> None:
    hit = next(hit for hit in search("video") if hit.page.slug == "wat-is-econtracting")
    assert hit.excerpt == ((hit.page.summary, False),)


def test_long_questions_are_cut_and_quick() -> None:
    assert len(asked_words(" ".join(f"woord{number}" for number in range(1000)))) <= 8
    search("warm")
    start = time.process_time()
    search("abcdefghijklmnop " * 1000)
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("audit", "audit", 0),
        ("audti", "audit", 1),
        ("adit", "audit", 1),
        ("audits", "audit", 1),
        ("oudit", "audit", 1),
        ("xxxxx", "audit", 3),
    ],
)
def test_mistakes_between_words(one: str, other: str, found: int) -> None:
    assert mistakes(one, other, 2) == found


def test_words_are_folded_and_stemmed() -> None:
    assert folded("Één Déclaratie") == "een declaratie"
    assert stem("kwartalen") == stem("kwartaal")
    assert stem("indienen") != stem("indien")[:3]


def test_marks_are_no_words() -> None:
    text = "## Kop\n\n1. Klik op **Bewaren**.\n\n![x](/static/manual/x.webp)\n\n| a | b |\n|---|---|\n| c | d |"
    assert plain_text(text) == "Kop Klik op Bewaren. a b c d"
