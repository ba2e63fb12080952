"""Where a question about the content goes: the message module for who may write there, else whom to reach (E-155)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.actor import Actor, Side
from domain.errors import N_
from domain.permissions import ROLE_LABELS, Permission, roles_granting
from domain.sign_in import SIDE_ROLES


class ContentRoute(StrEnum):
    """How somebody asks about the content."""

    MESSAGE = "MESSAGE"
    ROLE_MISSING = "ROLE_MISSING"
    SIGN_IN = "SIGN_IN"
    OFFICE = "OFFICE"
    HELPDESK = "HELPDESK"


@dataclass(frozen=True, slots=True)
class ContentQuestion:
    """The route, what to tell, and the names of the roles of which one suffices when it is missing."""

    route: ContentRoute
    text: str
    roles: tuple[str, ...] = ()


def content_question(actor: Actor | None) -> ContentQuestion:
    """Who is signed in with the right role writes a message; everybody else hears whom to reach (E-008, C-072)."""
    if actor is None:
        return ContentQuestion(
            ContentRoute.SIGN_IN,
            N_("Meld u aan om een bericht te sturen. Of bel of mail een van de diensten hieronder."),
        )
    if actor.side in (Side.DEPARTMENT, Side.AUTHORITY):
        return ContentQuestion(
            ContentRoute.OFFICE,
            N_("Vragen van anderen beantwoordt u in Berichten. Hebt u zelf een vraag, mail dan het team hieronder."),
        )
    if actor.side is Side.HELPDESK:
        return ContentQuestion(
            ContentRoute.HELPDESK,
            N_("De helpdesk leest geen berichten. Verwijs wie u belt naar de dienst hieronder."),
        )
    if actor.may(Permission.MESSAGES):
        return ContentQuestion(
            ContentRoute.MESSAGE,
            N_("U stuurt een bericht. De pagina waarop u bent, staat er al bij."),
        )
    roles = [role for role in roles_granting(Permission.MESSAGES) if role in SIDE_ROLES.get(actor.side, ())]
    return ContentQuestion(
        ContentRoute.ROLE_MISSING,
        N_("Een bericht sturen kan met de rol hieronder. Vraag het aan een collega die ze heeft, of bel of mail."),
        tuple(ROLE_LABELS[role] for role in roles),
    )
