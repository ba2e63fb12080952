"""The limit of Flask: plain views, Flask-Login, SQLAlchemy Core, the same templates as the bare peer; plain grids."""

from __future__ import annotations

import json
import os
from typing import Any

from flask import Flask, Response, redirect, request
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user
from flask_wtf import CSRFProtect, FlaskForm
from flask_wtf.csrf import generate_csrf
from sqlalchemy import and_, create_engine, or_, select, text, tuple_
from wtforms import DecimalField, FieldList, FormField, HiddenField
from wtforms.form import Form
from wtforms.validators import NumberRange, Optional

from benchmarks.peers.pages import CHOICES, SECRET, TEMPLATES
from domain.calendars import Quarter
from models.all import Base
from models.transaction_mode import writer_mode

app = Flask(__name__, template_folder=str(TEMPLATES))
app.config.update(SECRET_KEY=SECRET, WTF_CSRF_TIME_LIMIT=None)
CSRFProtect(app)
login = LoginManager(app)
engine = create_engine(os.environ["DATABASE_URL"])
_tables = Base.metadata.tables
dossier, facility, account = _tables["dossier"], _tables["facility"], _tables["account"]
contract, staff, performance = _tables["contract"], _tables["staff_member"], _tables["performance"]
event, period = _tables["dossier_event"], _tables["reference_period"]
_COLUMNS = (
    dossier.c.id, dossier.c.number, facility.c.name, dossier.c.year, dossier.c.quarter_number, dossier.c.period_code,
    dossier.c.status, dossier.c.changed_at, dossier.c.submitted_at, facility.c.hco_number,
)  # fmt: skip
_FEW = 25


class User(UserMixin):  # type: ignore[misc]
    """Who is signed in."""

    def __init__(self, key: int, name: str) -> None:
        self.id, self.name = key, name


@login.user_loader  # type: ignore[misc]
def load(key: str) -> User | None:
    """One look-up."""
    with engine.connect() as connection:
        row = connection.execute(
            select(account.c.id, account.c.given_name, account.c.family_name).where(account.c.id == int(key))
        ).one_or_none()
    return User(row[0], f"{row[1]} {row[2]}") if row else None


@app.get("/login")
def sign_in() -> str:
    """Sign in as an account."""
    user = load(request.args["account"])
    assert user is not None
    login_user(user)
    return "signed in"


def _render(template: str, **context: Any) -> str:
    found = app.jinja_env.get_template(template)
    return found.render(who=current_user.name, **CHOICES, **context)


@app.get("/list")
@login_required  # type: ignore[misc]
def dossiers() -> str:
    """The list."""
    query, statement = request.args, select(*_COLUMNS).join(facility, facility.c.id == dossier.c.facility_id)
    search, status = query.get("zoek", ""), query.get("status")
    with engine.connect() as connection:
        if search and "-20" in search:
            statement = statement.where(dossier.c.number == search)
        elif search:
            facilities = select(facility.c.id).where(
                and_(*(facility.c.search_text.contains(word, autoescape=True) for word in search.lower().split()))
            )
            found = connection.scalars(facilities.limit(_FEW + 1)).all()
            if not found:
                return _render("list.html", rows=[], following=None, search=search, status=status)
            statement = statement.where(dossier.c.facility_id.in_(found if len(found) <= _FEW else facilities))
        if status:
            statement = statement.where(dossier.c.status == status)
        key = (dossier.c.changed_at, dossier.c.id)
        up = query.get("sort") == "up"
        if query.get("after"):
            moment, _, row_key = query["after"].partition("~")
            from datetime import datetime

            at = datetime.fromisoformat(moment + ("+00:00" if "+" not in moment else ""))
            after = tuple_(at, int(row_key))
            statement = statement.where(tuple_(*key) > after if up else tuple_(*key) < after)
        rows = connection.execute(
            statement.order_by(*(column.asc() if up else column.desc() for column in key)).limit(21)
        ).all()
    following = f"after={rows[19][7]}~{rows[19][0]}" if len(rows) > 20 else None
    return _render("list.html", rows=rows[:20], following=following, search=search, status=status)


@app.get("/dossier/<number>")
@login_required  # type: ignore[misc]
def record(number: str) -> str:
    """One dossier."""
    with engine.connect() as connection:
        found = connection.execute(
            select(
                *_COLUMNS, dossier.c.opened_at, period.c.statutory_deadline, period.c.blocking_on, dossier.c.facility_id
            )
            .join(facility, facility.c.id == dossier.c.facility_id)
            .outerjoin(period, period.c.code == dossier.c.period_code)
            .where(dossier.c.number == number)
        ).one()
        events = connection.execute(
            select(event.c.event, event.c.to_status, event.c.at, event.c.actor_name)
            .where(event.c.dossier_id == found[0])
            .order_by(event.c.id.desc())
        ).all()
        quarter = Quarter(found[3], found[4])
        lines = connection.execute(
            select(
                staff.c.last_name,
                staff.c.first_name,
                contract.c.contract_type_code,
                contract.c.qualification_code,
                contract.c.starts_on,
                contract.c.hours,
                performance.c.paid_days,
                performance.c.unpaid_days,
                performance.c.paid_hours,
            )
            .join(staff, staff.c.id == contract.c.staff_member_id)
            .outerjoin(
                performance, and_(performance.c.contract_id == contract.c.id, performance.c.dossier_id == found[0])
            )
            .where(
                contract.c.facility_id == found[13],
                contract.c.starts_on <= quarter.end,
                or_(contract.c.ends_on.is_(None), contract.c.ends_on >= quarter.start),
            )
            .order_by(staff.c.last_name, staff.c.first_name)
        ).all()
    return _render("dossier.html", d=found, events=events, lines=lines)


_GRID = text(
    "SELECT c.reference, s.last_name, s.first_name, c.contract_type_code, c.qualification_code, c.starts_on, "
    "c.ends_on, c.hours, p.paid_days, p.unpaid_days, p.paid_hours, coalesce(p.version, 0), c.id, d.id FROM dossier d "
    "JOIN contract c ON c.facility_id = d.facility_id JOIN staff_member s ON s.id = c.staff_member_id "
    "LEFT JOIN performance p ON p.contract_id = c.id AND p.dossier_id = d.id WHERE d.number = :number "
    "ORDER BY s.last_name, s.first_name, c.id"
)
_SET = (
    "ON CONFLICT (dossier_id, contract_id) DO UPDATE SET paid_days = excluded.paid_days, "
    "unpaid_days = excluded.unpaid_days, paid_hours = excluded.paid_hours, version = performance.version + 1, "
    "changed_at = excluded.changed_at, changed_by = excluded.changed_by "
    "WHERE performance.version = excluded.version - 1"
)
_FIELDS = "(dossier_id, contract_id, paid_days, unpaid_days, paid_hours, version, changed_at, changed_by)"
_SAVE = {
    "sqlite": text(
        f"INSERT INTO performance {_FIELDS} SELECT d.id, c.id, j.value ->> 2, j.value ->> 3, j.value ->> 4, "
        "(j.value ->> 1) + 1, :at, :by FROM json_each(:rows) j JOIN contract c ON c.reference = j.value ->> 0 "
        f"JOIN dossier d ON d.number = :number WHERE true {_SET}"
    ),
    "postgresql": text(
        f"INSERT INTO performance {_FIELDS} SELECT d.id, c.id, (j ->> 2)::int, (j ->> 3)::int, (j ->> 4)::int, "
        "(j ->> 1)::int + 1, :at, :by FROM json_array_elements(CAST(:rows AS json)) j "
        f"JOIN contract c ON c.reference = j ->> 0 JOIN dossier d ON d.number = :number {_SET}"
    ),
}


def _number_text(value: int | None, scale: int) -> str:
    return "" if value is None else f"{value / scale:g}".replace(".", ",")


def _scaled(typed: str, scale: int) -> int | None:
    return round(float(typed.replace(",", ".")) * scale) if typed.strip() else None


@app.get("/grid/<number>")
@login_required  # type: ignore[misc]
def grid(number: str) -> str:
    """The grid, plainly."""
    with engine.connect() as connection:
        rows = connection.execute(_GRID, {"number": number}).all()
    return _render("grid.html", number=number, rows=rows, number_text=_number_text, token=generate_csrf())


@app.post("/grid/<number>")
@login_required  # type: ignore[misc]
def save(number: str) -> Any:
    """Every row in one statement, each with its version."""
    form = request.form
    columns = [form.getlist(name) for name in ("regel", "betaalde_dagen", "niet_betaalde_dagen", "betaalde_uren")]
    if any(len(column) != int(form["aantal"]) for column in columns):
        return Response("truncated", 422)
    rows = []
    for token, paid, unpaid, hours in zip(*columns, strict=True):
        reference, _, version = token.partition(":")
        rows.append((reference, int(version), _scaled(paid, 10), _scaled(unpaid, 10), _scaled(hours, 100)))
    mode = writer_mode.set(True)
    try:
        with engine.begin() as connection:
            done = connection.execute(
                _SAVE[engine.dialect.name],
                {"rows": json.dumps(rows), "number": number, "at": "2026-11-21 11:00:00.000000", "by": "peer"},
            )
            if done.rowcount != len(rows):
                connection.rollback()
                return Response("conflict", 409)
    finally:
        writer_mode.reset(mode)
    return redirect(f"/grid/{number}", 303)


class RowForm(Form):  # type: ignore[misc]
    """One row, the way of WTForms."""

    reference = HiddenField()
    paid_days = DecimalField(validators=[Optional(), NumberRange(min=0)], places=1)
    unpaid_days = DecimalField(validators=[Optional(), NumberRange(min=0)], places=1)
    paid_hours = DecimalField(validators=[Optional(), NumberRange(min=0)], places=2)


class GridForm(FlaskForm):  # type: ignore[misc]
    """All rows."""

    rows = FieldList(FormField(RowForm))


@app.route("/fieldlist/<number>", methods=["GET", "POST"])
@login_required  # type: ignore[misc]
def fieldlist(number: str) -> Any:
    """The same grid as a FieldList of forms; saved with executemany."""
    with engine.connect() as connection:
        rows = connection.execute(_GRID, {"number": number}).all()
    if request.method == "GET":
        form = GridForm(rows=[
            {"reference": row[0], "paid_days": row[8] and row[8] / 10, "unpaid_days": row[9] and row[9] / 10,
             "paid_hours": row[10] and row[10] / 100}
            for row in rows
        ])  # fmt: skip
        return _render("fieldlist.html", form=form, number=number, names=[f"{row[1]} {row[2]}" for row in rows])
    form = GridForm()
    if not form.validate():
        return Response(str(form.errors), 422)
    keys = {row[0]: row for row in rows}
    values = [
        {
            "d": keys[row["reference"]][13], "c": keys[row["reference"]][12],
            "paid": None if row["paid_days"] is None else int(row["paid_days"] * 10),
            "unpaid": None if row["unpaid_days"] is None else int(row["unpaid_days"] * 10),
            "hours": None if row["paid_hours"] is None else int(row["paid_hours"] * 100),
        }
        for row in form.rows.data
    ]  # fmt: skip
    mode = writer_mode.set(True)
    try:
        with engine.begin() as connection:
            connection.execute(
                text(
                    "UPDATE performance SET paid_days = :paid, unpaid_days = :unpaid, paid_hours = :hours, "
                    "version = version + 1 WHERE dossier_id = :d AND contract_id = :c"
                ),
                values,
            )
    finally:
        writer_mode.reset(mode)
    return redirect(f"/fieldlist/{number}", 303)
