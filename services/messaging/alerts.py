"""The mail that says a message of eCalcura is waiting (E-047): the facility by name and number, and where to read it.

Never a person, a subject that somebody typed, a text or a file (E-154).
"""

from __future__ import annotations

from domain.organisation import THEME_ECALCURA
from models.message import Conversation, Message, MessageSide
from models.organisation import Facility
from services import outbox
from services.messaging import desks
from services.organisations.contacts import addresses_for


def of_message(facility: Facility, conversation: Conversation, message: Message) -> None:
    """Tell the other side: every contact person of the theme (E-046), or the mailbox of the desk. Once per message."""
    if message.side is MessageSide.OFFICE:
        template, address = "message_for_facility", f"/berichten/{conversation.reference}"
        recipients = addresses_for(facility.id, THEME_ECALCURA)
    else:
        template, address = "message_for_department", f"/beheer/berichten/{conversation.reference}"
        recipients = [mailbox for mailbox in (desks.mailbox_of(conversation),) if mailbox]
    for recipient in recipients:
        outbox.enqueue(
            template,
            recipient,
            event_key=f"message {message.reference}",
            subject_type="conversation",
            subject_key=conversation.reference,
            parameters={"facility": facility.name, "hco_number": facility.hco_number, "path": address},
        )
