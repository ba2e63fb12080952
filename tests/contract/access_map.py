"""Which persona may reach which address: made from the application itself.

``python -m tests.contract.access_map`` writes docs/access-map.md again; a change of rights is then visible in review.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from blueprints.access import declared_access
from domain.actor import Actor
from domain.identity_providers import ACM, EHEALTH
from domain.permissions import Permission
from domain.sign_in import interpret
from integrations.development_idp.personas import personas

FILE = Path(__file__).resolve().parents[2] / "docs" / "access-map.md"

HEAD = """# Access map

Every address of both doors, the permission it declares and the personas whose roles carry it. Rows are checked again:
an address that opens still answers 404 for what belongs to another organisation. Made by
`python -m tests.contract.access_map`; a test compares it with the application.

Everybody: no sign-in. Signed in: any persona, also without a role.

| Address | Methods | Permission | Who |
|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Address:
    """One rule of the application and the permission its view declares."""

    rule: str
    endpoint: str
    methods: tuple[str, ...]
    permission: Permission


def actor_of(persona_id: str, facilities: dict[str, int] | None = None) -> Actor:
    """The actor a persona becomes at sign-in; ``facilities`` gives the row of an HCO number."""
    persona = personas()[persona_id]
    profile = {"acm": ACM, "ehealth": EHEALTH}[persona.idp]
    read = interpret(persona.attributes, persona.authn_context, profile)
    return Actor(
        account_id=1,
        side=read.side,
        organisation_key=read.organisation_key,
        organisation_name=read.organisation_name or read.organisation_key,
        name=f"{read.given_name} {read.family_name}",
        roles=read.roles,
        facility_id=(facilities or {}).get(read.organisation_key),
        means=read.means,
    )


def addresses(app: Flask) -> list[Address]:
    """Every rule but static files, in the order of its address."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static" or rule.endpoint.endswith(".static"):
            continue
        permission = declared_access(app, rule.endpoint)
        assert permission is not None, f"{rule.endpoint} declares no permission"
        methods = tuple(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        found.append(Address(rule.rule, rule.endpoint, methods, permission))
    return sorted(found, key=lambda address: (address.rule, address.methods))


def _who(permission: Permission, actors: dict[str, Actor]) -> str:
    if permission is Permission.PUBLIC:
        return "everybody"
    allowed = [persona for persona, actor in actors.items() if actor.may(permission)]
    if len(allowed) == len(actors):
        return "signed in"
    return ", ".join(allowed) or "nobody"


def text(app: Flask) -> str:
    """The whole map."""
    actors = {persona: actor_of(persona) for persona in personas()}
    rows = [
        f"| `{one.rule}` | {' '.join(one.methods)} | {one.permission} | {_who(one.permission, actors)} |"
        for one in addresses(app)
    ]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    from app import create_app

    FILE.write_text(text(create_app()), encoding="utf-8")
