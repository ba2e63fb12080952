"""The list of dossiers: search, filters and counts in the address, a file of it, and steps for several at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext, ngettext
from markupsafe import Markup

from admin.base import ReadOnlyView
from admin.lists import Address, day_writer, position
from blueprints.access import access
from blueprints.handling import handling, translated
from blueprints.languages import euro
from domain.calendars import Quarter
from domain.ecalcura.declaration import EVENT_HELP, EVENT_LABELS, REASON_REQUIRED, STATUS_LABELS, DossierStatus, Event
from domain.ecalcura.risk import LEVEL_LABELS, RiskLevel, level_of
from domain.errors import N_, DomainError, InvalidValue, NotFound
from domain.organisation import SECTOR_LABELS
from domain.permissions import Permission
from forms.back_office import BulkForm
from models.declaration import Dossier
from services import clock, spreadsheets, transaction
from services.ecalcura import case_queries, case_steps
from services.ecalcura.case_criteria import Criteria
from services.ecalcura.case_queries import DossierRow
from services.ecalcura.case_risks import reasons_of
from services.listing import CAP, Capped, Page

#: The first quarter that could ever be entered, for the choices of the filter; older ones still work in the address.
_FIRST = Quarter(2021, 3)


class DossiersView(ReadOnlyView):
    """The list of dossiers."""

    required_permission = Permission.DOSSIER_REVIEW
    column_list = ("number", "facility", "quarter", "period_code", "status", "changed_at", "submitted_at")
    can_export = True
    list_template = "admin/dossiers/list.html"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Dossier, **kwargs)

    def list_page(self) -> Mapping[str, Any]:
        """The page the address points at."""
        criteria = Criteria.read(request.args)
        found = case_queries.dossier_list(self.actor, criteria, position())
        address = Address(self.get_url(".index_view"), criteria.address())
        query = address.query
        sorting = ("-" if criteria.descending else "") + criteria.sort
        return {
            "found": found,
            "page": found.page,
            "criteria": criteria,
            "search": criteria.search,
            "search_label": gettext("Dossier, HCO-nummer of naam"),
            "address": address,
            "columns": _columns(address, sorting, found.too_many_to_sort, shows_risk=criteria.shows_risk),
            "reopened_word": gettext("(heropend)"),
            "action_url": self.get_url(".together", **criteria.address()),
            # The address of a dossier is that of the list with the number behind it: not asked for twenty times.
            "after": f"?{query}&plaats=" if query else "?plaats=",
            "chips": _chips(criteria, address),
            "tabs": _tabs(criteria, address, found.counts),
            "lines": _risk_lines(found.page) if criteria.shows_risk else _lines(found.page),
            "result": _result(found),
            "quarters": _quarters(criteria.quarter),
            "periods": _periods(criteria.period),
            "risks": [(level.value, gettext(RISK_FILTERS[level])) for level in RISK_FILTERS],
            "by_risk": address.plus(sorteer="-risico"),
            "by_change": address.without("sorteer", "risico"),
            "sectors": [(code, gettext(label)) for code, label in SECTOR_LABELS.items()],
            "steps": [(event.value, gettext(EVENT_LABELS[event])) for event in case_steps.TOGETHER]
            if self.actor.may(Permission.DOSSIER_DECIDE)
            else [],
            "export_url": self.get_url(".export", export_type="csv", **criteria.address()),
        }

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> ResponseReturnValue:
        """The whole list as a file; who took it along is traced."""
        if export_type != "csv":
            raise NotFound
        actor, criteria = self.actor, Criteria.read(request.args)
        with transaction.unit_of_work():
            file = case_queries.export(actor, criteria)
        labels = {status: gettext(label) for status, label in STATUS_LABELS.items()}
        header = [
            gettext("Dossiernummer"),
            gettext("HCO-nummer"),
            gettext("Voorziening"),
            gettext("Sector"),
            gettext("Kwartaal"),
            gettext("Referentieperiode"),
            gettext("Status"),
            gettext("Laatst gewijzigd"),
            gettext("Ingediend"),
            gettext("Risico"),
            gettext("Op het spel (euro)"),
            gettext("Redenen"),
        ]

        def cells(row: Any) -> tuple[Any, ...]:
            number, hco, name, sector, year, quarter, period, status, changed, submitted, risk, stake, reasons = row
            told = "; ".join(translated(one.words) for one in reasons_of(reasons))
            about = (number, hco, name, sector.value, f"{year}K{quarter}", period, labels[status])
            return *about, changed, submitted, risk, stake, told

        pieces = spreadsheets.as_csv(header, spreadsheets.rows_of(file.statement), cells)
        name = f"dossiers-{clock.today():%Y%m%d}.csv"
        return Response(
            stream_with_context(pieces),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    @expose("/acties", methods=("POST",))
    @access(Permission.DOSSIER_DECIDE)
    def together(self) -> ResponseReturnValue:
        """Preview of a step for several dossiers; with ``confirmed`` it is taken, dossier by dossier."""
        event = _event(request.form.get("action", ""))
        form = BulkForm()
        back = Address(self.get_url(".index_view"), Criteria.read(request.args).address())
        rows = case_steps.preview(self.actor, event, request.form.getlist("rowid"))
        if "confirmed" in request.form and form.validate():
            try:
                case_steps.check_reason(event, form.reason.data)
            except InvalidValue as wrong:
                form.reason.errors = [*form.reason.errors, translated(wrong)]
            else:
                results = [self._one(event, row, form.reason.data) for row in rows if row.possible]
                return self.render("admin/dossiers/results.html", rows=results, label=EVENT_LABELS[event], back=back)
        context = {
            "form": form,
            "event": event,
            "label": EVENT_LABELS[event],
            "help": EVENT_HELP[event],
            "reason_required": REASON_REQUIRED[event],
            "rows": rows,
            "back": back,
            "say": translated,
            "tags": _status_tags(),
        }
        return self.render("admin/dossiers/preview.html", **context), 422 if form.errors else 200

    def _one(self, event: Event, row: case_steps.PreviewRow, reason: str | None) -> dict[str, Any]:
        """One dossier of several, in a commit of its own: what it says does not stop the others."""
        result = {"label": row.number, "href": self.get_url("dossier.page", number=row.number), "ok": False}
        try:
            with handling() as done:
                case_steps.take(self.actor, event, row, reason)
        except DomainError as error:
            return result | {"message": translated(error)}
        if done.error is not None:
            return result | {"message": translated(done.error)}
        return result | {"ok": True, "message": gettext("Gelukt: %(action)s", action=gettext(EVENT_LABELS[event]))}


def _columns(
    address: Address, sorting: str, left: bool, *, shows_risk: bool
) -> list[tuple[str, str | None, str | None]]:
    """Label, address that sorts and order of each column; ``left`` when the wanted order was not taken.

    A list about risk shows why instead of when.
    """
    if left:
        sorting = "-gewijzigd"

    def sortable(label: str, key: str, *, first_descending: bool = False) -> tuple[str, str, str | None]:
        order = {key: "ascending", f"-{key}": "descending"}.get(sorting)
        return label, address.sort(key, sorting, first_descending=first_descending), order

    if shows_risk:
        return [
            sortable(gettext("Dossier"), "nummer"),
            sortable(gettext("Voorziening"), "voorziening"),
            (gettext("Status"), None, None),
            sortable(gettext("Risico"), "risico", first_descending=True),
            (gettext("Waarom"), None, None),
            sortable(gettext("Op het spel"), "inzet", first_descending=True),
        ]
    return [
        sortable(gettext("Dossier"), "nummer"),
        sortable(gettext("Voorziening"), "voorziening"),
        (gettext("Kwartaal"), None, None),
        (gettext("Periode"), None, None),
        (gettext("Status"), None, None),
        sortable(gettext("Laatst gewijzigd"), "gewijzigd", first_descending=True),
        sortable(gettext("Ingediend"), "ingediend", first_descending=True),
    ]


def _event(value: str) -> Event:
    """A step that can be taken for several dossiers; anything else is no page of ours."""
    if value not in {event.value for event in case_steps.TOGETHER}:
        raise NotFound
    return Event(value)


_SHAPES = {
    DossierStatus.OPEN: ("info", "open"),
    DossierStatus.CLOSED: ("success", "lock"),
    DossierStatus.AUDIT: ("warning", "audit"),
    DossierStatus.BLOCKED: ("error", "blocked"),
}


def _status_tags() -> dict[DossierStatus, Markup]:
    """The tag of each status, made once per page: text, shape and colour."""
    return {
        status: Markup('<span class="tag tag--{}" data-shape="{}">{}</span>').format(
            tone, shape, gettext(STATUS_LABELS[status])
        )
        for status, (tone, shape) in _SHAPES.items()
    }


#: What the filter on risk leaves.
RISK_FILTERS = {RiskLevel.HIGH: N_("Hoog"), RiskLevel.MEDIUM: N_("Hoog of matig")}
_RISK_TONES = {RiskLevel.HIGH: "error", RiskLevel.MEDIUM: "warning", RiskLevel.LOW: "neutral"}


def _risk_lines(page: Page[DossierRow]) -> list[tuple[Any, ...]]:
    """The rows of a list about risk: score, reasons and euro at stake instead of dates."""
    tags = _status_tags()
    levels = {
        level: Markup('<span class="tag tag--{}">{}</span>').format(_RISK_TONES[level], gettext(label))
        for level, label in LEVEL_LABELS.items()
    }
    return [
        (
            row.number,
            row.version,
            cursor,
            row.facility_name,
            tags[row.status],
            row.reopened,
            levels[level_of(row.risk)],
            row.risk,
            [translated(reason.words) for reason in reasons_of(row.risk_reasons)],
            euro(row.stake),
        )
        for row, cursor in zip(page.rows, page.cursors, strict=True)
    ]


def _lines(page: Page[DossierRow]) -> list[tuple[Any, ...]]:
    """The rows as texts: a template prints them faster than it asks for them."""
    tags, day = _status_tags(), day_writer()
    return [
        (
            row.number,
            row.version,
            cursor,
            row.facility_name,
            row.quarter,
            row.period,
            tags[row.status],
            row.reopened,
            day(row.changed_at),
            day(row.submitted_at),
        )
        for row, cursor in zip(page.rows, page.cursors, strict=True)
    ]


def _chips(criteria: Criteria, address: Address) -> list[tuple[str, str]]:
    """Each filter in words, with the address without it."""
    if not criteria.filtered:
        return []
    words = {
        "zoek": (gettext("Zoekterm"), criteria.search),
        "status": (gettext("Status"), gettext(STATUS_LABELS[criteria.status]) if criteria.status else ""),
        "kwartaal": (gettext("Kwartaal"), str(criteria.quarter or "")),
        "periode": (gettext("Referentieperiode"), criteria.period or ""),
        "sector": (gettext("Sector"), gettext(SECTOR_LABELS[criteria.sector]) if criteria.sector else ""),
        "voorziening": (gettext("Voorziening"), criteria.facility),
        "risico": (gettext("Risico"), gettext(RISK_FILTERS[criteria.risk]) if criteria.risk else ""),
    }
    return [(f"{label}: {value}", address.without(name)) for name, (label, value) in words.items() if value]


def _tabs(criteria: Criteria, address: Address, counts: Mapping[DossierStatus | None, Capped]) -> list[dict[str, Any]]:
    """One tab per status, with its count up to the cap."""
    tabs = [{"label": gettext("Alle"), "href": address.without("status"), "active": criteria.status is None}]
    for status in DossierStatus:
        tabs.append(
            {
                "label": gettext(STATUS_LABELS[status]),
                "href": address.plus(status=status.value),
                "active": criteria.status is status,
                "count": counted(counts.get(status)),
            }
        )
    tabs[0]["count"] = counted(counts.get(None))
    return tabs


def counted(count: Capped | None) -> str | None:
    """A count as it stands beside a word: ``1.000+`` above the cap; None when it is not known."""
    if count is None:
        return None
    return f"{CAP // 1000}.{CAP % 1000:03d}+" if count.more else str(count.number)


def _result(found: case_queries.DossierList) -> str | None:
    """How many dossiers the list has, in words."""
    criteria = found.criteria
    count = found.counts.get(criteria.status)
    if count is None:
        return None
    if count.more:
        return gettext("Meer dan 1.000 dossiers")
    return ngettext("%(num)s dossier", "%(num)s dossiers", count.number)


def _quarters(chosen: Quarter | None) -> list[str]:
    """The quarters to choose from, newest first."""
    quarter, found = _FIRST, []
    last = Quarter.of(clock.today())
    while quarter <= last:
        found.append(str(quarter))
        quarter = quarter.next()
    if chosen and str(chosen) not in found:
        found.append(str(chosen))
    return found[::-1]


def _periods(chosen: str | None) -> list[str]:
    """The reference periods to choose from, newest first."""
    quarters = [Quarter.parse(text) for text in _quarters(None)]
    found = list(dict.fromkeys(quarter.reference_period for quarter in quarters))
    return found if chosen is None or chosen in found else [chosen, *found]
