"""What there is to be allowed, and which role allows it (docs/access-map.md)."""

from __future__ import annotations

from enum import StrEnum

from domain.errors import N_


class Role(StrEnum):
    """The roles inside; sign-in maps what the identity provider sends to these."""

    EL_PRIVACY = "EL_PRIVACY"
    EL_FINANCIEEL = "EL_FINANCIEEL"
    EL_DOSSIERBEHEERDER = "EL_DOSSIERBEHEERDER"
    EL_HELPDESK = "EL_HELPDESK"
    EC_BEHEERDER = "EC_BEHEERDER"
    EC_GEBRUIKER = "EC_GEBRUIKER"
    EC_AB_DOSSIERBEHEERDER = "EC_AB_DOSSIERBEHEERDER"
    EC_AB_BEHANDELAAR = "EC_AB_BEHANDELAAR"
    EC_AB_VRIJGEVER = "EC_AB_VRIJGEVER"
    EC_HELPDESK = "EC_HELPDESK"
    SYSTEM = "SYSTEM"


ROLE_LABELS: dict[Role, str] = {
    Role.EL_PRIVACY: N_("Beheer privacygevoelige gegevens"),
    Role.EL_FINANCIEEL: N_("Beheer financiële gegevens"),
    Role.EL_DOSSIERBEHEERDER: N_("Dossierbeheerder eCalcura"),
    Role.EL_HELPDESK: N_("Helpdesk e-loket"),
    Role.EC_BEHEERDER: N_("Beheerder e-Contracting"),
    Role.EC_GEBRUIKER: N_("Gebruiker e-Contracting"),
    Role.EC_AB_DOSSIERBEHEERDER: N_("Dossierbeheerder aanbesteder"),
    Role.EC_AB_BEHANDELAAR: N_("Behandelaar aanbesteder"),
    Role.EC_AB_VRIJGEVER: N_("Vrijgever aanbesteder"),
    Role.EC_HELPDESK: N_("Helpdesk e-Contracting"),
    Role.SYSTEM: N_("Systeem"),
}


class Permission(StrEnum):
    """``theme:resource:action``. A route and an admin view declare exactly one; services check it with the row too."""

    PUBLIC = "public"
    HOME = "portal:home:read"
    ORGANISATION_READ = "organisation:data:read"
    ORGANISATION_WRITE = "organisation:data:write"
    CONTACTS_WRITE = "organisation:contacts:write"
    BANK_READ = "organisation:bank:read"
    BANK_WRITE = "organisation:bank:write"
    ECALCURA_READ = "ecalcura:overview:read"
    STAFF_READ = "ecalcura:staff:read"
    STAFF_WRITE = "ecalcura:staff:write"
    CERTIFICATES_READ = "ecalcura:certificates:read"
    CERTIFICATES_WRITE = "ecalcura:certificates:write"
    DECLARATION_READ = "ecalcura:declaration:read"
    DECLARATION_WRITE = "ecalcura:declaration:write"
    DECLARATION_SUBMIT = "ecalcura:declaration:submit"
    REOPENING_REQUEST = "ecalcura:reopening:request"
    COMPENSATION_READ = "ecalcura:compensation:read"
    HISTORY_READ = "ecalcura:history:read"
    REPORTS_READ = "ecalcura:reports:read"
    BACK_OFFICE = "backoffice:home:read"
    DOSSIER_REVIEW = "backoffice:dossier:read"
    DOSSIER_DECIDE = "backoffice:dossier:decide"
    FACILITIES_READ = "backoffice:facilities:read"
    STAFF_REVIEW = "backoffice:staff:read"
    NATIONAL_NUMBER_REVEAL = "backoffice:nationalnumber:reveal"
    RAAS_IMPORT = "backoffice:raas:import"
    REFERENCE_MANAGE = "backoffice:reference:manage"
    PARAMETERS_MANAGE = "backoffice:parameters:manage"
    CAMPAIGN_RUN = "backoffice:campaign:run"
    CALCULATIONS_READ = "backoffice:calculations:read"
    CALCULATIONS_RUN = "backoffice:calculations:run"
    CALCULATIONS_RELEASE = "backoffice:calculations:release"
    PAYMENTS_MANAGE = "backoffice:payments:manage"
    LETTERS_MANAGE = "backoffice:letters:manage"
    REPORTS_REVIEW = "backoffice:reports:read"
    OUTBOX_READ = "backoffice:outbox:read"
    BLOCKS_MANAGE = "backoffice:blocks:manage"
    AUDIT_READ = "backoffice:audit:read"
    LOOK_UP = "helpdesk:lookup:read"
    AMOUNTS_LOOK_UP = "helpdesk:amounts:read"
    CONTRACTS_READ = "econtracting:contracts:read"
    CONTRACT_INFO_WRITE = "econtracting:contract:write"
    RIGHTS_MANAGE = "econtracting:rights:manage"
    DOCUMENTS_READ = "econtracting:documents:read"
    DOCUMENTS_WRITE = "econtracting:documents:write"
    DOCUMENTS_SEND = "econtracting:documents:send"
    CONTRACT_MESSAGES = "econtracting:messages:write"
    AUTHORITY_DESK = "authority:desk:read"
    AUTHORITY_CONTRACTS = "authority:contracts:manage"
    AUTHORITY_KINDS = "authority:kinds:manage"
    AUTHORITY_DRAFT = "authority:documents:write"
    AUTHORITY_RELEASE = "authority:documents:release"
    AUTHORITY_INVOICES = "authority:invoices:manage"
    AUTHORITY_MESSAGES = "authority:messages:write"
    OUTAGES_MANAGE = "authority:outages:manage"
    CONTRACTS_LOOK_UP = "helpdesk:contracts:read"
    MESSAGES = "messages:thread:write"
    MESSAGES_OFFICE = "backoffice:messages:read"
    MESSAGES_ANSWER = "backoffice:messages:write"
    DESKS_MANAGE = "backoffice:desks:manage"
    NEWS_MANAGE = "news:issues:manage"
    TICKETS_MANAGE = "helpdesk:tickets:manage"
    PERSON_FILE = "ecalcura:person_file:read"
    PERSON_FILE_REVIEW = "backoffice:person_file:read"
    VIEWS_READ = "organisation:views:read"
    RETENTION_MANAGE = "backoffice:retention:manage"
    PREFERENCES = "portal:preferences:write"
    SYSTEM = "system:all"


#: What everybody who is signed in may do (10.6: "start page and own organisation data only").
SIGNED_IN: frozenset[Permission] = frozenset(
    {Permission.PUBLIC, Permission.HOME, Permission.ORGANISATION_READ, Permission.PREFERENCES}
)

_FACILITY_COMMON = frozenset({Permission.ORGANISATION_WRITE, Permission.CONTACTS_WRITE, Permission.ECALCURA_READ})

#: What both roles of a contractor open; which documents, and what with them, follows from groups (part 5).
_CONTRACTOR_COMMON = frozenset(
    {
        Permission.CONTRACTS_READ,
        Permission.DOCUMENTS_READ,
        Permission.DOCUMENTS_WRITE,
        Permission.DOCUMENTS_SEND,
        Permission.CONTRACT_MESSAGES,
        Permission.MESSAGES,
    }
)
_AUTHORITY_COMMON = frozenset({Permission.BACK_OFFICE, Permission.AUTHORITY_DESK, Permission.MESSAGES_OFFICE})

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.EL_PRIVACY: _FACILITY_COMMON
    | {
        Permission.STAFF_READ,
        Permission.STAFF_WRITE,
        Permission.CERTIFICATES_READ,
        Permission.CERTIFICATES_WRITE,
        Permission.DECLARATION_READ,
        Permission.DECLARATION_WRITE,
        Permission.DECLARATION_SUBMIT,
        Permission.REOPENING_REQUEST,
        Permission.COMPENSATION_READ,
        Permission.HISTORY_READ,
        Permission.REPORTS_READ,
        Permission.MESSAGES,
        Permission.PERSON_FILE,
        Permission.VIEWS_READ,
    },
    Role.EL_FINANCIEEL: _FACILITY_COMMON | {Permission.BANK_READ, Permission.BANK_WRITE, Permission.HISTORY_READ},
    Role.EL_DOSSIERBEHEERDER: frozenset(
        {
            Permission.BACK_OFFICE,
            Permission.DOSSIER_REVIEW,
            Permission.DOSSIER_DECIDE,
            Permission.FACILITIES_READ,
            Permission.STAFF_REVIEW,
            Permission.NATIONAL_NUMBER_REVEAL,
            Permission.RAAS_IMPORT,
            Permission.REFERENCE_MANAGE,
            Permission.PARAMETERS_MANAGE,
            Permission.CAMPAIGN_RUN,
            Permission.CALCULATIONS_READ,
            Permission.CALCULATIONS_RUN,
            Permission.CALCULATIONS_RELEASE,
            Permission.PAYMENTS_MANAGE,
            Permission.LETTERS_MANAGE,
            Permission.REPORTS_REVIEW,
            Permission.OUTBOX_READ,
            Permission.BLOCKS_MANAGE,
            Permission.AUDIT_READ,
            Permission.LOOK_UP,
            Permission.AMOUNTS_LOOK_UP,
            Permission.MESSAGES_OFFICE,
            Permission.MESSAGES_ANSWER,
            Permission.DESKS_MANAGE,
            Permission.NEWS_MANAGE,
            Permission.PERSON_FILE_REVIEW,
            Permission.RETENTION_MANAGE,
        }
    ),
    Role.EL_HELPDESK: frozenset(
        {Permission.BACK_OFFICE, Permission.LOOK_UP, Permission.AMOUNTS_LOOK_UP, Permission.TICKETS_MANAGE}
    ),
    Role.EC_BEHEERDER: _CONTRACTOR_COMMON
    | {Permission.CONTRACT_INFO_WRITE, Permission.RIGHTS_MANAGE, Permission.VIEWS_READ},
    Role.EC_GEBRUIKER: _CONTRACTOR_COMMON,
    Role.EC_AB_DOSSIERBEHEERDER: _AUTHORITY_COMMON
    | {
        Permission.AUTHORITY_CONTRACTS,
        Permission.AUTHORITY_KINDS,
        Permission.AUTHORITY_INVOICES,
        Permission.AUTHORITY_MESSAGES,
        Permission.OUTAGES_MANAGE,
        Permission.NEWS_MANAGE,
    },
    Role.EC_AB_BEHANDELAAR: _AUTHORITY_COMMON
    | {Permission.AUTHORITY_DRAFT, Permission.AUTHORITY_INVOICES, Permission.AUTHORITY_MESSAGES},
    Role.EC_AB_VRIJGEVER: _AUTHORITY_COMMON | {Permission.AUTHORITY_RELEASE},
    Role.EC_HELPDESK: frozenset({Permission.BACK_OFFICE, Permission.CONTRACTS_LOOK_UP, Permission.TICKETS_MANAGE}),
    Role.SYSTEM: frozenset(Permission),
}


def roles_granting(permission: Permission) -> tuple[Role, ...]:
    """Which roles carry a permission, for the page that explains a refusal."""
    return tuple(
        role for role, granted in ROLE_PERMISSIONS.items() if permission in granted and role is not Role.SYSTEM
    )
