"""What every page needs: language, who is signed in, navigation, Dutch dates and amounts."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Flask, current_app, g, has_app_context, request, url_for
from flask_babel import Domain, format_date, get_locale, gettext

from blueprints import languages, notice_banners
from blueprints.access import optional_actor
from blueprints.languages import decimal, euro
from domain.actor import Actor, Side
from domain.calendars import BRUSSELS
from domain.econtracting.terms import Step
from domain.errors import N_, DomainError, Finding
from domain.identifiers import format_enterprise_number, format_iban, format_social_security_number
from domain.messaging import MANY
from domain.organisation import SECTOR_LABELS
from domain.permissions import ROLE_LABELS, Permission
from services import transaction
from services.messaging import reading


def long_date(value: date | datetime | None) -> str:
    """``16 november 2026``; an instant is shown as its Brussels day."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(BRUSSELS).date()
    return format_date(value, "d MMMM yyyy")


def weekday_date(value: date | None) -> str:
    """``maandag 16 november 2026``."""
    return format_date(value, "EEEE d MMMM yyyy") if value else ""


def moment(value: datetime | None) -> str:
    """``16 november 2026 om 10:42:07`` in Brussels time."""
    if value is None:
        return ""
    local = value.astimezone(BRUSSELS)
    return gettext("%(day)s om %(time)s", day=format_date(local.date(), "d MMMM yyyy"), time=local.strftime("%H:%M:%S"))


def clock_time(value: datetime) -> str:
    """``10:42`` in Brussels."""
    return f"{value.astimezone(BRUSSELS):%H:%M}"


def file_size(size: int) -> str:
    """``537 bytes``, ``1,2 kB``, ``20,5 MB``: by the thousand, in place of the filter that only knows English."""
    if size < 1000:
        return f"{size} byte" if size == 1 else f"{size} bytes"
    amount, unit = Decimal(size) / 1000, "kB"
    if amount >= 1000:
        amount, unit = amount / 1000, "MB"
    return f"{decimal(round(amount, 1))} {unit}"


def say(problem: DomainError | Finding | str) -> str:
    """A message of the domain in the language of the person."""
    if isinstance(problem, str):
        return gettext(problem) if problem else ""
    return gettext(problem.message).format(**problem.params)


def told(step: Step) -> str:
    """A step of a term in the language of the person; a date called ``weekday`` is told with the day of the week."""
    return gettext(step.message).format(**{name: _told(name, value) for name, value in step.params.items()})


def _told(name: str, value: Any) -> Any:
    if not isinstance(value, date):
        return gettext(value) if isinstance(value, str) and value else value
    return weekday_date(value) if name == "weekday" else long_date(value)


def zoned(value: datetime | None) -> str:
    """``24 maart 2025 om 16:40:07 (UTC+01:00)``: a moment that counts, with its zone."""
    if value is None:
        return ""
    offset = value.astimezone(BRUSSELS).isoformat()[-6:]
    return f"{moment(value)} (UTC{offset})"


def _href(endpoint: str) -> str | None:
    """The address of a page, or None while the application does not have it."""
    return url_for(endpoint) if endpoint in current_app.view_functions else None


#: Label, endpoint, permission and the address the entry stands for.
_ENTRIES = (
    (N_("Start"), "portal.home", Permission.HOME, "/start"),
    (N_("eCalcura"), "ecalcura.overview", Permission.ECALCURA_READ, "/ecalcura"),
    (N_("e-Contracting"), "contracting.index", Permission.CONTRACTS_READ, "/econtracting"),
    (N_("Berichten"), "messages_portal.index", Permission.MESSAGES, "/berichten"),
    (N_("Beheer"), "admin.index", Permission.BACK_OFFICE, "/beheer"),
)

#: What every page of both doors links to at its end.
_FOOTER = (
    (N_("Hulp"), "help.index"),
    (N_("Onbeschikbaarheden"), "outage_notices.index"),
    (N_("Nieuwsbrief"), "news.archive"),
    (N_("Gebruiksvoorwaarden"), "legal.terms"),
    (N_("Disclaimer"), "legal.disclaimer"),
    (N_("Privacy"), "legal.privacy"),
    (N_("Toegankelijkheid"), "legal.accessibility"),
)


def _navigation(actor: Actor) -> list[dict[str, Any]]:
    return [
        {"label": gettext(label), "href": _href(endpoint), "active": request.path.startswith(address)}
        | ({"count": _unread(actor), "count_label": gettext("ongelezen")} if permission is Permission.MESSAGES else {})
        for label, endpoint, permission, address in _ENTRIES
        if actor.may(permission) and _href(endpoint)
    ]


#: Where somebody comes in, or reads: there the unread are counted. A page to work on asks nothing more for it.
_COUNTED = frozenset(
    {"portal", "ecalcura", "declarations", "messages_portal", "contracting", "contracting_messages", "organisation"}
)


def _unread(actor: Actor) -> str:
    """The unread messages beside their entry, asked once per request; empty for none."""
    if request.blueprint not in _COUNTED:
        return ""
    if "unread_messages" not in g:
        g.unread_messages = reading.unread_count(actor)
    number = g.unread_messages
    return f"{MANY}+" if number > MANY else str(number or "")


def _environment_name() -> str | None:
    """The ribbon on top of a page that is not the real thing."""
    return (
        gettext("Ontwikkelomgeving: alle gegevens zijn fictief")
        if current_app.extensions["settings"].development_idp
        else None
    )


def _context() -> dict[str, Any]:
    actor = optional_actor()
    context: dict[str, Any] = {
        "actor": actor,
        "navigation": [],
        "role_labels": [],
        "home_url": url_for("portal.public"),
        "help_url": url_for("help.index"),
        "languages": languages.known(),
        "language": str(get_locale()),
        "language_url": _href("portal.choose_language"),
        "languages_url": languages.page(),
        "login_url": _href("auth.login"),
        "environment_name": _environment_name(),
        "outage_banner": notice_banners.banner(),
        "footer_links": [{"label": gettext(label), "href": _href(endpoint)} for label, endpoint in _FOOTER],
        "Permission": Permission,
    }
    if actor is not None:
        context |= {
            "navigation": _navigation(actor),
            "role_labels": [gettext(ROLE_LABELS[role]) for role in sorted(actor.roles)],
            "home_url": url_for("portal.home"),
            "logout_url": _href("auth.logout"),
            "organisation_url": _href("organisation.data") if actor.side is Side.FACILITY else None,
        }
    return context


class _Texts(Domain):  # type: ignore[misc]
    """The texts of a request in the language of the person, asked for once: a page has a hundred of them."""

    def get_translations(self) -> Any:
        """The catalogue."""
        if not has_app_context():
            return super().get_translations()
        found = g.get("translations")
        if found is None:
            found = g.translations = super().get_translations()
        return found


def init_app(app: Flask) -> None:
    """Filters, context, and the rule that a request leaves nothing behind."""
    app.jinja_env.filters.update(
        long_date=long_date,
        weekday_date=weekday_date,
        moment=moment,
        clock_time=clock_time,
        decimal=decimal,
        euro=euro,
        filesizeformat=file_size,
        say=say,
        told=told,
        zoned=zoned,
        iban=format_iban,
        enterprise_number=format_enterprise_number,
        social_security_number=lambda number: format_social_security_number(number) if number else "",
        sector=lambda code: gettext(SECTOR_LABELS[code]),
    )
    with app.app_context():
        babel = app.extensions["babel"].instance
        babel.domain_instance = _Texts(domain=babel.domain)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.context_processor(_context)

    @app.before_request
    def _mode() -> None:
        transaction.begin_mode(request.method not in {"GET", "HEAD", "OPTIONS"})

    @app.after_request
    def _nothing_left(response: Any) -> Any:
        """A change that no use case committed is a bug; it is undone and, in tests, told."""
        left = transaction.has_uncommitted_changes()
        transaction.rollback()
        if left and app.testing and response.status_code < 400:
            raise AssertionError("uncommitted changes at the end of a request")
        return response
