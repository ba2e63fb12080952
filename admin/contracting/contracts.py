"""Contracts of an authority: the list, one contract, and making, changing and closing one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext, ngettext

from admin.base import PageView
from admin.dossiers import counted
from admin.lists import Address, day_writer, position, typed
from blueprints.access import access
from blueprints.handling import handling, posted_version, status_of
from domain.econtracting.contract_data import ContractData, why_regime
from domain.econtracting.contracts import (
    CONTRACT_STATE_LABELS,
    CONTRACT_TYPE_LABELS,
    GROUND_LABELS,
    ContractState,
    ContractType,
)
from domain.econtracting.kinds import Kind
from domain.econtracting.terms import Regime
from domain.errors import N_
from domain.identifiers import format_enterprise_number
from domain.permissions import Permission
from forms.contracting_contracts import CloseForm, ContractForm
from services.econtracting import kinds
from services.econtracting.contracts import changing, making, office
from services.econtracting.contracts.office import ContractList, ContractPage, Criteria

#: What else can be opened of a contract: label, endpoint and permission. A line shows when its page exists.
ELSEWHERE = (
    (N_("Dossierstukken"), "contract_documents.index", Permission.AUTHORITY_DESK),
    (N_("Berichten"), "messages.of_contract", Permission.AUTHORITY_DESK),
    (N_("Termijnen"), "contract_terms.index", Permission.AUTHORITY_DESK),
    (N_("Bewijs"), "contract_evidence.index", Permission.AUTHORITY_DESK),
)


class ContractPages(PageView):
    """The contracts of the own authority: read at the desk, changed by who manages them."""

    required_permission = Permission.AUTHORITY_DESK

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The list, with search and filters in the address."""
        criteria = criteria_of(request.args)
        found = office.contract_list(self.actor, criteria, position())
        address = Address(self.get_url(".index"), criteria.address())
        return self.render(
            "admin/contracting/contracts/list.html",
            page=found.page,
            address=address,
            search=criteria.search,
            search_label=gettext("Nummer, omschrijving, ordernummer of dienst"),
            chips=_chips(criteria, address),
            result=_result(found, criteria),
            criteria=criteria,
            tabs=_tabs(found, criteria, address),
            regimes=[one.value for one in Regime],
            types=CONTRACT_TYPE_LABELS,
            may_manage=self.actor.may(Permission.AUTHORITY_CONTRACTS),
            day=day_writer(),
            enterprise_number=format_enterprise_number,
        )

    @expose("/<reference>")
    def record(self, reference: str) -> ResponseReturnValue:
        """One contract: what was agreed, what the contractor sees, what can be opened of it."""
        return self._record(office.contract_page(self.actor, reference))

    def _record(self, found: ContractPage) -> ResponseReturnValue:
        elsewhere = [
            (gettext(label), url_for(endpoint, reference=found.reference))
            for label, endpoint, permission in ELSEWHERE
            if endpoint in current_app.view_functions and self.actor.may(permission)
        ]
        return self.render(
            "admin/contracting/contracts/page.html",
            found=found,
            elsewhere=elsewhere,
            may_manage=self.actor.may(Permission.AUTHORITY_CONTRACTS),
            **_words(found.data),
        )

    @expose("/nieuw", methods=("GET", "POST"))
    @access(Permission.AUTHORITY_CONTRACTS)
    def create(self) -> ResponseReturnValue:
        """Make a contract: fill in, look at what holds, then make it."""
        form, step = _form(), request.form.get("step", "")
        if form.validate_on_submit() and step != "edit":
            data = form.contract_data()
            with handling(form) as done:
                if step == "save":
                    made = making.make(self.actor, data, form.key.data or "")
                else:
                    shown = making.preview(self.actor, data)
            if done and step == "save":
                flash(gettext("De opdracht is gemaakt."), "success")
                return redirect(self.get_url(".record", reference=made.reference))
            if done:
                return self.render(
                    "admin/contracting/contracts/review.html", form=form, shown=shown, **_words(shown.data)
                )
        return self._fill_in(form, None)

    @expose("/<reference>/bewerken", methods=("GET", "POST"))
    @access(Permission.AUTHORITY_CONTRACTS)
    def change(self, reference: str) -> ResponseReturnValue:
        """Change a contract that is active."""
        found = office.contract_page(self.actor, reference)
        form = _form(found)
        if form.validate_on_submit():
            data = form.contract_data()
            with handling(form) as done:
                changed = changing.change(self.actor, reference, data, posted_version(form.version.data))
            if done:
                flash(gettext("De opdracht is bewaard.") if changed else gettext("Er was niets gewijzigd."), "success")
                return redirect(self.get_url(".record", reference=reference))
        return self._fill_in(form, found)

    @expose("/<reference>/afsluiten", methods=("GET", "POST"))
    @access(Permission.AUTHORITY_CONTRACTS)
    def close(self, reference: str) -> ResponseReturnValue:
        """Ask for the final acceptance, then close."""
        found = office.contract_page(self.actor, reference)
        form = CloseForm(data={"version": found.version})
        if form.validate_on_submit():
            with handling(form) as done:
                changing.close(self.actor, reference, form.accepted_on.data, posted_version(form.version.data))
            if done:
                flash(gettext("De opdracht is afgesloten. Alles blijft te raadplegen."), "success")
                return redirect(self.get_url(".record", reference=reference))
        return self.render("admin/contracting/contracts/close.html", form=form, found=found), status_of(form)

    def _fill_in(self, form: ContractForm, found: ContractPage | None) -> ResponseReturnValue:
        page = self.render(
            "admin/contracting/contracts/form.html", form=form, found=found, themes=_themes(form.kinds.choices)
        )
        return page, status_of(form)


def criteria_of(words: Mapping[str, str]) -> Criteria:
    """What an address asks for; an odd word asks for nothing."""
    state, regime, kind = words.get("toestand", ""), words.get("regime", ""), words.get("type", "")
    return Criteria(
        search=typed("zoek"),
        state=ContractState(state) if state in set(ContractState) else None,
        regime=Regime(regime) if regime in set(Regime) else None,
        type=ContractType(kind) if kind in set(ContractType) else None,
        contractor=typed("opdrachtnemer"),
    )


def _chips(criteria: Criteria, address: Address) -> list[tuple[str, str]]:
    chips = []
    if criteria.search:
        chips.append((gettext("Zoekterm: %(text)s", text=criteria.search), address.without("zoek")))
    if criteria.regime:
        chips.append((gettext("Termijnregels: %(text)s", text=criteria.regime.value), address.without("regime")))
    if criteria.type:
        label = gettext(CONTRACT_TYPE_LABELS[criteria.type])
        chips.append((gettext("Type: %(text)s", text=label), address.without("type")))
    if criteria.contractor:
        chips.append((gettext("Opdrachtnemer: %(text)s", text=criteria.contractor), address.without("opdrachtnemer")))
    return chips


def _result(found: ContractList, criteria: Criteria) -> str:
    count = found.counts[criteria.state]
    if count.more:
        return gettext("meer dan 1.000 opdrachten")
    return ngettext("%(num)s opdracht", "%(num)s opdrachten", count.number)


def _tabs(found: ContractList, criteria: Criteria, address: Address) -> list[dict[str, Any]]:
    """All contracts and those of each state, each with how many there are."""
    states: list[ContractState | None] = [None, *ContractState]
    return [
        {
            "label": gettext(CONTRACT_STATE_LABELS[state]) if state else gettext("Alle"),
            "href": address.plus(toestand=state.value if state else ""),
            "active": criteria.state is state,
            "count": counted(found.counts[state]),
        }
        for state in states
    ]


def _form(found: ContractPage | None = None) -> ContractForm:
    """The form, filled with a contract that is changed; the kinds it can enable are those in use, and its own."""
    values = {**ContractForm.values_of(found.data), "version": found.version} if found else {}
    form = ContractForm(data=values)
    offered = [(one.kind.code, gettext(one.kind.name)) for one in kinds.all_in_use()]
    known = {code for code, _ in offered}
    own = found.data.kinds if found else frozenset()
    form.kinds.choices = offered + [(code, code) for code in sorted(own - known)]
    if found is None and not form.is_submitted():
        form.kinds.data = sorted(known)
    return form


def _themes(choices: Any) -> list[tuple[str, list[str]]]:
    """The codes of the form per theme, for its checklist; those of no theme at the end."""
    kind_of: dict[str, Kind] = {one.kind.code: one.kind for one in kinds.all_in_use()}
    codes = [code for code, _ in choices]
    found = [
        (gettext(theme.name), [code for code in codes if code in kind_of and kind_of[code].theme == theme.code])
        for theme in kinds.themes()
    ]
    found.append((gettext("Niet meer in gebruik"), [code for code in codes if code not in kind_of]))
    return [(name, held) for name, held in found if held]


def _words(data: ContractData) -> dict[str, Any]:
    """What the pages say of the data of a contract."""
    names = {one.kind.code: gettext(one.kind.name) for one in kinds.all_in_use()}
    assert data.type is not None
    assert data.ground is not None
    return {
        "type_label": gettext(CONTRACT_TYPE_LABELS[data.type]),
        "ground_label": gettext(GROUND_LABELS[data.ground]),
        "kind_names": [
            names.get(code, code) for code in sorted(data.kinds, key=lambda code: [*names, code].index(code))
        ],
        "enterprise_number": format_enterprise_number,
        "regime_words": why_regime(data),
    }
