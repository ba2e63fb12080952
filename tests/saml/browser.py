"""A browser for sign-in tests: it stays at the configured address, follows nothing by itself and keeps its cookies."""

from __future__ import annotations

import base64
import zlib
from contextvars import Context
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from lxml import etree, html
from werkzeug.test import TestResponse

from models.base import db
from services.identity import sessions
from tests.pages.html_rules import check_page
from tests.pages.page import Page


@dataclass(frozen=True)
class Asked:
    """A request that the application sent: its id, at whose address, and its XML."""

    id: str
    idp: str
    address: str
    document: Any


class Browser:
    """What a person does when signing in, step by step. ``client`` is the test client below it."""

    def __init__(self, app: Flask, base_url: str | None = None) -> None:
        self.app = app
        self.base_url = base_url or app.extensions["settings"].base_url
        self.client = FlaskClient(app, app.response_class, use_cookies=True)

    def open(self, address: str, **options: Any) -> TestResponse:
        """One request, in a context of its own; pages of the application are checked."""
        options.setdefault("base_url", self.base_url)
        db.session.rollback()
        response: TestResponse = Context().run(partial(self.client.open, address, **options))
        db.session.rollback()
        ours = not urlsplit(address).path.startswith("/idp")
        if ours and response.mimetype == "text/html" and response.status_code not in range(300, 400):
            check_page(response)
        return response

    def get(self, address: str, **options: Any) -> TestResponse:
        return self.open(address, method="GET", **options)

    def post(self, address: str, data: Any = None, **options: Any) -> TestResponse:
        return self.open(address, method="POST", data=data, **options)

    def ask(self, idp: str = "acm", next_path: str | None = None, **query: str) -> Asked:
        """Start signing in; gives the request that the identity provider would get."""
        values = query | ({"next": next_path} if next_path else {})
        response = self.get(f"/login/{idp}", query_string=values)
        assert response.status_code == 302, response.text
        address = response.headers["Location"]
        packed = parse_qs(urlsplit(address).query)["SAMLRequest"][0]
        document = etree.fromstring(zlib.decompress(base64.b64decode(packed), -15))
        return Asked(document.get("ID"), idp, address, document)

    def answer(self, value: str, **more: str) -> TestResponse:
        """Bring an answer to the application, as the form of the identity provider does."""
        return self.post("/saml/acs", {"SAMLResponse": value, **more})

    def choose(self, asked: Asked, persona: str) -> TestResponse:
        """Choose a persona at the development identity provider and send its form on."""
        page = self.post(asked.address, {"persona": persona})
        assert page.status_code == 200, page.text
        form = html.document_fromstring(page.text).find(".//form")
        return self.post(form.get("action"), dict(form.form_values()))

    def sign_in(self, persona: str, idp: str = "acm", next_path: str | None = None) -> TestResponse:
        """The whole way, with a persona."""
        return self.choose(self.ask(idp, next_path), persona)

    @property
    def session_token(self) -> str | None:
        """The value of the session cookie."""
        host = urlsplit(self.base_url).hostname or ""
        cookie = self.client.get_cookie(self.app.config["SESSION_COOKIE_NAME"], domain=host)
        return cookie.value if cookie else None

    @property
    def identity(self) -> dict[str, Any] | None:
        """Who is signed in, as the session row says."""
        token = self.session_token
        stored = sessions.load(token, self.app.config["SESSION_IDLE"]) if token else None
        return stored.values.get("identity") if stored else None


def page_of(response: TestResponse) -> Page:
    """An answer as something to read."""
    return Page(response)
