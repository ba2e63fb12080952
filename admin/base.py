"""The closed views: nobody in the back office derives from Flask-Admin's own views directly (a contract test says so).

Flask-Admin's generic views go round rules: no CSRF by default, records outside the query of the list, in-place editing
without a right, bulk delete without hooks. So there are four kinds, and no others:

* ``PageView``: pages of our own that call services;
* ``ReadOnlyView``: a list and a record to look at, nothing else. The default for every table with rules;
* ``ServiceView``: forms whose create, change and remove call a named service with the data of the form;
* ``AuditedCrudView``: plain reference lists only; row and trace are written in one commit.

What a view does not offer has no address: Flask-Admin's routes for forms, deletion, bulk actions and look-ups by script
are never registered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NoReturn

from flask import current_app, flash, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose
from flask_admin.contrib.sqla import ModelView
from flask_admin.form import SecureForm as FlaskAdminSecureForm
from flask_babel import gettext
from flask_wtf import FlaskForm
from flask_wtf.csrf import _FlaskFormCSRF
from sqlalchemy import Select, inspect, select

from admin.lists import is_national_number
from blueprints.access import current_actor, optional_actor
from blueprints.handling import handling, status_of
from domain.actor import Actor
from domain.errors import Forbidden, NotFound
from domain.permissions import Permission
from models.base import Base, db


class SecureForm(FlaskAdminSecureForm):
    """Flask-Admin's form with the CSRF token of the application, so that one token works on every page."""

    class Meta(FlaskAdminSecureForm.Meta):
        """The settings Flask-WTF reads."""

        csrf = True
        csrf_class = _FlaskFormCSRF
        csrf_field_name = "csrf_token"
        csrf_time_limit = None

        @property
        def csrf_secret(self) -> Any:
            """The key of the application."""
            return current_app.secret_key

        @property
        def csrf_context(self) -> Any:
            """The session of the person."""
            return session


class Closed:
    """What every view of the back office has: one permission, read by the hook of both doors and by the menu."""

    required_permission: ClassVar[Permission]

    def is_accessible(self) -> bool:
        """Whether the person may open it: the same answer as the hook gives."""
        actor = optional_actor()
        return actor is not None and actor.may(self.required_permission)

    def inaccessible_callback(self, name: str, **kwargs: Any) -> NoReturn:
        """The page that explains the refusal."""
        raise Forbidden(self.required_permission)

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Flask-Admin calls a view a second time when it raises TypeError, which hides the error; this does not."""
        return fn(self, *args, **kwargs)

    @property
    def actor(self) -> Actor:
        """Who is acting."""
        return current_actor()


class PageView(Closed, BaseView):
    """Pages of our own, each around one service. ``in_menu`` is False for pages that are reached from a list."""

    in_menu: ClassVar[bool] = True

    def __init__(self, **kwargs: Any) -> None:
        if self._default_view is None:  # Flask-Admin asks for a page at "/", also of what is not in its menu
            type(self)._default_view = self._urls[0][1]
        super().__init__(**kwargs)

    def is_visible(self) -> bool:
        """Whether the menu shows it."""
        return self.in_menu


class ReadOnlyView(Closed, ModelView):
    """A list, with whatever pages to look at a subclass adds. Nothing can be changed here.

    A subclass gives ``list_page``: the context of ``list_template``, read through a query that takes the actor.
    """

    can_create = False
    can_edit = False
    can_delete = False
    can_view_details = True
    can_export = False
    column_editable_list = None
    inline_models = None
    fast_mass_delete = False
    form_base_class = SecureForm
    column_list: ClassVar[tuple[str, ...]] = ()
    list_template = "admin/list.html"

    #: Routes of Flask-Admin that have no place here.
    create_view = edit_view = details_view = delete_view = action_view = None
    ajax_lookup = ajax_update = None
    export = None
    action_delete = None

    def __init__(self, model: type[Base], name: Any, **kwargs: Any) -> None:
        if not self.column_list:
            raise ValueError(f"{type(self).__name__}: name the columns in column_list")
        super().__init__(model, db, name=name, **kwargs)

    def scaffold_form(self) -> type[Any]:
        """No form is made from the columns of a table; forms are written."""
        return SecureForm

    scaffold_list_form = scaffold_form

    def init_actions(self) -> None:
        """Bulk actions are pages of their own, with a preview."""
        self._actions: list[Any] = []
        self._actions_data: dict[str, Any] = {}

    def pk(self, raw: str) -> Any:
        """A key from an address as the key of the table; None when it cannot be one."""
        try:
            key = inspect(self.model).primary_key[0].type.python_type(raw)
        except (ValueError, OverflowError):
            return None
        return None if isinstance(key, int) and not -(2**31) <= key < 2**31 else key

    def scope(self) -> Select[Any]:
        """The rows this view is about; ``get_one`` looks inside the same selection."""
        return select(self.model)

    def get_one(self, raw: str) -> Any:
        """The row of a key inside the scope of the view; raises NotFound."""
        key = self.pk(raw)
        column = inspect(self.model).primary_key[0]
        row = None if key is None else db.session.scalars(self.scope().where(column == key)).one_or_none()
        if row is None:
            raise NotFound
        return row

    def list_page(self) -> Mapping[str, Any]:
        """The context of the list."""
        raise NotImplementedError

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        """The list. A national number that was typed in its search box is taken out of the address at once."""
        if is_national_number(request.args.get("zoek", "")):
            flash(gettext("Zoek een rijksregisternummer bij Opzoeken: daar komt het niet in het adres."), "warning")
            return redirect(self.get_url(".index_view"))
        return self.render(self.list_template, **self.list_page())


class ServiceView(ReadOnlyView):
    """A list with forms. Each form ends in a service that gets its data; ``populate_obj`` never runs.

    A subclass names the forms it has and gives the matching methods; what has no form is answered with 404.
    """

    create_form_class: ClassVar[type[FlaskForm] | None] = None
    change_form_class: ClassVar[type[FlaskForm] | None] = None
    remove_form_class: ClassVar[type[FlaskForm] | None] = None
    form_template = "admin/form.html"
    texts: ClassVar[Mapping[str, Any]] = {}

    def create(self, data: Mapping[str, Any]) -> Any:
        """Call the service that makes a row."""
        raise NotImplementedError

    def change(self, key: str, data: Mapping[str, Any]) -> Any:
        """Call the service that changes a row."""
        raise NotImplementedError

    def remove(self, key: str, data: Mapping[str, Any]) -> Any:
        """Call the service that removes a row."""
        raise NotImplementedError

    def prefilled(self, row: Any) -> dict[str, Any]:
        """What stands in the form of a row that is changed."""
        return {field: getattr(row, field) for field in self.form_columns or ()}

    def title_of(self, row: Any) -> str:
        """How a row is called on its page."""
        return str(row)

    def prepare(self, form: FlaskForm, row: Any | None) -> None:
        """Give the choices of a form, or leave out fields that cannot change."""

    def created(self, outcome: Any) -> None:
        """After the commit of a new row."""

    @expose("/nieuw", methods=("GET", "POST"))
    def create_view(self) -> ResponseReturnValue:
        """Add a row."""
        return self._form_page(self.create_form_class, "create", None, None)

    @expose("/<key>/bewerken", methods=("GET", "POST"))
    def edit_view(self, key: str) -> ResponseReturnValue:
        """Change a row."""
        return self._form_page(self.change_form_class, "change", key, self.get_one(key))

    @expose("/<key>/verwijderen", methods=("GET", "POST"))
    def delete_view(self, key: str) -> ResponseReturnValue:
        """Ask, then remove a row."""
        return self._form_page(self.remove_form_class, "remove", key, self.get_one(key))

    def _form_page(
        self, form_class: type[FlaskForm] | None, act: str, key: str | None, row: Any | None
    ) -> ResponseReturnValue:
        if form_class is None:
            raise NotFound
        form = form_class(data=self.prefilled(row)) if act == "change" else form_class()
        self.prepare(form, row)
        if form.validate_on_submit():
            data = {name: value for name, value in form.data.items() if name != "csrf_token"}
            with handling(form) as done:
                outcome = self.create(data) if key is None else getattr(self, act)(key, data)
            if done:
                if act == "create":
                    self.created(outcome)
                flash(gettext(self.texts[f"{act}_done"]), "success")
                return redirect(self.get_url(".index_view"))
        context = {"form": form, "act": act, "row": row, "row_title": None if row is None else self.title_of(row)}
        return self.render(self.form_template, **context), status_of(form)


class AuditedCrudView(ServiceView):
    """A plain reference list: ``services.reference`` makes, changes and removes its rows and leaves the trace.

    Only for tables without rules of their own: a guarded model is refused when the view is made.
    """

    can_create = True
    can_edit = True
    can_delete = True

    def __init__(self, model: type[Base], name: Any, **kwargs: Any) -> None:
        if getattr(model, "__guarded__", None):
            raise ValueError(f"{model.__name__} is guarded: show it with ReadOnlyView or ServiceView")
        if not self.form_columns:
            raise ValueError(f"{type(self).__name__}: name the fields in form_columns")
        super().__init__(model, name, **kwargs)
