"""Whom one may phone for somebody who needs help, and which telephones ring already: pieces of SQL that several queries share.

Each is written for a row ``c`` with ``member_id``, ``terminal`` (serial) and ``caller_number``: a case, or a member without one.
"""

from __future__ import annotations

from callcenter.db.duty_order import DUTY_IN_TURN
from callcenter.db.ladder_tables import OPEN, PERSONAL_CONTACT, RINGS_ON

# The terminal that pressed; where none did, a terminal of theirs, rather one that registers with us.
_TERMINAL = """
    SELECT account, number FROM (
        SELECT t.account, t.number, t.serial FROM terminal t WHERE t.serial = c.terminal
        UNION ALL SELECT t.account, t.number, t.serial FROM terminal t WHERE c.terminal IS NULL AND t.member_id = c.member_id
    ) theirs ORDER BY account IS NULL, serial LIMIT 1
"""

# Pairs for json_build_object: what ladder_rows.around_from reads of the people.
PEOPLE = f"""
    'contacts', (SELECT coalesce(json_agg(json_build_object('id', t.id, 'name', t.name, 'relation', t.relation,
        'number', t.number) ORDER BY t.position), '[]') FROM contact t WHERE t.member_id = c.member_id),
    'duty', {DUTY_IN_TURN},
    'account', (SELECT account FROM ({_TERMINAL}) t),
    'numbers', (SELECT coalesce(json_agg(n.number ORDER BY n.place, n.number), '[]') FROM (
        SELECT number, min(place) AS place FROM (
            SELECT number, 1 AS place FROM ({_TERMINAL}) t WHERE number IS NOT NULL
            UNION ALL SELECT m.number, 2 FROM member_number m WHERE m.member_id = c.member_id
            UNION ALL SELECT c.caller_number, 3 WHERE c.caller_number IS NOT NULL) every GROUP BY number) n)
"""  # noqa: S608 - pieces of our own

# The same for the telephones: those with a live leg for another case, whoever had them dialled (a drill rings no real one), or left
# ringing by a lost node; and
# which of the shared ones (a community's, a duty phone) are somebody's own by the register, or ring as such, so that they ring for
# one case at a time.
TELEPHONES = f"""
    'in_use', (SELECT coalesce(json_agg(number), '[]') FROM (
        SELECT o.number FROM attempt o WHERE o.{OPEN} AND o.case_id <> e.case_id AND (o.way = 'drill') = e.drill
        UNION SELECT o.number FROM attempt o WHERE o.{RINGS_ON} AND o.check_at > clock_timestamp() AND o.case_id <> e.case_id
            AND (o.way = 'drill') = e.drill
        UNION SELECT l.number FROM call_leg l
            WHERE l.state <> 'down' AND l.number <> '' AND l.case_id <> e.case_id AND NOT e.drill) o),
    'personal', (SELECT coalesce(json_agg(DISTINCT s.number), '[]') FROM (
        SELECT t.number FROM contact t WHERE t.member_id = c.member_id UNION SELECT d.number FROM duty_phone d WHERE d.active) s
        -- LIMIT keeps it a look into the index for each number, however the plan is made.
        WHERE (SELECT true FROM contact WHERE contact.number = s.number AND {PERSONAL_CONTACT} LIMIT 1)
            OR EXISTS (SELECT 1 FROM attempt o WHERE o.{OPEN} AND o.personal AND o.number = s.number))
"""  # noqa: S608 - pieces of our own
