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
