"""The statements by which a situation is read, put together of pieces: each is one round trip (situations.py)."""

from __future__ import annotations

from callcenter.db.around import PEOPLE, TELEPHONES
from callcenter.db.duty_order import DUTY_IN_TURN, KEEPERS
from callcenter.db.link import statement
from callcenter.db.queues import BUSY, FITTING, SEAT, WANTED_BY, WEIGHT
from callcenter.domain.ahead import AHEAD, MARK

# Enough to serve whoever is next; the matching pass after the commit serves the rest.
SEATS_READ, WAITING_READ = 8, 32
# The matching pass must see everybody: the one seat with a rare dialect may be the one that was idle for the shortest time.
ALL_SEATS, ALL_WAITING = 1000, 500

_NONE = "CAST('{}' AS text[])"
_READY = "presence = 'ready' AND registered AND console_until > clock_timestamp() AND extension <> ALL(CAST(:taken AS text[]))"


def _seats(named: str) -> str:
    """Free seats, those of them that suit the call in ``wanted`` best, and those that ``named`` names."""
    return f"""
    SELECT coalesce(json_agg({SEAT}), '[]') FROM (
        (SELECT * FROM seat WHERE {_READY} ORDER BY idle_since LIMIT {SEATS_READ})
        UNION
        (SELECT * FROM seat x WHERE {_READY} AND ({FITTING}) ORDER BY idle_since LIMIT {SEATS_READ})
        UNION
        (SELECT * FROM seat WHERE extension = ANY({named}))
    ) s
"""  # noqa: S608 - pieces of ours


_EVERY_SEAT = f"""
    SELECT coalesce(json_agg({SEAT}), '[]') FROM (SELECT * FROM seat WHERE {_READY} ORDER BY idle_since LIMIT {ALL_SEATS}) s
"""  # noqa: S608 - pieces of ours


def _waiting(but: str, most: int = WAITING_READ) -> str:
    """Who waits without an offer, without this case."""
    busy = BUSY.format(agent="c.familiar")
    return f"""
    SELECT coalesce(json_agg(w), '[]') FROM (
        SELECT c.id, c.kind, c.level, coalesce(c.waiting_since, c.opened_at) AS waiting_since, c.passed_seats, c.seat,
            c.parked_at, c.familiar, c.familiar IS NOT NULL AND {busy} AS familiar_busy, to_jsonb(q) AS queue,
            m.dialect, d.name AS district
        FROM help_case c LEFT JOIN queue q ON q.id = c.queue_id
        LEFT JOIN member m ON m.id = c.member_id LEFT JOIN district d ON d.id = m.district_id
        WHERE c.state = 'waiting' AND c.offer_seat IS NULL AND c.source <> 'safe_mode' AND c.opens_at IS NULL
            AND c.id IS DISTINCT FROM {but}
        ORDER BY c.kind, c.parked_at, CASE WHEN c.kind = 'emergency' THEN 0 ELSE {WEIGHT} END DESC, waiting_since LIMIT {most}
    ) w
"""  # noqa: S608 - pieces of ours


_TASKS = """
    SELECT coalesce(json_agg(json_build_object('task', to_jsonb(t), 'kind', c.kind, 'red', c.red, 'seat', c.seat)), '[]')
    FROM (SELECT * FROM task WHERE state = 'open' AND offer_from <= clock_timestamp() ORDER BY due_at LIMIT 100) t
    JOIN help_case c ON c.id = t.case_id WHERE c.state NOT IN ('waiting', 'talking')
"""


def _ladder(case: str) -> str:
    """Read only for a case whose ladder runs, and in the same round trip: whom it may phone, and what it may say of the elder."""
    return f"""
    SELECT json_build_object(
        'escalation', to_jsonb(e),
        'attempts', (SELECT coalesce(json_agg(to_jsonb(a) ORDER BY a.created_at, a.id), '[]') FROM attempt a
            WHERE a.case_id = e.case_id),
        'policy', CASE WHEN e.policy IS NULL
            THEN (SELECT p.data FROM escalation_policy p ORDER BY p.version DESC LIMIT 1) END,
        {PEOPLE}, {TELEPHONES},
        'person', (SELECT json_build_object('name', m.name, 'gender', m.gender, 'address', m.address, 'door_code', m.door_code,
            'illnesses', m.illnesses, 'allergies', m.allergies, 'age', extract(year FROM age(m.birth_date))::int)
            FROM member m WHERE m.id = c.member_id),
        'report', (SELECT to_jsonb(r) FROM emergency_report r WHERE r.case_id = e.case_id)
    ) FROM escalation e JOIN help_case c ON c.id = e.case_id WHERE e.case_id = {case}
"""  # noqa: S608 - an expression of ours


def _unrecorded(members: str) -> str:
    """Of these, who has refused to be recorded, or taken their word back: the latest counts."""
    return f"""
        (SELECT coalesce(json_agg(said.member_id), '[]') FROM (
            SELECT DISTINCT ON (k.member_id) k.member_id, k.given FROM consent k
            WHERE k.kind = 'recording' AND k.member_id = ANY({members}) ORDER BY k.member_id, k.version DESC
        ) said WHERE NOT said.given)
    """  # noqa: S608 - an expression of ours


LADDER = _ladder("CAST(:case AS uuid)")
# The case, found by its id, by one of its legs or attempts, or by its recording: whatever the fact names.
_FIND = """
    SELECT * FROM help_case WHERE id = coalesce(CAST(:case AS uuid),
        (SELECT case_id FROM call_leg WHERE id = CAST(:leg AS text)), (SELECT case_id FROM attempt WHERE id = CAST(:leg AS text)),
        (SELECT case_id FROM recording WHERE name = CAST(:recording AS text)))
"""
# The seats that it names, whatever their state.
_NAMED = """
    SELECT unnest(ARRAY[h.seat, h.offer_seat, h.transfer ->> 'seat']) FROM h UNION ALL
    SELECT ring ->> 'seat' FROM h, jsonb_array_elements(h.alarms || h.listeners) ring
"""
DUE = f"""t.due_at <= clock_timestamp()
    + CASE WHEN t.data ? '{MARK}' THEN make_interval(secs => {AHEAD.total_seconds()}) ELSE interval '0' END"""
_NAMES = f"CAST(:named AS text[]) || ARRAY({_NAMED})"
# Some facts ring nobody anew: their decisions need no other seat and nobody else who waits, unless a ladder may go on with them.
_EVERYBODY = "NOT CAST(:alone AS boolean) OR EXISTS (SELECT 1 FROM escalation WHERE case_id = (SELECT id FROM h))"
_OWN_SEATS = f"SELECT coalesce(json_agg({SEAT}), '[]') FROM seat s WHERE extension = ANY({_NAMES})"  # noqa: S608 - pieces of ours
SITUATION = statement(f"""
    WITH h AS MATERIALIZED ({_FIND}), wanted AS ({WANTED_BY})
    SELECT clock_timestamp() AS now,
        CASE WHEN {_EVERYBODY} THEN ({_seats(_NAMES)}) ELSE ({_OWN_SEATS}) END AS seats,
        CASE WHEN {_EVERYBODY} THEN ({_waiting("(SELECT id FROM h)")}) ELSE '[]' END AS waiting,
        ({_ladder("(SELECT id FROM h)")}) AS ladder,
        (SELECT coalesce(json_agg(to_jsonb(l)), '[]') FROM call_leg l WHERE case_id = (SELECT id FROM h)) AS legs,
        (SELECT to_jsonb(t) FROM task t WHERE case_id = (SELECT id FROM h) AND state <> 'done' LIMIT 1) AS task,
        (SELECT coalesce(json_agg(t.kind), '[]') FROM timer t
            WHERE t.case_id = (SELECT id FROM h) AND {DUE}) AS due,
        (SELECT to_jsonb(h) FROM h) AS the_case,
        (SELECT coalesce(json_agg(to_jsonb(p) ORDER BY p.opened_at, p.id), '[]') FROM paper p
            WHERE p.case_id = (SELECT id FROM h)) AS papers,
        (SELECT to_jsonb(q) FROM queue q, wanted WHERE q.id = wanted.queue) AS queue,
        (SELECT to_jsonb(wanted) FROM wanted) AS wanted,
        (SELECT {BUSY.format(agent="wanted.familiar")} FROM wanted WHERE wanted.familiar IS NOT NULL) AS familiar_busy,
        {DUTY_IN_TURN} AS duty,
        CASE WHEN (SELECT overflow IS NOT NULL FROM h) THEN {KEEPERS} END AS keepers,
        (SELECT coalesce(json_agg(offer_seat), '[]') FROM task WHERE offer_seat IS NOT NULL) AS carded,
        (SELECT coalesce(json_agg(e), '[]') FROM day_exception e WHERE e.day BETWEEN current_date - 2 AND current_date + 400
            AND EXISTS (SELECT 1 FROM h WHERE h.opens_at IS NOT NULL)) AS exceptions,
        (SELECT coalesce(json_object_agg(r.name, r.state), '{{}}') FROM recording r
            WHERE r.case_id = (SELECT id FROM h)) AS recordings,
        {_unrecorded("ARRAY[(SELECT member_id FROM h), CAST(:chosen AS uuid)]")} AS unrecorded
""")  # noqa: S608 - the parts above
LOCK = statement("SELECT 1 FROM help_case WHERE id = :case FOR UPDATE")

ARRIVAL = statement(f"""
    WITH called AS (
        SELECT CASE WHEN CAST(:account AS text) IS NOT NULL THEN 'emergency'
                    ELSE coalesce((SELECT kind FROM line WHERE number = CAST(:line AS text)), 'emergency') END AS kind
    ), pressed AS (
        SELECT serial, member_id FROM (
            SELECT serial, member_id, count(*) OVER () AS sharing FROM terminal, called
            WHERE called.kind = 'emergency' AND (account = CAST(:account AS text)
                OR (CAST(:account AS text) IS NULL AND number = CAST(:number AS text)))
        ) t WHERE sharing = 1  -- two terminals on one number: which one pressed is not known, so all their members are shown
    ), known AS (
        SELECT member_id FROM pressed WHERE member_id IS NOT NULL
        UNION SELECT member_id FROM member_number
              WHERE number = CAST(:number AS text) AND NOT EXISTS (SELECT 1 FROM pressed WHERE member_id IS NOT NULL)
        UNION SELECT member_id FROM terminal WHERE number = CAST(:number AS text) AND member_id IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM pressed WHERE member_id IS NOT NULL)
    ), one AS (
        SELECT (array_agg(member_id))[1] AS id FROM known HAVING count(*) = 1
    ), queued AS (
        SELECT q.* FROM queue q, called WHERE q.kind = called.kind
            AND (q.lines = '[]' OR q.lines @> to_jsonb(ARRAY[CAST(:line AS text)])) ORDER BY q.lines = '[]', q.name_zh LIMIT 1
    ), wanted AS (
        SELECT (SELECT id FROM queued) AS queue, (SELECT service FROM queued) AS service, m.dialect, d.name AS district,
            (SELECT h.agent_id FROM help_case h WHERE h.member_id = m.id AND h.agent_id IS NOT NULL AND h.answered_at IS NOT NULL
                AND h.source NOT IN ('drill', 'probe') ORDER BY h.opened_at DESC LIMIT 1) AS familiar
        FROM (SELECT 1) always LEFT JOIN one ON true LEFT JOIN member m ON m.id = one.id
        LEFT JOIN district d ON d.id = m.district_id
    )
    SELECT clock_timestamp() AS now, called.kind AS kind,
        (SELECT serial FROM pressed) AS terminal,
        (SELECT coalesce(json_agg(member_id ORDER BY member_id), '[]') FROM known) AS members,
        -- A test press uses up no number: the day's numbers have no gaps because of it.
        CASE WHEN CAST(:account AS text) = 'probe' THEN 'probe-' || gen_random_uuid()
            ELSE to_char(now() AT TIME ZONE CAST(:zone AS text), 'YYYYMMDD') || '-' || lpad(nextval('case_number')::text, 6, '0')
        END AS number,
        (SELECT case_id FROM call_leg WHERE id = CAST(:leg AS text)) AS told_before,
        (SELECT state = 'down' AND cause = 'node_lost' FROM call_leg WHERE id = CAST(:leg AS text)) AS given_up,
        (SELECT c.id FROM help_case c, pressed
          WHERE c.terminal = pressed.serial AND c.kind = 'emergency'  -- domain: Case.takes_presses
            AND c.state <> 'closed' AND (c.red OR c.state IN ('waiting', 'talking'))
          ORDER BY c.opened_at DESC LIMIT 1) AS joins,
        ({_seats(_NONE)}) AS seats, ({_waiting("CAST(NULL AS uuid)")}) AS waiting,
        (SELECT to_jsonb(queued) FROM queued) AS queue, (SELECT to_jsonb(wanted) FROM wanted) AS wanted,
        (SELECT {BUSY.format(agent="wanted.familiar")} FROM wanted WHERE wanted.familiar IS NOT NULL) AS familiar_busy,
        (SELECT coalesce(json_agg(h), '[]') FROM line_hours h WHERE h.line = CAST(:line AS text) AND called.kind = 'life_help')
            AS hours,
        (SELECT coalesce(json_agg(e), '[]') FROM day_exception e WHERE e.day BETWEEN current_date - 2 AND current_date + 400
            AND EXISTS (SELECT 1 FROM line_hours h WHERE h.line = CAST(:line AS text))) AS exceptions,
        {_unrecorded("ARRAY(SELECT member_id FROM known)")} AS unrecorded
    FROM called
""")  # noqa: S608 - the two parts above


# The seats are read only if somebody waits: this is asked after every change, and most of the time nobody does.
WAITING_AND_READY = statement(f"""
    SELECT clock_timestamp() AS now, ({_waiting("CAST(NULL AS uuid)", ALL_WAITING)}) AS waiting, ({_TASKS}) AS tasks,
        CASE WHEN EXISTS (
        SELECT 1 FROM help_case WHERE state = 'waiting' AND offer_seat IS NULL)
        OR EXISTS (SELECT 1 FROM task WHERE state = 'open' AND offer_from <= clock_timestamp())
        THEN ({_EVERY_SEAT}) ELSE '[]' END AS seats
""")  # noqa: S608 - the two parts above
_NUMBER = "to_char(now() AT TIME ZONE CAST(:zone AS text), 'YYYYMMDD') || '-' || lpad(nextval('case_number')::text, 6, '0')"
NEW_NUMBER = statement(f"SELECT {_NUMBER} AS number")
STATE = statement("SELECT state FROM help_case WHERE id = CAST(:case AS uuid)")
