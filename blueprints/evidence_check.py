"""The public page /bewijs: is a receipt or a file genuine? Nothing of whose it is."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from blueprints.access import access, optional_actor
from blueprints.handling import status_of
from domain.actor import Side
from domain.econtracting.evidence import read_code
from domain.permissions import Permission
from forms.evidence import CheckForm
from services.econtracting.proof import keys, public

bp = Blueprint("evidence_check", __name__)

_CHUNK = 1024 * 1024


@bp.route("/bewijs", methods=["GET", "POST"])
@access(Permission.PUBLIC)
def check() -> ResponseReturnValue:
    """Type a code, choose a file, or both. The code may also stand in the address (of a receipt)."""
    form = CheckForm(data={"code": request.args.get("code", "")[:40]} if request.method == "GET" else None)
    answer, digest = None, None
    asked = form.validate_on_submit() or bool(request.method == "GET" and form.code.data)
    if asked:
        code, digest = _code(form), _digest(form)
        if not form.errors and not form.form_errors:
            answer = public.ask(optional_actor(), code, digest)
    context: dict[str, Any] = {"form": form, "answer": answer, "digest": digest}
    page = render_template("evidence_check/check.html", keys=keys.published(), link_to=_link_to, **context)
    return page, status_of(form)


def _link_to(reference: str) -> str:
    """The proof of a contract, through the door of who is signed in."""
    actor = optional_actor()
    office = actor is not None and actor.side is Side.AUTHORITY
    return url_for("contract_evidence.index" if office else "contracting_evidence.index", reference=reference)


@bp.get("/bewijs/sleutels.pem")
@access(Permission.PUBLIC)
def public_keys() -> ResponseReturnValue:
    """The public keys of the seal."""
    return Response(keys.public_keys(), mimetype="application/x-pem-file")


@bp.get("/bewijs/tijdstempels.pem")
@access(Permission.PUBLIC)
def certificates() -> ResponseReturnValue:
    """The certificates that time-stamps lead to."""
    return Response(keys.certificates(), mimetype="application/x-pem-file")


def _code(form: CheckForm) -> str | None:
    typed = (form.code.data or "").strip()
    if not typed:
        return None
    if read_code(typed) is None:
        form.code.errors = [gettext("Dit is geen code van een ontvangstbewijs. Kijk ze na: ze heeft tien tekens.")]
    return typed


def _digest(form: CheckForm) -> str | None:
    """The digest that was typed, or of the file that was sent along; the file is read once and not kept."""
    typed = (form.hash.data or "").strip()
    if typed:
        digest = public.read_digest(typed)
        if digest is None:
            form.hash.errors = [
                gettext("Dit is geen controlegetal (SHA-256): dat heeft 64 cijfers en letters a tot f.")
            ]
        return digest
    file = request.files.get("file")
    if file is not None and file.filename:
        sha = hashlib.sha256()
        while piece := file.stream.read(_CHUNK):
            sha.update(piece)
        return sha.hexdigest()
    if not (form.code.data or "").strip():
        form.form_errors.append(gettext("Typ een code, kies een bestand, of plak een controlegetal."))
    return None
