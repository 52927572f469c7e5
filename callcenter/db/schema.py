"""What every table shares: the metadata with its naming rules, and the few kinds of columns."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, UUID

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

INTEGER_MOST, BIGINT_MOST = 2**31 - 1, 2**63 - 1
"""What the database's whole numbers hold: what is sent is held against it where it comes in."""
Uuid = UUID(as_uuid=True)
Time = sa.DateTime(timezone=True)


def now_column(name: str) -> sa.Column[object]:
    return sa.Column(name, Time, nullable=False, server_default=sa.func.now())


def list_column(name: str) -> sa.Column[object]:
    return sa.Column(name, JSONB, nullable=False, server_default=sa.text("'[]'::jsonb"))


def one_of(column: str, *values: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} IN ({', '.join(repr(v) for v in values)})", name=column)
