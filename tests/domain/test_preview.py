"""The what-if preview: it is the real ladder, told in lines; whatever the policy, it ends with the supervisor paged."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.domain.decision import Figures
from callcenter.domain.escalation import Around, Target
from callcenter.domain.policy import CONDITIONS, DEFAULT, TARGETS, Policy, PublicNumber, Rung, check
from callcenter.domain.preview import Line, notes, preview

START = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
DAUGHTER = Target("contact:1", "family", "李芳", "+8614007970001", "女儿")
SON = Target("contact:2", "family", "李强", "+8614007970002", "儿子")
NEIGHBOUR = Target("contact:3", "neighbour", "刘婶", "+8614007970003", "邻居")
WORKER = Target("contact:4", "community", "小温", "+8614007970004", "社工")
ZENG, TANG = (
    Target("duty:1", "supervisor", "曾国平", "+8614007999901"),
    Target("duty:2", "supervisor", "唐", "+8614007999902"),
)
OWN = (
    Target("terminal", "terminal", "一键通", "t10001", way="account"),
    Target("landline:1", "landline", "老人电话", "+867971000101"),
)
AROUND = Around(contacts=(DAUGHTER, SON, NEIGHBOUR, WORKER), duty=(ZENG, TANG), own=OWN)
POLICY = Policy(
    "测试",
    (
        Rung(("emergency_seats",), 0.0, "until_seat_answers", "parallel"),
        Rung(("family",), 10.0, "until_seat_answers", "in_order", tries=2, ring_seconds=20.0),
        Rung(("neighbour", "community"), 100.0, "until_seat_answers", "parallel", ring_seconds=20.0),
        Rung(("supervisor",), 30.0, "until_acknowledged", "in_order", ring_seconds=10.0),
    ),
    retry_seconds=30.0,
)


def lines_of(
    policy: Policy = POLICY, around: Around = AROUND, *, free_seats: int = 2, seat_answers_after: float | None = None
) -> list[Line]:
    return preview(policy, around, start=START, free_seats=free_seats, figures=Figures(), seat_answers_after=seat_answers_after)


def calls(lines: list[Line]) -> list[tuple[float, str]]:
    return [(line.after_seconds, line.who) for line in lines if line.kind == "call"]


def test_nobody_answers_and_everybody_is_phoned_when_the_policy_says() -> None:
    lines = lines_of()
    assert calls(lines) == [
        (10.0, "李芳"), (30.0, "李强"),  # in order, the next when the one before has not answered
        (60.0, "李芳"), (80.0, "李强"),  # second try, 30 s after the first ended
        (100.0, "刘婶"), (100.0, "小温"),  # both at once, as soon as the family is through
        (120.0, "曾国平"), (130.0, "唐"),
        (140.0, "曾国平"), (200.0, "唐"),  # paged, one after the other, a minute apart
    ]  # fmt: skip
    assert all(line.at == START + timedelta(seconds=line.after_seconds) for line in lines)
    assert [line.rung for line in lines if line.kind == "rung"] == [1, 2, 3, 4]
    assert [(line.after_seconds, line.what) for line in lines if line.kind == "end"] == [
        (140.0, "exhausted"), (140.0, "supervisor_paged"), (200.0, "supervisor_paged"),
    ]  # fmt: skip
    first = next(line for line in lines if line.kind == "call")
    assert (first.what, first.relation, first.number, first.ring_seconds) == ("family", "女儿", "+8614007970001", 20.0)
    assert all(line.note_zh and line.note_en for line in lines)


def test_a_seat_that_answers_stops_what_waits_for_a_seat() -> None:
    lines = lines_of(seat_answers_after=12.0)
    assert calls(lines) == [(10.0, "李芳"), (140.0, "曾国平"), (150.0, "唐")]
    assert [line.after_seconds for line in lines if line.what == "seat_answered"] == [12.0]
    assert (lines[-1].kind, lines[-1].what) == ("end", "quiet")
    assert "exhausted" not in {line.what for line in lines}


def test_a_seat_answers_also_where_none_is_free_today() -> None:
    assert [line.what for line in lines_of(free_seats=0, seat_answers_after=200.0)].count("seat_answered") == 1


def test_an_empty_rung_is_told_and_costs_no_time() -> None:
    lines = lines_of(around=replace(AROUND, contacts=(NEIGHBOUR,)), free_seats=0)
    assert calls(lines)[0] == (0.0, "刘婶")
    assert [line.note_en for line in lines if line.rung == 2][-1] == "Nobody is registered for it: the next rung begins at once."


def test_public_numbers_by_their_mode() -> None:
    def first_of(number: PublicNumber) -> Line:
        policy = replace(POLICY, rungs=(Rung(("120",), 0.0), POLICY.rungs[-1]), public=(number,))
        return next(line for line in lines_of(policy) if line.kind in ("call", "assisted"))

    assert first_of(PublicNumber("120")).kind == "assisted"
    drill = first_of(PublicNumber("120", "automatic", "drill"))
    assert (drill.kind, drill.who, drill.note_zh) == ("call", "120", "演练线路:不会接到真实的公共号码。")
    real = first_of(PublicNumber("120", "automatic", "trunk"))
    assert (real.ring_seconds, real.note_zh) == (None, "本系统未启用真实公共号码,不会拨出。")
    policy = replace(POLICY, rungs=(Rung(("120",), 0.0), POLICY.rungs[-1]), public=(PublicNumber("120", "automatic", "trunk"),))
    allowed = preview(policy, AROUND, start=START, free_seats=0, figures=Figures(public_numbers=True))
    assert next(line for line in allowed if line.kind == "call").ring_seconds == 25.0


def test_notes_say_what_is_missing() -> None:
    assert len(notes(POLICY, AROUND, free_seats=1)) == 1  # only that the elder would be called back
    bare = [zh for zh, _ in notes(POLICY, Around(), free_seats=0)]
    assert len(bare) == 5
    assert "没有登记值班电话:最后只能在屏幕上呼叫主任。" in bare
    unused = replace(POLICY, rungs=(POLICY.rungs[0], POLICY.rungs[-1]))
    assert [zh for zh, _ in notes(unused, replace(AROUND, own=()), free_seats=1)] == [
        "策略中没有社区人员,登记的此类联系人不会自动呼叫。",
        "策略中没有家属,登记的此类联系人不会自动呼叫。",
        "策略中没有邻居,登记的此类联系人不会自动呼叫。",
    ]


seconds = st.floats(0, 1800, allow_nan=False).map(lambda value: round(value, 1))
seat_rungs = st.sampled_from([("emergency_seats",), ("all_seats",), ("emergency_seats", "all_seats")])
people = st.lists(st.sampled_from([t for t in TARGETS if not t.endswith("_seats")]), min_size=1, max_size=4, unique=True).map(tuple)
rungs = st.builds(
    Rung,
    targets=st.one_of(seat_rungs, people),
    delay_seconds=seconds,
    condition=st.sampled_from(CONDITIONS),
    order=st.sampled_from(["in_order", "parallel"]),
    tries=st.integers(1, 5),
    ring_seconds=st.floats(5, 90).map(lambda value: round(value, 1)),
)
supervisors = st.builds(Rung, targets=st.just(("supervisor",)), delay_seconds=seconds, condition=st.sampled_from(CONDITIONS))
policies = st.builds(
    Policy,
    name=st.just("任意"),
    rungs=st.tuples(st.lists(rungs, max_size=11), supervisors, st.integers(0, 11)).map(
        lambda parts: (*parts[0][: parts[2]], parts[1], *parts[0][parts[2] :])
    ),
    public=st.tuples(
        *(
            st.builds(
                PublicNumber, code=st.just(code), mode=st.sampled_from(["drill", "assisted", "automatic"]), way=st.just("drill")
            )
            for code in ("110", "119", "120")
        )
    ),
    retry_seconds=st.floats(5, 600),
    page_seconds=st.floats(10, 600),
)
contacts = st.lists(st.sampled_from([DAUGHTER, SON, NEIGHBOUR, WORKER]), unique=True).map(tuple)
duty = st.lists(st.sampled_from([ZENG, TANG]), unique=True).map(tuple)


@pytest.mark.rule("R-12")
@settings(max_examples=150, deadline=None)
@given(policies, contacts, duty, st.integers(0, 4))
def test_whatever_the_policy_nobody_answering_ends_with_the_supervisor_paged(
    policy: Policy, known: tuple[Target, ...], phones: tuple[Target, ...], free_seats: int
) -> None:
    check(policy, public_enabled=False)
    lines = lines_of(policy, Around(contacts=known, duty=phones), free_seats=free_seats)
    ends = [line.what for line in lines if line.kind == "end"]
    assert ends[0] == "exhausted"
    assert ends[1:] == ["supervisor_paged"] * max(1, len(phones))
    assert [line.at for line in lines] == sorted(line.at for line in lines)
    # Everybody whom the policy names and the member has was phoned, and as often as it says at most.
    for target in (*known, *phones):
        on = [rung for rung in policy.rungs if target.kind in rung.targets]
        times = sum(line.who == target.name and line.rung is not None for line in lines if line.kind == "call")
        assert (times > 0) == bool(on)
        assert times <= sum(rung.tries for rung in on)
    places = [line.rung for line in lines if line.kind == "rung" and line.rung is not None]
    assert sorted(set(places)) == list(range(1, len(policy.rungs) + 1))


def test_the_built_in_policy_has_nobody_waiting_long() -> None:
    lines = lines_of(DEFAULT)
    assert calls(lines)[0] == (26.0, "李芳")
    assert next(line.after_seconds for line in lines if line.what == "exhausted") < 300
