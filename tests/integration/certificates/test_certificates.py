"""The tab *Certificaten* (E-100 to E-104, V-66, V-80)."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from domain.actor import Actor
from domain.ecalcura.certificates import CertificateType
from domain.errors import Findings, Forbidden, NotAllowedNow, NotFound
from domain.permissions import Role
from models.all import db
from models.organisation import Certificate, CertificateNotification, Facility
from services import clock, transaction
from services.connections import connections
from services.ecalcura import certificate_overview, certificates
from tests.factories import actors, declarations, organisations, reference
from tests.integration.organisation.traces import mails, trace, traces
from tests.support.databases import PreparedDatabase
from tests.support.sign_in import SignedIn

LIST = "/ecalcura/certificaten/"
ADD = f"{LIST}toevoegen"
SOCIAL, CAREER = CertificateType.SOCIAL_AGREEMENT, CertificateType.END_OF_CAREER
ENTRY = {"kind": "ATTEST_EINDELOOPBAAN", "start": "01/07/2023"}


def clerk(of: Facility) -> Actor:
    return actors.facility_user(of, Role.EL_PRIVACY, name="Sofie Maes")


def rows(of: Facility) -> list[Certificate]:
    db.session.rollback()
    db.session.expire_all()
    return list(
        db.session.scalars(select(Certificate).where(Certificate.facility_id == of.id).order_by(Certificate.id))
    )


def notifications() -> list[CertificateNotification]:
    return list(db.session.scalars(select(CertificateNotification).order_by(CertificateNotification.id)))


def add(of: Facility, kind: CertificateType = CAREER, start: date | None = date(2023, 7, 1), **values: Any) -> str:
    with transaction.unit_of_work():
        return certificates.add_certificate(clerk(of), kind, start, values.pop("end", None), **values).reference


def change(of: Facility, key: str, start: date, end: date | None, version: int) -> Certificate:
    with transaction.unit_of_work():
        return certificates.change_certificate(clerk(of), key, start, end, version)


def test_e100_without_any_certificate_the_page_says_what_that_means(signed_in: SignedIn) -> None:
    page = signed_in(Role.EL_PRIVACY, facility=organisations.facility()).page(LIST)
    assert "Zonder certificaten kan er geen tegemoetkoming berekend en uitbetaald worden." in page.text
    assert page.links()["Attest eindeloopbaan toevoegen"] == f"{ADD}?soort=ATTEST_EINDELOOPBAAN"
    form = signed_in(Role.EL_PRIVACY, facility=organisations.facility()).page(f"{ADD}?soort=ATTEST_EINDELOOPBAAN")
    assert form.find("//input[@name='kind'][@checked]").get("value") == "ATTEST_EINDELOOPBAAN"


def test_e101_e102_each_choice_says_what_is_declared(signed_in: SignedIn) -> None:
    page = signed_in(Role.EL_PRIVACY, facility=organisations.facility()).page(ADD)
    assert "Zonder dit attest zijn alle Vlaamse tegemoetkomingen nul." in page.text
    assert "Zonder dit attest is de tegemoetkoming eindeloopbaan nul." in page.text


def test_e103_adding_notifies_the_department_and_keeps_the_proof(signed_in: SignedIn) -> None:
    brug = organisations.facility(name="PVT De Brug")
    client = signed_in(Role.EL_PRIVACY, facility=brug)
    page = client.submit(client.page(ADD), ENTRY)
    assert page.path == LIST
    assert "Het Departement Zorg krijgt hiervan een melding." in page.text
    assert page.table()[1][:4] == ["Attest eindeloopbaan", "1 juli 2023", "–", "Geldt"]
    assert page.table(-1)[1][1:4] == ["Attest eindeloopbaan", "Toegevoegd", "vanaf 1 juli 2023"]
    (row,), (notification,), (mail,) = rows(brug), notifications(), mails("certificate_notice")
    assert (row.notified_at, notification.notified_at, notification.act) == (clock.now(), clock.now(), "ADDED")
    assert mail.recipient == connections().settings.department_mailbox
    assert json.loads(mail.parameters) == {
        "facility": "PVT De Brug",
        "hco_number": brug.hco_number,
        "certificate": "Attest eindeloopbaan",
        "before": None,
        "after": {"start": "2023-07-01", "end": ""},
        "at": clock.now().isoformat(),
    }
    assert trace() == ("certificate.added", row.reference, {"fields": ["starts_on"]})


def test_e103_every_change_is_a_notification_and_the_first_moment_stays(database: Any, at: Any) -> None:
    """A-24 counts from the first notification; a recalculation can refer to each of them."""
    brug = organisations.facility()
    key = add(brug)
    first = clock.now()
    later = at("2024-09-20T15:00:00+02:00")
    change(brug, key, date(2023, 7, 1), date(2024, 6, 30), version=1)
    (row,) = rows(brug)
    assert (row.notified_at, row.ends_on) == (first, date(2024, 6, 30))
    assert [(one.act, one.notified_at, one.ends_on) for one in notifications()] == [
        ("ADDED", first, None),
        ("CHANGED", later, date(2024, 6, 30)),
    ]
    assert json.loads(mails("certificate_notice")[1].parameters)["before"] == {"start": "2023-07-01", "end": ""}
    assert trace() == ("certificate.changed", key, {"fields": ["ends_on"]})
    shown = certificate_overview.certificates_page(clerk(brug))
    assert [line.notified_at for line in shown.lines] == [later]
    assert [one.at for one in shown.notifications] == [later, first]


def test_e103_saving_the_same_is_no_notification(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    row = organisations.certificate(brug, starts_on=date(2023, 7, 1))
    client = signed_in(Role.EL_PRIVACY, facility=brug)
    page = client.submit(client.page(LIST + row.reference))
    assert "U wijzigde niets" in page.text
    assert (mails("certificate_notice"), notifications(), traces()) == ([], [], 0)


def test_a_certificate_that_was_taken_over_shows_its_first_notification(database: Any) -> None:
    brug = organisations.facility()
    row = organisations.certificate(brug, starts_on=date(2021, 7, 1))
    (line,) = certificate_overview.certificates_page(clerk(brug)).notifications
    assert (line.at, line.starts_on) == (row.notified_at, date(2021, 7, 1))
    change(brug, row.reference, date(2021, 7, 1), date(2024, 6, 30), version=1)
    newest, oldest = certificate_overview.certificates_page(clerk(brug)).notifications
    assert (newest.act, oldest.act, oldest.starts_on) == ("CHANGED", "ADDED", None)


@pytest.mark.parametrize(
    ("typed", "name", "message"),
    [
        ({"start": ""}, "start", "Vul een startdatum in."),
        ({"end": "30/06/2023"}, "end", "De einddatum ligt vóór de startdatum."),
        ({"start": "31/02/2024"}, "start", "Vul een bestaande datum in, bijvoorbeeld 01/07/2024."),
        ({"end": "morgen"}, "end", "Vul een bestaande datum in, bijvoorbeeld 01/07/2024."),
        ({"start": "01/07/0202"}, "start", "Vul een bestaande datum in, bijvoorbeeld 01/07/2024."),
    ],
)
def test_v80_at_the_field_and_what_was_typed_stays(
    typed: dict[str, str], name: str, message: str, signed_in: SignedIn
) -> None:
    brug = organisations.facility()
    client = signed_in(Role.EL_PRIVACY, facility=brug)
    page = client.submit(client.page(ADD), ENTRY | typed)
    assert page.status == 422
    assert page.field_error(name).endswith(message)
    assert (page.field("start").get("value"), page.field("end").get("value") or "") == (
        (ENTRY | typed)["start"],
        typed.get("end", ""),
    )
    assert page.find("//input[@name='kind'][@checked]").get("value") == ENTRY["kind"]
    assert rows(brug) == []


def test_v80_nothing_chosen_and_no_date_are_told_together(signed_in: SignedIn) -> None:
    client = signed_in(Role.EL_PRIVACY, facility=organisations.facility())
    page = client.submit(client.page(ADD))
    assert page.errors == ["Kies een certificaat.", "Controleer de periode van het attest. Vul een startdatum in."]
    assert client.submit(client.page(ADD), ENTRY | {"kind": "ANDERS"}).errors == ["Kies een certificaat."]


def test_v80_an_overlap_with_the_same_kind_only(database: Any) -> None:
    brug, other = organisations.facility(), organisations.facility()
    add(brug, end=date(2023, 12, 31))
    with pytest.raises(Findings) as refused:
        add(brug, start=date(2023, 12, 31))
    assert "van 1 juli 2023 tot en met 31 december 2023" in str(refused.value.findings[0])
    add(brug, start=date(2024, 1, 1))
    add(brug, SOCIAL)
    add(other)
    assert len(rows(brug)) == 3


def test_v80_a_withdrawn_certificate_is_not_in_the_way(database: Any) -> None:
    brug = organisations.facility()
    key = add(brug)
    with transaction.unit_of_work():
        certificates.withdraw_certificate(clerk(brug), key)
    add(brug)
    assert [row.withdrawn_at is None for row in rows(brug)] == [False, True]
    assert len(certificate_overview.certificates_page(clerk(brug)).lines) == 1
    assert [one.act for one in certificate_overview.certificates_page(clerk(brug)).notifications].count(
        "WITHDRAWN"
    ) == 1


def test_e104_no_longer_compliant_is_an_end_date(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    row = organisations.certificate(brug, starts_on=date(2021, 7, 1))
    client = signed_in(Role.EL_PRIVACY, facility=brug)
    form = client.page(LIST + row.reference)
    assert form.field("start").get("value") == "01/07/2021"
    page = client.submit(form, {"end": "31-8-2024"})
    assert page.table()[1][:4] == ["Attest eindeloopbaan", "1 juli 2021", "31 augustus 2024", "Beëindigd"]
    assert "Attest eindeloopbaan ontbreekt." in page.text


def test_e104_a_certificate_of_later_says_so(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    organisations.certificate(brug, starts_on=date(2024, 10, 1))
    assert signed_in(Role.EL_PRIVACY, facility=brug).page(LIST).table()[1][3] == "Begint later"


@pytest.mark.parametrize("status", ["CLOSED", "BLOCKED", "AUDIT"])
def test_e104_deleting_only_while_no_settled_quarter_is_touched(status: str, signed_in: SignedIn) -> None:
    brug = organisations.facility()
    row = organisations.certificate(brug, starts_on=date(2023, 10, 1), ends_on=date(2024, 6, 30))
    declarations.dossier(brug, "2023K3", "CLOSED")
    client = signed_in(Role.EL_PRIVACY, facility=brug)
    path = f"{LIST}{row.reference}/verwijderen"
    assert "Attest eindeloopbaan verwijderen?" in client.page(path).text
    declarations.dossier(brug, "2024K1", status)
    page = client.page(path)
    assert "Het geldt in het 1ste kwartaal 2024" in page.text
    assert page.links()["Einddatum invullen"] == LIST + row.reference
    assert page.all("//main//form") == []
    answer = client.post(path, data={})
    assert answer.status_code == 422
    assert "Vul een einddatum in in plaats van het attest te verwijderen." in answer.text
    assert rows(brug)[0].withdrawn_at is None
    assert traces() == 0


def test_e104_an_end_date_is_always_possible(database: Any) -> None:
    """Also in a settled quarter: the notification is the reference date of a recalculation (E-103)."""
    brug = organisations.facility()
    key = add(brug)
    declarations.dossier(brug, "2024K1", "CLOSED")
    assert change(brug, key, date(2023, 7, 1), date(2024, 2, 1), version=1).ends_on == date(2024, 2, 1)


def test_e104_deleting_asks_first_and_notifies(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    row = organisations.certificate(brug)
    client = signed_in(Role.EL_PRIVACY, facility=brug)
    ask = client.page(f"{LIST}{row.reference}/verwijderen")
    assert rows(brug)[0].withdrawn_at is None
    page = client.submit(ask)
    assert "Het certificaat is verwijderd." in page.text
    assert rows(brug)[0].withdrawn_at == clock.now()
    assert json.loads(mails("certificate_notice")[0].parameters)["after"] is None
    assert trace()[:2] == ("certificate.removed", row.reference)
    for path in (row.reference, f"{row.reference}/verwijderen"):
        assert client.get(LIST + path).status_code == 404


def test_v66_quarters_without_cover_are_named(signed_in: SignedIn) -> None:
    brug = organisations.facility(entry_from="2023K3")
    organisations.certificate(brug, SOCIAL, starts_on=date(2021, 7, 1))
    organisations.certificate(brug, CAREER, starts_on=date(2023, 7, 1), ends_on=date(2023, 12, 31))
    organisations.certificate(brug, CAREER, starts_on=date(2024, 4, 1), ends_on=date(2024, 9, 29))
    page = signed_in(Role.EL_PRIVACY, facility=brug).page(LIST)
    named = page.all("//*[contains(@class,'inset')]//ul[not(@class)]/li")
    assert [item.text_content() for item in named] == ["1ste kwartaal 2024", "3de kwartaal 2024"]


def test_v66_a_period_that_is_settled_for_good_is_left_out(database: Any) -> None:
    brug = organisations.facility(entry_from="2022K3")
    reference.facility_period(brug, "2022-2023", definitive_on=date(2023, 12, 1))
    shown = certificate_overview.certificates_page(clerk(brug))
    assert [str(quarter) for quarter in shown.uncovered] == ["2023K3", "2023K4", "2024K1", "2024K2", "2024K3"]
    assert list(shown.missing) == list(CertificateType)


def test_two_tabs_the_second_sees_both_versions(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    row = organisations.certificate(brug, starts_on=date(2023, 7, 1))
    client, colleague = signed_in(Role.EL_PRIVACY, facility=brug), signed_in(Role.EL_PRIVACY, facility=brug)
    mine, theirs = client.page(LIST + row.reference), colleague.page(LIST + row.reference)
    colleague.submit(theirs, {"end": "30/06/2024"})
    page = client.submit(mine, {"end": "31/12/2024"})
    assert page.status == 409
    versions = {line[0].removesuffix(" verschilt"): line[1:] for line in page.table()[1:]}
    assert versions == {"Startdatum": ["1 juli 2023"] * 2, "Einddatum": ["30 juni 2024", "31 december 2024"]}
    assert page.links()["Open de laatste versie"] == LIST + row.reference
    assert rows(brug)[0].ends_on == date(2024, 6, 30)
    assert len(notifications()) == 1


def test_a_double_click_is_one_notification(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    client = signed_in(Role.EL_PRIVACY, facility=brug)
    form = client.page(ADD)
    pages = [client.submit(form, ENTRY) for _ in range(2)]
    assert [page.path for page in pages] == [LIST, LIST]
    (row,) = rows(brug)
    form = client.page(LIST + row.reference)
    pages = [client.submit(form, {"end": "30/06/2024"}) for _ in range(2)]
    assert ["Het certificaat is bewaard." in page.text for page in pages] == [True, True]
    form = client.page(f"{LIST}{row.reference}/verwijderen")
    assert [client.submit(form).path for _ in range(2)] == [LIST, LIST]
    assert [one.act for one in notifications()] == ["ADDED", "CHANGED", "WITHDRAWN"]
    assert (len(mails("certificate_notice")), traces()) == (3, 3)


def test_two_people_at_once_never_make_an_overlap(database: PreparedDatabase) -> None:
    brug = organisations.facility()
    user, start = clerk(brug), Barrier(8)

    def declare(day: int) -> bool:
        with database.bare.app_context():
            start.wait()
            try:
                with transaction.unit_of_work():
                    certificates.add_certificate(user, CAREER, date(2024, 1, day), None)
                return True
            except Findings:
                return False
            finally:
                db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(declare, range(1, 9))) == [False] * 7 + [True]
    assert len(rows(brug)) == 1


def test_foreign_and_unknown_look_the_same(signed_in: SignedIn) -> None:
    brug, other = organisations.facility(), organisations.facility()
    theirs = organisations.certificate(other)
    client = signed_in(Role.EL_PRIVACY, facility=brug)
    for path in ("", "/verwijderen"):
        for method in ("GET", "POST"):
            for one in (theirs.reference, "onbestaand"):
                answer = client.open(f"{LIST}{one}{path}", method=method, data={"start": "01/07/2023"})
                assert answer.status_code == 404
    assert rows(other)[0].withdrawn_at is None
    with pytest.raises(NotFound):
        change(brug, theirs.reference, date(2023, 7, 1), None, 1)


def test_5_4_only_with_the_role_for_privacy_sensitive_data(signed_in: SignedIn) -> None:
    brug = organisations.facility()
    row = organisations.certificate(brug)
    for who in (actors.facility_user(brug, Role.EL_FINANCIEEL), actors.actor(facility=brug)):
        client = signed_in(actor=who)
        for path in (LIST, ADD, LIST + row.reference):
            assert "Beheer privacygevoelige gegevens" in client.page(path, status=403).text
        with pytest.raises(Forbidden):
            certificates.withdraw_certificate(who, row.reference)


def test_a_withdrawal_that_is_refused_leaves_nothing(database: Any) -> None:
    brug = organisations.facility()
    key = add(brug)
    declarations.dossier(brug, "2024K1", "CLOSED")
    with pytest.raises(NotAllowedNow), transaction.unit_of_work():
        certificates.withdraw_certificate(clerk(brug), key)
    assert [one.act for one in notifications()] == ["ADDED"]
    assert len(mails("certificate_notice")) == 1
