"""Public contracts: rights, documents, files, follow-up, proof, messages, notification addresses.

Revision: 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "closing_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("statutory", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_closing_day")),
    )
    op.create_table(
        "document_kind",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=160), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=160), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.String(length=160), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_kind")),
        sa.UniqueConstraint("code", "number", name=op.f("uq_document_kind_code_number")),
    )
    op.create_table(
        "document_theme",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_document_theme")),
    )
    op.create_table(
        "interest_rate",
        sa.Column("half_year", sa.String(length=6), nullable=False),
        sa.Column("percent", sa.String(length=8), nullable=False),
        sa.Column("derived", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("half_year", name=op.f("pk_interest_rate")),
    )
    op.create_table(
        "outage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("planned", sa.Boolean(), nullable=False),
        sa.Column("functions", sa.String(length=80), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("third_party", sa.Boolean(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("visible_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["replaced_by_id"], ["outage.id"], name=op.f("fk_outage_replaced_by_id_outage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage")),
        sa.UniqueConstraint("reference", name=op.f("uq_outage_reference")),
    )
    with op.batch_alter_table("outage", schema=None) as batch_op:
        batch_op.create_index("ix_outage_span", ["starts_at", "ends_at"], unique=False)

    op.create_table(
        "time_stamp",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("leaves", sa.Integer(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_stamp")),
    )
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_calendar_feed_account_id_account")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_calendar_feed_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_calendar_feed_token_digest")),
    )
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_feed_account_id"), ["account_id"], unique=False)

    op.create_table(
        "contract_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_by_id", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["organisation.id"], name=op.f("fk_contract_import_authority_id_organisation")
        ),
        sa.ForeignKeyConstraint(["read_by_id"], ["account.id"], name=op.f("fk_contract_import_read_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_import")),
        sa.UniqueConstraint("reference", name=op.f("uq_contract_import_reference")),
    )
    with op.batch_alter_table("contract_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contract_import_authority_id"), ["authority_id"], unique=False)

    op.create_table(
        "party_settings",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("manager_reads", sa.Boolean(), nullable=False),
        sa.Column("two_people", sa.Boolean(), nullable=False),
        sa.Column("shows_official", sa.Boolean(), nullable=False),
        sa.Column("mailbox", sa.String(length=254), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_party_settings_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_party_settings")),
    )
    op.create_table(
        "public_contract",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=120), nullable=False),
        sa.Column("contractor_id", sa.Integer(), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "WERKEN",
                "LEVERINGEN",
                "DIENSTEN",
                name="public_contract_type",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "ground",
            sa.Enum(
                "BESTEK", "BIJAKTE", name="public_contract_ground", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("ground_reference", sa.String(length=120), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column(
            "regime",
            sa.Enum(
                "KB2013", "KB2024", name="public_contract_regime", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("regime_reason", sa.String(length=500), nullable=False),
        sa.Column("processing_days", sa.Integer(), nullable=False),
        sa.Column("derogation_reason", sa.String(length=500), nullable=False),
        sa.Column("order_number", sa.String(length=60), nullable=False),
        sa.Column("contact_name", sa.String(length=120), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ACTIEF",
                "AFGESLOTEN",
                "GEARCHIVEERD",
                name="public_contract_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("visible_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("internal_reference", sa.String(length=60), nullable=False),
        sa.Column("internal_description", sa.String(length=300), nullable=False),
        sa.Column("search_text", sa.String(length=400), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["organisation.id"], name=op.f("fk_public_contract_authority_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["contractor_id"], ["organisation.id"], name=op.f("fk_public_contract_contractor_id_organisation")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_public_contract_made_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_contract")),
        sa.UniqueConstraint("authority_id", "number", name=op.f("uq_public_contract_authority_id_number")),
        sa.UniqueConstraint("reference", name=op.f("uq_public_contract_reference")),
    )
    with op.batch_alter_table("public_contract", schema=None) as batch_op:
        batch_op.create_index("ix_public_contract_authority", ["authority_id", "state", "id"], unique=False)
        batch_op.create_index("ix_public_contract_contractor", ["contractor_id", "state", "id"], unique=False)
        batch_op.create_index("ix_public_contract_contractor_newest", ["contractor_id", "id"], unique=False)
        batch_op.create_index(
            "ix_public_contract_unannounced",
            ["visible_since"],
            unique=False,
            sqlite_where=sa.text("announced_at IS NULL"),
            postgresql_where=sa.text("announced_at IS NULL"),
        )

    op.create_table(
        "rights_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("theme", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("for_new_contracts", sa.Boolean(), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 3", name=op.f("ck_rights_group_level")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_rights_group_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_group")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_rights_group_organisation_id_name")),
        sa.UniqueConstraint("reference", name=op.f("uq_rights_group_reference")),
    )
    op.create_table(
        "work_relation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("roles", sa.String(length=200), nullable=False),
        sa.Column("represents", sa.Boolean(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("block_reason", sa.String(length=300), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_work_relation_account_id_account")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_work_relation_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_relation")),
        sa.UniqueConstraint("account_id", "organisation_id", name=op.f("uq_work_relation_account_id_organisation_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_work_relation_reference")),
    )
    with op.batch_alter_table("work_relation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_work_relation_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "contract_kind",
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("kind_code", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["public_contract.id"],
            name=op.f("fk_contract_kind_contract_id_public_contract"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("contract_id", "kind_code", name=op.f("pk_contract_kind")),
    )
    op.create_table(
        "evidence_check",
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("broken", sa.String(length=400), nullable=True),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["public_contract.id"], name=op.f("fk_evidence_check_contract_id_public_contract")
        ),
        sa.PrimaryKeyConstraint("contract_id", name=op.f("pk_evidence_check")),
    )
    with op.batch_alter_table("evidence_check", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_check_checked_at"), ["checked_at"], unique=False)

    op.create_table(
        "evidence_head",
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["public_contract.id"], name=op.f("fk_evidence_head_contract_id_public_contract")
        ),
        sa.PrimaryKeyConstraint("contract_id", name=op.f("pk_evidence_head")),
    )
    op.create_table(
        "file_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("kind_code", sa.String(length=40), nullable=False),
        sa.Column("theme", sa.String(length=40), nullable=False),
        sa.Column(
            "direction",
            sa.Enum("ON_AB", "AB_ON", name="document_direction", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column(
            "claim_state",
            sa.Enum(
                "S0",
                "S1",
                "S2",
                "S3",
                "S4",
                "S5",
                "S6",
                "S7",
                "S8",
                "S9",
                "S10",
                name="claim_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("claimed", sa.BigInteger(), nullable=True),
        sa.Column("accepted", sa.BigInteger(), nullable=True),
        sa.Column("order_number", sa.String(length=60), nullable=True),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["public_contract.id"], name=op.f("fk_file_document_contract_id_public_contract")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["file_document.id"], name=op.f("fk_file_document_parent_id_file_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_document")),
        sa.UniqueConstraint(
            "contract_id", "kind_code", "number", name=op.f("uq_file_document_contract_id_kind_code_number")
        ),
        sa.UniqueConstraint("reference", name=op.f("uq_file_document_reference")),
    )
    with op.batch_alter_table("file_document", schema=None) as batch_op:
        batch_op.create_index("ix_file_document_claim", ["claim_state", "contract_id"], unique=False)
        batch_op.create_index("ix_file_document_contract", ["contract_id", "id"], unique=False)
        batch_op.create_index("ix_file_document_order", ["order_number"], unique=False)
        batch_op.create_index(batch_op.f("ix_file_document_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "group_contract",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["public_contract.id"], name=op.f("fk_group_contract_contract_id_public_contract")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["rights_group.id"], name=op.f("fk_group_contract_group_id_rights_group")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_contract")),
    )
    with op.batch_alter_table("group_contract", schema=None) as batch_op:
        batch_op.create_index("ix_group_contract_contract", ["contract_id", "group_id"], unique=False)
        batch_op.create_index("ix_group_contract_group", ["group_id", "contract_id"], unique=False)

    op.create_table(
        "group_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("relation_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["rights_group.id"], name=op.f("fk_group_member_group_id_rights_group")),
        sa.ForeignKeyConstraint(
            ["relation_id"], ["work_relation.id"], name=op.f("fk_group_member_relation_id_work_relation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_member")),
    )
    with op.batch_alter_table("group_member", schema=None) as batch_op:
        batch_op.create_index("ix_group_member_group", ["group_id"], unique=False)
        batch_op.create_index("ix_group_member_relation", ["relation_id", "group_id"], unique=False)

    op.create_table(
        "notification_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("theme", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("events", sa.String(length=300), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=True),
        sa.Column("token_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bounce", sa.String(length=300), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["public_contract.id"], name=op.f("fk_notification_address_contract_id_public_contract")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_notification_address_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_address")),
        sa.UniqueConstraint("reference", name=op.f("uq_notification_address_reference")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_notification_address_token_digest")),
    )
    with op.batch_alter_table("notification_address", schema=None) as batch_op:
        batch_op.create_index("ix_notification_address_email", ["email"], unique=False)
        batch_op.create_index("ix_notification_address_owner", ["organisation_id", "contract_id"], unique=False)

    op.create_table(
        "contract_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column(
            "party",
            sa.Enum("ON", "AB", name="action_party", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "type",
            sa.Enum(
                "SCHULDVORDERING_OPMAKEN",
                "NAZICHT_UITVOEREN",
                "FACTUUR_INDIENEN",
                "AANVULLING_BEZORGEN",
                "KENNIS_NEMEN",
                name="action_type",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "OPEN",
                "UITGEVOERD",
                "HEROPEND",
                "VERVALLEN",
                name="action_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["public_contract.id"], name=op.f("fk_contract_action_contract_id_public_contract")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["file_document.id"], name=op.f("fk_contract_action_document_id_file_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_action")),
        sa.UniqueConstraint("reference", name=op.f("uq_contract_action_reference")),
    )
    with op.batch_alter_table("contract_action", schema=None) as batch_op:
        batch_op.create_index("ix_contract_action_contract", ["contract_id", "state"], unique=False)
        batch_op.create_index("ix_contract_action_document", ["document_id"], unique=False)

    op.create_table(
        "conversation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("theme", sa.String(length=40), nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=True),
        sa.Column("quarter", sa.String(length=6), nullable=True),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "awaiting",
            sa.Enum(
                "LOKET",
                "BEHEER",
                "SYSTEEM",
                name="conversation_awaiting",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["public_contract.id"], name=op.f("fk_conversation_contract_id_public_contract")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["file_document.id"], name=op.f("fk_conversation_document_id_file_document")
        ),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_conversation_facility_id_facility")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint("reference", name=op.f("uq_conversation_reference")),
    )
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.create_index("ix_conversation_contract", ["contract_id", "last_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_conversation_document_id"), ["document_id"], unique=False)
        batch_op.create_index("ix_conversation_facility", ["facility_id", "last_at"], unique=False)
        batch_op.create_index("ix_conversation_office", ["theme", "awaiting", "last_at"], unique=False)

    op.create_table(
        "document_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("latest", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "CONCEPT",
                "VERZONDEN",
                "VRIJGEGEVEN",
                "RAADPLEEGBAAR",
                "IN_BEHANDELING",
                "AFGEHANDELD",
                "HEROPEND",
                "VERVANGEN",
                name="version_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_digest", sa.String(length=64), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by_id", sa.Integer(), nullable=True),
        sa.Column("consultable_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_consulted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("send_key", sa.String(length=64), nullable=True),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["account.id"], name=op.f("fk_document_version_changed_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["file_document.id"], name=op.f("fk_document_version_document_id_file_document")
        ),
        sa.ForeignKeyConstraint(
            ["kind_id"], ["document_kind.id"], name=op.f("fk_document_version_kind_id_document_kind")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_document_version_made_by_id_account")),
        sa.ForeignKeyConstraint(
            ["released_by_id"], ["account.id"], name=op.f("fk_document_version_released_by_id_account")
        ),
        sa.ForeignKeyConstraint(["sent_by_id"], ["account.id"], name=op.f("fk_document_version_sent_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_version")),
        sa.UniqueConstraint("document_id", "number", name=op.f("uq_document_version_document_id_number")),
        sa.UniqueConstraint("reference", name=op.f("uq_document_version_reference")),
        sa.UniqueConstraint("send_key", name=op.f("uq_document_version_send_key")),
    )
    with op.batch_alter_table("document_version", schema=None) as batch_op:
        batch_op.create_index("ix_document_version_state", ["state", "id"], unique=False)
        batch_op.create_index(
            "uq_document_version_latest",
            ["document_id"],
            unique=True,
            sqlite_where=sa.text("latest"),
            postgresql_where=sa.text("latest"),
        )

    op.create_table(
        "group_extra_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("relation_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["link_id"], ["group_contract.id"], name=op.f("fk_group_extra_member_link_id_group_contract")
        ),
        sa.ForeignKeyConstraint(
            ["relation_id"], ["work_relation.id"], name=op.f("fk_group_extra_member_relation_id_work_relation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_extra_member")),
    )
    with op.batch_alter_table("group_extra_member", schema=None) as batch_op:
        batch_op.create_index("ix_group_extra_member_link", ["link_id"], unique=False)
        batch_op.create_index("ix_group_extra_member_relation", ["relation_id", "link_id"], unique=False)

    op.create_table(
        "received_invoice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "MATCH",
                "BEDRAG_WIJKT_AF",
                "GEEN_AANVRAAG",
                "DUBBEL",
                name="invoice_outcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("seller_key", sa.String(length=20), nullable=False),
        sa.Column("seller_name", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("order_number", sa.String(length=100), nullable=False),
        sa.Column("contract_number", sa.String(length=100), nullable=False),
        sa.Column("credit_note", sa.Boolean(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("payable", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_by_id", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("rejected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rejection", sa.String(length=500), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["organisation.id"], name=op.f("fk_received_invoice_authority_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["digest"], ["stored_file.digest"], name=op.f("fk_received_invoice_digest_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["registered_by_id"], ["account.id"], name=op.f("fk_received_invoice_registered_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["file_document.id"], name=op.f("fk_received_invoice_request_id_file_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_invoice")),
        sa.UniqueConstraint("reference", name=op.f("uq_received_invoice_reference")),
    )
    with op.batch_alter_table("received_invoice", schema=None) as batch_op:
        batch_op.create_index("ix_received_invoice_authority", ["authority_id", "id"], unique=False)
        batch_op.create_index("ix_received_invoice_number", ["seller_key", "number"], unique=False)
        batch_op.create_index("ix_received_invoice_request", ["request_id"], unique=False)

    op.create_table(
        "contract_term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column(
            "party",
            sa.Enum("ON", "AB", name="term_party", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "PROCESSING",
                "VERIFICATION",
                "PAYMENT",
                "INVOICE",
                name="term_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "regime",
            sa.Enum("KB2013", "KB2024", name="term_regime", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "LOOPT",
                "GESCHORST",
                "VOLDAAN",
                "NOOIT_GESTART",
                "BEEINDIGD",
                name="term_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("roll", sa.Boolean(), nullable=False),
        sa.Column("nominal_end", sa.Date(), nullable=False),
        sa.Column("effective_end", sa.Date(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trace", sa.Text(), nullable=False),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outage_id", sa.Integer(), nullable=True),
        sa.Column("replaced_by_id", sa.Integer(), nullable=True),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["public_contract.id"], name=op.f("fk_contract_term_contract_id_public_contract")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["file_document.id"], name=op.f("fk_contract_term_document_id_file_document")
        ),
        sa.ForeignKeyConstraint(["outage_id"], ["outage.id"], name=op.f("fk_contract_term_outage_id_outage")),
        sa.ForeignKeyConstraint(
            ["replaced_by_id"], ["contract_term.id"], name=op.f("fk_contract_term_replaced_by_id_contract_term")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["document_version.id"], name=op.f("fk_contract_term_version_id_document_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_term")),
        sa.UniqueConstraint("reference", name=op.f("uq_contract_term_reference")),
    )
    with op.batch_alter_table("contract_term", schema=None) as batch_op:
        batch_op.create_index("ix_contract_term_contract", ["contract_id", "state"], unique=False)
        batch_op.create_index("ix_contract_term_document", ["document_id"], unique=False)
        batch_op.create_index("ix_contract_term_due", ["state", "expires_at"], unique=False)

    op.create_table(
        "document_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column(
            "party",
            sa.Enum(
                "ON",
                "AB_BEHANDELAAR",
                "AB_VRIJGEVER",
                "SYSTEEM",
                name="document_party",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_document_event_account_id_account")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["file_document.id"], name=op.f("fk_document_event_document_id_file_document")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["document_version.id"], name=op.f("fk_document_event_version_id_document_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_event")),
    )
    with op.batch_alter_table("document_event", schema=None) as batch_op:
        batch_op.create_index("ix_document_event_document", ["document_id", "id"], unique=False)

    op.create_table(
        "evidence_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "INDIENING",
                "INDIENING_GEWEIGERD",
                "RAADPLEEGBAAR",
                "EERSTE_RAADPLEGING",
                "HEROPEND",
                "CORRECTIE",
                "NOTIFICATIE_VERZONDEN",
                "NOTIFICATIE_MISLUKT",
                "VERWIJDERD_NA_BEWAARTERMIJN",
                name="evidence_type",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=200), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("time_stamp_id", sa.Integer(), nullable=True),
        sa.Column("leaf", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["public_contract.id"], name=op.f("fk_evidence_record_contract_id_public_contract")
        ),
        sa.ForeignKeyConstraint(
            ["time_stamp_id"], ["time_stamp.id"], name=op.f("fk_evidence_record_time_stamp_id_time_stamp")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["document_version.id"], name=op.f("fk_evidence_record_version_id_document_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_record")),
        sa.UniqueConstraint("code", name=op.f("uq_evidence_record_code")),
        sa.UniqueConstraint("contract_id", "sequence", name=op.f("uq_evidence_record_contract_id_sequence")),
    )
    with op.batch_alter_table("evidence_record", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_record_digest"), ["digest"], unique=False)
        batch_op.create_index("ix_evidence_record_unstamped", ["time_stamp_id", "id"], unique=False)
        batch_op.create_index("ix_evidence_record_version", ["version_id"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column(
            "side",
            sa.Enum(
                "LOKET", "BEHEER", "SYSTEEM", name="message_side", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("author_label", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("awaits_reply", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consultable_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_message_author_id_account")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_message_conversation_id_conversation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("reference", name=op.f("uq_message_reference")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_conversation", ["conversation_id", "id"], unique=False)

    op.create_table(
        "send_check",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_send_check_account_id_account")),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["document_version.id"],
            name=op.f("fk_send_check_version_id_document_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_send_check")),
    )
    with op.batch_alter_table("send_check", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_send_check_made_at"), ["made_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_send_check_version_id"), ["version_id"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("slot", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ONTVANGEN",
                "IN_ORDE",
                "BESMET",
                "GEWEIGERD",
                name="attachment_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by_id", sa.Integer(), nullable=True),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal", sa.String(length=200), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("stripped_from", sa.String(length=64), nullable=True),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_attachment_message_id_message")),
        sa.ForeignKeyConstraint(["received_by_id"], ["account.id"], name=op.f("fk_attachment_received_by_id_account")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["document_version.id"], name=op.f("fk_attachment_version_id_document_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("reference", name=op.f("uq_attachment_reference")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index("ix_attachment_digest", ["digest"], unique=False)
        batch_op.create_index("ix_attachment_message", ["message_id", "position"], unique=False)
        batch_op.create_index("ix_attachment_state", ["state", "id"], unique=False)
        batch_op.create_index("ix_attachment_version", ["version_id", "position"], unique=False)

    op.create_table(
        "confidential_annex",
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=True),
        sa.Column("person", sa.String(length=300), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_confidential_annex_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["evidence_record.id"], name=op.f("fk_confidential_annex_record_id_evidence_record")
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_confidential_annex")),
    )
    with op.batch_alter_table("confidential_annex", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_confidential_annex_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "message_read",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_message_read_account_id_account")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_message_read_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_message_read_message_id_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_read")),
        sa.UniqueConstraint("conversation_id", "account_id", name=op.f("uq_message_read_conversation_id_account_id")),
    )
    op.create_table(
        "term_suspension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("term_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["term_id"], ["contract_term.id"], name=op.f("fk_term_suspension_term_id_contract_term")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term_suspension")),
    )
    with op.batch_alter_table("term_suspension", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_term_suspension_term_id"), ["term_id"], unique=False)

    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("enterprise_number", sa.String(length=10), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.drop_column("enterprise_number")

    with op.batch_alter_table("term_suspension", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_term_suspension_term_id"))

    op.drop_table("term_suspension")
    op.drop_table("message_read")
    with op.batch_alter_table("confidential_annex", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_confidential_annex_organisation_id"))

    op.drop_table("confidential_annex")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index("ix_attachment_version")
        batch_op.drop_index("ix_attachment_state")
        batch_op.drop_index("ix_attachment_message")
        batch_op.drop_index("ix_attachment_digest")

    op.drop_table("attachment")
    with op.batch_alter_table("send_check", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_send_check_version_id"))
        batch_op.drop_index(batch_op.f("ix_send_check_made_at"))

    op.drop_table("send_check")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("ix_message_conversation")

    op.drop_table("message")
    with op.batch_alter_table("evidence_record", schema=None) as batch_op:
        batch_op.drop_index("ix_evidence_record_version")
        batch_op.drop_index("ix_evidence_record_unstamped")
        batch_op.drop_index(batch_op.f("ix_evidence_record_digest"))

    op.drop_table("evidence_record")
    with op.batch_alter_table("document_event", schema=None) as batch_op:
        batch_op.drop_index("ix_document_event_document")

    op.drop_table("document_event")
    with op.batch_alter_table("contract_term", schema=None) as batch_op:
        batch_op.drop_index("ix_contract_term_due")
        batch_op.drop_index("ix_contract_term_document")
        batch_op.drop_index("ix_contract_term_contract")

    op.drop_table("contract_term")
    with op.batch_alter_table("received_invoice", schema=None) as batch_op:
        batch_op.drop_index("ix_received_invoice_request")
        batch_op.drop_index("ix_received_invoice_number")
        batch_op.drop_index("ix_received_invoice_authority")

    op.drop_table("received_invoice")
    with op.batch_alter_table("group_extra_member", schema=None) as batch_op:
        batch_op.drop_index("ix_group_extra_member_relation")
        batch_op.drop_index("ix_group_extra_member_link")

    op.drop_table("group_extra_member")
    with op.batch_alter_table("document_version", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_document_version_latest", sqlite_where=sa.text("latest"), postgresql_where=sa.text("latest")
        )
        batch_op.drop_index("ix_document_version_state")

    op.drop_table("document_version")
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.drop_index("ix_conversation_office")
        batch_op.drop_index("ix_conversation_facility")
        batch_op.drop_index(batch_op.f("ix_conversation_document_id"))
        batch_op.drop_index("ix_conversation_contract")

    op.drop_table("conversation")
    with op.batch_alter_table("contract_action", schema=None) as batch_op:
        batch_op.drop_index("ix_contract_action_document")
        batch_op.drop_index("ix_contract_action_contract")

    op.drop_table("contract_action")
    with op.batch_alter_table("notification_address", schema=None) as batch_op:
        batch_op.drop_index("ix_notification_address_owner")
        batch_op.drop_index("ix_notification_address_email")

    op.drop_table("notification_address")
    with op.batch_alter_table("group_member", schema=None) as batch_op:
        batch_op.drop_index("ix_group_member_relation")
        batch_op.drop_index("ix_group_member_group")

    op.drop_table("group_member")
    with op.batch_alter_table("group_contract", schema=None) as batch_op:
        batch_op.drop_index("ix_group_contract_group")
        batch_op.drop_index("ix_group_contract_contract")

    op.drop_table("group_contract")
    with op.batch_alter_table("file_document", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_file_document_parent_id"))
        batch_op.drop_index("ix_file_document_order")
        batch_op.drop_index("ix_file_document_contract")
        batch_op.drop_index("ix_file_document_claim")

    op.drop_table("file_document")
    op.drop_table("evidence_head")
    with op.batch_alter_table("evidence_check", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_check_checked_at"))

    op.drop_table("evidence_check")
    op.drop_table("contract_kind")
    with op.batch_alter_table("work_relation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_work_relation_organisation_id"))

    op.drop_table("work_relation")
    op.drop_table("rights_group")
    with op.batch_alter_table("public_contract", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_public_contract_unannounced",
            sqlite_where=sa.text("announced_at IS NULL"),
            postgresql_where=sa.text("announced_at IS NULL"),
        )
        batch_op.drop_index("ix_public_contract_contractor_newest")
        batch_op.drop_index("ix_public_contract_contractor")
        batch_op.drop_index("ix_public_contract_authority")

    op.drop_table("public_contract")
    op.drop_table("party_settings")
    with op.batch_alter_table("contract_import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contract_import_authority_id"))

    op.drop_table("contract_import")
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendar_feed_account_id"))

    op.drop_table("calendar_feed")
    op.drop_table("time_stamp")
    with op.batch_alter_table("outage", schema=None) as batch_op:
        batch_op.drop_index("ix_outage_span")

    op.drop_table("outage")
    op.drop_table("interest_rate")
    op.drop_table("document_theme")
    op.drop_table("document_kind")
    op.drop_table("closing_day")
