"""One thread at the office: its messages, the draft of the office, and for a facility what lies beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.lists import Address
from admin.messages import criteria
from blueprints.access import access
from blueprints.file_uploads import takes_files
from blueprints.handling import handling, put_on_form, status_of, translated
from blueprints.messages.acting import act, opened
from domain.actor import Side
from domain.errors import DomainError, Findings
from domain.messaging import READING_LABELS
from domain.permissions import Permission
from forms.confirmation import ConfirmationForm
from forms.messages import MessageForm
from services.messaging import assigning, beside, canned_texts, reading

if TYPE_CHECKING:
    from admin.base import PageView as _Pages
else:
    _Pages = object

#: Where the draft stands on the page.
DRAFT = "#antwoord"


class ThreadPart(_Pages):
    """The page of a thread."""

    @expose("/<reference>", methods=("GET", "POST"))
    @takes_files
    def show(self, reference: str) -> ResponseReturnValue:
        """A thread, with the draft of the office under it; the list it was opened from goes along."""
        actor, form = self.actor, MessageForm()
        asked = criteria.read(actor, request.args)
        own = self.get_url(".show", reference=reference, **asked.words)
        before, after = reading.neighbours(actor, asked.criteria, reference)
        if request.method == "POST":
            onward = self.get_url(".show", reference=after, **asked.words) if after else None
            answered = self._pressed(form, reference, own, onward)
            if answered is not None:
                return answered
        found = opened(form, reference)
        if not found.messages and found.later:
            return redirect(own)
        context: dict[str, Any] = {
            "thread": found,
            "form": form,
            "labels": READING_LABELS,
            "words": asked.words,
            "own": own,
            "back": Address(self.get_url(".index"), asked.words).plus(),
            "beside": tuple(
                self.get_url(".show", reference=one, **asked.words) if one else None for one in (before, after)
            ),
        }
        if actor.side is Side.DEPARTMENT:
            context |= {"facts": beside.of_thread(actor, found), "move": ConfirmationForm()}
            return self.render("admin/messages/facility_thread.html", **context), status_of(form)
        return self.render("admin/messages/thread.html", contract=found.place.contract, **context), status_of(form)

    @expose("/<reference>/bureau", methods=("POST",))
    @access(Permission.MESSAGES_ANSWER)
    def desk(self, reference: str) -> ResponseReturnValue:
        """Lay this thread on another desk."""
        words = criteria.read(self.actor, request.args).words
        form = ConfirmationForm()
        if form.validate():
            with handling(form) as done:
                assigning.move(self.actor, reference, request.form.get("desk", ""))
            if done:
                flash(
                    gettext("Het gesprek ligt nu op dit bureau. De voorziening krijgt daarvan geen bericht."), "success"
                )
            elif done.error is not None:
                flash(translated(done.error), "error")
        return redirect(self.get_url(".show", reference=reference, **words))

    def _pressed(self, form: MessageForm, reference: str, own: str, onward: str | None) -> ResponseReturnValue | None:
        """Putting in a canned text, and sending and going on, beside what every thread can."""
        pressed = request.form.get("act", "save")
        if pressed == "canned":
            return self._put_in(form, reference, own)
        if pressed in ("send", "next"):
            try:
                canned_texts.refuse_unfilled(form.body.data or "")
            except Findings as unfilled:
                form.validate()
                put_on_form(form, unfilled)
                return None
            return act(form, reference, (onward or own) if pressed == "next" else own, pressed="send")
        return act(form, reference, own, pressed)

    def _put_in(self, form: MessageForm, reference: str, own: str) -> ResponseReturnValue | None:
        """A canned text behind what was typed, kept as the draft."""
        try:
            place = reading.thread(self.actor, reference).place
            text = canned_texts.propose_in(self.actor, request.form.get("canned", ""), place)
        except DomainError as refused:
            flash(translated(refused), "error")
            return redirect(own + DRAFT)
        form.body.data = canned_texts.appended(form.body.data or "", text.body)
        told(text)
        return act(form, reference, own + DRAFT, "canned")


def told(text: canned_texts.Proposal) -> None:
    """Say what of a canned text a person still has to fill in."""
    if text.missing:
        names = ", ".join(text.missing)
        flash(gettext("Vul %(names)s zelf nog in: dit gegeven is hier niet bekend.", names=names), "warning")
