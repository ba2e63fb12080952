"""*Wie bekeek mijn gegevens*: the looks of the department and the helpdesks at the own organisation."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from blueprints.access import access, current_actor
from blueprints.lists import Address, position
from blueprints.pages import long_date
from blueprints.privacy.blueprint import bp
from domain.ecalcura.calculation_states import KIND_LABELS as CALCULATION_LABELS
from domain.ecalcura.calculation_states import CalculationKind
from domain.ecalcura.letter_kinds import LETTER_LABELS, LetterKind
from domain.permissions import Permission
from domain.views_of_organisation import KIND_LABELS, LOOK_UP_LABELS, ViewKind, desk_label
from forms.fields import read_date
from services import clock, spreadsheets, transaction
from services.listing import CAP
from services.privacy import views as looks
from services.privacy.views import Filter, Seen

ENDPOINTS = {"privacy.views"}


@bp.get("/organisatie/wie-bekeek")
@access(Permission.VIEWS_READ)
def views() -> ResponseReturnValue:
    """The list, the newest first; by kind and days."""
    actor = current_actor()
    wanted, words = _wanted()
    address = Address(url_for("privacy.views"), words)
    count = looks.total(actor, wanted)
    return render_template(
        "privacy/views.html",
        page=looks.views(actor, wanted, position()),
        address=address,
        words=words,
        kinds=[(kind.value, gettext(label)) for kind, label in KIND_LABELS.items()],
        chips=_chips(wanted, address),
        result=gettext("Meer dan 1.000 lijnen")
        if count.more
        else ngettext("%(num)s lijn", "%(num)s lijnen", min(count.number, CAP)),
        kind_label=lambda seen: _kind(seen),
        what=what,
        desk=lambda seen: gettext(desk_label(seen.role)),
    )


@bp.get("/organisatie/wie-bekeek/bestand")
@access(Permission.VIEWS_READ)
def views_file() -> ResponseReturnValue:
    """The same list as CSV."""
    actor = current_actor()
    wanted, _ = _wanted()
    with transaction.unit_of_work():
        rows = looks.export(actor, wanted)
    header = [
        gettext("Van"),
        gettext("Tot"),
        gettext("Aantal keer"),
        gettext("Door"),
        gettext("Wat"),
        gettext("Waarover"),
        gettext("Reden"),
    ]

    def cells(seen: Any) -> tuple[Any, ...]:
        desk = gettext(desk_label(seen.role))
        return seen.first_at, seen.last_at, seen.count, desk, _kind(seen), what(seen), seen.reason

    pieces = spreadsheets.as_csv(header, rows, cells)
    name = f"wie-bekeek-{actor.organisation_key}-{clock.today():%Y%m%d}.csv"
    return Response(
        stream_with_context(pieces),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def what(seen: Seen) -> str:
    """What was looked at, in words."""
    about = seen.about
    kind = about["type"]
    if kind == "dossier":
        return gettext(
            "Aangifte van %(quarter)s (dossier %(number)s)", quarter=about["quarter"], number=about["number"]
        )
    if kind in ("staff", "person_file"):
        return about["name"] or about_many(about)
    if kind == "letter" and "period" in about:
        return gettext(
            "%(kind)s, %(period)s", kind=gettext(LETTER_LABELS[LetterKind(about["kind"])]), period=about["period"]
        )
    if kind == "calculation" and "period" in about:
        label = gettext(CALCULATION_LABELS[CalculationKind(about["kind"])])
        return gettext("%(kind)s, %(period)s", kind=label, period=about["period"])
    if kind == "report":
        return gettext("Rapport %(report)s, %(period)s", report=about["report"], period=about["period"])
    if kind == "facility":
        if seen.kind is ViewKind.AMOUNT:
            return gettext("Historiek van berekeningen en betalingen")
        return gettext("Adres, contactpersonen, rekeningen en attesten")
    if kind == "list":
        return gettext("Lijst van dossiers")
    return about_many(about)


def about_many(about: Any) -> str:
    """A look-up, or somebody who is no longer known by name."""
    key = about.get("key", "")
    if key in LOOK_UP_LABELS:
        return gettext(LOOK_UP_LABELS[key]).capitalize()
    return {
        "staff": gettext("Iemand die niet meer op uw personeelslijst staat"),
        "person_file": gettext("Iemand die niet meer op uw personeelslijst staat"),
        "letter": gettext("Brief"),
        "calculation": gettext("Berekening"),
    }.get(about["type"], gettext("Gegevens van uw organisatie"))


def _kind(seen: Seen) -> str:
    return gettext("Volledig rijksregisternummer getoond") if seen.revealed else gettext(KIND_LABELS[seen.kind])


def _wanted() -> tuple[Filter, dict[str, str]]:
    """The filter of the address; what is no date or kind is left out."""
    kind_text = request.args.get("soort", "")
    kind = ViewKind(kind_text) if kind_text in set(ViewKind) else None
    days = {name: _day(request.args.get(name, "")) for name in ("van", "tot")}
    words = {"soort": kind.value if kind else ""}
    words |= {name: f"{day:%d/%m/%Y}" if day else "" for name, day in days.items()}
    return Filter(kind, days["van"], days["tot"]), {name: value for name, value in words.items() if value}


def _day(text: str) -> date | None:
    try:
        return read_date(text)
    except ValueError:
        return None


def _chips(wanted: Filter, address: Address) -> list[tuple[str, str]]:
    chips = []
    if wanted.kind is not None:
        chips.append((gettext(KIND_LABELS[wanted.kind]), address.without("soort")))
    if wanted.first_day is not None:
        chips.append((gettext("Vanaf %(day)s", day=long_date(wanted.first_day)), address.without("van")))
    if wanted.last_day is not None:
        chips.append((gettext("Tot en met %(day)s", day=long_date(wanted.last_day)), address.without("tot")))
    return chips
