"""The softphone in the browser: which device rings, whether its microphone works, and both phones' registrations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"
branch_labels = None
depends_on = None

FALSE = sa.text("false")
FLAGS = {
    "microphone": "the browser's, as its console says",
    "desk_registered": None,
    "desk_reachable": None,
    "browser_registered": None,
    "browser_reachable": None,
}
CHOSEN = ("registered", "reachable")
PASSWORDS = "SIP password of the browser's phone; null: nobody may register it"


def upgrade() -> None:
    """Add the columns; every seat goes on with the phone on its desk."""
    op.add_column("seat", sa.Column("device", sa.Text(), nullable=False, server_default="desk", comment="which phone rings"))
    for name, comment in FLAGS.items():
        op.add_column("seat", sa.Column(name, sa.Boolean(), nullable=False, server_default=FALSE, comment=comment))
    op.add_column("seat", sa.Column("browser_password", sa.Text(), comment=PASSWORDS))
    op.create_check_constraint(op.f("ck_seat_device"), "seat", "device IN ('desk', 'browser')")
    for name in CHOSEN:
        op.alter_column("seat", name, comment="of the chosen device")
    op.execute("UPDATE seat SET desk_registered = registered, desk_reachable = reachable")


def downgrade() -> None:
    """Back to one phone per seat."""
    op.execute("UPDATE seat SET registered = desk_registered, reachable = desk_reachable")
    for name in CHOSEN:
        op.alter_column("seat", name, comment=None)
    op.drop_constraint(op.f("ck_seat_device"), "seat")
    op.drop_column("seat", "browser_password")
    for name in reversed(tuple(FLAGS)):
        op.drop_column("seat", name)
    op.drop_column("seat", "device")
