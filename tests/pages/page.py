"""A page as a person reads it: heading, messages, errors, forms. For tests that do not need a browser."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from lxml import html
from werkzeug.test import TestResponse


def words(element: Any) -> str:
    """The text of an element, spaces folded."""
    return " ".join(element.text_content().split())


class Page:
    """An answer of the application; ``find`` and ``all`` take XPath."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.path = response.request.path
        self.root = html.document_fromstring(response.get_data(as_text=True))

    def all(self, xpath: str) -> list[Any]:
        """The elements that an XPath names."""
        return list(self.root.xpath(xpath))

    def find(self, xpath: str) -> Any:
        """The one element that an XPath names."""
        found = self.all(xpath)
        assert len(found) == 1, f"{xpath}: {len(found)} found in {self.path}"
        return found[0]

    @property
    def text(self) -> str:
        """All text in the main part."""
        return words(self.find("//main"))

    @property
    def heading(self) -> str:
        """The text of the only h1."""
        return words(self.find("//h1"))

    @property
    def title(self) -> str:
        """The title of the window."""
        return words(self.find("//title"))

    @property
    def errors(self) -> list[str]:
        """What the error summary at the top says, a line each."""
        return [words(item) for item in self.all("//*[contains(@class, 'summary--error')]//li")]

    def field(self, name: str) -> Any:
        """The input, select or textarea with a name; the first of a group."""
        found = self.all(f"//main//*[self::input or self::select or self::textarea][@name='{name}']")
        assert found, f"no field {name} in {self.path}"
        return found[0]

    def field_error(self, name: str) -> str:
        """What a field says is wrong with it, by its aria-describedby; empty when nothing is."""
        field = self.field(name)
        if field.get("aria-invalid") != "true":
            return ""
        described = (field.get("aria-describedby") or "").split()
        return " ".join(words(element) for key in described for element in self.all(f"//*[@id='{key}']"))

    def links(self) -> dict[str, str]:
        """Text to address of every link in the main part."""
        return {words(link): link.get("href") for link in self.all("//main//a[@href]")}

    def table(self, number: int = 0) -> list[list[str]]:
        """The cells of a table, its head first."""
        table = self.all("//main//table")[number]
        return [[words(cell) for cell in row.xpath("./th|./td")] for row in table.xpath(".//tr")]

    def form(self, which: str | None = None) -> Any:
        """The form in the main part with an id or an action that ends so; the only one when nothing is said."""
        forms = self.all("//main//form")
        if which is not None:
            forms = [item for item in forms if item.get("id") == which or (item.get("action") or "").endswith(which)]
        assert len(forms) == 1, f"{len(forms)} forms {which or ''} in {self.path}"
        return forms[0]

    def filled(
        self, values: dict[str, Any], *, form: str | None = None, button: str | None = None
    ) -> tuple[str, str, dict[str, Any]]:
        """Address, method and data of sending a form. A value of None leaves a field out; unknown names are refused.

        ``button`` is the text or the name of the button that is pressed; without it the first one.
        """
        element = self.form(form)
        data: dict[str, Any] = {}
        for name, value in element.form_values():
            data.setdefault(name, []).append(value)
        known = {item.get("name") for item in self._controls(element)}
        for name, value in values.items():
            assert name in known, f"no field {name} in the form {form or ''} of {self.path}"
            data[name] = value
        pressed = self._button(element, button)
        if pressed is not None and pressed.get("name"):
            data[pressed.get("name")] = pressed.get("value", "")
        action = (pressed.get("formaction") if pressed is not None else None) or element.get("action") or self.path
        method = (element.get("method") or "get").upper()
        return urljoin(self.path, action), method, {name: value for name, value in data.items() if value is not None}

    def _controls(self, form: Any) -> list[Any]:
        own = form.xpath(".//*[self::input or self::select or self::textarea or self::button]")
        key = form.get("id")
        return [*own, *(self.all(f"//*[@form='{key}']") if key else [])]

    def _button(self, form: Any, wanted: str | None) -> Any:
        buttons = [
            item
            for item in self._controls(form)
            if (item.tag == "button" and item.get("type", "submit") == "submit")
            or (item.tag == "input" and item.get("type") == "submit")
        ]
        if wanted is None:
            return buttons[0] if buttons else None
        found = [
            item for item in buttons if wanted in {words(item), item.get("name"), item.get("value"), item.get("id")}
        ]
        assert found, f"no button {wanted} in {self.path}"
        return found[0]
