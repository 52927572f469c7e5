"""The softphone in the browser: which device rings, whether its microphone works, and both phones' registrations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"
branch_labels = None
depends_on = None

FALSE = sa.text("false")
FLAGS = ("microphone", "desk_registered", "desk_reachable", "browser_registered", "browser_reachable")


def upgrade() -> None:
    """Add the columns; every seat goes on with the phone on its desk."""
    op.add_column("seat", sa.Column("device", sa.Text(), nullable=False, server_default="desk"))
    for name in FLAGS:
        op.add_column("seat", sa.Column(name, sa.Boolean(), nullable=False, server_default=FALSE))
    op.add_column("seat", sa.Column("browser_password", sa.Text()))
    op.create_check_constraint(op.f("ck_seat_device"), "seat", "device IN ('desk', 'browser')")
    op.execute("UPDATE seat SET desk_registered = registered, desk_reachable = reachable")


def downgrade() -> None:
    """Back to one phone per seat."""
    op.execute("UPDATE seat SET registered = desk_registered, reachable = desk_reachable")
    op.drop_constraint(op.f("ck_seat_device"), "seat")
    op.drop_column("seat", "browser_password")
    for name in reversed(FLAGS):
        op.drop_column("seat", name)
    op.drop_column("seat", "device")
