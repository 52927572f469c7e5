"""Members: search, and every version of a profile."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0006"
down_revision: str | None = "0005"
branch_labels = None
depends_on = None

UUID = sa.UUID()
TEXT = sa.Text()
TEXTS = ARRAY(sa.Text())
TIME = sa.DateTime(timezone=True)

GRAMS = """
CREATE FUNCTION search_grams(t text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100000 AS $$
    SELECT coalesce(array_agg(DISTINCT g), '{}') FROM (
        SELECT n, substr(t, i, n) AS g FROM generate_series(1, length(t)) i, generate_series(1, 3) n WHERE i + n - 1 <= length(t)
    ) pieces WHERE (n < 3 OR octet_length(g) = 3) AND position(' ' IN g) = 0
$$
"""
REFRESH = """
CREATE FUNCTION refresh_member_search(changed uuid[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO member_search AS s (member_id, name, pinyin, initials, ids, address, who)
    SELECT id, name, pinyin, initials, ids, address, name || ' ' || pinyin || ' ' || initials || ' ' || array_to_string(ids, ' ')
    FROM (
        SELECT m.id, lower(m.name) AS name, m.pinyin, m.initials, lower(m.address) AS address, ARRAY(
            SELECT ltrim(number, '+') FROM member_number WHERE member_id = m.id
            UNION SELECT '0' || substr(number, 4) FROM member_number
                WHERE member_id = m.id AND number LIKE '+86%' AND number !~ '^\\+861[3-9]'
            UNION SELECT lower(number) FROM card WHERE member_id = m.id
            UNION SELECT lower(m.external_ref) WHERE m.external_ref IS NOT NULL
            ORDER BY 1) AS ids
        FROM member m WHERE m.id = ANY(changed)
    ) d
    ON CONFLICT (member_id) DO UPDATE SET name = excluded.name, pinyin = excluded.pinyin, initials = excluded.initials,
        ids = excluded.ids, address = excluded.address, who = excluded.who
    WHERE (s.name, s.pinyin, s.initials, s.ids, s.address)
        IS DISTINCT FROM (excluded.name, excluded.pinyin, excluded.initials, excluded.ids, excluded.address)
$$
"""
OF_MEMBER = """
CREATE FUNCTION member_search_of_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refresh_member_search(ARRAY(SELECT id FROM now_there));
    RETURN NULL;
END $$
"""
OF_PART = """
CREATE FUNCTION member_search_of_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM refresh_member_search(ARRAY(SELECT member_id FROM now_there));
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM refresh_member_search(ARRAY(SELECT member_id FROM was_there));
    ELSE
        PERFORM refresh_member_search(ARRAY(SELECT member_id FROM now_there UNION SELECT member_id FROM was_there));
    END IF;
    RETURN NULL;
END $$
"""
NEW, OLD = "NEW TABLE AS now_there", "OLD TABLE AS was_there"
TRIGGERS = (
    ("member", "INSERT", NEW), ("member", "UPDATE", NEW),
    ("member_number", "INSERT", NEW), ("member_number", "UPDATE", f"{OLD} {NEW}"), ("member_number", "DELETE", OLD),
    ("card", "INSERT", NEW), ("card", "UPDATE", f"{OLD} {NEW}"), ("card", "DELETE", OLD),
)  # fmt: skip


def upgrade() -> None:
    """Make the tables, fill the search, and let the database keep it."""
    op.create_table(
        "member_search",
        sa.Column("member_id", UUID, nullable=False),
        sa.Column("name", TEXT, nullable=False, comment="lower case, as all here"),
        sa.Column("pinyin", TEXT, nullable=False),
        sa.Column("initials", TEXT, nullable=False),
        sa.Column("ids", TEXTS, nullable=False, comment="numbers in digits, cards, the centre's own number"),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("who", TEXT, nullable=False, comment="all but the address in one"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_member_search_member_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("member_id", name="pk_member_search"),
    )
    op.execute(GRAMS)
    op.execute(REFRESH)
    op.execute("SELECT refresh_member_search(ARRAY(SELECT id FROM member))")
    for name, column in (("who", "who"), ("place", "address")):
        op.create_index(
            f"ix_member_search_{name}", "member_search", [sa.text(f"search_grams({column})")],
            postgresql_using="gin", postgresql_with={"gin_pending_list_limit": 512},
        )  # fmt: skip
    op.execute(OF_MEMBER)
    op.execute(OF_PART)
    for table, what, seen in TRIGGERS:
        function = "member_search_of_member" if table == "member" else "member_search_of_part"
        op.execute(
            f"CREATE TRIGGER search_{what.lower()} AFTER {what} ON {table} REFERENCING {seen} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )
    op.create_table(
        "member_version",
        sa.Column("member_id", UUID, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", TIME, server_default=sa.func.now(), nullable=False),
        sa.Column("agent_id", UUID, comment="null: as it was found"),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("restored", sa.Integer(), comment="the version that was restored"),
        sa.Column("data", JSONB(), nullable=False, comment="the whole profile: db/member_versions.py"),
        sa.CheckConstraint("kind IN ('found', 'edit', 'import', 'link', 'restore')", name="kind"),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_member_version_agent_id"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_member_version_member_id"),
        sa.PrimaryKeyConstraint("member_id", "version", name="pk_member_version"),
    )


def downgrade() -> None:
    """Take them back."""
    op.drop_table("member_version")
    for table, what, _ in TRIGGERS:
        op.execute(f"DROP TRIGGER search_{what.lower()} ON {table}")
    for function in ("member_search_of_part()", "member_search_of_member()", "refresh_member_search(uuid[])"):
        op.execute(f"DROP FUNCTION {function}")
    op.drop_table("member_search")
    op.execute("DROP FUNCTION search_grams(text)")
