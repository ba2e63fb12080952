"""A new thread: about a quarter or in general for a facility, about a contract for a contractor (A-38, CP-03)."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.access import access, current_actor
from blueprints.ecalcura.quarter_names import quarter_name
from blueprints.handling import status_of
from blueprints.lists import Address, position, typed
from blueprints.messages.acting import begin, begun
from blueprints.messages.blueprint import bp
from domain.actor import Actor, Side
from domain.calendars import Quarter
from domain.errors import InvalidValue
from domain.own_path import own_path
from domain.permissions import Permission
from forms.messages import FacilityThreadForm
from services.econtracting.contracts import mine
from services.messaging import places


@bp.route("/nieuw", methods=["GET", "POST"])
@access(Permission.MESSAGES)
def new() -> ResponseReturnValue:
    """A first message. The address may say about what (``kwartaal``, ``opdracht``) and from which page (``van``)."""
    actor = current_actor()
    if actor.side is Side.FACILITY:
        return _of_facility(actor)
    if actor.side is not Side.CONTRACTOR or request.method == "POST":
        abort(404)
    wanted = request.args.get("opdracht", "")
    if wanted:
        return redirect(url_for("contracting_messages.new", reference=wanted, van=came_from()))
    return _choose_contract(actor)


def came_from() -> str | None:
    """The page of ours that somebody came from."""
    return own_path(request.args.get("van"))


def about_page() -> str:
    """What a message begins with, when it is about a page."""
    path = came_from()
    return "\n\n" + gettext("Pagina: %(path)s", path=path) if path else ""


def _of_facility(actor: Actor) -> ResponseReturnValue:
    form = FacilityThreadForm()
    choices = places.facility_choices(actor)
    asked = _quarter(request.args.get("kwartaal", ""))
    quarters = list(choices.quarters)
    if asked is not None and asked not in quarters:
        quarters.append(asked)
    form.quarter.choices = [
        ("", gettext("Algemeen: over geen kwartaal")),
        *((str(q), quarter_name(q)) for q in quarters),
    ]
    if choices.desk is None:
        del form.to
    else:
        form.to.choices = [("desk", choices.desk), ("all", gettext("%(name)s, algemeen", name=choices.department))]
    if request.method == "GET":
        form.body.data = about_page()
        form.quarter.data = str(asked) if asked else ""
        if form.to is not None:
            form.to.data = "desk"
    elif form.validate():
        to_desk = form.to is None or form.to.data == "desk"
        started = begin(form, places.facility_place(actor, quarter=_quarter(form.quarter.data or ""), to_desk=to_desk))
        if started is not None:
            return begun(url_for(".show", reference=started))
    page = render_template("messages/new.html", form=form, department=choices.department)
    return page, status_of(form)


def _quarter(text: str) -> Quarter | None:
    try:
        return Quarter.parse(text) if text else None
    except InvalidValue:
        return None


def _choose_contract(actor: Actor) -> ResponseReturnValue:
    """A contractor first says which contract; drafting and sending in it follow from its groups."""
    search = typed("zoek")
    found = mine.my_contracts(actor, mine.Criteria(search=search, every=True), position())
    van = came_from()
    address = Address(url_for(".new"), {"zoek": search, "van": van or ""})
    return render_template(
        "messages/choose_contract.html",
        page=found.page,
        search=search,
        address=address,
        van=van,
        pages=(address.previous_page(found.page), address.next_page(found.page)),
    )
