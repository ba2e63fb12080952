"""The reference lists: written with their trace in one commit; wrong input at its field; nothing in use disappears."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from models.all import db
from models.audit import AuditEntry
from models.reference import ContractType, Funding, Qualification, RaasCode
from tests.factories import reference
from tests.integration.back_office.conftest import World
from tests.support.client import Client


def traces() -> list[str]:
    """What the audit log says of the lists."""
    rows = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.event == "reference.changed"))
    return [f"{row.subject_type} {row.subject_key} {row.data}" for row in rows]


def test_a_row_is_added_with_its_trace(els: Client) -> None:
    page = els.page("/beheer/kwalificaties/nieuw")
    after = els.submit(
        page,
        {"code": "OSTEOPAAT", "name": "Osteopaat", "position": "70", "valid_from": "01/07/2024"},
    )
    assert "De regel is toegevoegd." in after.text
    assert "Osteopaat" in after.text
    row = db.session.get(Qualification, "OSTEOPAAT")
    assert (row.name, row.valid_from.isoformat(), row.is_nurse) == ("Osteopaat", "2024-07-01", False)
    (trace,) = traces()
    assert trace.startswith("qualification OSTEOPAAT")


@pytest.mark.parametrize(
    ("values", "field", "says"),
    (
        ({"code": ""}, "code", "Vul een code in."),
        ({"code": "kleine letters"}, "code", "hoofdletters"),
        ({"code": "PSYCHOLOOG"}, "code", "bestaat al"),
        ({"name": ""}, "name", "Vul een naam in."),
        ({"position": "veel"}, "position", ""),
        ({"position": "-1"}, "position", "0 tot 9999"),
        ({"valid_from": "32/01/2024"}, "valid_from", "bestaande datum"),
        ({"valid_from": "01/01/2024", "valid_to": "31/12/2023"}, "valid_to", "vóór de begindatum"),
    ),
)
def test_wrong_input_is_told_at_its_field(values: dict, field: str, says: str, els: Client) -> None:
    reference.code_lists()
    page = els.page("/beheer/kwalificaties/nieuw")
    good = {"code": "NIEUW", "name": "Nieuw", "position": "1", "valid_from": "01/01/2024"}
    refused = els.submit(page, good | values)
    assert refused.status == 422
    assert refused.field_error(field)
    assert says in refused.field_error(field)
    assert refused.field("name").get("value") == (good | values)["name"], "what was typed stays"
    assert not traces()


def test_a_row_in_use_gets_an_end_date_instead(els: Client, world: World) -> None:
    page = els.page("/beheer/kwalificaties/VERPLEEGKUNDIGE_BACHELOR/verwijderen")
    refused = els.submit(page)
    assert refused.status == 422
    assert "einddatum" in " ".join(refused.errors)
    assert db.session.get(Qualification, "VERPLEEGKUNDIGE_BACHELOR") is not None
    assert not traces()


def test_a_contract_type_in_use_stays(els: Client, world: World) -> None:
    refused = els.submit(els.page("/beheer/contracttypes/LOONTREKKENDE/verwijderen"))
    assert refused.status == 422
    assert db.session.get(ContractType, "LOONTREKKENDE") is not None


def test_an_unused_row_is_deleted_with_its_trace(els: Client) -> None:
    els.submit(els.page("/beheer/financieringen/nieuw"), {"code": "TIJDELIJK", "name": "Tijdelijk", "position": "1"})
    after = els.submit(els.page("/beheer/financieringen/TIJDELIJK/verwijderen"))
    assert "De regel is verwijderd." in after.text
    assert db.session.get(Funding, "TIJDELIJK") is None
    assert len(traces()) == 2


def test_a_change_tells_which_fields(els: Client) -> None:
    reference.code_lists()
    page = els.page("/beheer/contracttypes/STUDENT/bewerken")
    els.submit(page, {"name": "Jobstudent", "replacer_excluded_from": "01/07/2019"})
    (trace,) = traces()
    assert '"fields":["name"' in trace
    again = els.page("/beheer/contracttypes/STUDENT/bewerken")
    els.submit(again, {})
    assert len(traces()) == 1, "nothing changed, so nothing to trace"


def test_a_raas_code_points_at_a_code_of_its_own_kind(els: Client) -> None:
    reference.code_lists()
    page = els.page("/beheer/raas-codes/nieuw")
    wrong = els.submit(page, {"kind": "CONTRACT_TYPE", "raas_code": "XX", "code": "PSYCHOLOOG"})
    assert wrong.status == 422
    assert "Kies een code uit de lijst." in wrong.field_error("code")
    right = els.submit(page, {"kind": "QUALIFICATION", "raas_code": "XX", "code": "PSYCHOLOOG"})
    assert "XX" in right.text
    double = els.submit(page, {"kind": "QUALIFICATION", "raas_code": "XX", "code": "PSYCHOLOOG"})
    assert double.status == 422
    assert "bestaat al" in double.field_error("raas_code")
    row = db.session.scalars(sa.select(RaasCode).where(RaasCode.raas_code == "XX")).one()
    els.submit(els.page(f"/beheer/raas-codes/{row.id}/verwijderen"))
    assert db.session.scalars(sa.select(RaasCode).where(RaasCode.raas_code == "XX")).all() == []
