"""Flask-Admin as it comes: a ModelView over the same tables, signed in with Flask-Login."""

from __future__ import annotations

import os
from typing import Any

from flask import Flask, request
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from flask_babel import Babel
from flask_login import LoginManager, UserMixin, current_user, login_user

from benchmarks.peers.pages import SECRET
from models.all import db
from models.declaration import Dossier
from models.identity import Account
from models.organisation import Facility

app = Flask(__name__)
app.config.update(SECRET_KEY=SECRET, SQLALCHEMY_DATABASE_URI=os.environ["DATABASE_URL"])
db.init_app(app)
Babel(app)
login = LoginManager(app)
Facility.__str__ = lambda self: self.name  # type: ignore[method-assign]


class User(UserMixin):  # type: ignore[misc]
    """Who is signed in."""

    def __init__(self, key: int) -> None:
        self.id = key


@login.user_loader  # type: ignore[misc]
def load(key: str) -> User | None:
    """One look-up."""
    found = db.session.get(Account, int(key))
    return User(found.id) if found else None


@app.get("/login")
def sign_in() -> str:
    """Sign in as an account."""
    user = load(request.args["account"])
    assert user is not None
    login_user(user)
    return "signed in"


class DossierView(ModelView):  # type: ignore[misc]
    """Eight columns, their filters, search on number and name."""

    column_list = (
        "number", "facility", "year", "quarter_number", "period_code", "status", "changed_at", "submitted_at",
    )  # fmt: skip
    column_filters = ("number", "year", "quarter_number", "period_code", "status", "reopened", "basis")
    named_filter_urls = True
    column_searchable_list = ("number", "facility.name")
    column_default_sort = ("changed_at", True)
    column_details_list = column_list
    can_view_details = True
    can_export = True
    can_create = can_edit = False
    export_max_rows = 0

    def is_accessible(self) -> Any:
        """Whoever is signed in."""
        return current_user.is_authenticated


Admin(app, name="stock").add_view(DossierView(Dossier, db, name="Dossiers", endpoint="stock"))
