"""Work orders: their numbers, and each receipt once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision: str | None = "0017"
branch_labels = None
depends_on = None

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


def upgrade() -> None:
    """The series, the trigger, the index."""
    op.create_table(
        "order_series",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False, comment="the last number that was given"),
        sa.PrimaryKeyConstraint("year", name="pk_order_series"),
    )
    op.execute(FUNCTION)
    op.execute(
        "CREATE TRIGGER number_order BEFORE INSERT ON paper "
        "FOR EACH ROW WHEN (NEW.noun = 'work_order') EXECUTE FUNCTION number_order()"
    )
    op.create_index(
        "uq_paper_receipt",
        "paper",
        [sa.text("(data ->> 'receipt_number')")],
        unique=True,
        postgresql_where=sa.text("noun = 'work_order' AND data ->> 'receipt_number' <> ''"),
    )


def downgrade() -> None:
    """Orders keep the numbers that they have."""
    op.drop_index("uq_paper_receipt", "paper")
    op.execute("DROP TRIGGER number_order ON paper")
    op.execute("DROP FUNCTION number_order()")
    op.drop_table("order_series")
