"""When a payment order may be made and released: by two persons, on a working day, on the accounts of that day."""

from __future__ import annotations

from datetime import date, timedelta

from domain.calendars import first_working_day_from, is_working_day
from domain.ecalcura.payment_states import OrderState
from domain.errors import N_, InvalidValue, NotAllowedNow

#: So far ahead an order may be made; a year that was mistyped would take every payment of the future along.
HORIZON = timedelta(days=60)

PAST = N_("Kies vandaag of een latere dag.")
NO_WORKING_DAY = N_("Kies een werkdag: de bank voert op zaterdag, zondag en feestdagen niets uit.")
TOO_FAR = N_("Kies een dag binnen de 60 dagen.")
NOTHING = N_("Tegen die dag is er niets te betalen. Kies een latere dag, of kijk wat er nog op een opdracht wacht.")
TWO_PERSONS = N_(
    "U hebt deze opdracht zelf klaargezet. Een andere dossierbeheerder moet ze nakijken en vrijgeven (vier ogen)."
)
NO_LONGER = N_("Deze opdracht is intussen vrijgegeven of geannuleerd.")
DAY_IS_OVER = N_("De uitvoeringsdag is voorbij. Annuleer deze opdracht en zet ze opnieuw klaar.")
ACCOUNTS_CHANGED = N_(
    "Het bankrekeningnummer van {facilities} is gewijzigd nadat deze opdracht werd klaargezet. "
    "Annuleer de opdracht en zet ze opnieuw klaar."
)


def check_execution(execute_on: date, today: date) -> None:
    """The day of an order. Raises InvalidValue (``execute_on``)."""
    if execute_on < today:
        raise InvalidValue(PAST, field="execute_on")
    if not is_working_day(execute_on):
        raise InvalidValue(NO_WORKING_DAY, field="execute_on")
    if execute_on > today + HORIZON:
        raise InvalidValue(TOO_FAR, field="execute_on")


def proposed(planned: date | None, today: date) -> date:
    """The day an order is most likely meant for: the next payment date when it is near, else the next working day."""
    day = first_working_day_from(max(planned or today, today))
    return day if day <= today + HORIZON else first_working_day_from(today)


def check_waiting(state: OrderState) -> None:
    """Only an order that waits can be released or cancelled. Raises NotAllowedNow."""
    if state is not OrderState.DRAFT:
        raise NotAllowedNow(NO_LONGER, code="ORDER")


def is_other_person(made_by_id: int | None, actor_id: int | None) -> bool:
    """Four eyes: whether somebody may release what was made: another account, and one that is known."""
    return actor_id is not None and made_by_id is not None and actor_id != made_by_id


def check_release(
    state: OrderState, made_by_id: int | None, actor_id: int | None, execute_on: date, today: date
) -> None:
    """Whether an order may go to the bank now. Raises NotAllowedNow."""
    check_waiting(state)
    if not is_other_person(made_by_id, actor_id):
        raise NotAllowedNow(TWO_PERSONS, code="FOUR_EYES")
    if execute_on < today:
        raise NotAllowedNow(DAY_IS_OVER, code="ORDER")
