"""Bodies that no page of ours sends: a NUL in a text, and very large ones of who is not signed in."""

from __future__ import annotations

from typing import Any

from flask import Flask

from domain.econtracting.rights import Level
from services.connections import connections
from tests.factories import contracting as make
from tests.factories import contracting_documents as documents
from tests.factories.contracting import GENERAL
from tests.support.client import Client


def test_a_nul_in_a_text_is_no_error_of_ours(app: Flask, database: Any) -> None:
    """PostgreSQL cannot keep it, and says so in its own way."""
    scene = documents.scene()
    make.group(theme=GENERAL, level=Level.SEND, members=[scene.karim], contracts=[scene.contract])
    karim: Client = make.sign_in(app.test_client(), scene.karim)
    path = f"/econtracting/opdracht/{scene.contract.reference}/berichten/nieuw"
    for act in ("save", "send"):
        answer = karim.post(path, data={"subject": "a\0b", "body": "c\0d", "act": act})
        assert answer.status_code in (302, 400, 422)
    version = documents.draft(scene.contract, scene.karim)
    fields = {"version": str(version.version), "f_number": "1\0", "f_amount": "1\0", "f_period_from": "\0"}
    assert karim.post(f"/econtracting/concept/{version.reference}/gegevens", data=fields).status_code in (303, 400)
    dirk: Client = make.sign_in(app.test_client(), scene.dirk)
    for place in ("berichten", "facturen", "opdrachten"):
        assert dirk.get(f"/beheer/{place}/?zoek=a%00b").status_code in (200, 400)


def test_nobody_sends_large_files_without_signing_in(app: Flask, database: Any) -> None:
    """The token is looked for in the form before anything asks who it is; the usual limit holds then."""
    large = connections().settings.max_upload_bytes + 1024
    anonymous: Client = app.test_client()
    kind = "multipart/form-data; boundary=x"
    for door in ("/econtracting/bijlagen", "/beheer/bijlagen"):
        path = f"{door}/stuk/AAAAAAAAAAAAAAAA"
        answer = anonymous.open(path, method="POST", data=b"x" * large, content_type=kind, csrf=False)
        assert answer.status_code == 413, door
