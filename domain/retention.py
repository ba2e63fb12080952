"""How long each kind of personal data is kept, why, and what erasing it means (E-153; storage limitation).

Where the sources are silent the term is a decision of this product, marked as ``assumed``. Contracts of e-Contracting
have a term and a procedure of their own (A-43). When data are announced and erased is ``domain.erasing``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.errors import N_


class RetentionClass(StrEnum):
    """A kind of data that is kept and erased together; the values stand in rows, addresses and the audit log."""

    STAFF = "PERSONEEL"
    MESSAGES = "BERICHTEN"
    CORRECTIONS = "VERBETERINGEN"
    AUDIT = "LOGBOEK"
    LOOK_UPS = "OPZOEKINGEN"
    VIEWS = "RAADPLEGINGEN"
    ACCOUNTS = "AANMELDERS"
    TICKETS = "HELPDESKVRAGEN"
    MAIL = "MAILS"
    REFUSALS = "WEIGERINGEN"
    SUBSCRIPTIONS = "INSCHRIJVINGEN"
    FEEDS = "AGENDA-ADRESSEN"
    SESSIONS = "SESSIES"
    DRAFTS = "TUSSENSTAPPEN"
    FILES = "BESTANDEN"
    ORGANISATION = "ORGANISATIE"
    CONTRACTS = "OPDRACHTEN"
    ACTS = "BESTUURSHANDELINGEN"


class Procedure(StrEnum):
    """How a class ends."""

    NOTICE = "AANKONDIGING"
    SWEEP = "VANZELF"
    OWN = "EIGEN"
    WITH_THE_ACT = "MET_DE_HANDELING"


PROCEDURE_LABELS: dict[Procedure, str] = {
    Procedure.NOTICE: N_("Aangekondigd, daarna gewist met bewijs"),
    Procedure.SWEEP: N_("Vanzelf, zonder aankondiging"),
    Procedure.OWN: N_("Eigen procedure"),
    Procedure.WITH_THE_ACT: N_("Zolang het stuk bestaat"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for one class. ``months`` counts from ``counted_from``; None is no fixed term, empty no moment.

    ``erasing`` says what is deleted, emptied or erased beside the chain; ``assumed``: the sources give no term.
    """

    label: str
    months: int | None
    term: str
    counted_from: str
    basis: str
    erasing: str
    procedure: Procedure = Procedure.NOTICE
    assumed: bool = True


_ACCOUNTING = N_("Verantwoording van de vergoeding: de termijn van de boekhoudkundige stukken van de Vlaamse overheid.")
_SERVICE = N_("Dienstverlening: niet langer dan nodig om u verder te helpen.")
_SECURITY = N_("Beveiliging en verantwoording van de toegang tot persoonsgegevens.")

RULES: dict[RetentionClass, Rule] = {
    RetentionClass.STAFF: Rule(
        N_("Personeel, contracten, keuzes en prestaties"),
        120,
        N_("10 jaar"),
        N_("het einde van de referentieperiode"),
        _ACCOUNTING,
        N_(
            "Prestaties, toelichtingen en afgelopen contracten en keuzes worden gewist, personeelsleden zonder andere "
            "gegevens ook. Kopieën, afleidingen, brieven en ontvangstbewijzen worden leeggemaakt; hun controlegetal "
            "blijft. De bedragen van de voorziening blijven."
        ),
    ),
    RetentionClass.MESSAGES: Rule(
        N_("Berichten van eCalcura en hun bijlagen"),
        60,
        N_("5 jaar"),
        N_("het laatste bericht van het gesprek"),
        _SERVICE,
        N_("Tekst, onderwerp en bijlagen worden gewist; wanneer er een bericht was, blijft."),
    ),
    RetentionClass.CORRECTIONS: Rule(
        N_("Verzoeken tot verbetering"),
        60,
        N_("5 jaar"),
        N_("de beslissing"),
        N_("Aantonen dat het recht op verbetering werd uitgevoerd."),
        N_("Rijksregisternummer, gevraagde verbetering en antwoord worden gewist; de stappen blijven."),
    ),
    RetentionClass.AUDIT: Rule(
        N_("Persoonlijke waarden in het logboek"),
        120,
        N_("10 jaar"),
        N_("de gebeurtenis"),
        _SECURITY,
        N_("De waarden naast de keten worden gewist; de keten zelf blijft controleerbaar."),
    ),
    RetentionClass.LOOK_UPS: Rule(
        N_("Opzoekingen in het rijksregister"),
        120,
        N_("10 jaar"),
        N_("de opzoeking"),
        N_("Logging van raadplegingen van het rijksregister."),
        N_("De rijen worden verwijderd; in de keten blijft een gesleuteld controlegetal."),
    ),
    RetentionClass.VIEWS: Rule(
        N_("Wie bekeek de gegevens van een organisatie"),
        60,
        N_("5 jaar"),
        N_("de raadpleging"),
        _SECURITY,
        N_("De rijen worden verwijderd; de gebeurtenis blijft in de keten."),
    ),
    RetentionClass.ACCOUNTS: Rule(
        N_("Wie zich aanmeldde"),
        120,
        N_("10 jaar"),
        N_("de laatste aanmelding"),
        _SECURITY,
        N_("Naam, sleutel en taal worden gewist; het nummer van de account blijft, want de keten verwijst ernaar."),
    ),
    RetentionClass.TICKETS: Rule(
        N_("Vragen aan de technische helpdesk"),
        24,
        N_("2 jaar"),
        N_("de laatste wijziging van een afgehandelde vraag"),
        _SERVICE,
        N_("Naam, adres, telefoon, vraag en antwoord worden gewist; code en stand blijven."),
    ),
    RetentionClass.MAIL: Rule(
        N_("Verstuurde e-mails"),
        12,
        N_("1 jaar"),
        N_("het versturen"),
        _SERVICE,
        N_("Het adres en de gegevens van de e-mail worden gewist; dat hij vertrok, blijft."),
    ),
    RetentionClass.REFUSALS: Rule(
        N_("Codes van 'geen toegang'"),
        12,
        N_("1 jaar"),
        N_("de weigering"),
        _SERVICE,
        N_("De rijen worden verwijderd."),
    ),
    RetentionClass.SUBSCRIPTIONS: Rule(
        N_("Inschrijvingen op nieuws en gewiste meldingsadressen"),
        12,
        N_("1 jaar"),
        N_("het uitschrijven of verwijderen, of de vraag die nooit bevestigd werd"),
        N_("Toestemming: tot u uitschrijft, en nog een jaar om dat aan te tonen."),
        N_("De rijen worden verwijderd."),
    ),
    RetentionClass.FEEDS: Rule(
        N_("Ingetrokken adressen van agenda's"),
        12,
        N_("1 jaar"),
        N_("het intrekken"),
        _SERVICE,
        N_("De rijen worden verwijderd."),
    ),
    RetentionClass.SESSIONS: Rule(
        N_("Sessies en wat aanmelden onthoudt"),
        None,
        N_("8 uur, met 1 dag uitloop"),
        N_("het aanmelden"),
        _SECURITY,
        N_("De rijen worden verwijderd."),
        Procedure.SWEEP,
        assumed=False,
    ),
    RetentionClass.DRAFTS: Rule(
        N_("Tussenstappen: nagekeken, niet verzonden"),
        None,
        N_("7 dagen"),
        N_("het nakijken"),
        _SERVICE,
        N_("De rijen worden verwijderd; wat ingediend werd, volgt het personeel."),
        Procedure.SWEEP,
    ),
    RetentionClass.FILES: Rule(
        N_("Klaargemaakte rapporten en ingelezen bestanden"),
        None,
        N_("14 dagen"),
        N_("het klaarmaken"),
        _SERVICE,
        N_("Het bestand wordt gewist; dat het gemaakt werd, blijft."),
        Procedure.SWEEP,
    ),
    RetentionClass.ORGANISATION: Rule(
        N_("Gegevens van organisaties en contactpersonen"),
        None,
        N_("zolang de organisatie ze opgeeft"),
        "",
        N_("Contact met de organisatie en uitbetaling."),
        N_("De organisatie wijzigt of verwijdert ze zelf; rekeningen waarop betaald werd, blijven bij de betaling."),
        Procedure.OWN,
        assumed=False,
    ),
    RetentionClass.CONTRACTS: Rule(
        N_("Opdrachten van e-Contracting"),
        None,
        N_("10 jaar, instelbaar"),
        N_("de definitieve oplevering"),
        N_("Bewijs van de uitvoering van overheidsopdrachten."),
        N_("De aanbesteder wist inhoud, berichten en bestanden; de keten van bewijs blijft."),
        Procedure.OWN,
    ),
    RetentionClass.ACTS: Rule(
        N_("Wie bij de overheid een stuk maakte of vrijgaf"),
        None,
        N_("zolang het stuk bestaat"),
        "",
        N_("Verantwoording van bestuurshandelingen, met twee personen waar dat hoort."),
        N_("Verdwijnt samen met het stuk."),
        Procedure.WITH_THE_ACT,
    ),
}

#: The classes that are announced before they are erased.
ANNOUNCED: tuple[RetentionClass, ...] = tuple(one for one, rule in RULES.items() if rule.procedure is Procedure.NOTICE)
