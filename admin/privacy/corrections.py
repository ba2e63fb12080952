"""Requests to correct that the department was asked along in (E-153): to read; the answer is given in the thread."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.base import PageView
from admin.lists import Address, position, typed
from blueprints.privacy.corrections import WORDS
from domain.permissions import Permission
from domain.privacy import STATE_LABELS, CorrectionState
from services import transaction
from services.privacy import correction_reading


class CorrectionPages(PageView):
    """The list and one request."""

    required_permission = Permission.PERSON_FILE_REVIEW

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The newest first, by state; no names of staff here."""
        asked = typed("stand")
        state = CorrectionState(asked) if asked in set(CorrectionState) else None
        address = Address(self.get_url(".index"), {"stand": state.value} if state else {})
        return self.render(
            "admin/privacy/corrections.html",
            page=correction_reading.corrections(self.actor, state, position()),
            address=address,
            state=state,
            states=[(one.value, gettext(label)) for one, label in STATE_LABELS.items()],
            **WORDS,
        )

    @expose("/<reference>")
    def record(self, reference: str) -> ResponseReturnValue:
        """One request with the person it is about; the facility can read that it was looked at."""
        with transaction.unit_of_work():
            shown = correction_reading.correction(self.actor, reference)
        return self.render("admin/privacy/correction.html", shown=shown, **WORDS)
