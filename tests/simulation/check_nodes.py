"""The invariant of two nodes: one that nobody hears is given up in time, never one that somebody hears, and its calls with it."""

from __future__ import annotations

from collections.abc import Iterator

from callcenter.domain import facts
from callcenter.domain.case import Leg
from callcenter.domain.escalation import Attempt
from simulation.history import PROGRESS_SECONDS, History
from simulation.node_faults import NEVER, Judged, Outage
from simulation.replaying import Broken
from simulation.stage import SECOND

DEAD_SECONDS, SILENT_SECONDS = 1.2, 6.0  # as ADR 0026 has them
FRESH = 3 * SECOND  # so long it is believed that nothing listens at a node, from whoever found that
WRITTEN = 6 * SECOND // 10  # until the next look after the database is back
ASKED = 0.6  # whoever is awake and in reach for so long has asked a node and been answered
ASKED_AGAIN = 1.7  # the same after a question that found no answer, for which it waits a second
NOTICED = 2.5  # a look that waits for its answer, and the next one


def nodes_are_given_up_in_time(history: History) -> None:
    """16. A node is given up while another one lives, when no instance has heard it for 1.2 s (its machine says that nothing
    listens) or 6 s (it says nothing), and not later than a look or two after; then its calls are over within 3 s, and none is made
    there.
    """
    if len(history.night.nodes) < 2:
        return
    for judged in history.night.judgements:
        if judged.lost:
            _not_too_early(history, judged)
    living = {service.name for service in history.night.services}
    for outage in history.night.outages:
        if outage.refused is not None and outage.instance in living:
            _not_too_late(history, outage)
    _nothing_is_made_there(history)


def _not_too_early(history: History, judged: Judged) -> None:
    night, moment = history.night, judged.moment
    others = [node.name for node in night.nodes if node.name != judged.node]
    down = [o for o in night.outages if o.node == judged.node and o.refused and o.since <= moment <= o.until + FRESH]
    least = DEAD_SECONDS if down else SILENT_SECONDS
    before = moment - int((least + ASKED_AGAIN) * SECOND)
    # A look lasts as long as its slowest answer.
    silent = [o for o in night.outages if o.node and not o.refused and o.until > before and o.since < moment]
    asked = ASKED if down and not silent else ASKED_AGAIN
    living = sorted({service.name for service in night.services})
    for name in living:
        hears = _hears(history, judged.node, name, moment - int(least * SECOND), moment - SECOND // 10)
        if any(until - since > asked * SECOND for since, until in hears):
            raise Broken(f"{judged.instance} gave {judged.node} up at {moment / SECOND:.3f}, and {name} had just heard it")
    # Whoever fell asleep between being answered and writing it down writes old news.
    slept = [o.since for o in night.outages if not o.node and before < o.until <= moment]
    window = min([moment, *slept]) - int((SILENT_SECONDS + NOTICED) * SECOND), moment
    for name in others:
        if not any(list(_hears(history, name, instance, *window, slow=True)) for instance in living):
            raise Broken(f"{judged.instance} gave {judged.node} up at {moment / SECOND:.3f}, and {name} was not there either")


def _hears(history: History, node: str, instance: str, since: int, until: int, *, slow: bool = False) -> Iterator[tuple[int, int]]:
    """Times between these two in which this instance was awake and the node in its reach. ``slow``: also while it is slow."""
    spans = [
        (o.since, o.until) for o in history.night.outages
        if o.instance == instance and o.node in (node, "") and not (slow and o.node and o.refused is None)
    ]  # fmt: skip
    if not slow:  # nor could it tell what it heard
        spans += [(away, back + WRITTEN) for away, back in history.night.database_away]
    for start, end in sorted(spans):
        if start > until:
            break
        if start > since:
            yield since, start
        since = max(since, end)
    if since < until:
        yield since, until


def _not_too_late(history: History, outage: Outage) -> None:
    night = history.night
    faults = night.faults
    limit = DEAD_SECONDS if outage.refused else SILENT_SECONDS
    due = outage.since + int((limit + NOTICED) * SECOND)
    if faults.each_step or due > outage.until or not _all_well(history, outage, due):
        return
    known = [j for j in night.judgements if j.node == outage.node and j.moment <= due]
    mine = [j.lost for j in known if j.instance == outage.instance]
    if not mine or not mine[-1]:
        raise Broken(f"{outage.node} was away from {outage.since / SECOND:.3f}, and {outage.instance} never gave it up")
    first = min((j.moment for j in known if j.lost and j.moment > outage.since), default=NEVER)
    over = first + int(PROGRESS_SECONDS * SECOND)
    if over > outage.until or not _all_well(history, outage, over):
        return
    for row in history.attempts.values():
        ended = night.stage.moment(row.ended_at) if row.ended_at is not None else night.end
        if row.node == outage.node and night.stage.moment(row.created_at) < first and ended > over:
            raise Broken(
                f"{outage.node} was given up at {first / SECOND:.3f}, and the call to {row.name} ended at {ended / SECOND:.3f}"
            )


def _all_well(history: History, outage: Outage, until: int) -> bool:
    """Nothing but this was the matter: every instance awake, cut off from this node, in reach of the other; the database there."""
    night, since = history.night, outage.since - 2 * SECOND
    for other in night.outages:
        if other.since >= until or other.until <= since:
            continue
        if other.node != outage.node:
            return False
    for name in {service.name for service in night.services}:
        if any(True for _ in _hears(history, outage.node, name, outage.since, until)):
            return False
    return not any(start < until and end > since for start, end in night.database_away)


def _nothing_is_made_there(history: History) -> None:
    for commit in history.night.database.commits:
        lost, known = commit.situation.lost, {a.id for a in commit.situation.attempts} | {leg.id for leg in commit.situation.legs}
        if not lost or isinstance(commit.fact, facts.CallArrived | facts.SafeModeCall):
            continue
        ordered: list[Attempt | Leg] = [*commit.decision.attempts.values(), *commit.decision.legs.values()]
        for made in ordered:
            if made.id not in known and made.node in lost:
                raise Broken(f"{made.id[:12]} was ordered at {made.node} at {commit.moment / SECOND:.3f}, which was given up")
