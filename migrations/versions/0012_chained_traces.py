"""Traces show tampering: the journal and the readings are chained and append-only; seals; reading a profile in an emergency."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision: str | None = "0011"
branch_labels = None
depends_on = None

TEXT = sa.Text()
UUID = sa.UUID()
TIME = sa.DateTime(timezone=True)
FUNCTIONS = (
    """
CREATE FUNCTION chain_journal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE previous bytea := '';
BEGIN
    IF NEW.seq > 1 THEN
        SELECT hash INTO previous FROM journal WHERE case_id = NEW.case_id AND seq = NEW.seq - 1;
        IF previous IS NULL THEN
            RAISE integrity_constraint_violation USING MESSAGE = 'journal: no line before this one';
        END IF;
    END IF;
    NEW.hash := sha256(previous || convert_to(concat_ws(E'\\x1f', NEW.case_id, NEW.seq,
        to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), NEW.kind,
        coalesce(NEW.agent_id::text, ''), NEW.data), 'UTF8'));
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION chain_access() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE previous bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.agent_id::text, 1));
    SELECT place, hash INTO NEW.place, previous FROM access WHERE agent_id = NEW.agent_id ORDER BY place DESC LIMIT 1;
    NEW.place := coalesce(NEW.place, 0) + 1;
    NEW.hash := sha256(coalesce(previous, '') || convert_to(concat_ws(E'\\x1f', NEW.agent_id, NEW.place,
        to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), NEW.action, NEW.subject, NEW.data), 'UTF8'));
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION keep_trace() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'journal' AND TG_OP = 'DELETE' THEN
        IF EXISTS (SELECT 1 FROM help_case WHERE id = OLD.case_id AND source = 'probe') THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE insufficient_privilege USING MESSAGE = format('%s is append-only: %s refused', TG_TABLE_NAME, TG_OP);
END $$
""",
)
TRIGGERS = (
    ("journal", "chain", "BEFORE INSERT", "ROW", "chain_journal"),
    ("access", "chain", "BEFORE INSERT", "ROW", "chain_access"),
    *((table, "keep", "BEFORE UPDATE OR DELETE", "ROW", "keep_trace") for table in ("journal", "access", "seal")),
    *((table, "keep_all", "BEFORE TRUNCATE", "STATEMENT", "keep_trace") for table in ("journal", "access", "seal")),
)
# What stands there already is chained as it is found.
CHAIN_FOUND = """
DO $$
DECLARE line record; previous bytea; chain uuid;
BEGIN
    FOR line IN SELECT * FROM journal ORDER BY case_id, seq LOOP
        IF chain IS DISTINCT FROM line.case_id THEN previous := ''; chain := line.case_id; END IF;
        previous := sha256(previous || convert_to(concat_ws(E'\\x1f', line.case_id, line.seq,
            to_char(line.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), line.kind,
            coalesce(line.agent_id::text, ''), line.data), 'UTF8'));
        UPDATE journal SET hash = previous WHERE case_id = line.case_id AND seq = line.seq;
    END LOOP;
    chain := NULL;
    FOR line IN SELECT *, row_number() OVER (PARTITION BY agent_id ORDER BY id)::int AS n
            FROM access ORDER BY agent_id, id LOOP
        IF chain IS DISTINCT FROM line.agent_id THEN previous := ''; chain := line.agent_id; END IF;
        previous := sha256(previous || convert_to(concat_ws(E'\\x1f', line.agent_id, line.n,
            to_char(line.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), line.action, line.subject, line.data), 'UTF8'));
        UPDATE access SET place = line.n, hash = previous WHERE id = line.id;
    END LOOP;
END $$
"""


def upgrade() -> None:
    """Chain what is there, then guard it."""
    op.add_column("journal", sa.Column("hash", sa.LargeBinary(), comment="of this line and the one before: db/chains.py"))
    op.add_column("journal", sa.Column("written_at", TIME, server_default=sa.func.clock_timestamp(), nullable=False))
    op.add_column("access", sa.Column("place", sa.Integer(), comment="in the chain of this person"))
    op.add_column("access", sa.Column("hash", sa.LargeBinary(), comment="of this line and the one before: db/chains.py"))
    op.execute(CHAIN_FOUND)
    for table, column in (("journal", "hash"), ("access", "place"), ("access", "hash")):
        op.alter_column(table, column, nullable=False)
    op.create_index("ix_journal_written_at", "journal", ["written_at"], postgresql_using="brin")
    op.create_unique_constraint("uq_access_agent_id", "access", ["agent_id", "place"])
    op.drop_index("ix_access_agent_id", "access")
    op.create_index("ix_access_at", "access", ["at"])
    op.create_index("ix_access_subject", "access", ["subject"])
    op.create_table(
        "seal",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", TIME, server_default=sa.func.now(), nullable=False),
        sa.Column("ends", JSONB(), nullable=False, comment="[[chain, place, hash]…] of the chains that grew since the seal before"),
        sa.Column("hash", sa.LargeBinary(), nullable=False, comment="SHA-256 with the seal before: domain/chain.py"),
        sa.PrimaryKeyConstraint("place", name="pk_seal"),
    )
    op.create_table(
        "emergency_access",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("agent_id", UUID, nullable=False),
        sa.Column("member_id", UUID, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("at", TIME, server_default=sa.func.now(), nullable=False),
        sa.Column("until", TIME, nullable=False, comment="the profile may be read until then"),
        sa.Column("reviewed_at", TIME),
        sa.Column("reviewed_by", UUID),
        sa.Column("justified", sa.Boolean()),
        sa.Column("note", TEXT, server_default="", nullable=False),
        sa.CheckConstraint("reviewed_by <> agent_id", name="another"),
        sa.CheckConstraint("(reviewed_at IS NULL) = (justified IS NULL)", name="reviewed"),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_emergency_access_agent_id"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_emergency_access_member_id"),
        sa.ForeignKeyConstraint(["reviewed_by"], ["agent.id"], name="fk_emergency_access_reviewed_by"),
        sa.PrimaryKeyConstraint("id", name="pk_emergency_access"),
    )
    op.create_index("ix_emergency_access_open", "emergency_access", ["at"], postgresql_where=sa.text("reviewed_at IS NULL"))
    op.create_index("ix_emergency_access_agent", "emergency_access", ["agent_id", "member_id"])
    for function in FUNCTIONS:
        op.execute(function)
    for table, name, when, each, function in TRIGGERS:
        op.execute(f"CREATE TRIGGER {name} {when} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()")


def downgrade() -> None:
    """Unguarded and unchained again."""
    op.drop_table("emergency_access")
    for table, name, *_ in TRIGGERS:
        op.execute(f"DROP TRIGGER {name} ON {table}")
    op.drop_table("seal")
    for function in ("chain_journal", "chain_access", "keep_trace"):
        op.execute(f"DROP FUNCTION {function}()")
    op.drop_index("ix_access_subject", "access")
    op.drop_index("ix_access_at", "access")
    op.drop_constraint("uq_access_agent_id", "access")
    op.create_index("ix_access_agent_id", "access", ["agent_id"])
    op.drop_column("access", "hash")
    op.drop_column("access", "place")
    op.drop_index("ix_journal_written_at", "journal")
    op.drop_column("journal", "written_at")
    op.drop_column("journal", "hash")
