"""The roles of the whole centre: dispatch, leaders, business development, finance, audit."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision: str | None = "0007"
branch_labels = None
depends_on = None

NEW = "'dispatcher', 'group_leader', 'department_head', 'business_development', 'finance', 'auditor'"


def upgrade() -> None:
    """Allow them."""
    _roles(
        "'seat', 'dispatcher', 'group_leader', 'supervisor', 'department_head', 'business_development', 'finance',"
        " 'administrator', 'auditor'"
    )


def downgrade() -> None:
    """Who has one of them keeps the name and may log in no more: the older service would not know what they may."""
    op.execute(f"DELETE FROM session WHERE agent_id IN (SELECT id FROM agent WHERE role IN ({NEW}))")  # noqa: S608
    op.execute(f"UPDATE agent SET role = 'seat', active = false WHERE role IN ({NEW})")  # noqa: S608
    _roles("'seat', 'supervisor', 'administrator'")


def _roles(values: str) -> None:
    name = op.f("ck_agent_role")
    op.drop_constraint(name, "agent")
    op.create_check_constraint(name, "agent", f"role IN ({values})")
