"""The pages of a round: start, dry run, release by a colleague, roll back, a new version (in the back office)."""

from __future__ import annotations

import pytest

from domain.calendars import quarters_of
from domain.ecalcura.calculation_states import CalculationKind, RoundState
from models.all import db
from models.compensation import CalculationRound
from tests.factories import compensation
from tests.factories.compensation import DEFINITIVE_AT, LATER, PERIOD, PROVISIONAL_AT, household

K3, K4, K1, K2 = quarters_of(PERIOD)
LIST = "/beheer/berekeningen/"


@pytest.fixture
def desk(signed_in, at):
    """``desk(moment)``: the clock moves there, and Els and Bram sign in."""

    def sit(moment):
        at(moment)
        return signed_in(actor=compensation.STARTER), signed_in(actor=compensation.RELEASER)

    return sit


def _start(client, **values):
    page = client.page(f"{LIST}nieuw")
    proposal = {"period": PERIOD, "kind": "VOORLOPIG", "scope": "alle"}
    return client.submit(page, proposal | values)


def test_a_round_from_start_to_release(desk):
    """The whole way through the pages, without JavaScript."""
    els, bram = desk(PROVISIONAL_AT)
    it = household()
    page = _start(els)
    assert "gestart" in page.text
    reference = db.session.query(CalculationRound.reference).scalar()
    assert "Wacht om te starten" in page.text
    compensation.compute(reference)
    page = els.page(f"{LIST}rondes/{reference}")
    assert "Klaar om na te kijken" in page.text
    assert "eerste berekening van deze periode" in page.text
    refused = els.page(f"{LIST}rondes/{reference}/vrijgeven")
    assert "U hebt deze ronde zelf gestart" in refused.text
    page = bram.submit(bram.page(f"{LIST}rondes/{reference}/vrijgeven"), {}, form="vrijgeven")
    assert "vrijgegeven" in page.text
    assert compensation.round_of(reference).state is RoundState.RELEASED
    listed = els.page(f"{LIST}rondes/{reference}/voorzieningen")
    assert it.facility.hco_number in listed.text
    explained = els.page(listed.links()[it.facility.name])
    assert it.facility.name in explained.text


def test_who_is_refused_is_listed_and_the_others_can_go_on(desk):
    """T-13: a facility with an open quarter; the form asks again with only the others."""
    els, _ = desk(PROVISIONAL_AT)
    good, bad = household(), household(closed=False)
    compensation.declare(bad, K3)
    page = _start(els)
    assert "2023K3: nog open" in page.text
    page = els.submit(page, {})
    assert "gestart" in page.text
    row = db.session.query(CalculationRound).one()
    assert good.facility.hco_number in row.facilities
    assert bad.facility.hco_number not in row.facilities


def test_what_is_wrong_in_the_form_is_told_at_the_field(desk):
    """A number nobody knows, and a recalculation without a reason."""
    els, _ = desk(PROVISIONAL_AT)
    household()
    page = _start(els, scope="lijst", facilities="71000012\n99999999")
    assert "Niet gekend als HCO-nummer" in page.text
    page = _start(els, kind="HERBEREKENING")
    assert "Vul een reden in" in page.text


@pytest.mark.parametrize(
    ("pasted", "told"),
    [
        ("\n".join(str(71000000 + n) for n in range(5001)), "U gaf 5001 HCO-nummers. Geef er hoogstens 5000 tegelijk"),
        ("7" * 50_000, "Dit is geen HCO-nummer: 77777777777777777777…"),
        ("71000012 7\x00", "Dit is geen HCO-nummer: 7…"),
        ("71000012 " * 50_000, "Deze lijst is te lang"),
    ],
    ids=["many numbers", "one long number", "a sign no database takes", "a whole sheet"],
)
def test_a_list_that_is_too_long_is_told_at_the_field(desk, pasted, told):
    """Nothing of it reaches the database, and no round is started."""
    els, _ = desk(PROVISIONAL_AT)
    household()
    page = _start(els, scope="lijst", facilities=pasted)
    assert (page.status, told in page.text) == (422, True)
    assert db.session.query(CalculationRound).count() == 0


def test_a_problem_names_the_parameter(desk):
    """L-04: which parameter is missing, and where to fill it in."""
    els, _ = desk(PROVISIONAL_AT)
    it = household()
    snapshot = compensation.snapshot_of(it, K3)
    compensation.change(snapshot, content=snapshot.content.replace("VERPLEEGKUNDIGE_BACHELOR", "ONBEKEND"))
    compensation.change(
        snapshot, content=snapshot.content.replace('"premium_exception":false', '"premium_exception":true')
    )
    reference = compensation.ready([it])
    page = els.page(f"{LIST}rondes/{reference}")
    assert "De parameter Y1 ONBEKEND ontbreekt voor 2023-2024" in page.text
    listed = els.page(f"{LIST}rondes/{reference}/voorzieningen?toon=problemen")
    assert "niet berekend" in listed.text


def test_a_change_since_is_listed_and_computed_again(desk):
    """The release page says which quarter changed and lets a case manager compute it again."""
    _, bram = desk(PROVISIONAL_AT)
    it = household()
    reference = compensation.ready([it])
    compensation.declare_again(it, K4, paid="60.0")
    page = bram.page(f"{LIST}rondes/{reference}/vrijgeven")
    assert "2023K4 is gewijzigd" in page.text
    page = bram.submit(page, {}, form="opnieuw")
    assert "opnieuw berekend" in page.text
    compensation.compute(reference)
    assert "Deze ronde vrijgeven?" in bram.page(f"{LIST}rondes/{reference}/vrijgeven").text


def test_rolling_back_asks_a_reason(desk):
    """Nobody was told; the reason is kept."""
    els, _ = desk(PROVISIONAL_AT)
    reference = compensation.ready([household()])
    page = els.page(f"{LIST}rondes/{reference}/terugdraaien")
    assert "Vul een reden in" in els.submit(page, {}).text
    page = els.submit(els.page(f"{LIST}rondes/{reference}/terugdraaien"), {"reason": "Fout"})
    assert "teruggedraaid" in page.text


def test_a_running_round_can_be_stopped(desk):
    """The page of a round that is computed has its progress and a button to stop."""
    els, _ = desk(PROVISIONAL_AT)
    reference = compensation.started([household()])
    page = els.page(f"{LIST}rondes/{reference}")
    assert "gestopt" in els.submit(page, {}, form="stoppen").text
    assert compensation.round_of(reference).state is RoundState.STOPPED


def test_a_recalculation_of_one_facility_shows_what_changes_line_by_line(desk):
    """E-151: the form of one facility; afterwards the lines with their values and the causes in euro."""
    els, _ = desk(PROVISIONAL_AT)
    it = household()
    compensation.released([it])
    desk(DEFINITIVE_AT)
    compensation.released([it], CalculationKind.DEFINITIVE)
    els, _ = desk(LATER)
    compensation.declare_again(it, K4, paid="60.0", unpaid="5.0")
    page = els.page(f"{LIST}nieuw?periode={PERIOD}&soort=HERBEREKENING&hco={it.facility.hco_number}")
    assert it.facility.name in page.text
    page = els.submit(page, {"reason": "Fout in de aangifte"})
    assert "gestart" in page.text
    reference = db.session.query(CalculationRound.reference).order_by(CalculationRound.id.desc()).limit(1).scalar()
    compensation.compute(reference)
    (row,) = compensation.calculations(reference)
    page = els.page(f"{LIST}wijzigingen/{row.reference}")
    assert "Premie: " in page.text
    assert "effectieve arbeidstijd 1,000 → 0,923" in page.text
    assert "Prestaties" in page.text


def test_the_list_of_rounds_and_the_period_in_the_address(desk):
    """Newest first; a period nobody knows is no filter."""
    els, _ = desk(PROVISIONAL_AT)
    compensation.ready([household()])
    assert "Voorlopige berekening 2023-2024" in els.page(LIST).text
    assert "Er is nog niets berekend" in els.page(f"{LIST}?periode=2024-2025").text


def test_the_helpdesk_does_not_start_rounds(signed_in):
    """CALCULATIONS_READ is for case managers."""
    helpdesk = signed_in("EL_HELPDESK")
    assert helpdesk.get(LIST).status_code == 403
    assert helpdesk.get(f"{LIST}nieuw").status_code == 403
