"""Issues of the newsletter: drafts, how one will look, publishing (C-073)."""

from __future__ import annotations

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.lists import Address, position
from admin.news.base import NewsPages
from blueprints.handling import handling, posted_version, status_of
from blueprints.marked_text import pictures_from_elsewhere, rendered
from blueprints.news.printing import pdf_answer, pdf_of
from domain.errors import NotAllowedNow
from domain.news import ISSUE_KIND_LABELS, Topic, check_pictures
from forms.news import IssueForm, VersionForm
from services import clock
from services.connections import connections
from services.news import issues, office, releases


class IssuePages(NewsPages):
    """The issues."""

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Every issue, the newest first."""
        page = issues.listed(self.actor, position())
        address = Address(self.get_url(".index"), {})
        return self.render("admin/news/issues.html", page=page, address=address, kinds=ISSUE_KIND_LABELS)

    @expose("/nieuw", methods=("GET", "POST"))
    def new(self) -> ResponseReturnValue:
        """Begin a draft."""
        return self._form(None)

    @expose("/<reference>")
    def show(self, reference: str) -> ResponseReturnValue:
        """How it looks, and how many it will be mailed to."""
        row = issues.get(self.actor, reference)
        return self.render(
            "admin/news/issue.html",
            row=row,
            body=rendered(row.body),
            findings=check_pictures(pictures_from_elsewhere(row.body)),
            form=VersionForm(version=str(row.version)),
            subscribers=office.counts(self.actor)[Topic.NEWS].active,
            kinds=ISSUE_KIND_LABELS,
        )

    @expose("/<reference>/pdf")
    def pdf(self, reference: str) -> ResponseReturnValue:
        """How it will look on paper."""
        row = issues.get(self.actor, reference)
        made = row.published_at or clock.now().replace(microsecond=0)
        name = gettext("Concept") if row.number is None else f"Nieuwsbrief {row.number}"
        content = pdf_of(row.title, name, "", name, row.body, made, connections().settings.base_url)
        answer = pdf_answer(content, "nieuwsbrief.pdf")
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @expose("/<reference>/bewerken", methods=("GET", "POST"))
    def edit(self, reference: str) -> ResponseReturnValue:
        """Change a draft."""
        return self._form(issues.get(self.actor, reference))

    @expose("/<reference>/publiceren", methods=("POST",))
    def publish(self, reference: str) -> ResponseReturnValue:
        """Show it to everybody and mail it."""
        with handling() as done:
            row = issues.publish(self.actor, reference, posted_version(request.form.get("version")))
        if done.error is not None:
            raise done.error
        flash(gettext("Nieuwsbrief %(number)s is gepubliceerd.", number=row.number), "success")
        return redirect(self.get_url(".show", reference=reference))

    @expose("/<reference>/verwijderen", methods=("GET", "POST"))
    def remove(self, reference: str) -> ResponseReturnValue:
        """Ask, then throw a draft away."""
        row = issues.get(self.actor, reference)
        form = VersionForm()
        if form.validate_on_submit():
            with handling(form) as done:
                issues.remove(self.actor, reference, posted_version(form.version.data))
            if done:
                flash(gettext("Het concept is verwijderd."), "success")
                return redirect(self.get_url(".index"))
        elif request.method == "GET":
            form.version.data = str(row.version)
        return self.render("admin/news/remove_issue.html", row=row, form=form), status_of(form)

    def _form(self, row: issues.IssueView | None) -> ResponseReturnValue:
        if row is not None and row.published_at is not None:
            raise NotAllowedNow(issues.OUT, code="C-073")
        form = IssueForm()
        form.release.choices = [("", gettext("Geen versie")), *releases.choices(self.actor)]
        if form.validate_on_submit():
            entry = issues.IssueEntry(form.title.data or "", form.body.data or "", form.release.data or None)
            with handling(form) as done:
                if row is None:
                    made = issues.add(self.actor, entry)
                else:
                    made = issues.change(self.actor, row.reference, posted_version(form.version.data), entry)
            if done:
                flash(gettext("Het concept is bewaard. Kijk het na en publiceer het."), "success")
                return redirect(self.get_url(".show", reference=made.reference))
        elif request.method == "GET" and row is not None:
            form.title.data, form.body.data, form.release.data = row.title, row.body, row.release or ""
            form.version.data = str(row.version)
        return self.render("admin/news/issue_form.html", form=form, row=row), status_of(form)
