"""The pictures of the manual, made from the product itself, and the words of its steps, which must be on the screen.

``make pictures`` writes static/manual/*.webp anew; without WRITE_MANUAL_PICTURES the pictures are compared with what
would be made now, so that neither pictures nor steps can fall behind the product unseen.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, FloatRect, Page

from services import manual
from services.manual.contents import FOLDER, ManualPage
from tests.support.browser import NOW, OpenPage, opening
from tests.support.databases import ROOT
from tests.support.demonstration import Demonstration
from tests.support.program import Program, program

WRITE = bool(os.environ.get("WRITE_MANUAL_PICTURES"))
PICTURES = ROOT / "static" / "manual"
#: Pixels: how wide a picture is kept, and how much of a long page it shows.
WIDTH, MOST_HEIGHT = 960, 760
MOST_BYTES = 60_000
#: Letters differ between machines, so lines may break elsewhere: how much a picture may differ in height.
TOLERANCE = 0.2
_MARGIN = 12


@dataclass(frozen=True)
class Shot:
    """A page that a task walks through, and the picture that is taken there, if any."""

    task: str
    path: str
    persona: str | None = None
    follow: tuple[str, ...] = ()
    picture: str | None = None
    clip: str = "#inhoud"


def shots() -> list[Shot]:
    rows = tomllib.loads((FOLDER / "pictures.toml").read_text("utf-8"))["page"]
    return [Shot(**{**row, "follow": tuple(row.get("follow", ()))}) for row in rows]


def named_in_steps(page: ManualPage) -> set[str]:
    """What the numbered steps of a task name in bold: texts that stand on the screen."""
    steps = re.findall(r"^\d+\. .*(?:\n(?!\n|\d+\. |#).*)*", page.text, flags=re.MULTILINE)
    return {" ".join(bold.split()) for step in steps for bold in re.findall(r"\*\*([^*]+)\*\*", step)}


def pictures_in(page: ManualPage) -> list[str]:
    return re.findall(r"!\[[^\]]+\]\(/static/manual/([a-z0-9-]+)\.webp\)", page.text)


def test_each_picture_is_taken_once_and_shown_by_a_task() -> None:
    taken = [shot.picture for shot in shots() if shot.picture]
    shown = {name for page in manual.pages() for name in pictures_in(page)}
    assert len(taken) == len(set(taken))
    assert shown == set(taken)
    assert {file.stem for file in PICTURES.glob("*")} == set(taken)


def test_each_image_of_the_manual_is_one_of_its_pictures() -> None:
    for page in manual.pages():
        assert len(pictures_in(page)) == page.text.count("!["), page.slug


def test_steps_that_name_what_is_on_the_screen_have_a_page_to_look_at() -> None:
    looked_at = {shot.task for shot in shots()}
    assert looked_at <= {page.slug for page in manual.pages()}
    assert not [page.slug for page in manual.pages() if named_in_steps(page) and page.slug not in looked_at]


@pytest.mark.parametrize("name", sorted({shot.picture for shot in shots() if shot.picture}))
def test_a_picture_is_small_and_of_its_width(name: str) -> None:
    file = PICTURES / f"{name}.webp"
    assert file.stat().st_size < MOST_BYTES
    with Image.open(file) as image:
        assert image.format == "WEBP"
        assert image.width <= WIDTH


@pytest.fixture(scope="module")
def untouched(demonstration: Demonstration) -> Iterator[Program]:
    """A program of its own: the stories of other tests must not be in the pictures."""
    with program(demonstration("manual"), ELOKET_NOW=NOW) as running:
        running.wait_until_up()
        yield running


@pytest.fixture
def open_untouched(chromium: Browser, untouched: Program) -> Iterator[OpenPage]:
    yield from opening(chromium, untouched)


@pytest.mark.parametrize("persona", sorted({shot.persona or "" for shot in shots()}))
def test_pictures_and_steps_are_as_the_product_is(persona: str, open_untouched: OpenPage) -> None:
    """Per persona: each page is opened once, its picture taken or compared, and its words looked for."""
    page = open_untouched(persona=persona or None)
    told: dict[str, str] = {}
    wrong: list[str] = []
    for shot in (shot for shot in shots() if (shot.persona or "") == persona):
        _go(page, shot)
        if shot.picture:
            wrong += _picture(page, shot)
        told[shot.task] = told.get(shot.task, "") + "\n" + _words_on(page)
    for task, words in told.items():
        missing = sorted(name for name in named_in_steps(manual.page(task)) if name.casefold() not in words)
        only_here = {shot.persona or "" for shot in shots() if shot.task == task} == {persona}
        if missing and only_here:
            wrong.append(f"{task}: not on the screen: {', '.join(missing)}")
    assert not wrong, "\n".join(wrong)


def _go(page: Page, shot: Shot) -> None:
    page.goto(shot.path)
    for selector in shot.follow:
        link = page.locator(selector).first.get_attribute("href")
        assert link, f"{shot.task}: {selector} on {page.url} is no link"
        page.goto(link)


def _words_on(page: Page) -> str:
    """All that is to be seen or heard on a page, what is folded in included."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    heard = page.evaluate(
        "[...document.querySelectorAll('[aria-label],[placeholder]')]"
        ".map(one => one.getAttribute('aria-label') || one.getAttribute('placeholder')).join('\\n')"
    )
    return " ".join(f"{page.inner_text('body')}\n{heard}".split()).casefold()


def _picture(page: Page, shot: Shot) -> list[str]:
    """Take a picture, or compare: what is wrong with the one that is kept."""
    box = _part(page, shot)
    height = round(box["height"] * WIDTH / max(box["width"], WIDTH))
    file = PICTURES / f"{shot.picture}.webp"
    if WRITE:
        _write(page, box, file)
        return []
    if not file.is_file():
        return [f"{shot.picture}: no picture; make pictures"]
    with Image.open(file) as image:
        if abs(image.height - height) > TOLERANCE * height:
            return [f"{shot.picture}: {image.height} high, would be {height} now; make pictures"]
    return []


def _part(page: Page, shot: Shot) -> FloatRect:
    found = page.locator(shot.clip).first.bounding_box()
    assert found, f"{shot.task}: {shot.clip} is not on {page.url}"
    x, y = max(0, found["x"] - _MARGIN), max(0, found["y"] - _MARGIN)
    return {
        "x": x,
        "y": y,
        "width": min(found["width"] + 2 * _MARGIN, 1280 - x),
        "height": min(found["height"] + 2 * _MARGIN, MOST_HEIGHT),
    }


def _write(page: Page, box: FloatRect, file: Path) -> None:
    page.evaluate("document.querySelectorAll('.help-button, .help-bar, .site-footer').forEach(one => one.remove())")
    shot = page.screenshot(clip=box, full_page=True, animations="disabled", caret="hide")
    with Image.open(BytesIO(shot)) as image:
        kept = image.convert("RGB")
        if kept.width > WIDTH:
            kept = kept.resize((WIDTH, round(kept.height * WIDTH / kept.width)), Image.Resampling.LANCZOS)
        for quality in (80, 65, 50, 35):
            made = BytesIO()
            kept.save(made, "WEBP", quality=quality, method=6)
            if made.tell() < MOST_BYTES:
                break
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(made.getvalue())
