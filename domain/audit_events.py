"""The events that leave a trace, each with the exact keys of its data.

``data`` holds identifiers and figures only; what belongs to a person goes in ``personal`` (erasable beside the chain).
An event with a missing or foreign key is a bug and is refused when it is recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AuditEvent(StrEnum):
    """What happened."""

    SIGNED_IN = "identity.signed_in"
    SIGNED_OUT = "identity.signed_out"
    SIGN_IN_REFUSED = "identity.sign_in_refused"
    ROLES_DROPPED = "identity.roles_dropped"
    BLOCKED = "identity.blocked"
    UNBLOCKED = "identity.unblocked"
    ACCESS_DENIED = "access.denied"
    ORGANISATION_CHANGED = "organisation.changed"
    CONTACT_ADDED = "organisation.contact_added"
    CONTACT_CHANGED = "organisation.contact_changed"
    CONTACT_REMOVED = "organisation.contact_removed"
    BANK_ACCOUNTS_CHANGED = "organisation.bank_accounts_changed"
    STAFF_ADDED = "staff.added"
    STAFF_REMOVED = "staff.removed"
    STAFF_LOOKED_UP = "staff.looked_up"
    CONTRACT_ADDED = "contract.added"
    CONTRACT_CHANGED = "contract.changed"
    CONTRACT_REMOVED = "contract.removed"
    CHOICE_ADDED = "choice.added"
    CHOICE_CHANGED = "choice.changed"
    CHOICE_REMOVED = "choice.removed"
    CERTIFICATE_ADDED = "certificate.added"
    CERTIFICATE_CHANGED = "certificate.changed"
    CERTIFICATE_REMOVED = "certificate.removed"
    DOSSIER_STATE = "dossier.state"
    PERFORMANCES_SAVED = "dossier.performances_saved"
    REOPENING_REQUEST = "dossier.reopening_request"
    JUSTIFIED = "dossier.justified"
    PARAMETERS_CHANGED = "parameters.changed"
    PARAMETERS_RELEASED = "parameters.released"
    ROUND_STARTED = "round.started"
    ROUND_CALCULATED = "round.calculated"
    ROUND_RECALCULATED = "round.recalculated"
    ROUND_RELEASED = "round.released"
    ROUND_RESUMED = "round.resumed"
    ROUND_ENDED = "round.ended"
    CALCULATION_COMMUNICATED = "calculation.communicated"
    PAYMENT_BOOKED = "payment.booked"
    PAYMENT_ORDERED = "payment.ordered"
    PAYMENT_DATED = "payment.dated"
    STATEMENT_IMPORTED = "payment.statement_imported"
    CAMPAIGN_STARTED = "campaign.started"
    CAMPAIGN_STOPPED = "campaign.stopped"
    CAMPAIGN_RESUMED = "campaign.resumed"
    CAMPAIGN_ACT = "campaign.act"
    CAMPAIGN_RUN = "campaign.run"
    LETTER_TEXT_CHANGED = "letter.text_changed"
    LETTER_MADE = "letter.made"
    AMOUNT_VIEWED = "backoffice.amount_viewed"
    NATIONAL_NUMBER_REVEALED = "backoffice.national_number_revealed"
    LOOKED_UP = "backoffice.looked_up"
    DOSSIER_VIEWED = "backoffice.dossier_viewed"
    EXPORTED = "backoffice.exported"
    FACILITY_VIEWED = "backoffice.facility_viewed"
    STAFF_VIEWED = "backoffice.staff_viewed"
    LETTER_VIEWED = "backoffice.letter_viewed"
    REPORT_VIEWED = "backoffice.report_viewed"
    REFERENCE_CHANGED = "reference.changed"
    RAAS_IMPORTED = "raas.imported"
    MAIL_RESENT = "outbox.resent"
    PUBLIC_CONTRACT_MADE = "public_contract.made"
    PUBLIC_CONTRACT_CHANGED = "public_contract.changed"
    PUBLIC_CONTRACT_STATE = "public_contract.state"
    PUBLIC_CONTRACTS_IMPORTED = "public_contract.imported"
    PUBLIC_CONTRACT_ERASED = "public_contract.erased"
    PARTY_SETTINGS_CHANGED = "public_contract.party_settings"
    DOCUMENT_KIND_CHANGED = "document_kind.changed"
    DOCUMENT_KIND_RELEASED = "document_kind.released"
    GROUP_CHANGED = "rights.group_changed"
    GROUP_MEMBER_CHANGED = "rights.member_changed"
    GROUP_LINKED = "rights.group_linked"
    RELATION_BLOCKED = "rights.relation_blocked"
    DOCUMENT_DRAFTED = "document.drafted"
    DOCUMENT_SENT = "document.sent"
    DOCUMENT_SEND_REFUSED = "document.send_refused"
    DOCUMENT_RELEASED = "document.released"
    DOCUMENT_PUBLISHED = "document.published"
    DOCUMENT_STATE = "document.state"
    DOCUMENT_CONSULTED = "document.consulted"
    INSTANT_CORRECTED = "document.instant_corrected"
    CLAIM_STATE = "claim.state"
    ATTACHMENT_RECEIVED = "attachment.received"
    ATTACHMENT_CHANGED = "attachment.changed"
    ATTACHMENT_INFECTED = "attachment.infected"
    TERM_STARTED = "term.started"
    TERM_CHANGED = "term.changed"
    OUTAGE_PUBLISHED = "outage.published"
    INVOICE_RECEIVED = "invoice.received"
    INVOICE_DECIDED = "invoice.decided"
    MESSAGE_SENT = "message.sent"
    ADDRESS_CHANGED = "notification.address_changed"
    CALENDAR_FEED_CHANGED = "calendar.feed_changed"
    EVIDENCE_EXPORTED = "evidence.exported"
    PERSON_DISCLOSED = "evidence.person_disclosed"
    CALENDAR_DATA_CHANGED = "calendar.data_changed"
    THREAD_MOVED = "message.thread_moved"
    DESK_CHANGED = "message.desk_changed"
    CANNED_TEXT_CHANGED = "message.canned_text_changed"
    MAIL_BOUNCED = "outbox.bounced"
    MAIL_PREFERENCE_CHANGED = "outbox.preference_changed"
    SUBSCRIPTION_CHANGED = "news.subscription_changed"
    ISSUE_PUBLISHED = "news.issue_published"
    RELEASE_CHANGED = "news.release_changed"
    TICKET_OPENED = "help.ticket_opened"
    TICKET_STATE = "help.ticket_state"
    TERMS_ACCEPTED = "help.terms_accepted"
    PERSON_FILE_VIEWED = "privacy.person_file_viewed"
    CORRECTION_REQUEST = "privacy.correction_request"
    ERASURE_NOTICED = "privacy.erasure_noticed"
    ERASED = "privacy.erased"
    ERASURE_HELD = "privacy.erasure_held"


@dataclass(frozen=True, slots=True)
class EventShape:
    """The keys an event's data must have, no more and no less; ``personal`` names the erasable fields it may carry."""

    data: frozenset[str]
    personal: frozenset[str] = frozenset()


def _shape(*data: str, personal: tuple[str, ...] = ()) -> EventShape:
    return EventShape(frozenset(data), frozenset(personal))


_CHANGE = _shape("fields", personal=("before", "after"))

SHAPES: dict[AuditEvent, EventShape] = {
    AuditEvent.SIGNED_IN: _shape("idp", "means", "roles", "organisation"),
    AuditEvent.SIGNED_OUT: _shape("reason"),
    AuditEvent.SIGN_IN_REFUSED: _shape("idp", "reason"),
    AuditEvent.ROLES_DROPPED: _shape("count"),
    AuditEvent.BLOCKED: _shape("kind", personal=("key", "reason")),
    AuditEvent.UNBLOCKED: _shape("kind", personal=("key", "reason")),
    AuditEvent.ACCESS_DENIED: _shape("code", "permission"),
    AuditEvent.ORGANISATION_CHANGED: _CHANGE,
    AuditEvent.CONTACT_ADDED: _CHANGE,
    AuditEvent.CONTACT_CHANGED: _CHANGE,
    AuditEvent.CONTACT_REMOVED: _CHANGE,
    AuditEvent.BANK_ACCOUNTS_CHANGED: _CHANGE,
    AuditEvent.STAFF_ADDED: _shape("source", personal=("number",)),
    AuditEvent.STAFF_REMOVED: _shape(personal=("number",)),
    AuditEvent.STAFF_LOOKED_UP: _shape("purpose", "outcome", "number_digest"),
    AuditEvent.CONTRACT_ADDED: _CHANGE,
    AuditEvent.CONTRACT_CHANGED: _CHANGE,
    AuditEvent.CONTRACT_REMOVED: _CHANGE,
    AuditEvent.CHOICE_ADDED: _CHANGE,
    AuditEvent.CHOICE_CHANGED: _CHANGE,
    AuditEvent.CHOICE_REMOVED: _CHANGE,
    AuditEvent.CERTIFICATE_ADDED: _CHANGE,
    AuditEvent.CERTIFICATE_CHANGED: _CHANGE,
    AuditEvent.CERTIFICATE_REMOVED: _CHANGE,
    AuditEvent.DOSSIER_STATE: _shape("event", "from", "to", "snapshot", personal=("reason",)),
    AuditEvent.PERFORMANCES_SAVED: _shape("rows", "digest"),
    AuditEvent.REOPENING_REQUEST: _shape("channel", "period", "quarters", "received", "decision", personal=("reason",)),
    AuditEvent.JUSTIFIED: _shape("code", "subject", personal=("text",)),
    AuditEvent.PARAMETERS_CHANGED: _shape("period", "number", "fields", "digest"),
    AuditEvent.PARAMETERS_RELEASED: _shape("period", "number", "digest", "status"),
    AuditEvent.ROUND_STARTED: _shape("period", "kind", "facilities", "parameters", personal=("reason",)),
    AuditEvent.ROUND_CALCULATED: _shape("calculated", "problems", "total", "digest"),
    AuditEvent.ROUND_RECALCULATED: _shape("facilities"),
    AuditEvent.ROUND_RELEASED: _shape("calculations", "total", "digest"),
    AuditEvent.ROUND_RESUMED: _shape(),
    AuditEvent.ROUND_ENDED: _shape("outcome", personal=("reason",)),
    AuditEvent.CALCULATION_COMMUNICATED: _shape("period", "kind", "number", "total", "parameters", "digest"),
    AuditEvent.PAYMENT_BOOKED: _shape("period", "kind", "calculated", "paid", "before", "after", "calculation"),
    AuditEvent.PAYMENT_ORDERED: _shape("act", "lines", "total", "file_digest"),
    AuditEvent.PAYMENT_DATED: _shape("value_date", "source"),
    AuditEvent.STATEMENT_IMPORTED: _shape("format", "entries", "matched", "file_digest"),
    AuditEvent.CAMPAIGN_STARTED: _shape("at"),
    AuditEvent.CAMPAIGN_STOPPED: _shape(),
    AuditEvent.CAMPAIGN_RESUMED: _shape(),
    AuditEvent.CAMPAIGN_ACT: _shape("period", "kind"),
    AuditEvent.CAMPAIGN_RUN: _shape("at", "counts"),
    AuditEvent.LETTER_TEXT_CHANGED: _shape("kind", "number"),
    AuditEvent.LETTER_MADE: _shape("kind", "period", "file_digest"),
    AuditEvent.AMOUNT_VIEWED: _shape("calculation", "as"),
    AuditEvent.NATIONAL_NUMBER_REVEALED: _shape(personal=("reason",)),
    AuditEvent.LOOKED_UP: _shape("kind", "hits", "query_digest"),
    AuditEvent.DOSSIER_VIEWED: _shape("as"),
    AuditEvent.EXPORTED: _shape("list", "rows", "filters"),
    AuditEvent.FACILITY_VIEWED: _shape("as"),
    AuditEvent.STAFF_VIEWED: _shape("as"),
    AuditEvent.LETTER_VIEWED: _shape("kind", "as"),
    AuditEvent.REPORT_VIEWED: _shape("period", "as"),
    AuditEvent.REFERENCE_CHANGED: _shape("list", "code", "fields"),
    AuditEvent.RAAS_IMPORTED: _shape("rows", "taken", "rejected", "file_digest"),
    AuditEvent.MAIL_RESENT: _shape("message"),
    AuditEvent.PUBLIC_CONTRACT_MADE: _CHANGE,
    AuditEvent.PUBLIC_CONTRACT_CHANGED: _CHANGE,
    AuditEvent.PUBLIC_CONTRACT_STATE: _shape("from", "to", personal=("reason",)),
    AuditEvent.PUBLIC_CONTRACTS_IMPORTED: _shape("rows", "taken", "rejected", "file_digest"),
    AuditEvent.PUBLIC_CONTRACT_ERASED: _shape("records", "files"),
    AuditEvent.PARTY_SETTINGS_CHANGED: _CHANGE,
    AuditEvent.DOCUMENT_KIND_CHANGED: _shape("code", "number", "digest"),
    AuditEvent.DOCUMENT_KIND_RELEASED: _shape("code", "number", "digest"),
    AuditEvent.GROUP_CHANGED: _shape("act", "fields", personal=("before", "after")),
    AuditEvent.GROUP_MEMBER_CHANGED: _shape("act", "group", "contract", "relation"),
    AuditEvent.GROUP_LINKED: _shape("act", "group", "contract"),
    AuditEvent.RELATION_BLOCKED: _shape("act", "relation", personal=("reason",)),
    AuditEvent.DOCUMENT_DRAFTED: _shape("act", "kind", "version"),
    AuditEvent.DOCUMENT_SENT: _shape("kind", "version", "digest", "at"),
    AuditEvent.DOCUMENT_SEND_REFUSED: _shape("kind", "version", "reason"),
    AuditEvent.DOCUMENT_RELEASED: _shape("kind", "version", "digest", "alone"),
    AuditEvent.DOCUMENT_PUBLISHED: _shape("kind", "version", "at"),
    AuditEvent.DOCUMENT_STATE: _shape("act", "from", "to", personal=("reason",)),
    AuditEvent.DOCUMENT_CONSULTED: _shape("version", "first"),
    AuditEvent.INSTANT_CORRECTED: _shape("version", "before", "after", personal=("reason",)),
    AuditEvent.CLAIM_STATE: _shape("event", "from", "to"),
    AuditEvent.ATTACHMENT_RECEIVED: _shape("digest", "size", "state"),
    AuditEvent.ATTACHMENT_CHANGED: _shape("act", "before", "after"),
    AuditEvent.ATTACHMENT_INFECTED: _shape("digest", "signature"),
    AuditEvent.TERM_STARTED: _shape("kind", "start", "nominal", "effective"),
    AuditEvent.TERM_CHANGED: _shape("act", "kind", "before", "after"),
    AuditEvent.OUTAGE_PUBLISHED: _shape("act", "planned", "functions", "from", "until"),
    AuditEvent.INVOICE_RECEIVED: _shape("outcome", "request", "amount", "digest"),
    AuditEvent.INVOICE_DECIDED: _shape("act", "request", "on", personal=("reason",)),
    AuditEvent.MESSAGE_SENT: _shape("conversation", "side", "theme"),
    AuditEvent.ADDRESS_CHANGED: _shape("act", "events", "contract", personal=("email",)),
    AuditEvent.CALENDAR_FEED_CHANGED: _shape("act"),
    AuditEvent.EVIDENCE_EXPORTED: _shape("contract", "records", "as"),
    AuditEvent.PERSON_DISCLOSED: _shape("record", personal=("reason",)),
    AuditEvent.CALENDAR_DATA_CHANGED: _shape("list", "key"),
    AuditEvent.THREAD_MOVED: _shape("from", "to"),
    AuditEvent.DESK_CHANGED: _shape("act", "fields"),
    AuditEvent.CANNED_TEXT_CHANGED: _shape("act", "theme", "digest"),
    AuditEvent.MAIL_BOUNCED: _shape("message", "status", "permanent", "channel"),
    AuditEvent.MAIL_PREFERENCE_CHANGED: _shape("fields", personal=("email",)),
    AuditEvent.SUBSCRIPTION_CHANGED: _shape("act", "topic", personal=("email",)),
    AuditEvent.ISSUE_PUBLISHED: _shape("number", "digest", "subscribers"),
    AuditEvent.RELEASE_CHANGED: _shape("act", "number", "digest"),
    AuditEvent.TICKET_OPENED: _shape("code", "refusal", "signed_in"),
    AuditEvent.TICKET_STATE: _shape("from", "to"),
    AuditEvent.TERMS_ACCEPTED: _shape("version"),
    AuditEvent.PERSON_FILE_VIEWED: _shape("as", "facilities", "number_digest", personal=("reason",)),
    AuditEvent.CORRECTION_REQUEST: _shape("from", "to", "field", personal=("text",)),
    AuditEvent.ERASURE_NOTICED: _shape("class", "count", "erase_from"),
    AuditEvent.ERASED: _shape("class", "rows", "keys_digest"),
    AuditEvent.ERASURE_HELD: _shape("class", "act", personal=("reason",)),
}
