"""One group: made, changed, put out of use; its members."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from blueprints.access import access, current_actor
from blueprints.econtracting.rights.blueprint import bp, position, typed, words
from blueprints.handling import handling, posted_version, status_of, translated
from domain.econtracting.rights import LEVEL_LABELS
from domain.permissions import Permission
from forms.confirmation import ConfirmationForm
from forms.contracting_rights import GroupForm, MembersForm, MemberUntilForm
from services.econtracting.rights import groups, members, overview, warnings


@bp.route("/econtracting/groepen/toevoegen", methods=["GET", "POST"])
@access(Permission.RIGHTS_MANAGE)
def add_group() -> ResponseReturnValue:
    """Make a group; then on to its page, to add people and contracts."""
    form = GroupForm(data={"theme": typed("thema")} if request.method == "GET" else None)
    _choices(form)
    if form.validate_on_submit():
        with handling(form) as done:
            group = groups.make(current_actor(), _entry(form), key=form.key.data or "")
        if done:
            flash(gettext("De groep is gemaakt. Voeg nu personen en opdrachten toe."), "success")
            return redirect(url_for("contracting_rights.group", group=group.reference))
    return render_template("econtracting/rights/group_form.html", form=form, group=None), status_of(form)


@bp.get("/econtracting/groepen/<group>")
@access(Permission.RIGHTS_MANAGE)
def group(group: str) -> ResponseReturnValue:
    """What a group gives, to whom and on which contracts."""
    page = overview.group_page(current_actor(), group, typed("persoon"), typed("zoek"), position())
    asked = {name: typed(name) for name in ("persoon", "zoek") if typed(name)}
    return render_template("econtracting/rights/group.html", page=page, asked=asked, **words())


@bp.route("/econtracting/groepen/<group>/bewerken", methods=["GET", "POST"])
@access(Permission.RIGHTS_MANAGE)
def edit_group(group: str) -> ResponseReturnValue:
    """Change name and right; it acts at once."""
    actor = current_actor()
    row = overview.group_page(actor, group, "", "", position()).group
    form = GroupForm(
        data={
            "name": row.name,
            "level": str(int(row.level)),
            "for_new_contracts": row.for_new_contracts,
            "version": row.version,
            "theme": row.theme,
        }
    )
    _choices(form)
    if form.validate_on_submit():
        with handling(form) as done:
            groups.change(actor, group, _entry(form), posted_version(form.version.data))
        if done:
            flash(
                gettext("De groep is bewaard. Een ander recht geldt meteen voor alle leden en opdrachten."), "success"
            )
            return redirect(url_for("contracting_rights.group", group=group))
    return render_template("econtracting/rights/group_form.html", form=form, group=row), status_of(form)


@bp.route("/econtracting/groepen/<group>/buiten-gebruik", methods=["GET", "POST"])
@access(Permission.RIGHTS_MANAGE)
def deactivate_group(group: str) -> ResponseReturnValue:
    """Ask, then put a group out of use."""
    actor = current_actor()
    row = overview.group_page(actor, group, "", "", position()).group
    form = ConfirmationForm()
    if form.validate_on_submit():
        with handling(form) as done:
            groups.set_active(actor, group, False, posted_version(request.form.get("version")))
        if done:
            flash(gettext("De groep is buiten gebruik en geeft niemand nog een recht."), "success")
            return redirect(url_for("contracting_rights.group", group=group))
    return render_template("econtracting/rights/group_deactivate.html", form=form, group=row), status_of(form)


@bp.post("/econtracting/groepen/<group>/in-gebruik")
@access(Permission.RIGHTS_MANAGE)
def activate_group(group: str) -> ResponseReturnValue:
    """Put a group in use again, with the members and contracts it had."""
    with handling() as done:
        groups.set_active(current_actor(), group, True, posted_version(request.form.get("version")))
    if done:
        flash(gettext("De groep is opnieuw in gebruik, met dezelfde leden en opdrachten."), "success")
    return redirect(url_for("contracting_rights.group", group=group))


@bp.route("/econtracting/groepen/<group>/leden", methods=["GET", "POST"])
@access(Permission.RIGHTS_MANAGE)
def add_members(group: str) -> ResponseReturnValue:
    """Choose who comes in the group; people who are in another group of the theme are named afterwards."""
    actor = current_actor()
    row, people = overview.candidates(actor, group, typed("zoek"))
    form = MembersForm()
    form.people.choices = [(person.reference, person.list_name) for person in people]
    if form.validate_on_submit():
        chosen = list(dict.fromkeys(form.people.data or ()))
        with handling(form) as done:
            added = members.add(actor, group, chosen, form.until.data)
        if done:
            _tell_added(group, chosen, added)
            return redirect(url_for("contracting_rights.group", group=group))
    page = render_template(
        "econtracting/rights/members_add.html", form=form, group=row, people=people, search=typed("zoek"), **words()
    )
    return page, status_of(form)


def _tell_added(group: str, chosen: list[str], added: members.Added) -> None:
    text = ngettext("%(num)s persoon zit nu in de groep.", "%(num)s personen zitten nu in de groep.", added.new)
    if added.new:
        flash(text, "success")
    if added.already:
        flash(
            ngettext("%(num)s persoon zat al in de groep.", "%(num)s personen zaten al in de groep.", added.already),
            "info",
        )
    both = overview.overlapping(current_actor(), group, chosen)
    if both:
        pairs = ", ".join(f"{name} ({other.name})" for name, other in both[:5]) + (" …" if len(both) > 5 else "")
        flash(
            gettext(
                "Al in een andere groep van dit thema: %(pairs)s. Waar beide groepen werken, telt het hoogste recht.",
                pairs=pairs,
            ),
            "info",
        )


@bp.route("/econtracting/groepen/<group>/leden/<person>", methods=["GET", "POST"])
@access(Permission.RIGHTS_MANAGE)
def member_until(group: str, person: str) -> ResponseReturnValue:
    """Up to which day somebody is a member."""
    actor = current_actor()
    page = overview.group_page(actor, group, "", "", position())
    member = next((one for one in page.members if one.person.reference == person), None)
    if member is None:
        flash(gettext("Deze persoon zit niet (meer) in de groep."), "info")
        return redirect(url_for("contracting_rights.group", group=group))
    form = MemberUntilForm(data={"until": member.until})
    if form.validate_on_submit():
        with handling(form) as done:
            members.set_end(actor, group, person, form.until.data)
        if done:
            flash(gettext("De einddatum van %(name)s is bewaard.", name=member.person.name), "success")
            return redirect(url_for("contracting_rights.group", group=group))
    template = "econtracting/rights/member_until.html"
    return render_template(template, form=form, group=page.group, member=member), status_of(form)


@bp.post("/econtracting/groepen/<group>/leden/<person>/verwijderen")
@access(Permission.RIGHTS_MANAGE)
def remove_member(group: str, person: str) -> ResponseReturnValue:
    """Take somebody out of the group at once."""
    with handling() as done:
        removed = members.remove(current_actor(), group, person)
    if not done:
        flash(translated(done.error) if done.error else "", "error")
    elif removed:
        flash(gettext("Deze persoon zit niet meer in de groep; dat geldt meteen."), "success")
    else:
        flash(gettext("Deze persoon zit niet (meer) in de groep."), "info")
    return redirect(url_for("contracting_rights.group", group=group))


def _choices(form: GroupForm) -> None:
    form.theme.choices = [(theme.code, theme.name) for theme in warnings.themes()]
    form.level.choices = [(str(int(level)), gettext(label)) for level, label in LEVEL_LABELS.items()]


def _entry(form: GroupForm) -> groups.GroupEntry:
    return groups.GroupEntry(
        name=form.name.data or "",
        level=form.chosen_level(),
        theme=form.theme.data or "",
        for_new_contracts=bool(form.for_new_contracts.data),
    )
