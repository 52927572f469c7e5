"""Numbers of work orders (PG2026-000123): given by the database as an order is inserted, in turn and without gaps.

A sequence would leave gaps where a transaction fails, and a number is on paper: a missing one is asked for. The row of the year is
locked until the transaction ends, so orders of one moment wait for each other for a millisecond; see docs/adr/0031.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import event

from callcenter.db.paper_tables import paper
from callcenter.db.schema import metadata

order_series = sa.Table(
    "order_series",
    metadata,
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("last", sa.Integer, nullable=False, comment="the last number that was given"),
)
# A receipt of finance stands on one order only (D-5).
sa.Index(
    "uq_paper_receipt",
    sa.text("(data ->> 'receipt_number')"),
    unique=True,
    postgresql_where=sa.text("noun = 'work_order' AND data ->> 'receipt_number' <> ''"),
    _table=paper,
)

FUNCTION = """
CREATE FUNCTION number_order() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE given int;
BEGIN
    -- An update comes as an insert that conflicts: what has its number keeps it.
    IF NEW.data ->> 'number' <> '' OR EXISTS (SELECT 1 FROM paper WHERE id = NEW.id) THEN
        RETURN NEW;
    END IF;
    INSERT INTO order_series AS s (year, last) VALUES ((NEW.data ->> 'year')::int, 1)
        ON CONFLICT (year) DO UPDATE SET last = s.last + 1 RETURNING last INTO given;
    NEW.data := jsonb_set(NEW.data, '{number}', to_jsonb(format('PG%s-%s', NEW.data ->> 'year', lpad(given::text, 6, '0'))));
    RETURN NEW;
END $$
"""
TRIGGER = (
    "CREATE TRIGGER number_order BEFORE INSERT ON paper FOR EACH ROW WHEN (NEW.noun = 'work_order') EXECUTE FUNCTION number_order()"
)
for _statement in (FUNCTION, TRIGGER):
    event.listen(metadata, "after_create", sa.DDL(_statement.replace("%", "%%")))  # type: ignore[no-untyped-call]
