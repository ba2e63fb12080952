"""The manual for everybody, signed in or not: contents, one task, the way to access, search (C-059 to C-067, E-155)."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markdown_it.token import Token
from markupsafe import Markup

from blueprints.access import access, optional_actor
from blueprints.marked_text import parsed, printed
from domain.permissions import Permission
from services import manual
from services.manual import ManualPage

bp = Blueprint("manual", __name__, url_prefix="/hulp")

#: The only place a picture of the manual may come from.
PICTURES = "/static/manual/"


@bp.get("/handleiding")
@access(Permission.PUBLIC)
def index() -> ResponseReturnValue:
    """The contents: every task, those of the reader's own side first."""
    wanted = request.args.get("voor", "")
    return render_template(
        "help/manual_index.html",
        themes=_themes(wanted),
        audiences=manual.AUDIENCES,
        wanted=wanted if wanted in manual.AUDIENCES else None,
        own=_own_audience(),
    )


@bp.get("/handleiding/alles")
@access(Permission.PUBLIC)
def whole() -> ResponseReturnValue:
    """The whole manual as one page, to print or to keep."""
    parts = [
        (theme, [(each, html_of(each, lower=True, prefix=f"{each.slug}-")) for each in theme.pages])
        for theme in manual.themes()
    ]
    return render_template("help/manual_whole.html", parts=parts)


@bp.get("/handleiding/<slug>")
@access(Permission.PUBLIC)
def task(slug: str) -> ResponseReturnValue:
    """One task. Any other word is a page that does not exist."""
    shown = manual.page(slug)
    before, after = manual.neighbours(shown)
    theme = next(theme for theme in manual.themes() if theme.code == shown.theme)
    return render_template(
        "help/manual_task.html",
        task=shown,
        html=html_of(shown),
        headings=headings_of(shown),
        theme=theme,
        before=before,
        after=after,
        related=manual.related(shown),
        audiences=manual.AUDIENCES,
    )


@bp.get("/toegang")
@access(Permission.PUBLIC)
def access_manual() -> ResponseReturnValue:
    """The access manual: from no access to the right rights, for each of the two sides (C-059 to C-061, E-004)."""
    ways = [(manual.AUDIENCES[side], tasks) for side, tasks in manual.ways()]
    return render_template("help/manual_access.html", ways=ways)


@bp.get("/zoeken")
@access(Permission.PUBLIC)
def search() -> ResponseReturnValue:
    """Pages that answer a question; without one, how to ask."""
    asked = request.args.get("q", "").replace("\0", "").strip()[: manual.LONGEST_QUERY]
    hits = manual.search(asked, _own_audience()) if asked else []
    return render_template("help/manual_search.html", asked=asked, hits=hits, words=manual.asked_words(asked))


def html_of(shown: ManualPage, *, lower: bool = False, prefix: str = "") -> Markup:
    """The text of a task as HTML. ``lower``: headings at level 4; ``prefix``: before the names of its parts."""
    tokens = parsed(shown.text)
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", prefix + _anchor(tokens[at + 1].content))
            if lower:
                token.tag = tokens[at + 2].tag = "h4"
        for child in token.children or ():
            if child.type == "image":
                _picture(child)
    return printed(tokens)


def headings_of(shown: ManualPage) -> list[tuple[str, str]]:
    """The parts of a task: what its link points to, and its name."""
    tokens = parsed(shown.text)
    names = [tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open"]
    return [(_anchor(name), name) for name in names]


def pictures_of(shown: ManualPage) -> list[str]:
    """The names of the pictures a task shows, without folder."""
    found = [child for token in parsed(shown.text) for child in token.children or () if child.type == "image"]
    return [Path(str(child.attrs["src"])).name for child in found]


def _as_part(page: ManualPage) -> Markup:
    return html_of(page, lower=True, prefix=f"{page.slug}-")


def _anchor(name: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", manual.folded(name)))


def _picture(image: Token) -> None:
    """Point to our own picture, which must say in words what it shows. Raises ValueError for any other."""
    source = str(image.attrs["src"])
    name = source.removeprefix(PICTURES)
    if not source.startswith(PICTURES) or not re.fullmatch(r"[a-z0-9-]+\.webp", name):
        raise ValueError(f"not a picture of the manual: {source}")
    if not image.content.strip():
        raise ValueError(f"a picture without a description: {source}")
    image.attrs["src"] = url_for("static", filename=f"manual/{name}")
    image.attrs["class"] = "manual-picture"
    image.attrs["loading"] = "lazy"


def _themes(wanted: str) -> list[tuple[str, list[ManualPage]]]:
    chosen = [(theme.title, [page for page in theme.pages if _is_for(page, wanted)]) for theme in manual.themes()]
    return [(title, kept) for title, kept in chosen if kept]


def _is_for(page: ManualPage, wanted: str) -> bool:
    return wanted not in manual.AUDIENCES or wanted in page.audience or "everybody" in page.audience


def _own_audience() -> str | None:
    actor = optional_actor()
    return actor.side.value if actor and actor.side.value in manual.AUDIENCES else None
