"""Talking to each other: desks, mail preferences, newsletter, helpdesk, rights of persons.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "canned_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("theme", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=160), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_text")),
        sa.UniqueConstraint("reference", name=op.f("uq_canned_text_reference")),
    )
    op.create_table(
        "desk",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("mailbox", sa.String(length=254), nullable=False),
        sa.Column("sectors", sa.String(length=80), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk")),
        sa.UniqueConstraint("name", name=op.f("uq_desk_name")),
        sa.UniqueConstraint("reference", name=op.f("uq_desk_reference")),
    )
    op.create_table(
        "erasure_proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("retention_class", sa.String(length=40), nullable=False),
        sa.Column("subject_key", sa.String(length=64), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.Column("keys_digest", sa.String(length=64), nullable=False),
        sa.Column("audit_sequence", sa.Integer(), nullable=False),
        sa.Column("audit_digest", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_proof")),
        sa.UniqueConstraint("reference", name=op.f("uq_erasure_proof_reference")),
    )
    with op.batch_alter_table("erasure_proof", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_erasure_proof_retention_class"), ["retention_class"], unique=False)

    op.create_table(
        "mail_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bounce", sa.String(length=300), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_address")),
        sa.UniqueConstraint("email", name=op.f("uq_mail_address_email")),
    )
    op.create_table(
        "product_release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("released_on", sa.Date(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("in_manual", sa.Boolean(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=160), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_release")),
        sa.UniqueConstraint("number", name=op.f("uq_product_release_number")),
        sa.UniqueConstraint("reference", name=op.f("uq_product_release_reference")),
    )
    op.create_table(
        "subscription",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column(
            "topic",
            sa.Enum(
                "NIEUWSBRIEF",
                "ONBESCHIKBAARHEDEN",
                name="subscription_topic",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=True),
        sa.Column("token_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leave_digest", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=20), nullable=False),
        sa.Column("added_by", sa.String(length=160), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("client_digest", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("leave_digest", name=op.f("uq_subscription_leave_digest")),
        sa.UniqueConstraint("reference", name=op.f("uq_subscription_reference")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_subscription_token_digest")),
    )
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.create_index("ix_subscription_asked", ["asked_at"], unique=False)
        batch_op.create_index("ix_subscription_email", ["email", "topic"], unique=False)
        batch_op.create_index("ix_subscription_topic", ["topic", "id"], unique=False)

    op.create_table(
        "campaign_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=True),
        sa.Column("roles", sa.String(length=300), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_campaign_feed_account_id_account")),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_campaign_feed_facility_id_facility")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_feed")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_campaign_feed_token_digest")),
    )
    with op.batch_alter_table("campaign_feed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_campaign_feed_account_id"), ["account_id"], unique=False)

    op.create_table(
        "desk_member",
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_desk_member_account_id_account")),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_desk_member_desk_id_desk"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("desk_id", "account_id", name=op.f("pk_desk_member")),
    )
    op.create_table(
        "erasure_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("retention_class", sa.String(length=40), nullable=False),
        sa.Column("subject_key", sa.String(length=64), nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=True),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erase_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_by", sa.String(length=160), nullable=False),
        sa.Column("held_reason", sa.String(length=500), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_erasure_notice_facility_id_facility")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_notice")),
        sa.UniqueConstraint("reference", name=op.f("uq_erasure_notice_reference")),
        sa.UniqueConstraint(
            "retention_class", "subject_key", name=op.f("uq_erasure_notice_retention_class_subject_key")
        ),
    )
    with op.batch_alter_table("erasure_notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_erasure_notice_facility_id"), ["facility_id"], unique=False)
        batch_op.create_index("ix_erasure_notice_open", ["erased_at", "erase_from"], unique=False)

    op.create_table(
        "help_ticket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("organisation_key", sa.String(length=20), nullable=True),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("page", sa.String(length=500), nullable=False),
        sa.Column("refusal_code", sa.String(length=12), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("browser", sa.String(length=300), nullable=False),
        sa.Column(
            "theme",
            sa.Enum(
                "ECALCURA",
                "ECONTRACTING",
                "BEIDE",
                name="ticket_theme",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("client", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "NIEUW",
                "IN_BEHANDELING",
                "AFGEHANDELD",
                name="ticket_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("taken_by", sa.String(length=160), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_help_ticket_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_ticket")),
        sa.UniqueConstraint("code", name=op.f("uq_help_ticket_code")),
        sa.UniqueConstraint("reference", name=op.f("uq_help_ticket_reference")),
    )
    with op.batch_alter_table("help_ticket", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_help_ticket_account_id"), ["account_id"], unique=False)
        batch_op.create_index("ix_help_ticket_client", ["client", "opened_at"], unique=False)
        batch_op.create_index("ix_help_ticket_state", ["theme", "state", "id"], unique=False)

    op.create_table(
        "mail_bounce",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dedupe_key", sa.String(length=64), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=True),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("permanent", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox_message.id"], name=op.f("fk_mail_bounce_outbox_id_outbox_message")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_bounce")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_mail_bounce_dedupe_key")),
    )
    with op.batch_alter_table("mail_bounce", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mail_bounce_outbox_id"), ["outbox_id"], unique=False)

    op.create_table(
        "news_issue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=160), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["product_release.id"], name=op.f("fk_news_issue_release_id_product_release")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news_issue")),
        sa.UniqueConstraint("number", name=op.f("uq_news_issue_number")),
        sa.UniqueConstraint("reference", name=op.f("uq_news_issue_reference")),
    )
    with op.batch_alter_table("news_issue", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_news_issue_release_id"), ["release_id"], unique=False)

    op.create_table(
        "organisation_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_key", sa.String(length=20), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=60), nullable=False),
        sa.Column("subject_type", sa.String(length=40), nullable=False),
        sa.Column("subject_key", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("first_sequence", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["first_sequence"], ["audit_entry.sequence"], name=op.f("fk_organisation_view_first_sequence_audit_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_view")),
        sa.UniqueConstraint(
            "organisation_key",
            "slot",
            "event",
            "subject_type",
            "subject_key",
            "actor_id",
            name=op.f("uq_organisation_view_organisation_key_slot_event_subject_type_subject_key_actor_id"),
        ),
    )
    with op.batch_alter_table("organisation_view", schema=None) as batch_op:
        batch_op.create_index("ix_organisation_view_at", ["first_at", "id"], unique=False)
        batch_op.create_index(
            "ix_organisation_view_event", ["organisation_key", "event", "first_sequence"], unique=False
        )
        batch_op.create_index("ix_organisation_view_newest", ["organisation_key", "first_sequence"], unique=False)

    op.create_table(
        "terms_acceptance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_terms_acceptance_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_acceptance")),
        sa.UniqueConstraint("account_id", "version", name=op.f("uq_terms_acceptance_account_id_version")),
    )
    op.create_table(
        "correction_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=False),
        sa.Column("national_number", sa.String(length=11), nullable=False),
        sa.Column("field", sa.String(length=120), nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=True),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_by", sa.String(length=160), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "GEVRAAGD",
                "IN_BEHANDELING",
                "VERBETERD",
                "GEWEIGERD",
                "INGETROKKEN",
                name="correction_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=160), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=True),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_correction_request_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facility.id"], name=op.f("fk_correction_request_facility_id_facility")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_request")),
        sa.UniqueConstraint("reference", name=op.f("uq_correction_request_reference")),
    )
    with op.batch_alter_table("correction_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_correction_request_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index("ix_correction_request_facility", ["facility_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_correction_request_national_number"), ["national_number"], unique=False)

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("language", sa.String(length=5), nullable=True))

    with op.batch_alter_table("audit_personal_value", schema=None) as batch_op:
        batch_op.create_index(
            "ix_audit_personal_value_number",
            ["value"],
            unique=False,
            sqlite_where=sa.text("name = 'number'"),
            postgresql_where=sa.text("name = 'number'"),
        )

    with op.batch_alter_table("calculation_derivation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("erased_in_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_calculation_derivation_erased_in_id"), ["erased_in_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_calculation_derivation_erased_in_id_erasure_proof"),
            "erasure_proof",
            ["erased_in_id"],
            ["id"],
        )

    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("desk_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("messages", sa.Integer(), server_default="0", nullable=False))
        batch_op.create_index(batch_op.f("ix_conversation_desk_id"), ["desk_id"], unique=False)
        batch_op.create_index("ix_conversation_newest", ["theme", "last_at"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_conversation_desk_id_desk"), "desk", ["desk_id"], ["id"])

    with op.batch_alter_table("dossier_snapshot", schema=None) as batch_op:
        batch_op.add_column(sa.Column("erased_in_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_dossier_snapshot_erased_in_id"), ["erased_in_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_dossier_snapshot_erased_in_id_erasure_proof"), "erasure_proof", ["erased_in_id"], ["id"]
        )

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("event", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("parameters", sa.Text(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("place", sa.Integer(), nullable=True))
        batch_op.create_index("ix_message_place", ["conversation_id", "place"], unique=False)
        batch_op.create_index(
            "ix_message_waiting",
            ["id"],
            unique=False,
            sqlite_where=sa.text("sent_at IS NOT NULL AND consultable_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NOT NULL AND consultable_at IS NULL"),
        )

    with op.batch_alter_table("message_read", schema=None) as batch_op:
        batch_op.add_column(sa.Column("place", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("digest", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("gathered_in_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("bounce", sa.String(length=300), nullable=True))
        batch_op.drop_index(batch_op.f("ix_outbox_message_due"))
        batch_op.create_index("ix_outbox_message_due", ["state", "digest", "next_attempt_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_message_gathered_in_id"), ["gathered_in_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_message_message_id"), ["message_id"], unique=False)
        batch_op.create_index("ix_outbox_message_state", ["state", "id"], unique=False)
        batch_op.create_index("ix_outbox_message_template", ["template", "id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_outbox_message_gathered_in_id_outbox_message"), "outbox_message", ["gathered_in_id"], ["id"]
        )

    with op.batch_alter_table("register_lookup", schema=None) as batch_op:
        batch_op.create_index("ix_register_lookup_number", ["number_digest", "id"], unique=False)

    with op.batch_alter_table("reopening_request", schema=None) as batch_op:
        batch_op.add_column(sa.Column("conversation_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_reopening_request_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_reopening_request_conversation_id_conversation"), "conversation", ["conversation_id"], ["id"]
        )

    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("erased_in_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_stored_file_erased_in_id"), ["erased_in_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_stored_file_erased_in_id_erasure_proof"), "erasure_proof", ["erased_in_id"], ["id"]
        )

    # the places of what was there: in the order in which it could be read
    op.execute(
        "UPDATE message SET place = (SELECT count(*) FROM message AS other"
        " WHERE other.conversation_id = message.conversation_id AND other.consultable_at IS NOT NULL"
        " AND (other.consultable_at < message.consultable_at"
        " OR (other.consultable_at = message.consultable_at AND other.id <= message.id)))"
        " WHERE consultable_at IS NOT NULL"
    )
    op.execute(
        "UPDATE conversation SET messages = (SELECT count(*) FROM message"
        " WHERE message.conversation_id = conversation.id AND message.place IS NOT NULL)"
    )
    op.execute(
        "UPDATE message_read SET place = (SELECT coalesce(max(message.place), 0) FROM message"
        " WHERE message.conversation_id = message_read.conversation_id AND message.id <= message_read.message_id)"
    )


def downgrade() -> None:
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_stored_file_erased_in_id_erasure_proof"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_stored_file_erased_in_id"))
        batch_op.drop_column("erased_in_id")

    with op.batch_alter_table("reopening_request", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_reopening_request_conversation_id_conversation"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_reopening_request_conversation_id"))
        batch_op.drop_column("conversation_id")

    with op.batch_alter_table("register_lookup", schema=None) as batch_op:
        batch_op.drop_index("ix_register_lookup_number")

    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_outbox_message_gathered_in_id_outbox_message"), type_="foreignkey")
        batch_op.drop_index("ix_outbox_message_template")
        batch_op.drop_index("ix_outbox_message_state")
        batch_op.drop_index(batch_op.f("ix_outbox_message_message_id"))
        batch_op.drop_index(batch_op.f("ix_outbox_message_gathered_in_id"))
        batch_op.drop_index("ix_outbox_message_due")
        batch_op.create_index(batch_op.f("ix_outbox_message_due"), ["state", "next_attempt_at", "id"], unique=False)
        batch_op.drop_column("bounce")
        batch_op.drop_column("bounced_at")
        batch_op.drop_column("gathered_in_id")
        batch_op.drop_column("digest")

    with op.batch_alter_table("message_read", schema=None) as batch_op:
        batch_op.drop_column("place")

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_message_waiting",
            sqlite_where=sa.text("sent_at IS NOT NULL AND consultable_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NOT NULL AND consultable_at IS NULL"),
        )
        batch_op.drop_index("ix_message_place")
        batch_op.drop_column("place")
        batch_op.drop_column("parameters")
        batch_op.drop_column("event")

    with op.batch_alter_table("dossier_snapshot", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_dossier_snapshot_erased_in_id_erasure_proof"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_dossier_snapshot_erased_in_id"))
        batch_op.drop_column("erased_in_id")

    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_conversation_desk_id_desk"), type_="foreignkey")
        batch_op.drop_index("ix_conversation_newest")
        batch_op.drop_index(batch_op.f("ix_conversation_desk_id"))
        batch_op.drop_column("messages")
        batch_op.drop_column("desk_id")

    with op.batch_alter_table("calculation_derivation", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_calculation_derivation_erased_in_id_erasure_proof"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_calculation_derivation_erased_in_id"))
        batch_op.drop_column("erased_in_id")

    with op.batch_alter_table("audit_personal_value", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_audit_personal_value_number",
            sqlite_where=sa.text("name = 'number'"),
            postgresql_where=sa.text("name = 'number'"),
        )

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_column("language")

    with op.batch_alter_table("correction_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_correction_request_national_number"))
        batch_op.drop_index("ix_correction_request_facility")
        batch_op.drop_index(batch_op.f("ix_correction_request_conversation_id"))

    op.drop_table("correction_request")
    op.drop_table("terms_acceptance")
    with op.batch_alter_table("organisation_view", schema=None) as batch_op:
        batch_op.drop_index("ix_organisation_view_newest")
        batch_op.drop_index("ix_organisation_view_event")
        batch_op.drop_index("ix_organisation_view_at")

    op.drop_table("organisation_view")
    with op.batch_alter_table("news_issue", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_news_issue_release_id"))

    op.drop_table("news_issue")
    with op.batch_alter_table("mail_bounce", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mail_bounce_outbox_id"))

    op.drop_table("mail_bounce")
    with op.batch_alter_table("help_ticket", schema=None) as batch_op:
        batch_op.drop_index("ix_help_ticket_state")
        batch_op.drop_index("ix_help_ticket_client")
        batch_op.drop_index(batch_op.f("ix_help_ticket_account_id"))

    op.drop_table("help_ticket")
    with op.batch_alter_table("erasure_notice", schema=None) as batch_op:
        batch_op.drop_index("ix_erasure_notice_open")
        batch_op.drop_index(batch_op.f("ix_erasure_notice_facility_id"))

    op.drop_table("erasure_notice")
    op.drop_table("desk_member")
    with op.batch_alter_table("campaign_feed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_campaign_feed_account_id"))

    op.drop_table("campaign_feed")
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.drop_index("ix_subscription_topic")
        batch_op.drop_index("ix_subscription_email")
        batch_op.drop_index("ix_subscription_asked")

    op.drop_table("subscription")
    op.drop_table("product_release")
    op.drop_table("mail_address")
    with op.batch_alter_table("erasure_proof", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_erasure_proof_retention_class"))

    op.drop_table("erasure_proof")
    op.drop_table("desk")
    op.drop_table("canned_text")
