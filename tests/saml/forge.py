"""Answers of the development identity provider with something wrong in them: each test changes one thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.development_idp import entities, messages
from integrations.development_idp.messages import NSMAP, Subject
from integrations.development_idp.personas import personas
from integrations.saml_keys import KeyPair
from tests.saml.browser import Asked

Edit = Callable[[Any], Any]


def now() -> datetime:
    """The real clock: the protocol runs on it."""
    return datetime.now(UTC)


def at(offset: timedelta) -> str:
    """An instant as SAML writes it, so far from now."""
    return messages.stamp(now() + offset)


def node(root: Any, path: str) -> Any:
    """The one node of an XPath."""
    found = root.xpath(path, namespaces={**NSMAP, "ds": messages.DS, "xenc": messages.XENC})
    assert len(found) == 1, f"{len(found)} of {path}"
    return found[0]


def without(path: str, attribute: str | None = None) -> Edit:
    """An edit that removes a node, or one of its attributes."""

    def edit(root: Any) -> None:
        target = node(root, path)
        if attribute is None:
            target.getparent().remove(target)
        else:
            assert attribute in target.attrib
            del target.attrib[attribute]

    return edit


def with_value(path: str, attribute: str, value: str | Callable[[], str]) -> Edit:
    """An edit that sets an attribute."""

    def edit(root: Any) -> None:
        node(root, path).set(attribute, value if isinstance(value, str) else value())

    return edit


def with_text(path: str, text: str) -> Edit:
    """An edit that sets the text of a node."""

    def edit(root: Any) -> None:
        node(root, path).text = text

    return edit


class Forge:
    """Makes answers as the identity provider of the running application, with its own keys."""

    def __init__(self, settings: Any) -> None:
        self.entities = entities(settings)

    def answer(
        self,
        asked: Asked,
        persona: str = "an-beheerder",
        *,
        attributes: Mapping[str, Any] | None = None,
        context: str | None = None,
        name_id: str | None = None,
        assertion: Edit | None = None,
        response: Edit | None = None,
        signed_assertion: Edit | None = None,
        signed_response: Edit | None = None,
        sign_assertion: bool = True,
        sign_response: bool = True,
        encrypt: bool = True,
        pair: KeyPair | None = None,
    ) -> str:
        """The value of SAMLResponse. Edits run before (``assertion``, ``response``) or after their signature; one that
        returns something replaces the element."""
        entity = self.entities[asked.idp]
        pair = pair or entity.pair
        who = personas()[persona]
        subject = Subject(
            name_id or messages.new_id(),
            messages.new_id(),
            who.authn_context if context is None else context,
            {**who.attributes, **(attributes or {})},
        )
        inner = _edited(messages.assertion(entity, asked.id, subject, now()), assertion)
        if sign_assertion:
            inner = messages.sign(inner, pair)
        inner = _edited(inner, signed_assertion)
        if encrypt:
            inner = messages.encrypt(inner, entity.sp_certificate)
        outer = _edited(messages.response(entity, asked.id, inner, now()), response)
        if sign_response:
            outer = messages.sign(outer, pair)
        return messages.packed(_edited(outer, signed_response))


def _edited(element: Any, edit: Edit | None) -> Any:
    changed = edit(element) if edit is not None else None
    return element if changed is None else changed
