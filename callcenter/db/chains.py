"""What makes the traces append-only and chained, in the database itself: whatever code or person writes, it holds.

``journal`` is chained by case, ``access`` by person. Triggers compute the hashes of domain/chain.py, refuse changes, and let the
cases of test presses be deleted (watchdog/prober.py): they are no person's story.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import JSONB

from callcenter.db.schema import metadata, now_column

TIME_TEXT = "'YYYY-MM-DD\"T\"HH24:MI:SS.US'"

seal = sa.Table(
    "seal",
    metadata,
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    now_column("at"),
    sa.Column("ends", JSONB, nullable=False, comment="[[chain, place, hash]…] of the chains that grew since the seal before"),
    sa.Column("hash", sa.LargeBinary, nullable=False, comment="SHA-256 with the seal before: domain/chain.py"),
)

emergency_access = sa.Table(
    "emergency_access",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("agent_id", sa.ForeignKey("agent.id"), nullable=False),
    sa.Column("member_id", sa.ForeignKey("member.id"), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    now_column("at"),
    sa.Column("until", sa.DateTime(timezone=True), nullable=False, comment="the profile may be read until then"),
    sa.Column("reviewed_at", sa.DateTime(timezone=True)),
    sa.Column("reviewed_by", sa.ForeignKey("agent.id")),
    sa.Column("justified", sa.Boolean),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Index("ix_emergency_access_open", "at", postgresql_where=sa.text("reviewed_at IS NULL")),
    sa.Index("ix_emergency_access_agent", "agent_id", "member_id"),
    sa.CheckConstraint("reviewed_by <> agent_id", name="another"),
    sa.CheckConstraint("(reviewed_at IS NULL) = (justified IS NULL)", name="reviewed"),
)

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
"""Table, name, when, for each what, function."""


def statements() -> list[str]:
    """What the migration runs too."""
    return [
        *FUNCTIONS,
        *(
            f"CREATE TRIGGER {name} {when} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()"
            for table, name, when, each, function in TRIGGERS
        ),
    ]


for _statement in statements():
    event.listen(metadata, "after_create", sa.DDL(_statement.replace("%", "%%")))  # type: ignore[no-untyped-call]
