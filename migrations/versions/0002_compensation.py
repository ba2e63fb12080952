"""Parameter sets, rounds, calculations, payments, campaign acts, letters, background jobs; more of requests and periods.

Revision: 0002, after 0001.
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaign_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.String(length=160), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_run")),
        sa.UniqueConstraint("reference", name=op.f("uq_campaign_run_reference")),
    )
    op.create_table(
        "letter_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "NIET_INGEDIEND",
                "VOORLOPIG",
                "DEFINITIEF",
                "HERBEREKENING",
                "VOORSCHOT",
                "HEROPEND",
                "HEROPENING_GEWEIGERD",
                name="letter_text_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("paragraphs", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=160), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_text")),
        sa.UniqueConstraint("kind", "number", name=op.f("uq_letter_text_kind_number")),
    )
    op.create_table(
        "background_job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("requested_by", sa.String(length=160), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "QUEUED",
                "RUNNING",
                "DONE",
                "FAILED",
                "STOPPED",
                name="job_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=160), nullable=True),
        sa.Column("stop_requested", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("file_digest", sa.String(length=64), nullable=True),
        sa.Column("file_name", sa.String(length=160), nullable=True),
        sa.Column("error", sa.String(length=300), nullable=True),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_background_job_facility_id_facility")),
        sa.ForeignKeyConstraint(
            ["file_digest"], ["stored_file.digest"], name=op.f("fk_background_job_file_digest_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_background_job")),
        sa.UniqueConstraint("reference", name=op.f("uq_background_job_reference")),
    )
    with op.batch_alter_table("background_job", schema=None) as batch_op:
        batch_op.create_index("ix_background_job_due", ["state", "id"], unique=False)

    op.create_table(
        "bank_statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_digest", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=160), nullable=False),
        sa.Column("format", sa.String(length=12), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by", sa.String(length=160), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("matched", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_digest"], ["stored_file.digest"], name=op.f("fk_bank_statement_file_digest_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement")),
        sa.UniqueConstraint("file_digest", name=op.f("uq_bank_statement_file_digest")),
        sa.UniqueConstraint("reference", name=op.f("uq_bank_statement_reference")),
    )
    op.create_table(
        "campaign_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("period_code", sa.String(length=9), nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_campaign_act_facility_id_facility")),
        sa.ForeignKeyConstraint(
            ["period_code"], ["reference_period.code"], name=op.f("fk_campaign_act_period_code_reference_period")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["campaign_run.id"], name=op.f("fk_campaign_act_run_id_campaign_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_act")),
        sa.UniqueConstraint(
            "period_code", "facility_id", "kind", name=op.f("uq_campaign_act_period_code_facility_id_kind")
        ),
    )
    with op.batch_alter_table("campaign_act", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_campaign_act_run_id"), ["run_id"], unique=False)

    op.create_table(
        "parameter_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_code", sa.String(length=9), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "ONTWERP",
                "VRIJGEGEVEN",
                "GEBRUIKT",
                name="parameter_set_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=160), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=160), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.String(length=160), nullable=True),
        sa.Column("released_by_id", sa.Integer(), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["period_code"], ["reference_period.code"], name=op.f("fk_parameter_set_period_code_reference_period")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parameter_set")),
        sa.UniqueConstraint("period_code", "number", name=op.f("uq_parameter_set_period_code_number")),
        sa.UniqueConstraint("reference", name=op.f("uq_parameter_set_reference")),
    )
    op.create_table(
        "payment_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "DRAFT",
                "RELEASED",
                "CANCELLED",
                name="order_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("execute_on", sa.Date(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=160), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.String(length=160), nullable=True),
        sa.Column("released_by_id", sa.Integer(), nullable=True),
        sa.Column("file_digest", sa.String(length=64), nullable=True),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_digest"], ["stored_file.digest"], name=op.f("fk_payment_order_file_digest_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_order")),
        sa.UniqueConstraint("reference", name=op.f("uq_payment_order_reference")),
    )
    op.create_table(
        "calculation_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_code", sa.String(length=9), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "VOORSCHOT_1",
                "VOORSCHOT_2",
                "VOORLOPIG",
                "DEFINITIEF",
                "HERBEREKENING",
                "CORRECTIE",
                name="round_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "QUEUED",
                "CALCULATING",
                "READY",
                "RELEASED",
                "ROLLED_BACK",
                "STOPPED",
                name="round_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("parameter_set_id", sa.Integer(), nullable=False),
        sa.Column("facilities", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.String(length=160), nullable=False),
        sa.Column("started_by_id", sa.Integer(), nullable=True),
        sa.Column("calculated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.String(length=160), nullable=True),
        sa.Column("released_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=160), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parameter_set_id"], ["parameter_set.id"], name=op.f("fk_calculation_round_parameter_set_id_parameter_set")
        ),
        sa.ForeignKeyConstraint(
            ["period_code"], ["reference_period.code"], name=op.f("fk_calculation_round_period_code_reference_period")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calculation_round")),
        sa.UniqueConstraint("reference", name=op.f("uq_calculation_round_reference")),
    )
    with op.batch_alter_table("calculation_round", schema=None) as batch_op:
        batch_op.create_index("ix_calculation_round_period", ["period_code", "id"], unique=False)

    op.create_table(
        "justification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=60), nullable=False),
        sa.Column("expected", sa.String(length=120), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.String(length=160), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_justification_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_justification")),
        sa.UniqueConstraint("dossier_id", "subject", "code", name=op.f("uq_justification_dossier_id_subject_code")),
    )
    with op.batch_alter_table("justification", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_justification_dossier_id"), ["dossier_id"], unique=False)

    op.create_table(
        "calculation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=False),
        sa.Column("period_code", sa.String(length=9), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "VOORSCHOT_1",
                "VOORSCHOT_2",
                "VOORLOPIG",
                "DEFINITIEF",
                "HERBEREKENING",
                "CORRECTIE",
                name="calculation_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "CONCEPT",
                "GECOMMUNICEERD",
                "VERVALLEN",
                name="calculation_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("parameter_set_id", sa.Integer(), nullable=False),
        sa.Column("calculated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("communicated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("premium_total", sa.BigInteger(), nullable=True),
        sa.Column("replacement_total", sa.BigInteger(), nullable=True),
        sa.Column("right_fte", sa.Integer(), nullable=True),
        sa.Column("replacement_fte", sa.Integer(), nullable=True),
        sa.Column("problem", sa.String(length=300), nullable=True),
        sa.Column("problem_params", sa.Text(), nullable=True),
        sa.Column("warnings", sa.Integer(), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=True),
        sa.Column("previous_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_calculation_facility_id_facility")),
        sa.ForeignKeyConstraint(
            ["parameter_set_id"], ["parameter_set.id"], name=op.f("fk_calculation_parameter_set_id_parameter_set")
        ),
        sa.ForeignKeyConstraint(
            ["period_code"], ["reference_period.code"], name=op.f("fk_calculation_period_code_reference_period")
        ),
        sa.ForeignKeyConstraint(
            ["previous_id"], ["calculation.id"], name=op.f("fk_calculation_previous_id_calculation")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["calculation_round.id"], name=op.f("fk_calculation_round_id_calculation_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calculation")),
        sa.UniqueConstraint("reference", name=op.f("uq_calculation_reference")),
        sa.UniqueConstraint("round_id", "facility_id", name=op.f("uq_calculation_round_id_facility_id")),
    )
    with op.batch_alter_table("calculation", schema=None) as batch_op:
        batch_op.create_index("ix_calculation_facility_period", ["facility_id", "period_code", "id"], unique=False)

    op.create_table(
        "calculation_derivation",
        sa.Column("calculation_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["calculation_id"], ["calculation.id"], name=op.f("fk_calculation_derivation_calculation_id_calculation")
        ),
        sa.PrimaryKeyConstraint("calculation_id", name=op.f("pk_calculation_derivation")),
    )
    op.create_table(
        "payment_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=False),
        sa.Column("period_code", sa.String(length=9), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "VOORSCHOT_1",
                "VOORSCHOT_2",
                "EINDAFREKENING",
                "CORRECTIE",
                name="payment_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("calculation_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("entitlement", sa.BigInteger(), nullable=True),
        sa.Column("advances", sa.BigInteger(), nullable=True),
        sa.Column("base_amount", sa.BigInteger(), nullable=True),
        sa.Column("percentage", sa.BigInteger(), nullable=True),
        sa.Column("calculated", sa.BigInteger(), nullable=False),
        sa.Column("calculated_on", sa.Date(), nullable=False),
        sa.Column("communicated_on", sa.Date(), nullable=True),
        sa.Column("payable_on", sa.Date(), nullable=True),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("balance_before", sa.BigInteger(), nullable=False),
        sa.Column("balance_after", sa.BigInteger(), nullable=False),
        sa.Column("bank_account_id", sa.Integer(), nullable=True),
        sa.Column("iban", sa.String(length=34), nullable=True),
        sa.Column("holder", sa.String(length=160), nullable=True),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("value_date", sa.Date(), nullable=True),
        sa.Column("value_source", sa.String(length=20), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=160), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "paid >= 0 AND balance_before >= 0 AND balance_after >= 0", name=op.f("ck_payment_line_current_account")
        ),
        sa.ForeignKeyConstraint(
            ["bank_account_id"], ["bank_account.id"], name=op.f("fk_payment_line_bank_account_id_bank_account")
        ),
        sa.ForeignKeyConstraint(
            ["calculation_id"], ["calculation.id"], name=op.f("fk_payment_line_calculation_id_calculation")
        ),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_payment_line_facility_id_facility")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["payment_order.id"], name=op.f("fk_payment_line_order_id_payment_order")
        ),
        sa.ForeignKeyConstraint(
            ["period_code"], ["reference_period.code"], name=op.f("fk_payment_line_period_code_reference_period")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_line")),
        sa.UniqueConstraint("calculation_id", name=op.f("uq_payment_line_calculation_id")),
        sa.UniqueConstraint("facility_id", "sequence", name=op.f("uq_payment_line_facility_id_sequence")),
        sa.UniqueConstraint("reference", name=op.f("uq_payment_line_reference")),
    )
    with op.batch_alter_table("payment_line", schema=None) as batch_op:
        batch_op.create_index("ix_payment_line_order", ["order_id"], unique=False)
        batch_op.create_index("ix_payment_line_period", ["period_code", "facility_id", "sequence"], unique=False)

    op.create_table(
        "bank_statement_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("end_to_end", sa.String(length=60), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("value_date", sa.Date(), nullable=True),
        sa.Column("iban", sa.String(length=34), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("payment_line_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["payment_line_id"], ["payment_line.id"], name=op.f("fk_bank_statement_entry_payment_line_id_payment_line")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["bank_statement.id"], name=op.f("fk_bank_statement_entry_statement_id_bank_statement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement_entry")),
        sa.UniqueConstraint("statement_id", "position", name=op.f("uq_bank_statement_entry_statement_id_position")),
    )
    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_key", sa.String(length=80), nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=False),
        sa.Column("period_code", sa.String(length=9), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "NIET_INGEDIEND",
                "VOORLOPIG",
                "DEFINITIEF",
                "HERBEREKENING",
                "VOORSCHOT",
                "HEROPEND",
                "HEROPENING_GEWEIGERD",
                name="letter_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("calculation_id", sa.Integer(), nullable=True),
        sa.Column("payment_line_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=160), nullable=False),
        sa.Column("file_digest", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["calculation_id"], ["calculation.id"], name=op.f("fk_letter_calculation_id_calculation")
        ),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_letter_facility_id_facility")),
        sa.ForeignKeyConstraint(
            ["file_digest"], ["stored_file.digest"], name=op.f("fk_letter_file_digest_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["payment_line_id"], ["payment_line.id"], name=op.f("fk_letter_payment_line_id_payment_line")
        ),
        sa.ForeignKeyConstraint(
            ["period_code"], ["reference_period.code"], name=op.f("fk_letter_period_code_reference_period")
        ),
        sa.ForeignKeyConstraint(["text_id"], ["letter_text.id"], name=op.f("fk_letter_text_id_letter_text")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("event_key", name=op.f("uq_letter_event_key")),
        sa.UniqueConstraint("reference", name=op.f("uq_letter_reference")),
    )
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_calculation_id"), ["calculation_id"], unique=False)
        batch_op.create_index("ix_letter_facility", ["facility_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_payment_line_id"), ["payment_line_id"], unique=False)

    with op.batch_alter_table("reference_period", schema=None) as batch_op:
        batch_op.add_column(sa.Column("definitive_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("definitive_until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("payment_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("working_time", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("fallback_basis", sa.String(length=20), nullable=True))
    op.execute("UPDATE reference_period SET fallback_basis = 'LAST_CONFIRMED'")
    with op.batch_alter_table("reference_period", schema=None) as batch_op:
        batch_op.alter_column("fallback_basis", existing_type=sa.String(length=20), nullable=False)

    with op.batch_alter_table("reopening_request", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("explanation", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("requested_by", sa.String(length=160), nullable=True))
        batch_op.add_column(sa.Column("reference", sa.String(length=16), nullable=True))
    _give_references()
    with op.batch_alter_table("reopening_request", schema=None) as batch_op:
        batch_op.alter_column("reference", existing_type=sa.String(length=16), nullable=False)
        batch_op.create_unique_constraint(batch_op.f("uq_reopening_request_reference"), ["reference"])
        batch_op.create_index(
            "ix_reopening_request_waiting",
            ["received_at", "id"],
            unique=False,
            sqlite_where=sa.text("decision IS NULL"),
            postgresql_where=sa.text("decision IS NULL"),
        )

    with op.batch_alter_table("certificate_notification", schema=None) as batch_op:
        batch_op.add_column(sa.Column("starts_before", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("ends_before", sa.Date(), nullable=True))

    with op.batch_alter_table("dossier", schema=None) as batch_op:
        batch_op.add_column(sa.Column("risk", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("stake", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("risk_reasons", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("declared_fte", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("paid_rate", sa.Integer(), nullable=True))
    op.execute("UPDATE dossier SET risk = 0, stake = 0")
    with op.batch_alter_table("dossier", schema=None) as batch_op:
        batch_op.alter_column("risk", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("stake", existing_type=sa.BigInteger(), nullable=False)
        batch_op.create_index("ix_dossier_risk", ["risk", "stake", "id"], unique=False)
        batch_op.create_index("ix_dossier_status_risk", ["status", "risk", "stake", "id"], unique=False)
        batch_op.create_index(
            "ix_dossier_quarter_risk", ["year", "quarter_number", "risk", "stake", "id"], unique=False
        )
        batch_op.create_index("ix_dossier_period_risk", ["period_code", "risk", "stake", "id"], unique=False)
        batch_op.create_index("ix_dossier_stake", ["stake", "id"], unique=False)
        batch_op.create_index("ix_dossier_period_stake", ["period_code", "stake", "id"], unique=False)


def _give_references() -> None:
    """Every request that is there already gets an address of its own, like the rows that come."""
    connection = op.get_bind()
    for (key,) in connection.execute(sa.text("SELECT id FROM reopening_request")).all():
        reference = secrets.token_urlsafe(12).replace("-", "x").replace("_", "y")
        values = {"reference": reference, "id": key}
        connection.execute(sa.text("UPDATE reopening_request SET reference = :reference WHERE id = :id"), values)


def downgrade() -> None:
    with op.batch_alter_table("dossier", schema=None) as batch_op:
        batch_op.drop_index("ix_dossier_period_stake")
        batch_op.drop_index("ix_dossier_stake")
        batch_op.drop_index("ix_dossier_period_risk")
        batch_op.drop_index("ix_dossier_quarter_risk")
        batch_op.drop_index("ix_dossier_status_risk")
        batch_op.drop_index("ix_dossier_risk")
        batch_op.drop_column("paid_rate")
        batch_op.drop_column("declared_fte")
        batch_op.drop_column("risk_reasons")
        batch_op.drop_column("stake")
        batch_op.drop_column("risk")

    with op.batch_alter_table("certificate_notification", schema=None) as batch_op:
        batch_op.drop_column("ends_before")
        batch_op.drop_column("starts_before")

    with op.batch_alter_table("reopening_request", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_reopening_request_waiting",
            sqlite_where=sa.text("decision IS NULL"),
            postgresql_where=sa.text("decision IS NULL"),
        )
        batch_op.drop_constraint(batch_op.f("uq_reopening_request_reference"), type_="unique")
        batch_op.drop_column("reference")
        batch_op.drop_column("requested_by")
        batch_op.drop_column("explanation")
        batch_op.drop_column("kind")

    with op.batch_alter_table("reference_period", schema=None) as batch_op:
        batch_op.drop_column("fallback_basis")
        batch_op.drop_column("working_time")
        batch_op.drop_column("payment_on")
        batch_op.drop_column("definitive_until")
        batch_op.drop_column("definitive_from")

    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letter_payment_line_id"))
        batch_op.drop_index("ix_letter_facility")
        batch_op.drop_index(batch_op.f("ix_letter_calculation_id"))

    op.drop_table("letter")
    op.drop_table("bank_statement_entry")
    with op.batch_alter_table("payment_line", schema=None) as batch_op:
        batch_op.drop_index("ix_payment_line_period")
        batch_op.drop_index("ix_payment_line_order")

    op.drop_table("payment_line")
    op.drop_table("calculation_derivation")
    with op.batch_alter_table("calculation", schema=None) as batch_op:
        batch_op.drop_index("ix_calculation_facility_period")

    op.drop_table("calculation")
    with op.batch_alter_table("justification", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_justification_dossier_id"))

    op.drop_table("justification")
    with op.batch_alter_table("calculation_round", schema=None) as batch_op:
        batch_op.drop_index("ix_calculation_round_period")

    op.drop_table("calculation_round")
    op.drop_table("payment_order")
    op.drop_table("parameter_set")
    with op.batch_alter_table("campaign_act", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_campaign_act_run_id"))

    op.drop_table("campaign_act")
    op.drop_table("bank_statement")
    with op.batch_alter_table("background_job", schema=None) as batch_op:
        batch_op.drop_index("ix_background_job_due")

    op.drop_table("background_job")
    op.drop_table("letter_text")
    op.drop_table("campaign_run")
