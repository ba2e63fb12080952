"""The tab *Bankgegevens* (E-050 to E-055), only with the financial role (E-009)."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.access import access, current_actor
from blueprints.handling import handling, status_of, translated
from blueprints.organisation.blueprint import bp
from domain.errors import Finding
from domain.organisation import AccountFacts
from domain.permissions import Permission
from forms.confirmation import ConfirmationForm
from forms.organisation import BankAccountForm
from services.organisations import bank_accounts, bank_history, bank_reading

ENDPOINTS = {"organisation.bank", "organisation.bank_add", "organisation.bank_edit", "organisation.bank_remove"}


@bp.get("/bankgegevens")
@access(Permission.BANK_READ)
def bank() -> ResponseReturnValue:
    """The bank accounts in use, and who changed what when."""
    actor = current_actor()
    return render_template(
        "organisation/bank.html",
        accounts=[(row, bank_reading.facts(row)) for row in bank_reading.accounts(actor)],
        history=bank_history.bank_history(actor),
        acts=bank_history.BANK_ACT_LABELS,
        fundings=bank_reading.funding_names(),
    )


@bp.route("/bankgegevens/toevoegen", methods=["GET", "POST"])
@access(Permission.BANK_WRITE)
def bank_add() -> ResponseReturnValue:
    """Add a bank account; the first one is proposed as default."""
    actor = current_actor()
    form = _form(BankAccountForm(is_default=not bank_reading.accounts(actor)))
    if form.validate_on_submit():
        with handling(form) as done:
            warnings = bank_accounts.add_account(actor, _entry(form), key=form.key.data or "")
        if done:
            return _saved(gettext("Het bankrekeningnummer is toegevoegd."), warnings)
    return render_template("organisation/bank_form.html", form=form, account=None), status_of(form)


@bp.route("/bankgegevens/<reference>", methods=["GET", "POST"])
@access(Permission.BANK_WRITE)
def bank_edit(reference: str) -> ResponseReturnValue:
    """Change a bank account. The address of an account that was changed in between leads to how it is now."""
    actor = current_actor()
    form = _form(BankAccountForm())
    if form.validate_on_submit():
        with handling(form) as done:
            warnings = bank_accounts.change_account(actor, reference, _entry(form))
        if done:
            return _saved(gettext("Het bankrekeningnummer is bewaard."), warnings)
    row = bank_reading.account(actor, reference)
    if row is None:
        return _removed()
    if request.method == "GET" and row.reference != reference:
        return redirect(url_for("organisation.bank_edit", reference=row.reference))
    if not form.is_submitted():
        form = _form(BankAccountForm(data=_data(bank_reading.facts(row))))
    return render_template("organisation/bank_form.html", form=form, account=row), status_of(form)


@bp.route("/bankgegevens/<reference>/verwijderen", methods=["GET", "POST"])
@access(Permission.BANK_WRITE)
def bank_remove(reference: str) -> ResponseReturnValue:
    """Ask, then stop using a bank account; of the default one, say what to do first."""
    actor = current_actor()
    form = ConfirmationForm()
    if form.validate_on_submit():
        with handling(form) as done:
            bank_accounts.remove_account(actor, reference)
        if done:
            return _saved(gettext("Het bankrekeningnummer is verwijderd."), [])
    row = bank_reading.account(actor, reference)
    if row is None:
        return _removed()
    obstacle = bank_accounts.removal_obstacle(row)
    return render_template("organisation/bank_remove.html", form=form, account=row, obstacle=obstacle), status_of(form)


def _removed() -> ResponseReturnValue:
    flash(gettext("Dit bankrekeningnummer werd intussen verwijderd."), "info")
    return redirect(url_for("organisation.bank"))


def _form(form: BankAccountForm) -> BankAccountForm:
    form.fundings.choices = [(code, gettext(name)) for code, name in bank_reading.funding_names().items()]
    return form


def _saved(message: str, warnings: list[Finding]) -> ResponseReturnValue:
    """Back to the list, with what was done and what remains to be looked at."""
    told = gettext("De contactpersonen krijgen een e-mail bij elke wijziging.")
    flash(f"{message} {told}", "success")
    for warning in warnings:
        flash(translated(warning), "warning")
    return redirect(url_for("organisation.bank"))


def _data(entry: AccountFacts) -> dict[str, object]:
    return {
        "is_default": entry.is_default,
        "iban": entry.iban,
        "holder": entry.holder,
        "street": entry.street,
        "house_number": entry.house_number,
        "box": entry.box,
        "postal_code": entry.postal_code,
        "city": entry.city,
        "fundings": sorted(entry.fundings),
    }


def _entry(form: BankAccountForm) -> AccountFacts:
    return AccountFacts(
        iban=form.iban.data or "",
        holder=form.holder.data or "",
        street=form.street.data or "",
        house_number=form.house_number.data or "",
        postal_code=form.postal_code.data or "",
        city=form.city.data or "",
        box=form.box.data or "",
        is_default=bool(form.is_default.data),
        fundings=frozenset(form.fundings.data or ()),
    )
