"""Logs: a JSON line for each request and each event, with constant messages and no personal data.

A line says which request (``request_id``, also the answer's ``X-Request-ID``), which endpoint, what status, how long
and which account; never what somebody typed, an address with parameters, a name or a number.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys
import time
from typing import Any

import structlog
from flask import Flask, Response, g, request, session
from structlog.contextvars import bind_contextvars, clear_contextvars
from structlog.typing import EventDict, WrappedLogger

log = structlog.get_logger("request")

#: An id that a proxy gave; anything else is not ours to repeat.
_GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
#: Answers that say nothing: styles, scripts and the checks of a load balancer.
_QUIET = {"static", "bootstrap.static", "health.healthz"}


def configure(app: Flask) -> None:
    """Structured logs on standard error, and one line for each request."""
    configure_structlog()
    app.before_request(_begin)
    app.after_request(_end)


def configure_structlog() -> None:
    """One JSON line for each event, also for what libraries log (their text is theirs, so only warnings and worse)."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _exception_kind,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = _StandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=True),
            ],
        )
    )
    handler.set_name("dossierloket")
    root = logging.getLogger()
    root.handlers = [kept for kept in root.handlers if kept.get_name() != "dossierloket"] + [handler]
    root.setLevel(logging.WARNING)
    for name in ("request", "errors", "jobs", "auth"):
        logging.getLogger(name).setLevel(logging.INFO)


class _StandardError(logging.Handler):
    """Writes to standard error as it is now, also when it was replaced since."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except Exception:
            self.handleError(record)


def _exception_kind(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Of an exception: its kind and where it was raised. Its text may hold what somebody typed."""
    raised = event.pop("exc_info", None)
    if raised is True:
        raised = sys.exc_info()[1]
    if isinstance(raised, tuple):
        raised = raised[1]
    if isinstance(raised, BaseException):
        event["exception"] = type(raised).__qualname__
        event["raised_at"] = _places(raised)
    return event


def _places(raised: BaseException) -> list[str]:
    """File, line and function of every frame, innermost last."""
    places = []
    step = raised.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 2)[-1]}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    return places[-12:]


def _begin() -> None:
    g.started = time.perf_counter()
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if _GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
    clear_contextvars()
    bind_contextvars(request_id=g.request_id, endpoint=request.endpoint)


def _end(response: Response) -> Response:
    if "request_id" in g:
        response.headers["X-Request-ID"] = g.request_id
        if request.endpoint not in _QUIET:
            identity = session.get("identity") or {}
            log.info(
                "request",
                method=request.method,
                status=response.status_code,
                ms=round((time.perf_counter() - g.started) * 1000, 1),
                account=identity.get("account_id"),
            )
    return response
