"""Addresses and fields that no page of ours gives: answered, never an error of ours, and never kept as they are."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from domain.econtracting import document_content
from models.base import db
from models.file_document import DocumentVersion
from tests.factories import contracting as make
from tests.factories import contracting_documents as documents
from tests.support.client import Client

pytestmark = pytest.mark.one_database

LINE = {"post": "1", "amount": "10.00"}
HOSTILE: dict[str, str] = {
    "a number that fills the memory": json.dumps([LINE | {"amount": "1e99999999"}]),
    "one behind the comma": json.dumps([LINE | {"quantity": "1e-99999999"}]),
    "more than an amount can be": json.dumps([LINE | {"amount": "99999999999999.00"}]),
    "parts of a cent": json.dumps([LINE | {"amount": "1.001"}]),
    "no number": json.dumps([LINE | {"contract_quantity": "NaN"}]),
    "without end": json.dumps([LINE | {"unit_price": "Infinity"}]),
    "a long text": json.dumps([LINE | {"description": "x" * 501}]),
    "a text that is none": json.dumps([LINE | {"description": ["x"]}]),
    "deep": "[" * 100_000,
}


@pytest.mark.parametrize("what", sorted(HOSTILE))
def test_lines_that_no_table_gave_are_not_kept(app: Flask, database: Any, what: str) -> None:
    scene = documents.scene()
    version = documents.draft(scene.contract, scene.mila)
    mila: Client = make.sign_in(app.test_client(), scene.mila)
    path = f"/econtracting/concept/{version.reference}/staat"
    data = {"act": "bewaren", "lijnen": HOSTILE[what], "version": str(version.version)}
    answer = mila.post(path, data=data)
    assert answer.status_code == 422
    assert "De lijnen konden niet gelezen worden." in answer.text
    db.session.expire_all()
    (kept,) = db.session.scalars(select(DocumentVersion.content))
    assert document_content.lines_of(kept) == []
    assert mila.post(path, data=data | {"lijnen": json.dumps([LINE])}).status_code == 303


def test_a_number_in_an_address_that_is_no_number_is_the_first_page(app: Flask, database: Any) -> None:
    """``²`` is a digit, and no number."""
    scene = documents.scene()
    dirk: Client = make.sign_in(app.test_client(), scene.dirk)
    reference = scene.contract.reference
    for path in (f"opdrachten/{reference}/bewijs", f"opdrachten/{reference}/stukken", "facturen/"):
        dirk.page(f"/beheer/{path}?pagina=²")
    version = documents.draft(scene.contract, scene.mila)
    mila: Client = make.sign_in(app.test_client(), scene.mila)
    answer = mila.post(f"/econtracting/concept/{version.reference}/gegevens", data={"version": "²", "f_amount": "1"})
    assert answer.status_code == 409
