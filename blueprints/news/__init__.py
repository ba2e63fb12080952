"""The newsletter and the releases for anybody (C-063, C-073, C-074): archive, pages, PDF; subscribing and stopping."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.access import access
from blueprints.clients import client_network
from blueprints.handling import handling, status_of
from blueprints.lists import Address, position
from blueprints.marked_text import rendered
from blueprints.news.printing import pdf_answer, pdf_of
from blueprints.pages import long_date
from domain.errors import NotAllowedNow, NotFound
from domain.news import ISSUE_KIND_LABELS, TOPIC_LABELS, TOPIC_TEXTS
from domain.permissions import Permission
from extensions import csrf
from forms.confirmation import ConfirmationForm
from forms.news import SubscribeForm
from services import transaction
from services.connections import connections
from services.news import issues, releases, subscriptions

bp = Blueprint("news", __name__)

_NUMBERS = 2**31


@bp.get("/nieuws")
@access(Permission.PUBLIC)
def archive() -> ResponseReturnValue:
    """The issues, the newest first."""
    page = issues.published(position())
    return render_template(
        "news/archive.html", page=page, address=Address(url_for(".archive"), {}), kinds=ISSUE_KIND_LABELS
    )


@bp.get("/nieuws/<int:number>")
@access(Permission.PUBLIC)
def issue(number: int) -> ResponseReturnValue:
    """One issue."""
    found = _issue(number)
    return render_template("news/issue.html", issue=found, body=rendered(found.body), kinds=ISSUE_KIND_LABELS)


@bp.get("/nieuws/<int:number>.pdf")
@access(Permission.PUBLIC)
def issue_pdf(number: int) -> ResponseReturnValue:
    """The same on paper."""
    found = _issue(number)
    assert found.published_at is not None
    return pdf_answer(
        pdf_of(
            found.title,
            f"Nieuwsbrief {found.number}",
            long_date(found.published_at),
            f"Nieuwsbrief {found.number}",
            found.body,
            found.published_at,
            connections().settings.base_url,
        ),
        f"nieuwsbrief-{found.number}.pdf",
    )


def _issue(number: int) -> issues.IssueView:
    if number >= _NUMBERS:
        raise NotFound
    return issues.one(number)


@bp.get("/versies")
@access(Permission.PUBLIC)
def release_list() -> ResponseReturnValue:
    """The releases, the newest first."""
    page = releases.published(position())
    return render_template("news/releases.html", page=page, address=Address(url_for(".release_list"), {}))


@bp.get("/versies/<number>")
@access(Permission.PUBLIC)
def release(number: str) -> ResponseReturnValue:
    """What one release brought."""
    found = releases.one(_number(number))
    return render_template(
        "news/release.html", release=found, body=rendered(found.changes), issues=issues.of_release(found.number)
    )


@bp.get("/versies/<number>.pdf")
@access(Permission.PUBLIC)
def release_pdf(number: str) -> ResponseReturnValue:
    """The same on paper."""
    found = releases.one(_number(number))
    assert found.published_at is not None
    manual = "Staat in de handleiding." if found.in_manual else "Staat nog niet in de handleiding."
    return pdf_answer(
        pdf_of(
            found.title,
            f"Versie {found.number}",
            f"{long_date(found.released_on)}. {manual}",
            f"Versie {found.number}",
            found.changes,
            found.published_at,
            connections().settings.base_url,
        ),
        f"versie-{found.number}.pdf",
    )


def _number(typed: str) -> str:
    if "\0" in typed or len(typed) > 20:
        raise NotFound
    return typed


@bp.route("/nieuwsbrief", methods=["GET", "POST"])
@access(Permission.PUBLIC)
def subscribe() -> ResponseReturnValue:
    """Ask for mails. What it answers is the same for every address."""
    form = SubscribeForm()
    if form.validate_on_submit():
        with handling(form) as done:
            subscriptions.ask(
                form.email.data or "",
                form.topics.data or [],
                form.language.data or "nl",
                client=client_network(),
            )
        if done:
            return redirect(url_for(".asked"))
    page = render_template("news/subscribe.html", form=form, texts=topic_hints(), newest=issues.newest())
    return page, status_of(form)


def topic_hints() -> dict[str, str]:
    """What each topic is about, beside its tick box."""
    return {topic.value: gettext(text) for topic, text in TOPIC_TEXTS.items()}


@bp.get("/nieuwsbrief/gevraagd")
@access(Permission.PUBLIC)
def asked() -> ResponseReturnValue:
    """Look in your mailbox."""
    return render_template("news/asked.html")


@bp.route("/nieuwsbrief/bevestigen/<token>", methods=["GET", "POST"])
@access(Permission.PUBLIC)
def confirm(token: str) -> ResponseReturnValue:
    """One button: programs that scan mail follow links, and must not subscribe anybody."""
    form = ConfirmationForm()
    if form.validate_on_submit():
        with handling(form) as done:
            waiting = subscriptions.confirm(token)
        if done:
            return render_template("news/confirmed.html", waiting=waiting, labels=TOPIC_LABELS)
    try:
        waiting = subscriptions.waiting(token)
    except NotAllowedNow:
        return render_template("news/gone.html"), 404
    return render_template("news/confirm.html", form=form, waiting=waiting, labels=TOPIC_LABELS), status_of(form)


@bp.get("/nieuwsbrief/uitschrijven/<token>")
@access(Permission.PUBLIC)
def ask_to_leave(token: str) -> ResponseReturnValue:
    """One button, whatever the token is worth: the page tells nothing of any address."""
    return render_template("news/leave.html")


@bp.post("/nieuwsbrief/uitschrijven/<token>")
@csrf.exempt
@access(Permission.PUBLIC)
def leave(token: str) -> ResponseReturnValue:
    """Stop at once (RFC 8058): a mail program sends this without session or token of ours; the link is the proof."""
    subscriptions.leave(token)
    transaction.commit()
    return render_template("news/left.html")
