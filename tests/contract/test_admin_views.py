"""The fourth lock of the back office: every view is a closed one, every address declares who may use it.

The failure text says what to write. See ``admin/base.py`` for the kinds of views.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_admin.contrib.sqla import ModelView
from flask_admin.form import SecureForm
from flask_wtf import FlaskForm

from admin.base import AuditedCrudView, Closed, PageView, ReadOnlyView, ServiceView
from blueprints.access import declared_access
from domain.permissions import Permission
from models.all import Base

pytestmark = pytest.mark.one_database

ADMIN = Path(__file__).resolve().parents[2] / "admin"
#: Flask-Admin's generic routes, by the last part of their rule.
GENERIC = ("edit/", "new/", "delete/", "details/", "action/", "ajax/lookup/", "ajax/update/")


def views(app: Flask) -> list[Any]:
    """Every view that is registered."""
    (office,) = app.extensions["admin"]
    return list(office._views)


def named(view: Any) -> str:
    """A view as the failure text names it."""
    return f"{type(view).__module__}.{type(view).__name__}"


def test_every_view_is_a_closed_one(app: Flask) -> None:
    for view in views(app):
        assert isinstance(view, (PageView, ReadOnlyView)), (
            f"{named(view)} must derive from PageView, ReadOnlyView, ServiceView or AuditedCrudView of admin.base"
        )
        assert isinstance(view, Closed)


def test_every_view_has_a_permission(app: Flask) -> None:
    for view in views(app):
        assert isinstance(getattr(view, "required_permission", None), Permission), (
            f"{named(view)}: write required_permission = Permission.X"
        )
        assert view.required_permission is not Permission.PUBLIC, f"{named(view)}: the back office is never public"


def test_model_views_open_nothing_by_themselves(app: Flask) -> None:
    for view in views(app):
        if not isinstance(view, ModelView):
            continue
        assert not view.column_editable_list, f"{named(view)}: column_editable_list goes round can_edit; leave it None"
        assert not view.inline_models, f"{named(view)}: inline_models save without a service; leave it None"
        assert not view.fast_mass_delete, f"{named(view)}: fast_mass_delete skips every rule; leave it False"
        assert not view._actions, f"{named(view)}: bulk actions are pages of their own, with a preview"
        assert issubclass(view.form_base_class, SecureForm), f"{named(view)}: form_base_class must be SecureForm"
        assert view.column_list, f"{named(view)}: name the columns in column_list"


def test_guarded_tables_are_never_plainly_edited(app: Flask) -> None:
    for view in views(app):
        if not isinstance(view, ModelView):
            continue
        guarded = bool(getattr(view.model, "__guarded__", None))
        if isinstance(view, AuditedCrudView):
            assert not guarded, f"{named(view)}: {view.model.__name__} is guarded; use ReadOnlyView or ServiceView"
            assert view.form_columns, f"{named(view)}: name the fields in form_columns"
        else:
            assert not any((view.can_create, view.can_edit, view.can_delete)), (
                f"{named(view)}: only AuditedCrudView may set can_create, can_edit or can_delete"
            )
        if not isinstance(view, ServiceView):
            for method in ("create_view", "edit_view", "delete_view"):
                assert getattr(view, method) is None, f"{named(view)}: {method} needs ServiceView"


def test_a_guarded_table_is_refused_at_once(app: Flask) -> None:
    from models.declaration import Dossier

    class Careless(AuditedCrudView):
        column_list = form_columns = ("status",)
        required_permission = Permission.DOSSIER_REVIEW

    with pytest.raises(ValueError, match="guarded"):
        Careless(Dossier, "Dossiers")


def test_forms_of_service_views_carry_the_token_and_name_their_fields(app: Flask) -> None:
    for view in views(app):
        if not isinstance(view, ServiceView):
            continue
        for kind in ("create_form_class", "change_form_class", "remove_form_class"):
            form_class = getattr(view, kind)
            if form_class is None:
                continue
            assert issubclass(form_class, FlaskForm), f"{named(view)}.{kind} must be a FlaskForm (CSRF)"
            act = {"create_form_class": "create", "change_form_class": "change", "remove_form_class": "remove"}[kind]
            assert getattr(type(view), act) is not getattr(ServiceView, act), f"{named(view)}: write {act}()"
            assert f"{act}_done" in view.texts, f"{named(view)}: say in texts[{act!r} + '_done'] what happened"
        if isinstance(view, AuditedCrudView):
            with app.test_request_context():
                fields = {name for name in view.create_form_class()._fields if name != "csrf_token"}
            assert fields == set(view.form_columns), f"{named(view)}: form_columns must be the fields of the form"


def test_no_generic_route_is_registered(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/beheer"):
            assert not rule.rule.endswith(GENERIC), f"{rule.rule} is Flask-Admin's own; close it in admin.base"


def test_every_address_of_the_back_office_needs_a_right(app: Flask) -> None:
    found = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/beheer")]
    assert len(found) > 40
    for rule in found:
        permission = declared_access(app, rule.endpoint)
        assert permission is not None, f"{rule.rule}: write required_permission or @access(...)"
        assert permission not in {Permission.PUBLIC, Permission.HOME}, f"{rule.rule} is open to everybody"


def test_reading_and_the_menu_agree_with_the_hook(app: Flask) -> None:
    """``is_accessible`` asks the same permission as the hook before the request."""
    for view in views(app):
        assert type(view).is_accessible is Closed.is_accessible, f"{named(view)}: leave is_accessible to Closed"


@pytest.mark.parametrize("path", sorted(ADMIN.glob("*.py")), ids=lambda path: path.name)
def test_views_write_through_services_only(path: Path) -> None:
    """Lock 2: no session, no commit, no gate in a view; the base reads one row for its key."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            assert node.module != "models.gate", f"{path.name}: only services open the gate"
            names = {alias.name for alias in node.names}
            assert path.name == "base.py" or "db" not in names, f"{path.name}: read through a query of services"
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"commit", "flush", "add", "populate_obj"} or (
                isinstance(node.value, ast.Name) and node.value.id == "transaction"
            ), f"{path.name}:{node.lineno}: .{node.attr} is for services (commit: transaction.commit)"


def test_every_table_with_rules_is_guarded() -> None:
    """A new table is guarded unless it is a plain list or the session store."""
    plain = {
        mapper.class_.__name__ for mapper in Base.registry.mappers if not getattr(mapper.class_, "__guarded__", None)
    }
    assert plain == {"Qualification", "ContractType", "Funding", "RaasCode", "WebSession"}, (
        "give a new model __guarded__ = ALL, or name it here with a reason"
    )
