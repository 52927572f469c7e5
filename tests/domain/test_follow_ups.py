"""Sampling and coverage: pure, and the same on every machine."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.domain.coverage import GROUPS, CaseFollowed, coverage, standing
from callcenter.domain.decision import Office
from callcenter.domain.errors import Refused
from callcenter.domain.papers.follow_up import REACHED, FollowUp
from callcenter.domain.papers.follow_up_call import FollowUpAnswered, FollowUpTaken, FollowUpTried, SpotCheckOrdered
from callcenter.domain.regulations.limits import Override
from callcenter.domain.sampling import compared, drawn, sample
from domain.test_closure import CASE, HEAD, STEPS, Day, opened
from domain.world import AGENT

START = datetime(2026, 11, 29, tzinfo=UTC)
CASES = st.builds(
    CaseFollowed, case_id=st.uuids(), number=st.text(min_size=1, max_size=3), group=st.sampled_from(GROUPS), who=st.just("王秀英"),
    owner=st.just("li"), opened_at=st.integers(0, 99).map(lambda day: START + timedelta(days=day)), closed=st.booleans(),
    states=st.lists(st.sampled_from(["due", "missed", *sorted(REACHED)]), max_size=3).map(tuple), late=st.booleans(),
)  # fmt: skip


@pytest.mark.rule("R-14", "R-15")
@given(st.lists(CASES, max_size=30))
def test_coverage_adds_up_and_names_every_miss(cases: list[CaseFollowed]) -> None:
    found = coverage(cases)
    assert [one.group for one in found] == list(GROUPS)
    assert sum(one.total for one in found) == len(cases)
    for one in found:
        assert one.total == one.done + one.pending + one.missed
        assert len(one.misses) == one.missed
        assert one.misses == sorted(one.misses, key=lambda case: (case.opened_at, case.number))
        assert all(case.group == one.group and standing(case) == "missed" for case in one.misses)
        assert one.share is None or 0 <= one.share <= 1
        assert (one.share == 1.0) == (one.done > 0 and one.missed == 0)
    assert [case for case in cases if case.closed and not case.states and standing(case) != "missed"] == []


@pytest.mark.rule("V-5")
@given(st.sets(st.uuids(), max_size=40), st.text(max_size=8), st.floats(0, 100), st.floats(0, 100), st.integers(-1, 50))
def test_a_sample_is_the_same_for_a_seed_and_grows_with_its_share(
    items: set[UUID], seed: str, one: float, other: float, count: int
) -> None:
    less, more = sorted((one, other))
    assert {item for item in items if drawn(seed, item, less)} <= {item for item in items if drawn(seed, item, more)}
    assert all(drawn(seed, item, 100) and not drawn(seed, item, 0) for item in items)
    found = sample(items, count, seed)
    assert found == sample(sorted(items, reverse=True), count, seed)
    assert len(found) == max(0, min(count, len(items)))
    assert set(found) <= items


@pytest.mark.rule("V-5")
@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["8001", "8002", "8003"]), st.booleans()), min_size=1, max_size=8), st.booleans())
def test_who_asked_first_never_checks(steps: list[tuple[str, bool]], ordered: bool) -> None:
    """Whoever tries whatever in whatever order: a check is never made by the first caller."""
    world = opened()
    world.office = Office((Override("V-5", "percent", 0 if ordered else 100, date(2020, 1, 1)),))
    day = Day(world)
    STEPS["reply"](day)
    for extension, answers in [("8001", True), *steps]:
        who = (AGENT[extension], "seat", extension)
        world.later(60)
        for paper in [one for one in world.papers.values() if isinstance(one, FollowUp) and one.state == "due"]:
            if answers:
                day.do(
                    FollowUpAnswered(*who, CASE, paper.id, world.now, "王", "3栋", "修", "good", 4, "", other_need=False)
                )  # fmt: skip
            else:
                day.do(FollowUpTried(*who, CASE, paper.id, "busy"))
            if ordered:
                day.do(SpotCheckOrdered(*HEAD, CASE, paper.id))
    assert any(paper.spot_check_of for paper in world.papers.values() if isinstance(paper, FollowUp))
    papers = {paper.id: paper for paper in world.papers.values() if isinstance(paper, FollowUp)}
    for paper in papers.values():
        if paper.spot_check_of is not None:
            assert paper.first_by == papers[paper.spot_check_of].asked_by
            assert paper.asked_by != paper.first_by
            assert all(attempt.by != paper.first_by for attempt in paper.attempts)


def test_what_differs_is_listed() -> None:
    assert compared({"quality": "good", "satisfaction": 5}, {"quality": "good", "satisfaction": 5, "more": 1}) == ()
    (one,) = compared({"satisfaction": 5}, {"satisfaction": 2})
    assert (one.field, one.first, one.second) == ("satisfaction", "5", "2")


def test_a_role_that_does_not_call_is_refused() -> None:
    world = opened()
    world.office = Office(callers=frozenset({"dispatcher"}))
    day = Day(world)
    STEPS["reply"](day)
    with pytest.raises(Refused, match="not_a_caller"):
        world.tell(FollowUpTaken(AGENT["8002"], "seat", "8002", CASE, day.last(FollowUp)))
