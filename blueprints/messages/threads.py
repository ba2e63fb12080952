"""The inbox over both themes, and one thread (C-014, CP-03, E-008, E-060)."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from blueprints.access import access, current_actor
from blueprints.ecalcura.quarter_names import quarter_name
from blueprints.file_uploads import takes_files
from blueprints.handling import status_of
from blueprints.lists import Address, position, typed
from blueprints.messages.acting import act, opened
from blueprints.messages.blueprint import bp
from blueprints.messages.narrowed import about_chips, about_words
from domain.actor import Actor, Side
from domain.calendars import Quarter
from domain.errors import InvalidValue
from domain.messaging import ONLY_LABELS, READING_LABELS, Only
from domain.permissions import Permission
from forms.messages import MessageForm
from services.ecalcura import reopening_threads
from services.listing import Capped
from services.messaging import lists, narrowing, reading
from services.messaging.narrowing import About
from services.messaging.reading import Criteria


def asked_for(actor: Actor) -> tuple[Criteria, About]:
    """What the address asks for, and what of it is about a contract; anything odd asks for nothing."""
    only, quarter = request.args.get("toon", ""), request.args.get("kwartaal", "")
    about = narrowing.asked(actor, typed("opdracht"), typed("thema"))
    asked = Criteria(
        search=typed("zoek"),
        only=Only(only) if only in set(Only) else None,
        quarter=quarter if quarter == lists.GENERAL or _quarter(quarter) else "",
        **about.criteria(),
    )
    return asked, about


def _quarter(text: str) -> Quarter | None:
    try:
        return Quarter.parse(text) if text else None
    except InvalidValue:
        return None


def _words(asked: Criteria, about: About) -> dict[str, str]:
    words = {"zoek": asked.search, "toon": asked.only.value if asked.only else "", "kwartaal": asked.quarter}
    return {name: value for name, value in words.items() if value} | about_words(about)


@bp.get("/", strict_slashes=False)
@access(Permission.MESSAGES)
def index() -> ResponseReturnValue:
    """Every thread that is there for the person, newest first; filters stay in the address."""
    actor = current_actor()
    asked, about = asked_for(actor)
    page = reading.inbox(actor, asked, position())
    address = Address(url_for(".index"), _words(asked, about))
    return render_template(
        "messages/list.html",
        page=page,
        asked=asked,
        about=about,
        offer=narrowing.offer(actor),
        address=address,
        result=_result(reading.count(actor, asked)),
        chips=_chips(asked, about, address),
        only_options=[("", gettext("Alle berichten")), *((one.value, gettext(ONLY_LABELS[one])) for one in Only)],
        quarter_options=_quarter_options(actor, asked),
        pages=(address.previous_page(page), address.next_page(page)),
    )


def _result(found: Capped) -> str:
    if found.more:
        return gettext("Meer dan 1.000 gesprekken")
    return ngettext("%(num)s gesprek", "%(num)s gesprekken", found.number)


def _quarter_options(actor: Actor, asked: Criteria) -> list[tuple[str, str]]:
    """What a facility can narrow the list to: quarters it has threads about, and those about none."""
    if actor.side is not Side.FACILITY:
        return []
    known = reading.quarters(actor)
    wanted = _quarter(asked.quarter)
    if wanted is not None and wanted not in known:
        known = sorted([*known, wanted], reverse=True)
    general = (lists.GENERAL, gettext("Algemeen"))
    return [("", gettext("Alle kwartalen")), general, *((str(one), quarter_name(one)) for one in known)]


def _chips(asked: Criteria, about: About, address: Address) -> list[tuple[str, str]]:
    chips = []
    if asked.search:
        chips.append((asked.search, address.without("zoek")))
    if asked.only is not None:
        chips.append((gettext(ONLY_LABELS[asked.only]), address.without("toon")))
    if asked.quarter:
        found = _quarter(asked.quarter)
        chips.append((quarter_name(found) if found else gettext("Algemeen"), address.without("kwartaal")))
    return chips + about_chips(about, address)


def _asked(reference: str) -> reopening_threads.ThreadRequest | None:
    """The request to reopen that the thread is about, for a facility."""
    actor = current_actor()
    return reopening_threads.request_of(actor, reference) if actor.side is Side.FACILITY else None


@bp.route("/<reference>", methods=["GET", "POST"])
@access(Permission.MESSAGES)
@takes_files
def show(reference: str) -> ResponseReturnValue:
    """A thread, oldest message first, with the draft of the own side under it."""
    form, (asked, about) = MessageForm(), asked_for(current_actor())
    words = _words(asked, about)
    own = url_for(".show", reference=reference, **words)
    if request.method == "POST":
        answered = act(form, reference, own)
        if answered is not None:
            return answered
    found = opened(form, reference)
    if not found.messages and found.later:
        return redirect(own)
    before, after = reading.neighbours(current_actor(), asked, reference)
    page = render_template(
        "messages/thread.html",
        thread=found,
        form=form,
        labels=READING_LABELS,
        words=words,
        back=Address(url_for(".index"), words).plus(),
        beside=(before, after),
        own=own,
        asked=_asked(reference),
    )
    return page, status_of(form)
