"""The start page in words and addresses: what services.portal tells, ready to show."""

from __future__ import annotations

from typing import Any

from flask import current_app, url_for
from flask_babel import gettext, ngettext

from blueprints.ecalcura.quarter_names import quarter_name, quarter_ranges
from blueprints.pages import long_date, say
from domain.actor import Actor, Side
from domain.ecalcura.campaign import DueKind
from domain.ecalcura.certificates import CERTIFICATE_LABELS
from domain.ecalcura.declaration import DossierStatus
from domain.errors import N_
from domain.messaging import Only
from domain.permissions import ROLE_LABELS, Permission
from services import listing
from services.facility_tasks import Running, Task, TaskKind, Term
from services.listing import Capped
from services.portal import StartPage, Theme
from services.work_items import NewLetter, WorkItem, WorkKind

#: Title, explanation, endpoint and icon of a tile.
_TILES: dict[Theme, tuple[str, str, str, str]] = {
    Theme.ECALCURA: (
        N_("eCalcura"),
        N_("Vrijstelling van arbeidsprestaties en eindeloopbaan: personeel, certificaten en kwartaalaangiften."),
        "ecalcura.overview",
        "document",
    ),
    Theme.ECONTRACTING: (
        N_("e-Contracting"),
        N_("Uw overheidsopdrachten: schuldvorderingen en andere dossierstukken uitwisselen, met termijnen en bewijs."),
        "contracting.index",
        "document",
    ),
    Theme.CONTRACTING_DESK: (
        N_("e-Contracting"),
        N_("De opdrachten van uw organisatie: nazicht, vrijgave, berichten en termijnen."),
        "contracts.index",
        "document",
    ),
    Theme.CONTRACT_LOOK_UP: (
        N_("Opdrachten opzoeken"),
        N_("Een overheidsopdracht opzoeken voor wie belt: wie de partijen zijn en waar ze staat."),
        "contract_lookup.search",
        "search",
    ),
    Theme.LOOK_UP: (
        N_("Opzoeken"),
        N_("Een voorziening, een dossier of een code voor de helpdesk opzoeken voor wie belt."),
        "helpdesk.search",
        "search",
    ),
    Theme.BACK_OFFICE: (
        N_("Beheer"),
        N_("Dossiers behandelen, voorzieningen en personeel raadplegen, lijsten bijhouden."),
        "admin.index",
        "people",
    ),
}

_IN_STATUS: dict[DossierStatus, str] = {
    DossierStatus.AUDIT: N_("Dossiers in audit"),
    DossierStatus.OPEN: N_("Open dossiers"),
    DossierStatus.CLOSED: N_("Afgesloten dossiers"),
    DossierStatus.BLOCKED: N_("Geblokkeerde dossiers"),
}

#: The sides that work at a desk of the back office.
_OFFICES = (Side.DEPARTMENT, Side.AUTHORITY, Side.HELPDESK)

#: What to call what waits, and where it is worked.
_ITEMS: dict[WorkKind, tuple[str, str, dict[str, str]]] = {
    WorkKind.REVIEWS_LATE: (N_("Na te zien: termijn voorbij"), "desk.index", {"termijn": "te-laat"}),
    WorkKind.REVIEWS_THIS_WEEK: (N_("Na te zien binnen 7 dagen"), "desk.index", {"termijn": "week"}),
    WorkKind.AWAITED_ANSWERS: (N_("Berichten die op uw antwoord wachten"), "{messages}", {"toon": Only.OURS.value}),
    WorkKind.UNREAD_MESSAGES: (N_("Ongelezen berichten"), "{messages}", {"toon": Only.UNREAD.value}),
    WorkKind.UNREAD_DOCUMENTS: (N_("Nieuwe dossierstukken"), "contracting.index", {}),
    WorkKind.REOPENING_REQUESTS: (N_("Aanvragen tot heropening te beslissen"), "requests.index", {}),
    WorkKind.DOCUMENTS_TO_RELEASE: (N_("Dossierstukken vrij te geven"), "desk.index", {"lijst": "vrijgeven"}),
    WorkKind.CORRECTION_REQUESTS: (N_("Verzoeken tot verbetering"), "privacy.corrections", {}),
    WorkKind.NEW_TICKETS: (N_("Nieuwe vragen aan de helpdesk"), "tickets.index", {}),
    WorkKind.BOUNCING_ADDRESSES: (N_("Adressen waarvan e-mail terugkomt"), "preferences.index", {}),
    WorkKind.ERASURE_NOTICES: (N_("Gegevens die gewist zullen worden"), "retention_terms.index", {}),
    WorkKind.FAILED_MAIL: (N_("E-mails die niet vertrokken"), "outbox.index_view", {"toestand": "FAILED"}),
}

_SUBMITTING = (TaskKind.OPEN_QUARTER, TaskKind.SUBMIT, TaskKind.RESUBMIT)


def shown(actor: Actor, start: StartPage) -> dict[str, Any]:
    """What the template needs."""
    tasks = start.facility
    return {
        "start": start,
        "tile_items": [_tile(theme, start) for theme in start.themes],
        "tasks": [_task(task) for task in tasks.tasks] if tasks else [],
        "terms": [_term(actor, term) for term in tasks.terms] if tasks else [],
        "office": bool(start.statuses) or actor.side in _OFFICES,
        "work": _work(actor, start),
        "letters": [_letter(letter) for letter in start.letters],
    }


def _tile(theme: Theme, start: StartPage) -> dict[str, Any]:
    title, text, endpoint, icon = _TILES[theme]
    return {
        "title": gettext(title),
        "text": gettext(text),
        "href": _href(endpoint),
        "icon": icon,
        "meta": _meta(theme, start) or None,
    }


def _meta(theme: Theme, start: StartPage) -> str:
    """What waits behind a tile, in a few words."""
    if theme is Theme.ECALCURA and start.facility:
        waiting = start.facility.of(*_SUBMITTING)
        return ngettext("%(num)s kwartaal in te dienen", "%(num)s kwartalen in te dienen", waiting) if waiting else ""
    if theme not in (Theme.ECONTRACTING, Theme.CONTRACTING_DESK) or start.contracting is None:
        return ""
    counts = start.contracting
    words = [_contracts(counts.contracts)]
    if counts.actions.number:
        words.append(_actions(counts.actions))
    if counts.unstaffed.number:
        words.append(_unstaffed(counts.unstaffed))
    return " · ".join(words)


def _contracts(count: Capped) -> str:
    if count.more:
        return gettext("meer dan 1.000 opdrachten")
    return ngettext("%(num)s opdracht", "%(num)s opdrachten", count.number)


def _actions(count: Capped) -> str:
    if count.more:
        return gettext("meer dan 1.000 acties wachten op u")
    return ngettext("%(num)s actie wacht op u", "%(num)s acties wachten op u", count.number)


def _unstaffed(count: Capped) -> str:
    if count.more:
        return gettext("meer dan 1.000 zonder groep")
    return ngettext("%(num)s zonder groep", "%(num)s zonder groep", count.number)


def _href(endpoint: str, **values: Any) -> str | None:
    """The address of a page, or None while the application does not have it."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None


def _task(task: Task) -> dict[str, Any]:
    """Title, text, address and term of one task; without an address when a colleague has to do it."""
    title, text, href = _words(task)
    if not task.mine:
        roles = _or([gettext(ROLE_LABELS[role]) for role in task.roles])
        ask = gettext("Vraag dit aan een collega met de rol ‘%(role)s’.", role=roles)
        return {"title": title, "text": f"{text} {ask}", "href": None, "due": task.due}
    return {"title": title, "text": text, "href": href, "due": task.due}


def _words(task: Task) -> tuple[str, str, str | None]:
    because = say(task.finding) if task.finding else ""
    match task.kind:
        case TaskKind.DEFAULT_ACCOUNT:
            return gettext("Vul een standaard bankrekeningnummer in"), because, _href("organisation.bank")
        case TaskKind.CONTACT_PERSON:
            return gettext("Duid een contactpersoon aan voor eCalcura"), because, _href("organisation.contact_list")
        case TaskKind.CERTIFICATES:
            return gettext("Vul uw certificaten aan"), _certificates(task), _href("certificates.index")
    assert task.quarter is not None
    name = quarter_name(task.quarter)
    if task.kind is TaskKind.OPEN_QUARTER:
        text = gettext("Voor dit kwartaal is er nog geen dossier.")
        return gettext("%(quarter)s openen en invullen", quarter=name), text, _href("ecalcura.overview")
    href = _href("declarations.show", quarter=str(task.quarter))
    if task.kind is TaskKind.RESUBMIT:
        text = gettext("Dit kwartaal werd heropend. Enkel opnieuw indienen telt.")
        return gettext("%(quarter)s opnieuw indienen", quarter=name), text, href
    return gettext("%(quarter)s indienen", quarter=name), gettext("Dit kwartaal is open en nog niet ingediend."), href


def _certificates(task: Task) -> str:
    """Which certificates do not hold today, and which quarters lack one (V-66)."""
    sentences = []
    if task.certificates:
        names = _and([gettext(CERTIFICATE_LABELS[kind]) for kind in task.certificates])
        sentences.append(gettext("Ontbreekt vandaag: %(names)s.", names=names))
    if task.quarters:
        quarters = _and(quarter_ranges(task.quarters))
        sentences.append(gettext("Geen geldig attest voor (een deel van): %(quarters)s.", quarters=quarters))
    return " ".join([*sentences, gettext("Zonder attest is de tegemoetkoming nul.")])


def _term(actor: Actor, term: Term) -> dict[str, Any]:
    texts = [say(term.due.label)]
    if term.asked_on is not None:
        texts = [gettext("Uw aanvraag van %(day)s wacht op een beslissing.", day=long_date(term.asked_on))]
    texts += [_running(one) for one in term.running]
    asks = term.due.kind is DueKind.REQUEST_REOPENING and actor.may(Permission.REOPENING_REQUEST)
    href = url_for("reopening.page", period=term.period) if asks else None
    link = gettext("Heropening vragen") if term.asked_on is None else gettext("Bekijk uw aanvraag")
    return {"period": term.period, "text": " ".join(texts), "due": term.due, "href": href, "link": link}


def _running(running: Running) -> str:
    return gettext(
        "Het %(quarter)s kunt u al invullen; indienen kan vanaf %(day)s.",
        quarter=quarter_name(running.quarter),
        day=long_date(running.submit_from),
    )


def _work(actor: Actor, start: StartPage) -> list[dict[str, Any]]:
    """What waits, what asks an answer first; at a desk also what there is none of, and the dossiers in each status."""
    desk = actor.side in _OFFICES
    rows = [_item(item, desk) for item in start.items if desk or item.count.number]
    return [
        *rows,
        *(
            {
                "title": gettext(_IN_STATUS[status]),
                "href": _href("dossiers.index_view", status=status.value),
                "count": _counted(count),
            }
            for status, count in start.statuses.items()
        ),
    ]


def _item(item: WorkItem, desk: bool) -> dict[str, Any]:
    label, endpoint, words = _ITEMS[item.kind]
    place = endpoint.format(messages="messages.index" if desk else "messages_portal.index")
    return {"title": gettext(label), "href": _href(place, **words), "count": _counted(item.count)}


def _letter(letter: NewLetter) -> dict[str, Any]:
    return {
        "title": letter.subject,
        "text": gettext("Referentieperiode %(code)s", code=letter.period),
        "at": letter.made_at,
        "href": _href("history.letter", reference=letter.reference),
    }


def _counted(count: Capped) -> str:
    return gettext("meer dan %(number)s", number=listing.CAP) if count.more else str(count.number)


def _or(names: list[str]) -> str:
    word = gettext("of")
    return f" {word} ".join(names)


def _and(names: list[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return gettext("%(first)s en %(last)s", first=", ".join(names[:-1]), last=names[-1])
