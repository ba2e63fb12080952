"""Invoices that an authority received: read, laid beside what was asked, rejected or paid (A-48, 6.2)."""

from __future__ import annotations

from services.econtracting.invoices.deciding import close, pay, reject
from services.econtracting.invoices.queries import InvoicePage, InvoiceView, of_claim, overview, view
from services.econtracting.invoices.receiving import Preview, preview, receive, register

__all__ = [
    "InvoicePage",
    "InvoiceView",
    "Preview",
    "close",
    "of_claim",
    "overview",
    "pay",
    "preview",
    "receive",
    "register",
    "reject",
    "view",
]
