"""The first tables, and the head row of the audit chain.

Revision: 0001, after nothing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accepted_assertion",
        sa.Column("idp", sa.String(length=20), nullable=False),
        sa.Column("assertion_id", sa.String(length=200), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("idp", "assertion_id", name=op.f("pk_accepted_assertion")),
    )
    with op.batch_alter_table("accepted_assertion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_accepted_assertion_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "access_block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_by", sa.String(length=160), nullable=False),
        sa.CheckConstraint("kind IN ('PERSON', 'ORGANISATION')", name=op.f("ck_access_block_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_block")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_access_block_kind_key")),
    )
    op.create_table(
        "access_refusal",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("permission", sa.String(length=60), nullable=True),
        sa.Column("organisation_key", sa.String(length=20), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_access_refusal")),
    )
    with op.batch_alter_table("access_refusal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_access_refusal_at"), ["at"], unique=False)

    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idp", sa.String(length=20), nullable=False),
        sa.Column("account_key", sa.String(length=120), nullable=False),
        sa.Column("given_name", sa.String(length=80), nullable=False),
        sa.Column("family_name", sa.String(length=80), nullable=False),
        sa.Column("national_number_digest", sa.String(length=64), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("idp", "account_key", name=op.f("uq_account_idp_account_key")),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_national_number_digest"), ["national_number_digest"], unique=False)

    op.create_table(
        "audit_entry",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_side", sa.String(length=20), nullable=False),
        sa.Column("organisation_key", sa.String(length=20), nullable=False),
        sa.Column("event", sa.String(length=60), nullable=False),
        sa.Column("subject_type", sa.String(length=40), nullable=False),
        sa.Column("subject_key", sa.String(length=64), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entry_actor", ["actor_id", "sequence"], unique=False)
        batch_op.create_index("ix_audit_entry_event", ["event", "sequence"], unique=False)
        batch_op.create_index("ix_audit_entry_subject", ["subject_type", "subject_key", "sequence"], unique=False)

    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "authn_request",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("idp", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("browser_digest", sa.String(length=64), nullable=False),
        sa.Column("next_path", sa.String(length=500), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authn_request")),
    )
    op.create_table(
        "contract_type",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("right_possible", sa.Boolean(), nullable=False),
        sa.Column("replacer_excluded_from", sa.Date(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_contract_type_period")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_contract_type")),
    )
    op.create_table(
        "facility",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hco_number", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("search_text", sa.String(length=400), nullable=False),
        sa.Column(
            "sector",
            sa.Enum(
                "IBW",
                "PVT",
                "REVALIDATIE",
                "MBE",
                "CVK3",
                name="sector",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("enterprise_number", sa.String(length=10), nullable=False),
        sa.Column("riziv_number", sa.String(length=20), nullable=True),
        sa.Column("street", sa.String(length=120), nullable=False),
        sa.Column("house_number", sa.String(length=12), nullable=False),
        sa.Column("box", sa.String(length=12), nullable=True),
        sa.Column("postal_code", sa.String(length=8), nullable=False),
        sa.Column("city", sa.String(length=80), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("website", sa.String(length=300), nullable=True),
        sa.Column("social_security_number", sa.String(length=9), nullable=True),
        sa.Column("entry_from", sa.String(length=6), nullable=False),
        sa.Column("main_facility_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["main_facility_id"], ["facility.id"], name=op.f("fk_facility_main_facility_id_facility")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility")),
        sa.UniqueConstraint("hco_number", name=op.f("uq_facility_hco_number")),
    )
    with op.batch_alter_table("facility", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_facility_enterprise_number"), ["enterprise_number"], unique=False)
        batch_op.create_index(batch_op.f("ix_facility_name"), ["name"], unique=False)

    op.create_table(
        "funding",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_funding")),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("key", name=op.f("uq_organisation_key")),
    )
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dedupe_key", sa.String(length=160), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.String(length=40), nullable=False),
        sa.Column("subject_key", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "PENDING", "SENT", "FAILED", name="delivery_state", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=300), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_outbox_message_dedupe_key")),
    )
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_message_due", ["state", "next_attempt_at", "id"], unique=False)
        batch_op.create_index("ix_outbox_message_subject", ["subject_type", "subject_key"], unique=False)

    op.create_table(
        "qualification",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("is_nurse", sa.Boolean(), nullable=False),
        sa.Column("automatic_right", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_qualification_period")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_qualification")),
    )
    op.create_table(
        "raas_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("raas_code", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.CheckConstraint("kind IN ('QUALIFICATION', 'CONTRACT_TYPE')", name=op.f("ck_raas_code_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raas_code")),
        sa.UniqueConstraint("kind", "raas_code", name=op.f("uq_raas_code_kind_raas_code")),
    )
    op.create_table(
        "reference_period",
        sa.Column("code", sa.String(length=9), nullable=False),
        sa.Column("statutory_deadline", sa.Date(), nullable=False),
        sa.Column("letter_on", sa.Date(), nullable=False),
        sa.Column("postponed_until", sa.Date(), nullable=False),
        sa.Column("blocking_on", sa.Date(), nullable=False),
        sa.Column("window_offset_days", sa.Integer(), nullable=False),
        sa.Column("window_days", sa.Integer(), nullable=False),
        sa.Column("reopenings_allowed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_reference_period")),
    )
    op.create_table(
        "register_lookup",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("organisation_key", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=60), nullable=False),
        sa.Column("number_digest", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_lookup")),
    )
    with op.batch_alter_table("register_lookup", schema=None) as batch_op:
        batch_op.create_index("ix_register_lookup_account_at", ["account_id", "at"], unique=False)
        batch_op.create_index("ix_register_lookup_organisation_at", ["organisation_key", "at"], unique=False)

    op.create_table(
        "stored_file",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_stored_file")),
    )
    op.create_table(
        "audit_personal_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["sequence"], ["audit_entry.sequence"], name=op.f("fk_audit_personal_value_sequence_audit_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_personal_value")),
    )
    with op.batch_alter_table("audit_personal_value", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_personal_value_sequence"), ["sequence"], unique=False)

    op.create_table(
        "bank_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=False),
        sa.Column("iban", sa.String(length=34), nullable=False),
        sa.Column("holder", sa.String(length=160), nullable=False),
        sa.Column("street", sa.String(length=120), nullable=False),
        sa.Column("house_number", sa.String(length=12), nullable=False),
        sa.Column("box", sa.String(length=12), nullable=True),
        sa.Column("postal_code", sa.String(length=8), nullable=False),
        sa.Column("city", sa.String(length=80), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_by", sa.String(length=160), nullable=False),
        sa.Column("ended_by", sa.String(length=160), nullable=True),
        sa.Column("replaced_by_id", sa.Integer(), nullable=True),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_bank_account_facility_id_facility")),
        sa.ForeignKeyConstraint(
            ["replaced_by_id"], ["bank_account.id"], name=op.f("fk_bank_account_replaced_by_id_bank_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_account")),
        sa.UniqueConstraint("reference", name=op.f("uq_bank_account_reference")),
    )
    with op.batch_alter_table("bank_account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bank_account_facility_id"), ["facility_id"], unique=False)
        batch_op.create_index(
            "uq_bank_account_one_default",
            ["facility_id"],
            unique=True,
            sqlite_where=sa.text("is_default AND valid_to IS NULL"),
            postgresql_where=sa.text("is_default AND valid_to IS NULL"),
        )

    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "ATTEST_SOCIAAL_AKKOORD",
                "ATTEST_EINDELOOPBAAN",
                name="certificate_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("notified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notified_by", sa.String(length=120), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_certificate_period")),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_certificate_facility_id_facility")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("reference", name=op.f("uq_certificate_reference")),
    )
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificate_facility_id"), ["facility_id"], unique=False)

    op.create_table(
        "contact_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=False),
        sa.Column("last_name", sa.String(length=80), nullable=False),
        sa.Column("first_name", sa.String(length=80), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("job_title", sa.String(length=80), nullable=True),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_contact_person_facility_id_facility")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_person")),
        sa.UniqueConstraint("reference", name=op.f("uq_contact_person_reference")),
    )
    with op.batch_alter_table("contact_person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_person_facility_id"), ["facility_id"], unique=False)

    op.create_table(
        "dossier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quarter_number", sa.Integer(), nullable=False),
        sa.Column("period_code", sa.String(length=9), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "OPEN",
                "CLOSED",
                "AUDIT",
                "BLOCKED",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "previous_status",
            sa.Enum(
                "OPEN",
                "CLOSED",
                "AUDIT",
                "BLOCKED",
                name="previous_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("reopened", sa.Boolean(), nullable=False),
        sa.Column("nothing_to_declare", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by", sa.String(length=120), nullable=True),
        sa.Column("basis", sa.String(length=12), nullable=True),
        sa.Column("snapshot_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status = 'AUDIT') = (previous_status IS NOT NULL)", name=op.f("ck_dossier_audit_remembers")
        ),
        sa.CheckConstraint("basis IS NULL OR basis IN ('INGEDIEND', 'AMBTSHALVE')", name=op.f("ck_dossier_basis")),
        sa.CheckConstraint("quarter_number BETWEEN 1 AND 4", name=op.f("ck_dossier_quarter_number")),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_dossier_facility_id_facility")),
        sa.ForeignKeyConstraint(
            ["period_code"], ["reference_period.code"], name=op.f("fk_dossier_period_code_reference_period")
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"],
            ["dossier_snapshot.id"],
            name=op.f("fk_dossier_snapshot_id_dossier_snapshot"),
            use_alter=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier")),
        sa.UniqueConstraint(
            "facility_id", "year", "quarter_number", name=op.f("uq_dossier_facility_id_year_quarter_number")
        ),
        sa.UniqueConstraint("number", name=op.f("uq_dossier_number")),
    )
    with op.batch_alter_table("dossier", schema=None) as batch_op:
        batch_op.create_index("ix_dossier_changed", ["changed_at", "id"], unique=False)
        batch_op.create_index("ix_dossier_facility_changed", ["facility_id", "changed_at", "id"], unique=False)
        batch_op.create_index("ix_dossier_period_changed", ["period_code", "changed_at", "id"], unique=False)
        batch_op.create_index("ix_dossier_period_status", ["period_code", "status", "changed_at", "id"], unique=False)
        batch_op.create_index(
            "ix_dossier_quarter_changed", ["year", "quarter_number", "changed_at", "id"], unique=False
        )
        batch_op.create_index(
            "ix_dossier_quarter_status_changed", ["year", "quarter_number", "status", "changed_at", "id"], unique=False
        )
        batch_op.create_index("ix_dossier_status_changed", ["status", "changed_at", "id"], unique=False)

    op.create_table(
        "facility_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=False),
        sa.Column("period_code", sa.String(length=9), nullable=False),
        sa.Column("provisional_on", sa.Date(), nullable=True),
        sa.Column("definitive_on", sa.Date(), nullable=True),
        sa.Column("reopenings_used", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_facility_period_facility_id_facility")),
        sa.ForeignKeyConstraint(
            ["period_code"], ["reference_period.code"], name=op.f("fk_facility_period_period_code_reference_period")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility_period")),
        sa.UniqueConstraint("facility_id", "period_code", name=op.f("uq_facility_period_facility_id_period_code")),
    )
    op.create_table(
        "reopening_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=False),
        sa.Column("period_code", sa.String(length=9), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quarters", sa.String(length=40), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("channel IN ('MESSAGE', 'EMAIL')", name=op.f("ck_reopening_request_channel")),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facility.id"], name=op.f("fk_reopening_request_facility_id_facility")
        ),
        sa.ForeignKeyConstraint(
            ["period_code"], ["reference_period.code"], name=op.f("fk_reopening_request_period_code_reference_period")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reopening_request")),
    )
    with op.batch_alter_table("reopening_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reopening_request_facility_id"), ["facility_id"], unique=False)

    op.create_table(
        "staff_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=False),
        sa.Column("national_number", sa.String(length=11), nullable=False),
        sa.Column("last_name", sa.String(length=80), nullable=False),
        sa.Column("first_name", sa.String(length=80), nullable=False),
        sa.Column("search_name", sa.String(length=200), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("sex", sa.String(length=1), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "RIJKSREGISTER",
                "MANUEEL",
                "RAAS",
                name="staff_source",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("looked_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_staff_member_facility_id_facility")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_member")),
        sa.UniqueConstraint("facility_id", "national_number", name=op.f("uq_staff_member_facility_id_national_number")),
        sa.UniqueConstraint("reference", name=op.f("uq_staff_member_reference")),
    )
    with op.batch_alter_table("staff_member", schema=None) as batch_op:
        batch_op.create_index("ix_staff_member_facility_name", ["facility_id", "last_name", "first_name"], unique=False)
        batch_op.create_index("ix_staff_member_national_number", ["national_number"], unique=False)

    op.create_table(
        "web_session",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("organisation_key", sa.String(length=20), nullable=True),
        sa.Column("idp", sa.String(length=20), nullable=True),
        sa.Column("name_id", sa.String(length=256), nullable=True),
        sa.Column("session_index", sa.String(length=256), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_web_session_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_session")),
    )
    with op.batch_alter_table("web_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_web_session_account_id"), ["account_id"], unique=False)
        batch_op.create_index("ix_web_session_name", ["idp", "name_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_web_session_organisation_key"), ["organisation_key"], unique=False)

    op.create_table(
        "bank_account_funding",
        sa.Column("bank_account_id", sa.Integer(), nullable=False),
        sa.Column("funding_code", sa.String(length=40), nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bank_account_id"],
            ["bank_account.id"],
            name=op.f("fk_bank_account_funding_bank_account_id_bank_account"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facility.id"], name=op.f("fk_bank_account_funding_facility_id_facility")
        ),
        sa.ForeignKeyConstraint(
            ["funding_code"], ["funding.code"], name=op.f("fk_bank_account_funding_funding_code_funding")
        ),
        sa.PrimaryKeyConstraint("bank_account_id", "funding_code", name=op.f("pk_bank_account_funding")),
    )
    with op.batch_alter_table("bank_account_funding", schema=None) as batch_op:
        batch_op.create_index(
            "uq_bank_account_funding_active",
            ["facility_id", "funding_code"],
            unique=True,
            sqlite_where=sa.text("active"),
            postgresql_where=sa.text("active"),
        )

    op.create_table(
        "certificate_notification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column(
            "act",
            sa.Enum(
                "ADDED",
                "CHANGED",
                "WITHDRAWN",
                name="certificate_act",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("notified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notified_by", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_certificate_notification_certificate_id_certificate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_notification")),
    )
    with op.batch_alter_table("certificate_notification", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_certificate_notification_certificate_id"), ["certificate_id"], unique=False
        )

    op.create_table(
        "contact_theme",
        sa.Column("contact_person_id", sa.Integer(), nullable=False),
        sa.Column("theme", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_person_id"],
            ["contact_person.id"],
            name=op.f("fk_contact_theme_contact_person_id_contact_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("contact_person_id", "theme", name=op.f("pk_contact_theme")),
    )
    op.create_table(
        "contract",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_member_id", sa.Integer(), nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("contract_type_code", sa.String(length=40), nullable=False),
        sa.Column("qualification_code", sa.String(length=40), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("replacement_hours", sa.Integer(), nullable=False),
        sa.Column("el_right", sa.Boolean(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "RIJKSREGISTER",
                "MANUEEL",
                "RAAS",
                name="contract_source",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_contract_period")),
        sa.CheckConstraint("hours > 0 AND hours <= 3800", name=op.f("ck_contract_hours")),
        sa.CheckConstraint(
            "replacement_hours >= 0 AND replacement_hours <= hours", name=op.f("ck_contract_replacement_hours")
        ),
        sa.ForeignKeyConstraint(
            ["contract_type_code"], ["contract_type.code"], name=op.f("fk_contract_contract_type_code_contract_type")
        ),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_contract_facility_id_facility")),
        sa.ForeignKeyConstraint(
            ["qualification_code"], ["qualification.code"], name=op.f("fk_contract_qualification_code_qualification")
        ),
        sa.ForeignKeyConstraint(
            ["staff_member_id"], ["staff_member.id"], name=op.f("fk_contract_staff_member_id_staff_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        sa.UniqueConstraint("reference", name=op.f("uq_contract_reference")),
    )
    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.create_index("ix_contract_facility_period", ["facility_id", "starts_on", "ends_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_contract_staff_member_id"), ["staff_member_id"], unique=False)

    op.create_table(
        "dossier_snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_snapshot_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_snapshot")),
        sa.UniqueConstraint("dossier_id", "sequence", name=op.f("uq_dossier_snapshot_dossier_id_sequence")),
    )
    op.create_table(
        "end_of_career_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_member_id", sa.Integer(), nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("age_category", sa.String(length=3), nullable=False),
        sa.Column("premium_hours", sa.Integer(), nullable=False),
        sa.Column("exemption_hours", sa.Integer(), nullable=False),
        sa.Column("premium_exception", sa.Boolean(), nullable=False),
        sa.Column("exception_note", sa.String(length=200), nullable=True),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("age_category IN ('45+', '50+', '55+')", name=op.f("ck_end_of_career_choice_age_category")),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= begins_on", name=op.f("ck_end_of_career_choice_period")),
        sa.CheckConstraint("premium_hours >= 0 AND exemption_hours >= 0", name=op.f("ck_end_of_career_choice_hours")),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facility.id"], name=op.f("fk_end_of_career_choice_facility_id_facility")
        ),
        sa.ForeignKeyConstraint(
            ["staff_member_id"], ["staff_member.id"], name=op.f("fk_end_of_career_choice_staff_member_id_staff_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_end_of_career_choice")),
        sa.UniqueConstraint("reference", name=op.f("uq_end_of_career_choice_reference")),
    )
    with op.batch_alter_table("end_of_career_choice", schema=None) as batch_op:
        batch_op.create_index("ix_choice_facility_period", ["facility_id", "begins_on", "ends_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_end_of_career_choice_staff_member_id"), ["staff_member_id"], unique=False)

    op.create_table(
        "dossier_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("from_status", sa.String(length=32), nullable=True),
        sa.Column("to_status", sa.String(length=32), nullable=True),
        sa.Column("actor_side", sa.String(length=20), nullable=False),
        sa.Column("actor_name", sa.String(length=160), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("snapshot_id", sa.Integer(), nullable=True),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_event_dossier_id_dossier")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["reopening_request.id"], name=op.f("fk_dossier_event_request_id_reopening_request")
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["dossier_snapshot.id"], name=op.f("fk_dossier_event_snapshot_id_dossier_snapshot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_event")),
    )
    with op.batch_alter_table("dossier_event", schema=None) as batch_op:
        batch_op.create_index("ix_dossier_event_dossier", ["dossier_id", "id"], unique=False)

    op.create_table(
        "performance",
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("paid_days", sa.Integer(), nullable=True),
        sa.Column("unpaid_days", sa.Integer(), nullable=True),
        sa.Column("paid_hours", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=120), nullable=False),
        sa.CheckConstraint("paid_days IS NULL OR paid_days >= 0", name=op.f("ck_performance_paid_days")),
        sa.CheckConstraint("paid_hours IS NULL OR paid_hours >= 0", name=op.f("ck_performance_paid_hours")),
        sa.CheckConstraint("unpaid_days IS NULL OR unpaid_days >= 0", name=op.f("ck_performance_unpaid_days")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_performance_contract_id_contract")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_performance_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("dossier_id", "contract_id", name=op.f("pk_performance")),
    )
    with op.batch_alter_table("performance", schema=None) as batch_op:
        batch_op.create_index("ix_performance_contract", ["contract_id"], unique=False)

    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("review_key", sa.String(length=32), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.String(length=120), nullable=False),
        sa.Column("receipt_digest", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_submission_dossier_id_dossier")),
        sa.ForeignKeyConstraint(
            ["receipt_digest"], ["stored_file.digest"], name=op.f("fk_submission_receipt_digest_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["dossier_snapshot.id"], name=op.f("fk_submission_snapshot_id_dossier_snapshot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("reference", name=op.f("uq_submission_reference")),
        sa.UniqueConstraint("review_key", name=op.f("uq_submission_review_key")),
        sa.UniqueConstraint("snapshot_id", name=op.f("uq_submission_snapshot_id")),
    )
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_submission_dossier_id"), ["dossier_id"], unique=False)

    op.create_table(
        "submission_review",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_submission_review_dossier_id_dossier")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_submission_review_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_submission_review")),
    )
    with op.batch_alter_table("submission_review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_submission_review_dossier_id"), ["dossier_id"], unique=False)
    head = sa.table(
        "audit_head", sa.column("id", sa.Integer), sa.column("sequence", sa.Integer), sa.column("digest", sa.String)
    )
    # Dossier and snapshot point at each other: SQLite wrote this key with the table, PostgreSQL cannot before both exist.
    if op.get_bind().dialect.name == "postgresql":
        op.create_foreign_key(
            "fk_dossier_snapshot_id_dossier_snapshot", "dossier", "dossier_snapshot", ["snapshot_id"], ["id"]
        )
    op.bulk_insert(head, [{"id": 1, "sequence": 0, "digest": "0" * 64}])


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("fk_dossier_snapshot_id_dossier_snapshot", "dossier")
    with op.batch_alter_table("submission_review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_submission_review_dossier_id"))

    op.drop_table("submission_review")
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_submission_dossier_id"))

    op.drop_table("submission")
    with op.batch_alter_table("performance", schema=None) as batch_op:
        batch_op.drop_index("ix_performance_contract")

    op.drop_table("performance")
    with op.batch_alter_table("dossier_event", schema=None) as batch_op:
        batch_op.drop_index("ix_dossier_event_dossier")

    op.drop_table("dossier_event")
    with op.batch_alter_table("end_of_career_choice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_end_of_career_choice_staff_member_id"))
        batch_op.drop_index("ix_choice_facility_period")

    op.drop_table("end_of_career_choice")
    op.drop_table("dossier_snapshot")
    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contract_staff_member_id"))
        batch_op.drop_index("ix_contract_facility_period")

    op.drop_table("contract")
    op.drop_table("contact_theme")
    with op.batch_alter_table("certificate_notification", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificate_notification_certificate_id"))

    op.drop_table("certificate_notification")
    with op.batch_alter_table("bank_account_funding", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_bank_account_funding_active", sqlite_where=sa.text("active"), postgresql_where=sa.text("active")
        )

    op.drop_table("bank_account_funding")
    with op.batch_alter_table("web_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_web_session_organisation_key"))
        batch_op.drop_index("ix_web_session_name")
        batch_op.drop_index(batch_op.f("ix_web_session_account_id"))

    op.drop_table("web_session")
    with op.batch_alter_table("staff_member", schema=None) as batch_op:
        batch_op.drop_index("ix_staff_member_national_number")
        batch_op.drop_index("ix_staff_member_facility_name")

    op.drop_table("staff_member")
    with op.batch_alter_table("reopening_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reopening_request_facility_id"))

    op.drop_table("reopening_request")
    op.drop_table("facility_period")
    with op.batch_alter_table("dossier", schema=None) as batch_op:
        batch_op.drop_index("ix_dossier_status_changed")
        batch_op.drop_index("ix_dossier_quarter_status_changed")
        batch_op.drop_index("ix_dossier_quarter_changed")
        batch_op.drop_index("ix_dossier_period_status")
        batch_op.drop_index("ix_dossier_period_changed")
        batch_op.drop_index("ix_dossier_facility_changed")
        batch_op.drop_index("ix_dossier_changed")

    op.drop_table("dossier")
    with op.batch_alter_table("contact_person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_person_facility_id"))

    op.drop_table("contact_person")
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificate_facility_id"))

    op.drop_table("certificate")
    with op.batch_alter_table("bank_account", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_bank_account_one_default",
            sqlite_where=sa.text("is_default AND valid_to IS NULL"),
            postgresql_where=sa.text("is_default AND valid_to IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_bank_account_facility_id"))

    op.drop_table("bank_account")
    with op.batch_alter_table("audit_personal_value", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_personal_value_sequence"))

    op.drop_table("audit_personal_value")
    op.drop_table("stored_file")
    with op.batch_alter_table("register_lookup", schema=None) as batch_op:
        batch_op.drop_index("ix_register_lookup_organisation_at")
        batch_op.drop_index("ix_register_lookup_account_at")

    op.drop_table("register_lookup")
    op.drop_table("reference_period")
    op.drop_table("raas_code")
    op.drop_table("qualification")
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_message_subject")
        batch_op.drop_index("ix_outbox_message_due")

    op.drop_table("outbox_message")
    op.drop_table("organisation")
    op.drop_table("funding")
    with op.batch_alter_table("facility", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_facility_name"))
        batch_op.drop_index(batch_op.f("ix_facility_enterprise_number"))

    op.drop_table("facility")
    op.drop_table("contract_type")
    op.drop_table("authn_request")
    op.drop_table("audit_head")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entry_subject")
        batch_op.drop_index("ix_audit_entry_event")
        batch_op.drop_index("ix_audit_entry_actor")

    op.drop_table("audit_entry")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_national_number_digest"))

    op.drop_table("account")
    with op.batch_alter_table("access_refusal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_access_refusal_at"))

    op.drop_table("access_refusal")
    op.drop_table("access_block")
    with op.batch_alter_table("accepted_assertion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_accepted_assertion_expires_at"))

    op.drop_table("accepted_assertion")
