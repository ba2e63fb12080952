"""The public door: every blueprint, registered in one place."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Register every blueprint of the portal."""
    from blueprints import (
        auth,
        calendars,
        evidence_check,
        health,
        legal,
        mail_bounces,
        manual,
        news,
        organisation,
        outage_notices,
        page_words,
        portal,
        preferences,
    )
    from blueprints import help as help_pages
    from blueprints import messages as message_pages
    from blueprints import privacy as privacy_pages
    from blueprints.ecalcura import (
        certificates,
        compensation,
        declaration,
        history,
        overview,
        reopening,
        reports,
        request_template,
        staff,
        theme,
    )
    from blueprints.econtracting import addresses as contracting_addresses
    from blueprints.econtracting import attachments as contracting_attachments
    from blueprints.econtracting import contracts as contracting_contracts
    from blueprints.econtracting import documents as contracting_documents
    from blueprints.econtracting import drafts as contracting_drafts
    from blueprints.econtracting import evidence as contracting_evidence
    from blueprints.econtracting import follow_up as contracting_terms
    from blueprints.econtracting import messages as contracting_messages
    from blueprints.econtracting import rights as contracting_rights
    from blueprints.econtracting import rights_of_contract as contracting_access
    from blueprints.econtracting import theme as contracting_theme

    for module in (
        health,
        mail_bounces,
        preferences,
        auth,
        page_words,
        portal,
        help_pages,
        legal,
        outage_notices,
        news,
        manual,
        organisation,
        privacy_pages,
        overview,
        declaration,
        reopening,
        request_template,
        certificates,
        staff,
        compensation,
        history,
        reports,
        contracting_access,
        contracting_addresses,
        contracting_attachments,
        calendars,
        contracting_contracts,
        contracting_documents,
        contracting_drafts,
        contracting_evidence,
        evidence_check,
        contracting_messages,
        contracting_rights,
        contracting_terms,
    ):
        app.register_blueprint(module.bp)
    app.register_blueprint(message_pages.bp)
    app.register_blueprint(message_pages.files_bp)
    app.jinja_env.globals["page_words"] = page_words.address
    app.jinja_env.globals["theme_tab_items"] = theme.tab_items
    app.jinja_env.globals["contracting_tab_items"] = contracting_theme.theme_items
    app.jinja_env.globals["contracting_contract_tabs"] = contracting_theme.contract_items
