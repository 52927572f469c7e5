"""Who is on duty when (S-9): pure. Whom a page reaches first, where nobody stands in the roster, who stands in it twice.

The roster never decides whether somebody can be reached, only who is tried first: behind whoever is on duty every other duty
phone follows in its order, and with an empty roster all of them do. Moments are aware ``datetime``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from callcenter.domain.errors import Refused

Phone = TypeVar("Phone")
Post = Literal["supervisor", "seat"]
"""值班主任; 夜间坐席."""
AHEAD = timedelta(hours=24)
LONGEST = timedelta(hours=24)


@dataclass(frozen=True)
class Turn:
    """One person at one post, from ``begins`` to ``ends`` (excluded). ``phone``: the duty phone that is rung first meanwhile;
    ``seat``: where a night seat sits."""

    id: UUID
    post: Post
    person: UUID
    begins: datetime
    ends: datetime
    phone: UUID | None = None
    seat: str | None = None


@dataclass(frozen=True)
class Gap:
    """Nobody is on duty at ``post``, or whoever is has no telephone (``no_phone``)."""

    post: Post
    begins: datetime
    ends: datetime
    no_phone: bool = False


@dataclass(frozen=True)
class Clash:
    """Two turns that cannot both be: one person at two places (``person``), or two people on one seat (``seat``)."""

    why: Literal["person", "seat"]
    first: UUID
    second: UUID


def checked(turn: Turn) -> Turn:
    """The turn, if it can stand in a roster. Raises Refused."""
    if not turn.begins < turn.ends <= turn.begins + LONGEST:
        raise Refused(
            "bad_turn", "班次的结束时间必须晚于开始时间,且不超过24小时。没有改动排班。",
            "A turn must end after it begins, within 24 hours. The roster was not changed.",
            remedy_zh="请改正起止时间;更长的值班请分成几班。",
            remedy_en="Mend the times; split what is longer into several turns.",
            rule="S-9", status=422,
        )  # fmt: skip
    if turn.post == "supervisor" and turn.phone is None:
        raise Refused(
            "turn_without_phone", "值班主任的班次要指定一部值班电话,否则无法首先呼叫他。没有改动排班。",
            "A supervisor's turn names a duty phone; without it they cannot be rung first. The roster was not changed.",
            remedy_zh="请选择值班电话;没有的话先在策略页登记。",
            remedy_en="Choose a duty phone; register it on the policy page first.",
            rule="S-9", status=422,
        )  # fmt: skip
    if turn.post == "seat" and turn.seat is None:
        raise Refused(
            "turn_without_seat", "夜间坐席的班次要指定席位。没有改动排班。",
            "A night seat's turn names a seat. The roster was not changed.",
            remedy_zh="请选择席位。", remedy_en="Choose a seat.", rule="S-9", status=422,
        )  # fmt: skip
    return turn


def on_duty(turns: Iterable[Turn], now: datetime, post: Post = "supervisor") -> list[Turn]:
    """Who is at ``post`` at ``now``, whoever began first at the front."""
    return sorted((t for t in turns if t.post == post and t.begins <= now < t.ends), key=lambda t: (t.begins, str(t.id)))


def in_paging_order(phones: Sequence[Phone], spans: Iterable[tuple[Phone, datetime, datetime]], now: datetime) -> list[Phone]:
    """``phones`` (the backup order) with those of whoever is on duty first. ``spans``: whose phone counts from when to when, in
    order of their beginnings. Nobody is added and nobody is lost."""
    ahead = list(dict.fromkeys(phone for phone, begins, ends in spans if begins <= now < ends and phone in phones))
    return [*ahead, *(phone for phone in phones if phone not in ahead)]


def gaps(turns: Iterable[Turn], begins: datetime, ends: datetime, phones: Iterable[UUID] | None = None) -> list[Gap]:
    """Where no supervisor is on duty between the two moments. With ``phones`` (those that can be rung) also where whoever is on
    duty cannot be rung by one of them."""
    mine = [t for t in turns if t.post == "supervisor"]
    found = [Gap("supervisor", a, b) for a, b in _uncovered(mine, begins, ends)]
    if phones is not None:
        known = set(phones)
        silent = _uncovered([t for t in mine if t.phone in known], begins, ends)
        nobody = [(gap.begins, gap.ends) for gap in found]
        found += [Gap("supervisor", a, b, no_phone=True) for a, b in _without(silent, nobody)]
    return sorted(found, key=lambda gap: gap.begins)


def clashes(turns: Iterable[Turn]) -> list[Clash]:
    """Every pair that cannot both be. Two supervisors at once are no clash: the second is backup."""
    ordered = sorted(turns, key=lambda t: (t.begins, str(t.id)))
    found = []
    for place, one in enumerate(ordered):
        for other in ordered[place + 1 :]:
            if other.begins >= one.ends:
                break
            if one.person == other.person:
                found.append(Clash("person", one.id, other.id))
            elif one.post == other.post == "seat" and one.seat == other.seat:
                found.append(Clash("seat", one.id, other.id))
    return found


def moved(turn: Turn, days: int, zone: ZoneInfo, new_id: UUID) -> Turn:
    """The same turn ``days`` later at the same times of the clock on the wall."""
    begins, ends = (moment.astimezone(zone) + timedelta(days=days) for moment in (turn.begins, turn.ends))
    return replace(turn, id=new_id, begins=begins, ends=ends)


def week_of(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Monday's midnight of the week of ``day``, and the next."""
    monday = day - timedelta(days=day.weekday())
    return datetime.combine(monday, time(), zone), datetime.combine(monday + timedelta(days=7), time(), zone)


def _uncovered(turns: list[Turn], begins: datetime, ends: datetime) -> list[tuple[datetime, datetime]]:
    found, covered = [], begins
    for turn in sorted(turns, key=lambda t: t.begins):
        if turn.ends <= covered:
            continue
        if turn.begins >= ends:
            break
        if turn.begins > covered:
            found.append((covered, turn.begins))
        covered = turn.ends
    if covered < ends:
        found.append((covered, ends))
    return found


def _without(spans: list[tuple[datetime, datetime]], taken: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """``spans`` without what ``taken`` covers; both in order and without overlaps."""
    found = []
    for begins, ends in spans:
        at = begins
        for a, b in taken:
            if b <= at or a >= ends:
                continue
            if a > at:
                found.append((at, a))
            at = b
        if at < ends:
            found.append((at, ends))
    return found
