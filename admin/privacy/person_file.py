"""Everything about one national number over all facilities, on complaint (E-153): for a reason that is kept."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin.base import PageView
from blueprints.handling import handling, status_of
from blueprints.privacy import inspection
from domain.permissions import Permission
from forms.privacy import PersonFileForm, ReviewForm
from services import transaction
from services.privacy import person_file


class PersonFilePages(PageView):
    """Type a number and a reason; see the file, or take it along."""

    required_permission = Permission.PERSON_FILE_REVIEW

    @expose("/", methods=("GET", "POST"))
    def index(self) -> ResponseReturnValue:
        """Posted, so that neither the number nor the reason ever stands in an address."""
        form, made = ReviewForm(), None
        if form.validate_on_submit():
            with handling(form):
                made = person_file.of_number(self.actor, form.number.data or "", form.reason.data or "")
        context = inspection.context(made, form.reason.data or "", "messages.show")
        return self.render("admin/privacy/person_file.html", form=form, **context), status_of(form)

    @expose("/bestand", methods=("POST",))
    def export(self) -> ResponseReturnValue:
        """The file as PDF or JSON, for the same reason."""
        form = PersonFileForm()
        with transaction.unit_of_work():
            made = person_file.exported(
                self.actor, form.number.data or "", form.kind.data or "", form.reason.data or ""
            )
        return inspection.given(made)
