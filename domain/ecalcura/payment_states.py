"""What a line of the history and a payment order can be (10.1, 7.7)."""

from __future__ import annotations

from enum import StrEnum

from domain.errors import N_


class PaymentKind(StrEnum):
    """The type of payment in the history; a correction is what follows a definitive calculation (A-23)."""

    ADVANCE_1 = "VOORSCHOT_1"
    ADVANCE_2 = "VOORSCHOT_2"
    FINAL_STATEMENT = "EINDAFREKENING"
    CORRECTION = "CORRECTIE"


PAYMENT_LABELS: dict[PaymentKind, str] = {
    PaymentKind.ADVANCE_1: N_("Voorschot 1"),
    PaymentKind.ADVANCE_2: N_("Voorschot 2"),
    PaymentKind.FINAL_STATEMENT: N_("Eindafrekening"),
    PaymentKind.CORRECTION: N_("Correctie"),
}


class OrderState(StrEnum):
    """Where a payment order stands; a released one is at the bank and never changes."""

    DRAFT = "DRAFT"
    RELEASED = "RELEASED"
    CANCELLED = "CANCELLED"


ORDER_LABELS: dict[OrderState, str] = {
    OrderState.DRAFT: N_("Klaargezet"),
    OrderState.RELEASED: N_("Vrijgegeven"),
    OrderState.CANCELLED: N_("Geannuleerd"),
}
