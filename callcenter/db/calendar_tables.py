"""When lines are served, and the centre's own days: what domain/calendar.py is made of."""

from __future__ import annotations

import sqlalchemy as sa

from callcenter.db.schema import Uuid, metadata, one_of

line_hours = sa.Table(
    "line_hours",
    metadata,
    sa.Column("id", Uuid, primary_key=True),
    sa.Column("line", sa.ForeignKey("line.number", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("days", sa.Text, nullable=False),
    sa.Column("opens", sa.Integer, nullable=False, comment="minutes since midnight at the centre"),
    sa.Column("closes", sa.Integer, nullable=False, comment="minutes since midnight, excluded; 1440: midnight"),
    one_of("days", "every", "work", "off"),
    sa.CheckConstraint("0 <= opens AND opens < closes AND closes <= 1440", name="within_a_day"),
)

day_exception = sa.Table(
    "day_exception",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("works", sa.Boolean, nullable=False),
    sa.Column("name", sa.Text, nullable=False, server_default=""),
)
