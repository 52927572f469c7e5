"""Recordings that an elder refuses: to be deleted, and deleted (docs/adr/0039)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision: str | None = "0024"
branch_labels = None
depends_on = None

BEFORE, SINCE = ("recording", "finished", "stored", "lost"), ("refused", "discarded")


def upgrade() -> None:
    """Two more states, and the index of what is still to be done."""
    _states(BEFORE + SINCE, ("recording", "finished", "refused"))


def downgrade() -> None:
    """Without them: what was deleted is lost."""
    op.execute("UPDATE recording SET state = 'lost' WHERE state IN ('refused', 'discarded')")
    _states(BEFORE, ("recording", "finished"))


def _states(states: tuple[str, ...], open_states: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_recording_state"), "recording", type_="check")
    op.create_check_constraint(op.f("ck_recording_state"), "recording", f"state IN ({', '.join(repr(one) for one in states)})")
    op.drop_index("ix_recording_open", "recording")
    where = sa.text(f"state IN ({', '.join(repr(one) for one in open_states)})")
    op.create_index("ix_recording_open", "recording", ["state"], postgresql_where=where)
