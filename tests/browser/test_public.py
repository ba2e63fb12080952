"""What somebody sees before signing in, and that signing in works in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import OpenPage, look


def test_the_start_page(page: Page) -> None:
    page.goto("/")
    look(page, "public")


def test_choosing_where_to_sign_in(page: Page) -> None:
    page.goto("/login")
    look(page, "login")


@pytest.mark.parametrize("javascript", [True, False])
def test_signing_in_and_out(open_page: OpenPage, javascript: bool) -> None:
    page = open_page(javascript=javascript, persona="sofie-voorziening")
    expect(page.locator("header")).to_contain_text("71000012")
    page.locator(".user-menu summary").click()
    page.get_by_role("button", name="Afmelden").click()
    expect(page.get_by_role("button", name="Afmelden")).to_have_count(0)
    page.goto("/start")
    expect(page).to_have_url(re.compile(r"/login\?next="))
