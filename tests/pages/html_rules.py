"""What holds for every page, whoever wrote it. Each rule says what is wrong and where, in one line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from lxml import html
from werkzeug.test import TestResponse

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
FOREIGN = frozenset({"svg", "path", "use", "g", "circle", "rect", "line", "polyline", "polygon"})


def check_page(response: TestResponse) -> None:
    """Raise AssertionError with everything that is wrong with a page."""
    problems = list(problems_of(response))
    assert not problems, (
        f"{response.request.method} {response.request.path} ({response.status_code}):\n  " + "\n  ".join(problems)
    )


def problems_of(response: TestResponse) -> Iterator[str]:
    """The rules that a page breaks."""
    text = response.get_data(as_text=True)
    yield from _nesting(text)
    root = html.document_fromstring(text)
    yield from _headings(root)
    yield from _identifiers(root)
    yield from _scripts(root, response.headers.get("Content-Security-Policy", ""))
    yield from _fields(root)
    yield from _names(root)
    yield from _forms(root, response)


class _Nesting(HTMLParser):
    """Every element is closed, in the order in which it was opened."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, int]] = []
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = Counter(name for name, _ in attrs)
        self.problems += [
            f"line {self.getpos()[0]}: <{tag}> has {name} twice" for name, count in names.items() if count > 1
        ]
        if tag not in VOID:
            self.open.append((tag, self.getpos()[0]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID and tag not in FOREIGN:
            self.problems.append(f"line {self.getpos()[0]}: <{tag}/> closes nothing in HTML")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            opened = f"<{self.open[-1][0]}> of line {self.open[-1][1]}" if self.open else "nothing"
            self.problems.append(f"line {self.getpos()[0]}: </{tag}> where {opened} is open")
            while self.open and any(name == tag for name, _ in self.open):
                if self.open.pop()[0] == tag:
                    break
            return
        self.open.pop()


def _nesting(text: str) -> Iterator[str]:
    parser = _Nesting()
    parser.feed(text)
    parser.close()
    yield from parser.problems
    yield from (f"line {line}: <{tag}> is never closed" for tag, line in parser.open)


def _words(element: Any) -> str:
    return " ".join(element.text_content().split())


def _headings(root: Any) -> Iterator[str]:
    if not root.get("lang"):
        yield "html has no lang"
    headings = root.xpath("//h1")
    titles = root.xpath("//title")
    if len(headings) != 1:
        yield f"{len(headings)} h1 elements"
    if len(titles) != 1:
        yield f"{len(titles)} title elements"
    if len(headings) == len(titles) == 1 and _words(headings[0]) not in _words(titles[0]):
        yield f"the title {_words(titles[0])!r} does not hold the heading {_words(headings[0])!r}"
    if len(root.xpath("//main")) != 1:
        yield f"{len(root.xpath('//main'))} main elements"
    level = 0
    for heading in root.xpath("//main//*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5 or self::h6]"):
        now = int(heading.tag[1])
        if level and now > level + 1:
            yield f"heading {_words(heading)!r} skips a level (h{level} to h{now})"
        level = now


def _identifiers(root: Any) -> Iterator[str]:
    known = Counter(root.xpath("//@id"))
    yield from (f"id {key!r} is used {count} times" for key, count in known.items() if count > 1)
    yield from (f"id {key!r} is empty or has a space" for key in known if not key or " " in key)
    for attribute in ("for", "form", "list", "headers", "aria-labelledby", "aria-describedby", "aria-controls"):
        for value in root.xpath(f"//@{attribute}"):
            yield from (f"{attribute}={key!r} names nothing" for key in value.split() if key not in known)
    for anchor in root.xpath("//a[starts-with(@href, '#')]/@href"):
        if anchor[1:] not in known:
            yield f"link to {anchor}, which is not there"


def _scripts(root: Any, policy: str) -> Iterator[str]:
    for script in root.xpath("//script"):
        nonce = script.get("nonce")
        if not nonce or f"'nonce-{nonce}'" not in policy:
            yield f"script {script.get('src') or 'inline'} without the nonce of the policy"
    for element in root.xpath("//*[@style]"):
        yield f"style attribute on <{element.tag}>"
    for element in root.xpath("//style"):
        if f"style-src 'nonce-{element.get('nonce')}'" not in policy:
            yield f"style element {element.get('id') or ''} without the nonce of the policy"
    for element in root.xpath("//*[@*[starts-with(name(), 'on')]]"):
        yield f"inline handler on <{element.tag}>"
    for value in root.xpath("//@href | //@action | //@formaction"):
        if value.strip().lower().startswith("javascript:"):
            yield "javascript: address"
    for value in root.xpath("//link[not(@rel='canonical')]/@href | //script/@src | //img/@src"):
        if not value.startswith(("/", "data:")) or value.startswith("//"):
            yield f"{value} comes from elsewhere"


def _fields(root: Any) -> Iterator[str]:
    kinds = (
        "self::select or self::textarea or (self::input and not(@type='hidden' or @type='submit' or @type='button'))"
    )
    labelled = set(root.xpath("//label/@for"))
    for field in root.xpath(f"//*[{kinds}]"):
        named = field.get("aria-label") or field.get("aria-labelledby") or field.xpath("ancestor::label")
        if not named and field.get("id") not in labelled:
            yield f"field {field.get('name') or field.get('id')!r} has no label"
        if field.get("aria-invalid") == "true" and not field.get("aria-describedby"):
            yield f"field {field.get('name')!r} is wrong but does not say why (aria-describedby)"
    for label in root.xpath("//label"):
        if not _words(label):
            yield f"empty label for {label.get('for')!r}"
    for group in root.xpath("//fieldset[not(./legend)]"):
        yield f"fieldset {group.get('id') or ''} without legend"


def _names(root: Any) -> Iterator[str]:
    for image in root.xpath("//img[not(@alt)]"):
        yield f"image {image.get('src')} without alt"
    for element in root.xpath("//a[@href] | //button"):
        alternative = "".join(element.xpath(".//img/@alt | .//*[@aria-label]/@aria-label"))
        if not (_words(element) or element.get("aria-label") or element.get("aria-labelledby") or alternative):
            yield f"<{element.tag}> {element.get('href') or element.get('name') or ''} has no text"
    for table in root.xpath("//table[not(.//th)]"):
        yield f"table {table.get('id') or ''} without header cells"


def _forms(root: Any, response: TestResponse) -> Iterator[str]:
    for form in root.xpath("//form"):
        action = form.get("action") or response.request.path
        if (form.get("method") or "get").lower() != "post" or not action.startswith("/"):
            continue
        if not form.xpath(".//input[@name='csrf_token']") and not root.xpath(
            f"//input[@name='csrf_token'][@form='{form.get('id')}']"
        ):
            yield f"form to {action} without csrf_token"
