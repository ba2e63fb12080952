"""Questions to the technical helpdesk: asking one, signed in or not, and reading one's own (E-155)."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from blueprints.access import access, current_actor, optional_actor
from blueprints.clients import client_network
from blueprints.handling import handling, status_of
from blueprints.help.blueprint import bp
from blueprints.help.choices import came_from, plain_path
from blueprints.lists import Address, position
from domain.errors import TooMany
from domain.helpdesk import STATE_LABELS, TicketTheme
from domain.permissions import Permission
from forms.helpdesk import TicketForm, UnknownTicketForm
from services import contact_points
from services import helpdesk_tickets as tickets
from services.helpdesk_tickets import TicketData

#: What who is not signed in may read once more: the code of the question they just asked.
_ASKED = "asked_ticket"


@bp.route("/vraag", methods=["GET", "POST"])
@access(Permission.PUBLIC)
def ask() -> ResponseReturnValue:
    """Something does not work. The page, the code and the organisation are filled in."""
    actor, origin = optional_actor(), came_from()
    kind = TicketForm if actor is not None else UnknownTicketForm
    form = kind(data={"page": origin.path, "code": origin.code, "theme": TicketTheme.ANY.value})
    status = 200
    if form.validate_on_submit():
        with handling(form) as done:
            row = tickets.open(actor, _data(form))
        if done:
            if actor is not None:
                flash(gettext("Uw vraag is verzonden. De code is %(code)s.", code=row.code), "success")
                return redirect(url_for("help.own_question", reference=row.reference))
            session[_ASKED] = row.code
            return redirect(url_for("help.asked"))
        status = 429 if isinstance(done.error, TooMany) else 422
    form.page.data = plain_path(form.page.data or "")
    page = render_template(
        "help/ask.html", form=form, origin=origin, points=contact_points.points(actor.side if actor else None)
    )
    return page, status if status != 200 else status_of(form)


def _data(form: TicketForm) -> TicketData:
    unknown = isinstance(form, UnknownTicketForm)
    chosen = form.theme.data if isinstance(form, UnknownTicketForm) else None
    return TicketData(
        subject=form.subject.data or "",
        body=form.body.data or "",
        name=(form.name.data or "") if isinstance(form, UnknownTicketForm) else "",
        email=form.email.data or "",
        phone=form.phone.data or "",
        page=plain_path(form.page.data or ""),
        refusal_code=form.code.data or "",
        browser=request.user_agent.string,
        theme=TicketTheme(chosen) if chosen in set(TicketTheme) else None,
        client=client_network() if unknown else "",
        language=str(get_locale()),
    )


@bp.get("/vraag/verzonden")
@access(Permission.PUBLIC)
def asked() -> ResponseReturnValue:
    """The code of the question just asked without signing in."""
    code = session.get(_ASKED)
    if code is None:
        return redirect(url_for("help.ask"))
    return render_template("help/asked.html", code=code, points=contact_points.points())


@bp.get("/mijn-vragen")
@access(Permission.HOME)
def own_questions() -> ResponseReturnValue:
    """One's own questions with where they stand."""
    page = tickets.own(current_actor(), position())
    address = Address(url_for("help.own_questions"), {})
    return render_template("help/own_questions.html", page=page, address=address, state_labels=STATE_LABELS)


@bp.get("/mijn-vragen/<reference>")
@access(Permission.HOME)
def own_question(reference: str) -> ResponseReturnValue:
    """One question and its answer."""
    row = tickets.own_ticket(current_actor(), reference)
    return render_template("help/own_question.html", row=row, state_labels=STATE_LABELS)
