"""A first message of the department: to one facility, or the same one to several (A-38)."""

from __future__ import annotations

from typing import Any

from flask import flash, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.base import PageView
from admin.messages.criteria import every_quarter
from admin.messages.threads import told
from blueprints.ecalcura.quarter_names import quarter_name
from blueprints.handling import handling, put_on_form, status_of, translated
from blueprints.messages.acting import begin, begun
from domain.calendars import Quarter
from domain.canned_texts import PLACEHOLDERS
from domain.errors import DomainError, Findings, InvalidValue, NotFound
from domain.organisation import SECTOR_LABELS
from domain.permissions import Permission
from forms.message_office import OfficeThreadForm, ToManyForm
from models.organisation import Sector
from services.messaging import canned_texts, desks, places, to_many
from services.messaging.places import FacilityPlace
from services.messaging.to_many import Letter


class FacilityMessagePages(PageView):
    """Beginning threads with facilities."""

    required_permission = Permission.MESSAGES_ANSWER
    in_menu = False

    @expose("/<hco_number>", methods=("GET", "POST"))
    def new(self, hco_number: str) -> ResponseReturnValue:
        """A first message to a facility, perhaps about the quarter the address names."""
        actor, form = self.actor, OfficeThreadForm()
        asked = _quarter(request.values.get("quarter", "") or request.args.get("kwartaal", ""))
        place = _place(actor, hco_number, asked)
        form.quarter.choices = _quarters(asked)
        form.desk.choices = [("", gettext("Geen bureau: van iedereen"))]
        form.desk.choices += [(one.reference, one.name) for one in desks.in_use(actor)]
        if request.method == "GET":
            form.quarter.data = str(asked or "")
            form.desk.data = place.desk.reference if place.desk is not None else ""
        elif request.form.get("act") == "canned":
            self._put_in(form, place)
        else:
            started = self._begun(form, place)
            if started is not None:
                return begun(self.get_url("messages.show", reference=started))
        texts = canned_texts.proposals(actor, place.facility, place.quarter, place.desk)
        context: dict[str, Any] = {"form": form, "facility": place.facility, "texts": texts}
        return self.render("admin/messages/new_facility.html", **context), status_of(form)

    def _begun(self, form: OfficeThreadForm, place: FacilityPlace) -> str | None:
        try:
            place.desk = desks.chosen(self.actor, form.desk.data or "")
            if request.form.get("act") == "send":
                canned_texts.refuse_unfilled(f"{form.subject.data or ''}\n{form.body.data or ''}")
        except (Findings, InvalidValue) as refused:
            form.validate()
            put_on_form(form, refused)
            return None
        return begin(form, place)

    def _put_in(self, form: OfficeThreadForm, place: FacilityPlace) -> None:
        """A canned text in the form, which is shown again; its subject where none was typed."""
        try:
            text = canned_texts.propose_in(self.actor, request.form.get("canned", ""), place)
        except NotFound as gone:
            put_on_form(form, gone)
            return
        form.body.data = canned_texts.appended(form.body.data or "", text.body)
        form.subject.data = (form.subject.data or "").strip() or text.subject
        told(text)

    @expose("/", methods=("GET", "POST"))
    def several(self) -> ResponseReturnValue:
        """The same message to several facilities: choose and write, look at what each will read, send."""
        form = ToManyForm()
        form.quarter.choices = _quarters(_quarter(request.values.get("quarter", "")))
        rows: list[to_many.Addressee] = []
        if request.method == "GET":
            form.facilities.data = self._begin_with()
        elif form.csrf_token.validate(form):
            rows = self._rows(form)
            if rows and request.form.get("act") == "send":
                results = [self._send(form, row) for row in rows if row.possible]
                return self.render("admin/messages/sent_to_many.html", rows=results)
        context: dict[str, Any] = {
            "form": form,
            "rows": rows,
            "most": to_many.MOST,
            "placeholders": PLACEHOLDERS,
            "sectors": [(code, gettext(label)) for code, label in SECTOR_LABELS.items()],
        }
        template = "admin/messages/to_many_preview.html" if rows else "admin/messages/to_many.html"
        return self.render(template, **context), status_of(form)

    def _begin_with(self) -> str:
        """What the address chooses: numbers, or everything of a sector."""
        chosen = [one[:20] for one in request.args.getlist("rowid")[: to_many.MOST]]
        sector = request.args.get("sector", "")
        if not chosen and sector in set(Sector):
            chosen = to_many.numbers_in(self.actor, Sector(sector))
        return "\n".join(chosen)

    def _rows(self, form: ToManyForm) -> list[to_many.Addressee]:
        if request.form.get("act") == "back":
            return []
        try:
            return to_many.preview(self.actor, to_many.numbers_of(form.facilities.data or ""), _letter(form))
        except (Findings, InvalidValue) as refused:
            put_on_form(form, refused)
            return []

    def _send(self, form: ToManyForm, row: to_many.Addressee) -> dict[str, Any]:
        """One facility, in a commit of its own: what it says does not stop the others."""
        result: dict[str, Any] = {"label": f"{row.name} ({row.hco_number})", "href": None, "ok": False}
        try:
            with handling() as done:
                thread, fresh = to_many.send_one(self.actor, row.hco_number, _letter(form), form.key.data or "")
        except DomainError as error:
            return result | {"message": translated(error)}
        if done.error is not None:
            return result | {"message": translated(done.error)}
        told_so = gettext("Verzonden") if fresh else gettext("Was al verzonden")
        return result | {
            "ok": True,
            "message": told_so,
            "href": self.get_url("messages.show", reference=thread.reference),
        }


def _letter(form: ToManyForm) -> Letter:
    return Letter(
        (form.subject.data or "").strip(),
        form.body.data or "",
        _quarter(form.quarter.data or ""),
        bool(form.awaits_reply.data),
    )


def _place(actor: Any, hco_number: str, quarter: Quarter | None) -> FacilityPlace:
    try:
        return places.facility_place(actor, hco_number, quarter)
    except InvalidValue as odd:  # a quarter outside what may be entered
        flash(translated(odd), "warning")
        return places.facility_place(actor, hco_number)


def _quarter(text: str) -> Quarter | None:
    try:
        return Quarter.parse(text) if text else None
    except InvalidValue:
        return None


def _quarters(asked: Quarter | None) -> list[tuple[str, str]]:
    named = [(str(one), quarter_name(one)) for one in every_quarter(asked)]
    return [("", gettext("Algemeen: over geen kwartaal")), *named]
