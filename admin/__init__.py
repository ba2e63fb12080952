"""The back office: Flask-Admin at /beheer/ with closed views (admin.base)."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Register every view of the back office, in the order of the menu."""
    from flask_admin import Admin
    from flask_admin.theme import Bootstrap4Theme
    from flask_babel import lazy_gettext as _

    from admin.dossier_page import DossierPages
    from admin.dossiers import DossiersView
    from admin.index import IndexView
    from blueprints.headers import csp_nonce

    with app.app_context():
        office = Admin(
            app,
            name="Beheer",
            url="/beheer",
            endpoint="admin",
            theme=Bootstrap4Theme(base_template="admin/master.html"),
            csp_nonce_generator=csp_nonce,
            index_view=IndexView(name=_("Startpagina"), endpoint="admin", url="/beheer"),
        )
        office.add_view(DossiersView(name=_("Dossiers"), endpoint="dossiers", url="dossiers", category=_("Werk")))
        office.add_view(DossierPages(name=_("Dossier"), endpoint="dossier", url="dossiers", category=_("Werk")))
