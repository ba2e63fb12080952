"""The letters: their texts in versions with a preview, those of a round, and finding one that was made."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.base import PageView
from admin.lists import Address, position, typed
from blueprints.handling import handling, posted_version, status_of
from domain.ecalcura.calculation_states import KIND_LABELS
from domain.ecalcura.letter_kinds import LETTER_LABELS, LetterKind
from domain.ecalcura.letter_texts import PARAGRAPHS, PLACEHOLDERS
from domain.errors import NotFound
from domain.permissions import Permission
from forms.confirmation import ConfirmationForm
from forms.letters import text_form, typed_content
from services import transaction
from services.ecalcura import letter_archive, letter_preview, letter_rounds, letter_texts
from services.ecalcura.letter_data import KINDS

#: Facilities on one page of a round.
PAGE = 100


def _kind(text: str) -> LetterKind:
    try:
        return LetterKind(text.upper().replace("-", "_"))
    except ValueError:
        raise NotFound from None


def slug(kind: LetterKind) -> str:
    """A kind in an address: ``niet-ingediend``."""
    return kind.value.lower().replace("_", "-")


class LetterPages(PageView):
    """Texts, rounds and the archive of letters."""

    required_permission = Permission.LETTERS_MANAGE

    def render(self, template: str, **kwargs: Any) -> str:
        """Every page of this view names kinds."""
        made: str = super().render(template, labels=LETTER_LABELS, kind_labels=KIND_LABELS, slug=slug, **kwargs)
        return made

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The texts with their version, and the rounds that were released last."""
        texts = [(kind, *letter_texts.shown(self.actor, kind)) for kind in LetterKind]
        return self.render("admin/letters/index.html", texts=texts, rounds=letter_rounds.last(self.actor))

    @expose("/tekst/<kind>", methods=("GET", "POST"))
    def text(self, kind: str) -> ResponseReturnValue:
        """Write a new version, or look at what is typed as a letter."""
        which = _kind(kind)
        content, row = letter_texts.shown(self.actor, which)
        number = row.number if row else 0
        form = text_form(which, content, number, with_names=which in KINDS.values())
        if form.validate_on_submit():
            if "preview" in request.form:
                with handling(form) as done:
                    pdf = letter_preview.preview(
                        self.actor, which, typed_content(which, form), form.facility.data or ""
                    )
                if done:
                    return _pdf(f"voorbeeld-{slug(which)}.pdf", pdf)
            else:
                based_on = posted_version(form.based_on.data)
                with handling(form) as done:
                    saved = letter_texts.save(self.actor, which, typed_content(which, form), based_on)
                if done:
                    changed = saved.number != number
                    flash(
                        gettext("Versie %(number)s is bewaard en geldt vanaf de volgende brief.", number=saved.number)
                        if changed
                        else gettext("U wijzigde niets: de tekst is dezelfde gebleven."),
                        "success" if changed else "info",
                    )
                    return redirect(self.get_url(".text", kind=slug(which)))
        return self.render(
            "admin/letters/text.html",
            form=form,
            kind=which,
            number=number,
            row=row,
            paragraphs=PARAGRAPHS[which],
            placeholders=PLACEHOLDERS[which],
        ), status_of(form)

    @expose("/tekst/<kind>/versies")
    def versions(self, kind: str) -> ResponseReturnValue:
        """Every version, and what changed between two of them."""
        which = _kind(kind)
        held = letter_texts.versions(self.actor, which)
        chosen = _chosen([one.row.number for one in held])
        by_number = {one.row.number: one for one in held}
        changes = None
        if chosen is not None:
            before, after = (by_number[number].content for number in chosen)
            changes = letter_texts.difference(which, before, after)
        return self.render("admin/letters/versions.html", kind=which, versions=held, chosen=chosen, changes=changes)

    @expose("/ronde/<reference>", methods=("GET", "POST"))
    def round(self, reference: str) -> ResponseReturnValue:
        """The letters of a round per facility, with the progress; posted: make those that are missing."""
        form = ConfirmationForm()
        if form.validate_on_submit():
            with handling(form) as done:
                letter_rounds.make(self.actor, reference)
            if done:
                flash(gettext("De ontbrekende brieven worden gemaakt."), "success")
                return redirect(self.get_url(".round", reference=reference))
        shown = letter_rounds.of(self.actor, reference)
        view = typed("toon")
        lines, number = shown.chosen(view), position().number
        address = Address(self.get_url(".round", reference=reference), {"toon": view} if view else {})
        return self.render(
            "admin/letters/round.html",
            form=form,
            shown=shown,
            view=view,
            lines=lines[(number - 1) * PAGE : number * PAGE],
            page=number,
            pages=-(-len(lines) // PAGE),
            address=address,
        ), status_of(form)

    @expose("/zoeken")
    def search(self) -> ResponseReturnValue:
        """Find a letter by facility, kind, period or reference."""
        search, period, asked = typed("zoek"), typed("periode"), request.args.get("soort", "")
        kind = LetterKind(asked) if asked in set(LetterKind) else None
        words = {"zoek": search, "periode": period, "soort": kind.value if kind else ""}
        address = Address(self.get_url(".search"), {name: value for name, value in words.items() if value})
        chips = [(gettext("Zoekterm: %(text)s", text=search), address.without("zoek"))] if search else []
        if kind:
            chips.append((gettext("Soort: %(text)s", text=gettext(LETTER_LABELS[kind])), address.without("soort")))
        if period:
            chips.append((gettext("Periode: %(text)s", text=period), address.without("periode")))
        return self.render(
            "admin/letters/search.html",
            page=letter_archive.find(self.actor, search, kind, period, position()),
            address=address,
            search=search,
            search_label=gettext("HCO-nummer, naam van de voorziening of kenmerk"),
            chips=chips,
            kinds=[(one.value, gettext(label)) for one, label in LETTER_LABELS.items()],
            kind=kind,
            period=period,
        )

    @expose("/bestand/<reference>")
    def file(self, reference: str) -> ResponseReturnValue:
        """A letter as a file."""
        with transaction.unit_of_work():
            name, content = letter_archive.file(self.actor, reference)
        return _pdf(name, content)


def _chosen(numbers: list[int]) -> tuple[int, int] | None:
    """The two versions to compare: those of the address, else the last two; None with fewer than two."""
    asked = sorted({number for name in ("van", "tot") if (number := posted_version(request.args.get(name))) in numbers})
    pair = asked if len(asked) == 2 else sorted(numbers)[-2:]
    return (pair[0], pair[1]) if len(pair) == 2 else None


def _pdf(name: str, content: bytes) -> Response:
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
