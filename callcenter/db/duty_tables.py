"""The supervisor's tables: test presses and the board's limits."""

from __future__ import annotations

import sqlalchemy as sa

from callcenter.db.schema import Time, metadata

probe = sa.Table(
    "probe",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("at", Time, nullable=False, index=True),
    sa.Column("instance", sa.Text, nullable=False, comment="whose watchdog pressed"),
    sa.Column("stage", sa.Text, comment="where it broke; null: it did not"),
    sa.Column("detail", sa.Text, nullable=False, server_default=""),
    sa.Column("console_ms", sa.Float),
    sa.Column("sip_ms", sa.Float),
    sa.Column("pop_ms", sa.Float),
    sa.Column("answer_ms", sa.Float),
)

threshold = sa.Table(
    "threshold",
    metadata,
    sa.Column("measure", sa.Text, primary_key=True, comment="domain/thresholds.py"),
    sa.Column("limit_value", sa.Float, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False, comment="for so long it must be crossed"),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("phone", sa.Boolean, nullable=False, server_default=sa.false(), comment="an alarm rings the duty phones too"),
    sa.Column("crossed_since", Time),
    sa.Column("alarmed_at", Time),
)
