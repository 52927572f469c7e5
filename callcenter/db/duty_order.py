"""The duty phones in the order in which they are paged now, as SQL: whoever the roster names first, then the others (S-9).

The same rule as ``domain/duty_roster.py: in_paging_order``; here it costs a ladder no second round trip.
``tests/db/test_duty_order.py`` holds them together.
"""

from __future__ import annotations

IN_TURN = """(SELECT min(r.begins_at) FROM roster_turn r WHERE r.phone_id = d.id AND r.post = 'supervisor'
    AND r.begins_at <= clock_timestamp() AND clock_timestamp() < r.ends_at) NULLS LAST, d.position, d.id"""
"""What ``duty_phone d`` is ordered by."""

DUTY_IN_TURN = f"""(SELECT coalesce(json_agg(json_build_object('id', d.id, 'name', d.name, 'number', d.number)
    ORDER BY {IN_TURN}), '[]') FROM duty_phone d WHERE d.active)"""  # noqa: S608 - words of ours
"""``[{id, name, number}]``, in paging order."""

_ON_DUTY = """SELECT r.agent_id FROM roster_turn r WHERE r.post = 'supervisor'
    AND r.begins_at <= clock_timestamp() AND clock_timestamp() < r.ends_at"""
KEEPERS = f"""(SELECT coalesce(json_object_agg('duty:' || d.id, coalesce(
    ({_ON_DUTY} AND r.phone_id = d.id ORDER BY r.begins_at LIMIT 1), ({_ON_DUTY} ORDER BY r.begins_at LIMIT 1),
    (SELECT a.id FROM agent a WHERE a.active AND a.role = 'supervisor' ORDER BY (SELECT count(*) FROM help_case c
        WHERE c.agent_id = a.id AND c.state <> 'closed'), a.user LIMIT 1))), '{{}}') FROM duty_phone d)"""  # noqa: S608
"""``{"duty:<id>": agent}``: who answers for what is taken on this phone. Whoever the roster gives it to, else whoever is on duty,
else the supervisor with the fewest open cases."""
