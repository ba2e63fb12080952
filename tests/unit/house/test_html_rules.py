"""The checker of pages: a good page passes, and each thing that is wrong is told."""

from __future__ import annotations

import pytest
from werkzeug.test import EnvironBuilder, TestResponse
from werkzeug.wrappers import Request

from tests.pages.html_rules import problems_of

GOOD = """<!doctype html>
<html lang="nl"><head><meta charset="utf-8"><title>Personeel – Dossierloket</title>
<link rel="stylesheet" href="/static/css/a.css"><script nonce="abc" src="/static/js/a.js" defer></script></head>
<body><a href="#inhoud">Naar de inhoud</a><main id="inhoud"><h1>Personeel</h1><h2>Zoeken</h2>
<form method="post" action="/x"><input type="hidden" name="csrf_token" value="t">
<fieldset><legend>Wie</legend><label for="naam">Naam</label><input id="naam" name="naam" aria-invalid="true"
 aria-describedby="naam-fout"><p id="naam-fout">Vul een naam in.</p></fieldset>
<label>Uren <input name="uren"></label><button>Bewaren</button></form>
<table><tr><th>Naam</th></tr><tr><td>An</td></tr></table><img src="/static/img/a.svg" alt=""><br>
</main></body></html>"""


def problems(page: str, policy: str = "script-src 'self' 'nonce-abc'") -> list[str]:
    request = Request(EnvironBuilder(path="/x").get_environ())
    response = TestResponse(
        iter([page.encode()]),
        "200 OK",
        {"Content-Type": "text/html", "Content-Security-Policy": policy},  # type: ignore[arg-type]
        request,
    )
    return list(problems_of(response))


def test_a_good_page_passes() -> None:
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('<html lang="nl">', "<html>", "no lang"),
        ("<h1>Personeel</h1>", "<p>Personeel</p>", "0 h1"),
        ("<h1>Personeel</h1>", "<h1>Personeel</h1><h1>Nog een</h1>", "2 h1"),
        ("<title>Personeel –", "<title>Iets –", "does not hold the heading"),
        ("<h2>Zoeken</h2>", "<h3>Zoeken</h3>", "skips a level"),
        ('id="naam-fout"', 'id="naam"', "used 2 times"),
        ('for="naam"', 'for="anders"', "names nothing"),
        ('href="#inhoud"', 'href="#elders"', "which is not there"),
        ('nonce="abc"', "", "without the nonce"),
        ('nonce="abc"', 'nonce="abd"', "without the nonce"),
        ("<table>", '<table style="color:red">', "style attribute"),
        ("<table>", '<table onclick="x()">', "inline handler"),
        ("</main>", "<style>b{}</style></main>", "style element"),
        ('action="/x"', 'action="javascript:x()"', "javascript"),
        ('src="/static/js/a.js"', 'src="https://cdn.example.org/a.js"', "from elsewhere"),
        ("<label>Uren <input", "<p>Uren <input", "has no label"),
        (' \n aria-describedby="naam-fout"'.replace(" \n", "\n"), "", "does not say why"),
        ("<legend>Wie</legend>", "", "without legend"),
        (' alt=""', "", "without alt"),
        ("<button>Bewaren</button>", "<button></button>", "has no text"),
        ("<th>Naam</th>", "<td>Naam</td>", "header cells"),
        ('<input type="hidden" name="csrf_token" value="t">', "", "without csrf_token"),
        ("</fieldset>", "", "is open"),
        ("</main></body>", "</body></main>", "is open"),
        ("<br>", "<div/>", "closes nothing"),
        ("<table>", '<table id="a" id="b">', "twice"),
    ],
)
def test_what_is_wrong_is_told(old: str, new: str, told: str) -> None:
    assert old in GOOD
    assert any(told in problem for problem in problems(GOOD.replace(old, new)))
