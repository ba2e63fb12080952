"""Taking staff over from a RaaS export: choose the facility and the file, look at the preview, confirm."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.base import PageView
from blueprints.handling import handling, status_of, translated
from domain.permissions import Permission
from forms.back_office import RaasConfirmForm, RaasUploadForm
from services import documents
from services.ecalcura import raas_import

#: A RaaS export of the largest facility is far below this.
MAX_BYTES = 4 * 1024 * 1024


class RaasPages(PageView):
    """The import in two steps. Between them the file stays in the document store, under its digest."""

    required_permission = Permission.RAAS_IMPORT

    @expose("/", methods=("GET", "POST"))
    def upload(self) -> ResponseReturnValue:
        """Choose facility and file; then the preview."""
        form = RaasUploadForm()
        if form.validate_on_submit():
            data = form.file.data.read(MAX_BYTES + 1)
            if len(data) > MAX_BYTES:
                form.file.errors = [gettext("Het bestand is groter dan 4 MB. Kies het bestand dat RaaS uitvoerde.")]
            else:
                with handling(form) as done:
                    hco = form.hco_number.data.strip()
                    outcome = raas_import.preview(self.actor, hco, data)
                    digest = documents.store(data, "text/csv").digest
                if done:
                    return self._preview(hco, digest, outcome)
        return self.render("admin/raas/upload.html", form=form), status_of(form)

    @expose("/overnemen", methods=("POST",))
    def confirm(self) -> ResponseReturnValue:
        """Take over what the preview showed: the same file, by its digest."""
        form = RaasConfirmForm()
        if not form.validate_on_submit():
            flash(gettext("Kies het bestand opnieuw."), "warning")
            return redirect(self.get_url(".upload"))
        with handling() as done:
            _, data = documents.read(form.digest.data)
            outcome = raas_import.run(self.actor, form.hco_number.data, data)
        if not done:
            assert done.error is not None
            flash(translated(done.error), "error")
            return redirect(self.get_url(".upload"))
        return self.render("admin/raas/done.html", outcome=outcome, hco_number=form.hco_number.data)

    def _preview(self, hco: str, digest: str, outcome: Any) -> ResponseReturnValue:
        form = RaasConfirmForm(formdata=None, data={"hco_number": hco, "digest": digest})
        return self.render("admin/raas/preview.html", form=form, outcome=outcome, hco_number=hco)
