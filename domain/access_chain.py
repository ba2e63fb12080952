"""What the page *Geen toegang* tells: what came in, what is missing, and who grants it, step by step.

Nothing is decided here: the roles that grant a permission come from ``domain.permissions``, the refusals from
``domain.sign_in``. Texts are Dutch templates that the edge translates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.actor import Actor, Side
from domain.errors import N_
from domain.identity_providers import FACILITY_SUBDEPARTMENT, MEANS_LABELS, Means
from domain.permissions import ROLE_LABELS, SIGNED_IN, Permission, Role, roles_granting
from domain.role_values import DropReason
from domain.sign_in import REFUSAL_MESSAGES, SIDE_ROLES, RefusalReason, SignIn, SignInRefused


@dataclass(frozen=True, slots=True)
class Step:
    """One act on the way to access: who does it, and what."""

    who: str
    what: str


#: E-004, in its order; the last one is where the roles are given (E-007).
FACILITY_STEPS: tuple[Step, ...] = (
    Step(N_("Uw voorziening"), N_("stelt een hoofdtoegangsbeheerder aan.")),
    Step(N_("De hoofdtoegangsbeheerder"), N_("activeert de hoedanigheid 'E-health gezondheidszorg'.")),
    Step(N_("De hoofdtoegangsbeheerder"), N_("stelt een toegangsbeheerder aan voor die hoedanigheid.")),
    Step(
        N_("De toegangsbeheerder"),
        N_(
            "voegt de subafdeling 'Voorziening voor welzijn, volksgezondheid en gezin' toe en activeert de toepassing "
            "e-loket."
        ),
    ),
    Step(N_("De toegangsbeheerder"), N_("stelt een toegangsbeheerder aan voor die subafdeling.")),
    Step(
        N_("De toegangsbeheerder van de subafdeling"),
        N_("voegt u toe als gebruiker; de hoofdtoegangsbeheerder geeft u de rol."),
    ),
)
#: What each role of a facility opens (E-008, E-009); somebody may hold both (E-010).
ROLE_PURPOSES: dict[Role, str] = {
    Role.EL_PRIVACY: N_(
        "personeelsgegevens, certificaten en kwartaalaangiften invullen en indienen, en berichten lezen."
    ),
    Role.EL_FINANCIEEL: N_("de bankrekeningnummers van de voorziening beheren."),
}
#: What people may know the managers of the access by (10.6).
FORMER_NAMES: tuple[tuple[str, str], ...] = (
    (N_("hoofdtoegangsbeheerder"), N_("vroeger: verantwoordelijke toegangen entiteit")),
    (N_("toegangsbeheerder"), N_("vroeger: lokale beheerder")),
)
#: The chain that grants access to e-Contracting, outside the portal.
CONTRACTOR_STEPS: tuple[Step, ...] = (
    Step(
        N_("De wettelijke vertegenwoordiger"),
        N_("van uw onderneming staat in de Kruispuntbank van Ondernemingen en heeft zelf automatisch toegang."),
    ),
    Step(
        N_("De wettelijke vertegenwoordiger"),
        N_("kan een hoofdtoegangsbeheerder aanstellen in Beheer der Toegangsbeheerders."),
    ),
    Step(
        N_("De wettelijke vertegenwoordiger of de hoofdtoegangsbeheerder"),
        N_("kan lokale beheerders aanstellen. Wie dat zijn, vraagt u gratis op het nummer 1700."),
    ),
    Step(
        N_("De lokale beheerder"),
        N_(
            "geeft u in het Gebruikersbeheer een werkrelatie en het gebruikersrecht e-Contracting met de rol beheerder "
            "of gebruiker. U kunt dat recht zelf aanvragen met zelfregistratie."
        ),
    ),
    Step(N_("U"), N_("meldt zich opnieuw aan in de hoedanigheid en de organisatie waarvoor u de rol kreeg.")),
)
ENTITY_STEPS: tuple[Step, ...] = (
    Step(N_("De lokale beheerder"), N_("van uw entiteit geeft u de rol in het Gebruikersbeheer.")),
    Step(N_("U"), N_("meldt zich opnieuw aan en kiest uw entiteit.")),
)

_STEPS: dict[Side, tuple[Step, ...]] = {
    Side.FACILITY: FACILITY_STEPS,
    Side.CONTRACTOR: CONTRACTOR_STEPS,
    Side.AUTHORITY: ENTITY_STEPS,
    Side.DEPARTMENT: ENTITY_STEPS,
    Side.HELPDESK: ENTITY_STEPS,
}
_GRANTED_BY: dict[Side, str] = {
    Side.FACILITY: N_("De hoofdtoegangsbeheerder van uw voorziening geeft de rol in het eHealth-platform."),
    Side.CONTRACTOR: N_("De lokale beheerder van uw onderneming geeft de rol in het Gebruikersbeheer."),
    Side.AUTHORITY: N_("De lokale beheerder van uw entiteit geeft de rol in het Gebruikersbeheer."),
    Side.DEPARTMENT: N_("De lokale beheerder van uw entiteit geeft de rol in het Gebruikersbeheer."),
    Side.HELPDESK: N_("De lokale beheerder van uw entiteit geeft de rol in het Gebruikersbeheer."),
}
# Refusals that are mended in the access management, and not by signing in differently.
_SIDE_OF_REFUSAL: dict[RefusalReason, Side] = {
    RefusalReason.HCO_NUMBER_MISSING: Side.FACILITY,
    RefusalReason.SUBDEPARTMENT_WRONG: Side.FACILITY,
}

DROP_LABELS: dict[DropReason, str] = {
    DropReason.OTHER_ORGANISATION: N_("Een rol voor een andere organisatie geldt niet in deze sessie."),
    DropReason.OTHER_SIDE: N_("Een rol die niet bij deze soort organisatie past, werd niet gebruikt."),
    DropReason.UNKNOWN_ROLE: N_("Een onbekende rol werd niet gebruikt."),
    DropReason.MALFORMED: N_("Een onleesbare rol werd niet gebruikt."),
    DropReason.REPRESENTS_OTHER: N_("U bent wettelijk vertegenwoordiger van een andere onderneming."),
}


@dataclass(frozen=True, slots=True)
class AccessFacts:
    """What is known of a session or of a refused sign-in; nothing that identifies the person."""

    side: Side | None = None
    organisation_key: str | None = None
    organisation_name: str | None = None
    roles: frozenset[Role] = frozenset()
    means: Means | None = None
    dropped: tuple[DropReason, ...] = ()

    @classmethod
    def of_sign_in(cls, sign_in: SignIn) -> AccessFacts:
        """From a sign-in that succeeded."""
        return cls(
            sign_in.side,
            sign_in.organisation_key,
            sign_in.organisation_name,
            sign_in.roles,
            sign_in.means,
            sign_in.dropped,
        )

    @classmethod
    def of_actor(cls, actor: Actor, dropped: tuple[DropReason, ...] = ()) -> AccessFacts:
        """From the actor of a running session."""
        means = Means(actor.means) if actor.means in set(Means) else None
        return cls(actor.side, actor.organisation_key, actor.organisation_name, actor.roles, means, dropped)

    @classmethod
    def of_refusal(cls, refused: SignInRefused) -> AccessFacts:
        """From a sign-in that was refused."""
        side, means = refused.facts.get("side"), refused.facts.get("means")
        return cls(
            Side(side) if side else None,
            refused.facts.get("organisation"),
            means=Means(means) if means else None,
        )


@dataclass(frozen=True, slots=True)
class AccessExplanation:
    """``summary`` (a template with ``params``), pairs of label and value that came in, and the way to what is missing.

    ``missing`` are the roles of which one suffices; it is empty when no role would help.
    """

    summary: str
    received: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    missing: tuple[Role, ...]
    granted_by: str | None
    steps: tuple[Step, ...]
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def missing_labels(self) -> tuple[str, ...]:
        """The Dutch names of the missing roles."""
        return tuple(ROLE_LABELS[role] for role in self.missing)


def explain(
    facts: AccessFacts, *, permission: Permission | None = None, reason: RefusalReason | None = None
) -> AccessExplanation:
    """Why a page is closed (``permission``), why a sign-in was refused (``reason``), or else which roles exist."""
    params: dict[str, Any] = {}
    side = facts.side
    missing: tuple[Role, ...] = ()
    if reason is not None:
        summary = REFUSAL_MESSAGES[reason]
        if reason is RefusalReason.SUBDEPARTMENT_WRONG:
            params["subdepartment"] = FACILITY_SUBDEPARTMENT
        side = _SIDE_OF_REFUSAL.get(reason)
    else:
        on_this_side = SIDE_ROLES.get(side, frozenset()) if side else frozenset()
        granting = tuple(Role) if permission is None else roles_granting(permission)
        useful = tuple(role for role in granting if role in on_this_side)
        if permission in SIGNED_IN or facts.roles.intersection(useful):
            summary = N_("Uw rol volstaat voor deze functie. Probeer opnieuw of neem contact op met de helpdesk.")
        elif useful:
            missing = useful
            summary = N_("U hebt nog geen rol die toegang geeft tot deze functie.")
        else:
            summary = N_("Deze functie is niet bestemd voor uw organisatie.")
    helped = side if missing or reason is not None else None
    return AccessExplanation(
        summary=summary,
        received=_received(facts),
        notes=tuple(DROP_LABELS[kind] for kind in dict.fromkeys(facts.dropped)),
        missing=missing,
        granted_by=_GRANTED_BY.get(helped) if helped else None,
        steps=_STEPS.get(helped, ()) if helped else (),
        params=params,
    )


def _received(facts: AccessFacts) -> tuple[tuple[str, str], ...]:
    organisation = " ".join(
        part
        for part in (facts.organisation_name, f"({facts.organisation_key})" if facts.organisation_key else None)
        if part
    )
    roles = ", ".join(ROLE_LABELS[role] for role in Role if role in facts.roles)
    return (
        (N_("Organisatie"), organisation or N_("geen")),
        (N_("Rollen"), roles or N_("geen")),
        (N_("Aangemeld met"), MEANS_LABELS[facts.means] if facts.means else N_("niet bekend")),
    )
