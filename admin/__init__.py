"""The back office: Flask-Admin at /beheer/ with closed views (admin.base)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, request
from flask_babel import get_locale
from markupsafe import Markup

from blueprints.access import optional_actor
from services.news import keepers


def register(app: Flask) -> None:
    """Register every view of the back office, in the order of the menu."""
    from flask_admin import Admin
    from flask_admin.theme import Bootstrap4Theme
    from flask_babel import lazy_gettext as _

    from admin.agenda import AgendaPages, CampaignAgendaPages
    from admin.bank_statements import StatementPages
    from admin.blocks import BlocksView
    from admin.campaign import CampaignPages
    from admin.certificates import CertificateNoticesView
    from admin.contracting.attachments import AttachmentPages
    from admin.contracting.calendar import CalendarPages
    from admin.contracting.contract_files import ContractFilePages
    from admin.contracting.contracts import ContractPages
    from admin.contracting.desk import DeskPages
    from admin.contracting.documents import ContractDocumentPages, FileDocumentPages
    from admin.contracting.drafts import DraftPages
    from admin.contracting.evidence import ContractEvidencePages, RetentionPages
    from admin.contracting.invoices import InvoicePages
    from admin.contracting.kinds import KindPages
    from admin.contracting.look_up import ContractLookUpPages
    from admin.contracting.outages import OutagePages
    from admin.contracting.party_settings import PartySettingsPages
    from admin.dossier_grid import DossierGrid
    from admin.dossier_page import DossierPages
    from admin.dossiers import DossiersView
    from admin.explanations import ExplanationPages
    from admin.facilities import FacilitiesView
    from admin.facility_history import FacilityHistory
    from admin.helpdesk import HelpdeskPages
    from admin.index import IndexView
    from admin.letters import LetterPages
    from admin.log import LogView
    from admin.messages.canned_texts import CannedTextPages
    from admin.messages.desks import MessageDeskPages
    from admin.messages.files import MessageFilePages
    from admin.messages.inbox import MessagePages
    from admin.messages.starting import FacilityMessagePages
    from admin.news.issues import IssuePages
    from admin.news.releases import ReleasePages
    from admin.news.subscribers import SubscriberPages
    from admin.outbox import OutboxView
    from admin.parameters import ParametersPages
    from admin.payment_orders import OrderPages
    from admin.payments import PaymentPages
    from admin.privacy.corrections import CorrectionPages
    from admin.privacy.person_file import PersonFilePages
    from admin.privacy.processing import ProcessingPages
    from admin.privacy.retention import RetentionTermPages
    from admin.raas import RaasPages
    from admin.reference import ContractTypesView, FundingsView, QualificationsView, RaasCodesView
    from admin.reports import ReportPages
    from admin.requests import RequestPages
    from admin.rounds import RoundPages
    from admin.staff import StaffView
    from admin.tickets import TermsPages, TicketPages
    from blueprints.headers import csp_nonce

    with app.app_context():
        work, lists, follow_up = _("Werk"), _("Lijsten"), _("Opvolging")
        campaign, contracting = _("Campagne"), _("Opdrachten")
        office = Admin(
            app,
            name="Beheer",
            url="/beheer",
            endpoint="admin",
            theme=Bootstrap4Theme(base_template="admin/master.html"),
            csp_nonce_generator=csp_nonce,
            index_view=IndexView(name=_("Startpagina"), endpoint="admin", url="/beheer"),
        )
        for view in (
            MessagePages(name=_("Berichten"), endpoint="messages", url="berichten", category=work),
            HelpdeskPages(name=_("Opzoeken"), endpoint="helpdesk", url="opzoeken", category=work),
            TicketPages(name=_("Helpdeskvragen"), endpoint="tickets", url="helpdeskvragen", category=work),
            DossiersView(name=_("Dossiers"), endpoint="dossiers", url="dossiers", category=work),
            DossierPages(name=_("Dossier"), endpoint="dossier", url="dossiers", category=work),
            DossierGrid(name=_("Contracten en prestaties"), endpoint="grid", url="dossiers", category=work),
            RequestPages(name=_("Heropeningen"), endpoint="requests", url="heropeningen", category=work),
            CertificateNoticesView(name=_("Gemelde attesten"), endpoint="notices", url="attesten", category=work),
            FacilitiesView(name=_("Voorzieningen"), endpoint="facilities", url="voorzieningen", category=work),
            FacilityHistory(name=_("Historiek"), endpoint="facility_history", url="historiek", category=work),
            MessageFilePages(name=_("Bijlagen"), endpoint="office_message_files", url="berichten/bijlagen"),
            FacilityMessagePages(name=_("Nieuw bericht"), endpoint="facility_messages", url="berichten/aan"),
            MessageDeskPages(name=_("Bureaus"), endpoint="message_desks", url="bureaus", category=work),
            CannedTextPages(name=_("Standaardteksten"), endpoint="canned_texts", url="standaardteksten", category=work),
            StaffView(name=_("Personeel"), endpoint="people", url="personeel", category=work),
            RaasPages(name=_("Overname uit RaaS"), endpoint="raas", url="raas", category=work),
            CampaignPages(name=_("Campagne"), endpoint="campaign", url="campagne", category=campaign),
            RoundPages(name=_("Berekeningen"), endpoint="calculations", url="berekeningen", category=campaign),
            PaymentPages(name=_("Betalingen"), endpoint="payments", url="betalingen", category=campaign),
            OrderPages(name=_("Betalingen"), endpoint="payment_orders", url="betalingen", category=campaign),
            StatementPages(name=_("Betalingen"), endpoint="bank_statements", url="betalingen", category=campaign),
            ParametersPages(name=_("Parameters"), endpoint="parameters", url="parameters", category=campaign),
            LetterPages(name=_("Brieven"), endpoint="letters", url="brieven", category=campaign),
            CampaignAgendaPages(
                name=_("Mijn agenda"), endpoint="campaign_agenda", url="agenda-campagne", category=campaign
            ),
            ReportPages(name=_("Rapporten"), endpoint="case_reports", url="rapporten", category=campaign),
            ExplanationPages(name=_("Uitleg"), endpoint="explanations", url="berekeningen", category=campaign),
            DeskPages(name=_("Nazicht en vrijgave"), endpoint="desk", url="nazicht", category=contracting),
            ContractPages(name=_("Opdrachten"), endpoint="contracts", url="opdrachten", category=contracting),
            ContractLookUpPages(
                name=_("Opdrachten opzoeken"),
                endpoint="contract_lookup",
                url="opdrachten-opzoeken",
                category=contracting,
            ),
            ContractFilePages(name=_("Inlezen"), endpoint="contract_files", url="opdrachten", category=contracting),
            ContractDocumentPages(
                name=_("Dossierstukken"), endpoint="contract_documents", url="opdrachten", category=contracting
            ),
            FileDocumentPages(name=_("Dossierstuk"), endpoint="file_documents", url="stukken", category=contracting),
            DraftPages(name=_("Concept"), endpoint="document_drafts", url="concepten", category=contracting),
            AttachmentPages(name=_("Bestanden"), endpoint="attachments", url="bijlagen", category=contracting),
            ContractEvidencePages(
                name=_("Bewijs"), endpoint="contract_evidence", url="opdrachten", category=contracting
            ),
            InvoicePages(name=_("Facturen"), endpoint="invoices", url="facturen", category=contracting),
            KindPages(name=_("Soorten dossierstukken"), endpoint="document_kinds", url="soorten", category=contracting),
            AgendaPages(name=_("Mijn agenda"), endpoint="agenda", url="agenda", category=contracting),
            OutagePages(
                name=_("Onbeschikbaar\u00adheden"), endpoint="outages", url="onbeschikbaarheden", category=contracting
            ),
            CalendarPages(name=_("Kalender en interest"), endpoint="calendar", url="kalender", category=contracting),
            RetentionPages(name=_("Bewijs en bewaring"), endpoint="retention", url="bewaring", category=contracting),
            PartySettingsPages(name=_("Instellingen"), endpoint="settings", url="instellingen", category=contracting),
            QualificationsView(name=_("Kwalificaties"), endpoint="qualifications", url="kwalificaties", category=lists),
            ContractTypesView(name=_("Contracttypes"), endpoint="contract_types", url="contracttypes", category=lists),
            FundingsView(name=_("Financieringen"), endpoint="fundings", url="financieringen", category=lists),
            RaasCodesView(name=_("RaaS-codes"), endpoint="raas_codes", url="raas-codes", category=lists),
            IssuePages(name=_("Nieuwsbrief"), endpoint="news_issues", url="nieuws", category=follow_up),
            ReleasePages(name=_("Versies"), endpoint="news_releases", url="versies", category=follow_up),
            SubscriberPages(name=_("Inschrijvingen"), endpoint="subscribers", url="inschrijvingen", category=follow_up),
            PersonFilePages(name=_("Inzage"), endpoint="person_files", url="inzage", category=follow_up),
            CorrectionPages(name=_("Verbeteringen"), endpoint="corrections", url="verbeteringen", category=follow_up),
            RetentionTermPages(
                name=_("Bewaar\u00adtermijnen"), endpoint="retention_terms", url="bewaartermijnen", category=follow_up
            ),
            ProcessingPages(
                name=_("Verwerkings\u00adregister"),
                endpoint="processing",
                url="verwerkingsregister",
                category=follow_up,
            ),
            OutboxView(name=_("E-mails"), endpoint="outbox", url="mails", category=follow_up),
            BlocksView(name=_("Blokkeringen"), endpoint="blocks", url="blokkeringen", category=follow_up),
            TermsPages(
                name=_("Gebruiks\u00advoorwaarden"),
                endpoint="terms_of_use",
                url="gebruiksvoorwaarden",
                category=follow_up,
            ),
            LogView(name=_("Logboek"), endpoint="log", url="logboek", category=follow_up),
        ):
            office.add_view(view)
    app.jinja_env.globals["office_menu"] = _Menu()


class _Menu:
    """The menu of every page, made once for each page, language and set of roles (and for who keeps the newsletter)."""

    def __init__(self) -> None:
        self._made: dict[tuple[Any, ...], Markup] = {}

    def __call__(self, view: Any, write: Callable[[], Markup]) -> Markup:
        actor = optional_actor()
        of = (actor.roles, keepers.keeps(actor)) if actor else None
        key = request.script_root, str(get_locale()), view.endpoint, of
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = write()
        return made
