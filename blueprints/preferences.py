"""*Mijn meldingen*: the addresses one settles, how often and in which language they get mail, whether it arrives."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.access import access, current_actor
from blueprints.handling import handling, status_of, translated
from blueprints.mail_words import bounce_words
from domain.permissions import Permission
from forms.preferences import ONCE_A_DAY, PreferenceForm
from services import mail_preferences

bp = Blueprint("preferences", __name__, url_prefix="/mijn-meldingen")


@bp.get("")
@access(Permission.PREFERENCES)
def index() -> ResponseReturnValue:
    """The addresses of the own facility or company; for everybody else, who settles them."""
    actor = current_actor()
    return render_template(
        "preferences/list.html",
        rows=mail_preferences.listed(actor),
        settles=mail_preferences.settles(actor),
        side=actor.side.value,
        bounce_words=bounce_words,
    )


@bp.route("/<reference>", methods=["GET", "POST"])
@access(Permission.PREFERENCES)
def edit(reference: str) -> ResponseReturnValue:
    """Change what one address prefers."""
    actor = current_actor()
    row = mail_preferences.get(actor, reference)
    form = PreferenceForm(data={"often": ONCE_A_DAY if row.digest else "meteen", "language": row.language or "nl"})
    settles = mail_preferences.settles(actor)
    if settles == "company":
        del form.language
    if form.validate_on_submit():
        with handling(form) as done:
            language = form.language.data if form.language else None
            mail_preferences.change(actor, reference, digest=form.often.data == ONCE_A_DAY, language=language)
        if done:
            flash(gettext("De voorkeuren van %(email)s zijn bewaard.", email=row.email), "success")
            return redirect(url_for(".index"))
    return render_template("preferences/form.html", form=form, row=row, settles=settles), status_of(form)


@bp.post("/<reference>/opnieuw")
@access(Permission.PREFERENCES)
def try_again(reference: str) -> ResponseReturnValue:
    """The mailbox works again: take the mark away."""
    actor = current_actor()
    row = mail_preferences.get(actor, reference)
    with handling() as done:
        mail_preferences.try_again(actor, reference)
    if done:
        flash(gettext("We proberen het opnieuw met %(email)s.", email=row.email), "success")
    elif done.error is not None:
        flash(translated(done.error), "warning")
    return redirect(url_for(".index"))
