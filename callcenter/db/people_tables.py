"""Tables about members beside the member itself: what search looks at, and every version of a profile.

``member_search`` is kept by the database's own triggers, whoever writes a member, a number or a card: an import, a call, a
profile edited in place. Nobody can forget it.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from callcenter.db.schema import metadata, now_column, one_of

member_search = sa.Table(
    "member_search",
    metadata,
    sa.Column("member_id", sa.ForeignKey("member.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("name", sa.Text, nullable=False, comment="lower case, as all here"),
    sa.Column("pinyin", sa.Text, nullable=False),
    sa.Column("initials", sa.Text, nullable=False),
    sa.Column("ids", ARRAY(sa.Text), nullable=False, comment="numbers in digits, cards, the centre's own number"),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False, comment="all but the address in one"),
)
for _name, _text in (("who", member_search.c.who), ("place", member_search.c.address)):
    sa.Index(
        f"ix_member_search_{_name}", sa.func.search_grams(_text), postgresql_using="gin",
        postgresql_with={"gin_pending_list_limit": 512},  # what is not sorted in yet is walked by every search: a short list
    )  # fmt: skip

member_version = sa.Table(
    "member_version",
    metadata,
    sa.Column("member_id", sa.ForeignKey("member.id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    now_column("at"),
    sa.Column("agent_id", sa.ForeignKey("agent.id"), comment="null: as it was found"),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("restored", sa.Integer, comment="the version that was restored"),
    sa.Column("data", JSONB, nullable=False, comment="the whole profile: db/member_versions.py"),
    one_of("kind", "found", "edit", "import", "link", "restore"),
)

# COST: the planner must never compute it for every row of the table; the index knows it already.
SEARCH = (
    """
CREATE FUNCTION search_grams(t text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100000 AS $$
    SELECT coalesce(array_agg(DISTINCT g), '{}') FROM (
        SELECT n, substr(t, i, n) AS g FROM generate_series(1, length(t)) i, generate_series(1, 3) n WHERE i + n - 1 <= length(t)
    ) pieces WHERE (n < 3 OR octet_length(g) = 3) AND position(' ' IN g) = 0
$$
""",
    """
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
""",
    """
CREATE FUNCTION member_search_of_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refresh_member_search(ARRAY(SELECT id FROM now_there));
    RETURN NULL;
END $$
""",
    """
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
""",
    *(
        f"CREATE TRIGGER search_{what.lower()} AFTER {what} ON {table} REFERENCING {seen} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        for table, function, what, seen in (
            ("member", "member_search_of_member", "INSERT", "NEW TABLE AS now_there"),
            ("member", "member_search_of_member", "UPDATE", "NEW TABLE AS now_there"),
            *(
                (table, "member_search_of_part", what, seen)
                for table in ("member_number", "card")
                for what, seen in (
                    ("INSERT", "NEW TABLE AS now_there"),
                    ("UPDATE", "OLD TABLE AS was_there NEW TABLE AS now_there"),
                    ("DELETE", "OLD TABLE AS was_there"),
                )
            ),
        )
    ),
)
"""Functions and triggers, as the migration makes them too."""

for _place, _statement in enumerate(SEARCH):
    event.listen(metadata, "before_create" if _place == 0 else "after_create", sa.DDL(_statement.replace("%", "%%")))  # type: ignore[no-untyped-call]
