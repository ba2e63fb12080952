"""What happened in a contract of the demonstration: one function for each scenario that contracts.toml names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from services.demo.contracting.scene import Scene

_LESS = Decimal("1250.00")
CHANGES = "Post 12 werd voor 80 % aanvaard: het tegensprekelijk opgemeten aantal is lager. Uw rechten blijven behouden."
INCOMPLETE = "De vorderingsstaat vermeldt geen hoeveelheden per post. De schuldvordering kan niet nagekeken worden."
SUPPLEMENT = "Voeg de gedetailleerde meetstaat van week 38 toe en verzend de schuldvordering opnieuw."


def _sent(scene: Scene, name: str, number: int, days: int) -> None:
    """A claim that was drafted in the morning and sent in the afternoon."""
    scene.on(days, 9, scene.draft_claim, name, number, max(1, days // 30), scene.amount, minute=12)
    scene.on(days, 15, scene.send, name, minute=47)


def draft(scene: Scene) -> None:
    """S0: a colleague with right 2 prepared a claim."""
    scene.on(20, 10, _start_order, scene)
    scene.on(1, 11, scene.draft_claim, "claim", 1, 1, scene.amount, minute=5)
    scene.on(1, 14, scene.message, scene.office, "Signalisatieplan", "Wanneer bezorgt u het plan?", True)


def submitted(scene: Scene) -> None:
    """S1: sent, not yet taken up."""
    _sent(scene, "claim", 1, 6)


def in_review(scene: Scene) -> None:
    """S2: the authority looks at it, and the term is running out."""
    _sent(scene, "claim", 1, 26)
    scene.on(22, 10, scene.take_up, "claim")
    scene.on(4, 10, scene.message, scene.sender, "Meetstaat", "De gevraagde meetstaat vindt u in bijlage 2.")


def accepted(scene: Scene) -> None:
    """S3: accepted as it was asked."""
    _sent(scene, "claim", 1, 19)
    scene.on(7, 14, scene.review, "claim", "AANVAARD", scene.amount)


def reviewed_with_changes(scene: Scene) -> None:
    """Claim 1 is paid for less than was asked; claim 2 was accepted with changes (S4)."""
    paid(scene)
    _sent(scene, "second", 2, 15)
    scene.on(3, 15, scene.review, "second", "AANVAARD_MET_WIJZIGINGEN", scene.amount - _LESS, CHANGES)


def refused(scene: Scene) -> None:
    """S5: incomplete, so its term never started (A-28)."""
    _sent(scene, "claim", 1, 24)
    scene.on(17, 11, scene.review, "claim", "ONVOLLEDIG", None, INCOMPLETE)


def reopened(scene: Scene) -> None:
    """S6: the authority asked for more, and a new version is being drafted."""
    _sent(scene, "claim", 1, 12)
    scene.on(5, 11, scene.reopen, "claim", SUPPLEMENT)
    scene.on(1, 9, scene.new_version, "claim", 1, 1, scene.amount)


def invoice_asked(scene: Scene) -> None:
    """S7: the five days for the invoice run."""
    _sent(scene, "claim", 1, 18)
    scene.on(2, 10, scene.review, "claim", "AANVAARD", scene.amount)
    scene.on(2, 10, scene.ask_invoice, "claim", scene.amount, minute=20)


def paid(scene: Scene) -> None:
    """S9: the whole way."""
    _sent(scene, "claim", 1, 75)
    scene.on(60, 10, scene.review, "claim", "AANVAARD", scene.amount)
    scene.on(60, 10, scene.ask_invoice, "claim", scene.amount, minute=30)
    scene.on(57, 9, scene.receive_invoice, "claim", 1)
    scene.on(48, 11, scene.pay, "claim", 48)


def invoice_received(scene: Scene) -> None:
    """S8: the invoice is there and waits for payment."""
    _sent(scene, "claim", 1, 21)
    scene.on(9, 10, scene.review, "claim", "AANVAARD", scene.amount)
    scene.on(9, 10, scene.ask_invoice, "claim", scene.amount, minute=15)
    scene.on(6, 9, scene.receive_invoice, "claim", 1)


def old_regime(scene: Scene) -> None:
    """KB2013: the review came in time and the payment term of 30 days runs."""
    _sent(scene, "claim", 1, 33)
    scene.on(11, 16, scene.review, "claim", "AANVAARD", scene.amount)
    scene.on(11, 16, scene.ask_invoice, "claim", scene.amount, minute=10)
    scene.on(8, 10, scene.receive_invoice, "claim", 1)


def closed(scene: Scene) -> None:
    """S10: everything is settled and the contract is closed."""
    paid(scene)
    scene.on(46, 10, scene.settle, "claim")
    scene.on(10, 10, scene.close, scene.days_ago(12))


def archived(scene: Scene) -> None:
    """An old contract, brought in by addendum for its last pieces; its contents were removed after their term."""
    scene.on(120, 10, scene.message, scene.office, "Laatste stukken", "De definitieve oplevering gebeurde in 2010.")
    scene.on(40, 10, scene.close, date(2010, 6, 30))
    scene.on(20, 10, scene.erase)


def new(scene: Scene) -> None:
    """Made some days ago."""
    scene.on(2, 10, scene.message, scene.office, "Welkom", "Uw contactpunt voor deze opdracht vindt u op de pagina.")


def without_group(_scene: Scene) -> None:
    """Nobody of the company works on it yet (A-19)."""


def _start_order(scene: Scene) -> None:
    today = scene.calendar.today
    typed = {"start_date": today.isoformat(), "note": "De werken beginnen op de afgesproken dag."}
    scene.write_to_contractor("AANVANGSBEVEL", typed)


SCENARIOS: dict[str, Callable[[Scene], None]] = {
    one.__name__: one
    for one in (
        draft,
        submitted,
        in_review,
        accepted,
        reviewed_with_changes,
        refused,
        reopened,
        invoice_asked,
        paid,
        invoice_received,
        old_regime,
        closed,
        archived,
        new,
        without_group,
    )
}

#: The scenarios whose contract was made only some days ago.
RECENT = frozenset({new.__name__, without_group.__name__})
