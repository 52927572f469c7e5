"""Who works in a centre. What each may do stands where it is done: ``web/app.py`` and the tables of commands."""

from __future__ import annotations

from typing import Literal, get_args

Role = Literal[
    "seat",
    "dispatcher",
    "group_leader",
    "supervisor",
    "department_head",
    "business_development",
    "finance",
    "administrator",
    "auditor",
]
"""坐席、调度员、调度组长、值班主任、部门负责人、业务发展部、财务、管理员、审计员."""

ROLES: tuple[Role, ...] = get_args(Role)
SITTING: frozenset[Role] = frozenset({"seat", "supervisor"})
"""They answer calls, at a place with a telephone; a seat must sit at one."""
PHONING: frozenset[Role] = SITTING | {"dispatcher", "group_leader"}
"""They may have the telephone of a place to call elders, families and providers by. Only ``SITTING`` is offered calls."""
ON_CALL: frozenset[Role] = SITTING | {"department_head"}
"""They may stand in the roster: whoever sits at a telephone, and the head who has the duty mobile at night."""
OFFICE: frozenset[Role] = frozenset(ROLES) - {"seat", "supervisor", "administrator"}
"""They work with paper, not with calls."""
