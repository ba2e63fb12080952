"""The tab *Meldingen* and the addresses of one contract (C-054, C-061), and the link that confirms an address."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.access import access, current_actor
from blueprints.handling import handling, posted_version, status_of, translated
from domain.econtracting.notifications import CHOICES, COMPANY_WIDE, DEFAULTS, EVENT_LABELS, NotificationEvent
from domain.errors import NotAllowedNow
from domain.permissions import Permission
from forms.confirmation import ConfirmationForm
from forms.notifications import AddressChangeForm, AddressForm
from services.econtracting import kinds
from services.econtracting.contracts import queries
from services.econtracting.notifications import addresses

bp = Blueprint("contracting_addresses", __name__)


@bp.get("/econtracting/meldingen")
@access(Permission.CONTRACT_INFO_WRITE)
def index() -> ResponseReturnValue:
    """Every address of the company, with what it hears of and whether mail arrives."""
    rows = addresses.listed(current_actor())
    return render_template("econtracting/addresses/list.html", rows=rows, labels=EVENT_LABELS)


@bp.get("/econtracting/opdracht/<reference>/adressen")
@access(Permission.CONTRACT_INFO_WRITE)
def of_contract(reference: str) -> ResponseReturnValue:
    """The addresses of one contract; without any, those of the company are used (A-40)."""
    actor = current_actor()
    rows = addresses.listed(actor, reference)
    company = [row for row in addresses.listed(actor) if row.contract is None] if not rows else []
    return render_template(
        "econtracting/addresses/contract.html",
        contract=queries.header(actor, reference),
        rows=rows,
        company=company,
        labels=EVENT_LABELS,
    )


@bp.route("/econtracting/meldingen/toevoegen", methods=["GET", "POST"])
@access(Permission.CONTRACT_INFO_WRITE)
def add() -> ResponseReturnValue:
    """Add an address, for all contracts or for the one named in the address of the page."""
    actor = current_actor()
    reference = request.args.get("opdracht") or None
    contract = queries.header(actor, reference) if reference else None
    form = AddressForm(data={"events": sorted(DEFAULTS), "language": "nl"} if request.method == "GET" else None)
    _choices(form, for_contract=reference is not None)
    form.theme.choices = [("", gettext("Alle thema's")), *((theme.code, theme.name) for theme in kinds.themes())]
    if form.validate_on_submit():
        with handling(form) as done:
            addresses.add(
                actor,
                addresses.AddressEntry(
                    email=form.email.data or "",
                    events=_events(form),
                    contract=reference,
                    theme=form.theme.data or None,
                    language=form.language.data or "nl",
                ),
            )
        if done:
            flash(
                gettext("Er is een mail vertrokken naar %(email)s om te bevestigen.", email=form.email.data), "success"
            )
            return _back(reference)
    page = render_template("econtracting/addresses/form.html", form=form, row=None, contract=contract)
    return page, status_of(form)


@bp.route("/econtracting/meldingen/<reference>", methods=["GET", "POST"])
@access(Permission.CONTRACT_INFO_WRITE)
def edit(reference: str) -> ResponseReturnValue:
    """Change what an address hears of."""
    actor = current_actor()
    row = addresses.get(actor, reference)
    form = AddressChangeForm(data={"events": list(row.events), "language": row.language, "version": row.version})
    _choices(form, for_contract=row.contract is not None)
    if form.validate_on_submit():
        with handling(form) as done:
            addresses.change(
                actor, reference, _events(form), form.language.data or "nl", posted_version(form.version.data)
            )
        if done:
            flash(gettext("De voorkeuren van het adres zijn bewaard."), "success")
            return _back(row.contract)
    return render_template("econtracting/addresses/form.html", form=form, row=row, contract=None), status_of(form)


@bp.route("/econtracting/meldingen/<reference>/verwijderen", methods=["GET", "POST"])
@access(Permission.CONTRACT_INFO_WRITE)
def remove(reference: str) -> ResponseReturnValue:
    """Ask, then remove an address."""
    actor = current_actor()
    row = addresses.get(actor, reference)
    form = ConfirmationForm()
    if form.validate_on_submit():
        with handling(form) as done:
            addresses.remove(actor, reference)
        if done:
            flash(gettext("Het adres is verwijderd."), "success")
            return _back(row.contract)
    return render_template("econtracting/addresses/remove.html", form=form, row=row), status_of(form)


@bp.post("/econtracting/meldingen/<reference>/opnieuw")
@access(Permission.CONTRACT_INFO_WRITE)
def ask_again(reference: str) -> ResponseReturnValue:
    """Send the confirming mail again."""
    actor = current_actor()
    row = addresses.get(actor, reference)
    with handling() as done:
        addresses.ask_again(actor, reference)
    if done:
        flash(gettext("Er is een mail vertrokken naar %(email)s om te bevestigen.", email=row.email), "success")
    elif done.error is not None:
        flash(translated(done.error), "warning")
    return _back(row.contract)


@bp.route("/meldingen/bevestigen/<token>", methods=["GET", "POST"])
@access(Permission.PUBLIC)
def confirm(token: str) -> ResponseReturnValue:
    """The page behind the link of the mail: one button, because looking at a page changes nothing."""
    form = ConfirmationForm()
    if form.validate_on_submit():
        with handling(form) as done:
            row = addresses.confirm(token)
        if done:
            return render_template("econtracting/addresses/confirmed.html", email=row.email)
    try:
        email = addresses.waiting(token).email
    except NotAllowedNow:
        return render_template("econtracting/addresses/gone.html"), 404
    return render_template("econtracting/addresses/confirm.html", form=form, email=email), status_of(form)


def _choices(form: AddressChangeForm, *, for_contract: bool) -> None:
    offered = [event for event in CHOICES if not (for_contract and event in COMPANY_WIDE)]
    form.events.choices = [(event.value, gettext(EVENT_LABELS[event])) for event in offered]
    form.events.data = [event for event in form.events.data or () if event in offered]


def _events(form: AddressChangeForm) -> frozenset[NotificationEvent]:
    return frozenset(NotificationEvent(event) for event in form.events.data or ())


def _back(reference: str | None) -> ResponseReturnValue:
    if reference is None:
        return redirect(url_for("contracting_addresses.index"))
    return redirect(url_for("contracting_addresses.of_contract", reference=reference))
