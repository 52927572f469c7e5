"""No path to closure that skips a guard: random days at a desk, and after each step what is closed is judged by another reading
of the
rules, written down here in the words of the articles and not with the functions that decide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.domain.case import MOVES, Case
from callcenter.domain.closure import CloseAsked, JudgedUnreasonable
from callcenter.domain.errors import IllegalMove, Refused
from callcenter.domain.facts import PaperFact
from callcenter.domain.intake import Reclassified
from callcenter.domain.papers import answer, development, feedback, hand_over, need, promise, proof
from callcenter.domain.papers.follow_up import LOOP, FollowUp
from callcenter.domain.papers.follow_up_call import FollowUpAnswered, FollowUpTried
from callcenter.domain.papers.follow_up_loop import FollowUpDecided, FollowUpResolved
from callcenter.domain.papers.nouns import BY_NOUN, DECIDERS, NOUNS, TIMERS
from callcenter.domain.papers.paper import Paper
from callcenter.domain.papers.work_order import WorkOrder
from callcenter.domain.regulations.limits import LIMITS, check
from domain.orders import an_order
from domain.world import AGENT, World

LI = (AGENT["8001"], "seat", "8001")
HEAD = (AGENT["boss"], "department_head", None)
CASE = UUID(int=99)


def opened(**fields: object) -> World:
    """A world with one open case of seat 8001."""
    world = World()
    case = Case(
        CASE, "20261129-000001", "life_help", "hotline", "96602", "open", world.now, world.now, ended_at=world.now,
        agent_id=AGENT["8001"], category="life_help", subcategory="repair", disposition="service_needed", summary="水管漏水",
    )  # fmt: skip
    world.cases[CASE] = replace(case, **fields)  # type: ignore[arg-type]
    world.journal[CASE] = []
    return world


class Day:
    """What a person may try, by name; each either happens or is refused and changes nothing."""

    def __init__(self, world: World) -> None:
        self.world, self.count = world, 0

    def new(self) -> UUID:
        self.count += 1
        # Even ids: a liability makes its rework's id from its own.
        return UUID(int=uuid5(CASE, str(self.count)).int & ~1)

    def last(self, kind: type[Paper], state: str = "") -> UUID | None:
        found = [paper for paper in self.world.papers.values() if isinstance(paper, kind) and state in paper.state]
        return found[-1].id if found else None

    def asks(self, satisfaction: int) -> None:
        """The follow-up is made, with all that V-2 and V-4 ask for."""
        fact = FollowUpAnswered(
            *LI, CASE, self.last(FollowUp, "due"), self.world.now, "王秀英", "3栋", "修水管", "good", satisfaction, "原因",
            other_need=False,
        )  # fmt: skip
        self.do(fact)

    def do(self, fact: PaperFact) -> None:
        before = (dict(self.world.cases), dict(self.world.papers), dict(self.world.timers), len(self.world.journal[CASE]))
        try:
            self.world.tell(fact)
        except Refused:
            after = (self.world.cases, self.world.papers, self.world.timers, len(self.world.journal[CASE]))
            assert before == after, "a refusal changes nothing"


STEPS: dict[str, Callable[[Day], None]] = {
    "promise": lambda d: d.do(promise.PromiseMade(*LI, CASE, d.new(), "immediate", None, "马上到")),
    "keep": lambda d: d.do(promise.PromiseKept(*LI, CASE, d.last(promise.Promise))),
    "owe": lambda d: d.do(answer.AnswerOwed(*LI, CASE, d.new(), "几点", "稍后")),
    "answer": lambda d: d.do(answer.AnswerGiven(*LI, CASE, d.last(answer.PendingAnswer), "三点")),
    "reply": lambda d: d.do(proof.Replied(*LI, CASE, d.new(), "phone", "王阿姨", "好了")),
    "verify": lambda d: d.do(proof.Verified(*LI, CASE, d.new(), "confirmed", "电话")),
    "satisfied": lambda d: d.do(feedback.FeedbackGiven(*LI, CASE, d.new(), "satisfied", "好")),
    "dissatisfied": lambda d: d.do(feedback.FeedbackGiven(*LI, CASE, d.new(), "dissatisfied", "不好")),
    "complain": lambda d: d.do(feedback.FeedbackGiven(*LI, CASE, d.new(), "dissatisfied", "不好", complaint=True)),
    "not_reached": lambda d: d.do(feedback.FeedbackGiven(*LI, CASE, d.new(), "not_reached", "无人接")),
    "nobodys_fault": lambda d: d.do(feedback.LiabilityStated(*LI, CASE, d.new(), "nobody", "已说明")),
    "providers_fault": lambda d: d.do(feedback.LiabilityStated(*LI, CASE, d.new(), "provider", "没修好", "重修")),
    "rework": lambda d: d.do(feedback.ReworkDone(*LI, CASE, d.last(feedback.Rework), "已重修")),
    "outside": lambda d: d.do(feedback.OutsideAsked(*LI, CASE, d.new(), "authority", "民政局", "调解")),
    "decided": lambda d: d.do(feedback.OutsideAnswered(*LI, CASE, d.last(feedback.OutsideBody), "已调解")),
    "asked": lambda d: d.asks(5),
    "asked_bad": lambda d: d.asks(1),
    "tried": lambda d: d.do(FollowUpTried(*LI, CASE, d.last(FollowUp, "due"), "no_answer")),
    "handle": lambda d: d.do(FollowUpDecided(*HEAD, CASE, d.last(FollowUp, "reported"), "handle", "rework", "返工", "provider")),
    "explain": lambda d: d.do(FollowUpDecided(*HEAD, CASE, d.last(FollowUp, "reported"), "handle", "explain", "说明", "nobody")),
    "report": lambda d: d.do(FollowUpDecided(*HEAD, CASE, d.last(FollowUp, "reported"), "report", None, "上报")),
    "resolve": lambda d: d.do(FollowUpResolved(*HEAD, CASE, d.last(FollowUp, "handling"), "explained", "已说明")),
    "outcome": lambda d: d.do(FollowUpResolved(*HEAD, CASE, d.last(FollowUp, "escalated"), "put_right", "已办好")),
    "unmet": lambda d: d.do(need.NeedUnmet(*LI, CASE, d.new(), "repair", "修收音机", "老周")),
    "hand_over": lambda d: d.do(hand_over.HandOverOffered(*LI, CASE, d.new(), AGENT["8002"], "刘慧", "休假")),
    "give_back": lambda d: d.do(hand_over.HandOverReturned(AGENT["8002"], "seat", None, CASE, d.last(hand_over.HandOver), "忙")),
    "transfer": lambda d: d.do(development.TransferWanted(*LI, CASE, d.new(), "寻源")),
    "refuse_transfer": lambda d: d.do(development.TransferRefused(*HEAD, CASE, d.last(development.Transfer), "自行办理")),
    "affairs": lambda d: d.do(Reclassified(*LI, CASE, "consultation", "affairs", "改类")),
    "service": lambda d: d.do(Reclassified(*LI, CASE, "consultation", "service", "改类")),
    "rescue": lambda d: d.do(Reclassified(*LI, CASE, "rescue", "fall", "改类")),
    "unreasonable": lambda d: d.do(JudgedUnreasonable(*LI, CASE, "false", "已说明")),
    "close": lambda d: d.do(CloseAsked(*LI, CASE)),
    "close_resolved": lambda d: d.do(CloseAsked(*LI, CASE, "resolved", "", "已解决")),
    "day": lambda d: d.world.pass_time(86_400.0, 21_600.0),
}


SATISFACTION = (
    "reply", "satisfied", "dissatisfied", "complain", "nobodys_fault", "providers_fault", "rework", "outside", "decided", "close",
    "close_resolved",
)  # fmt: skip
NOBODY_ANSWERS = ("reply", "not_reached", "tried", "day", "close", "satisfied", "complain")
FOLLOWED_UP = ("asked", "asked_bad", "tried", "handle", "explain", "report", "resolve", "outcome", "rework", "close", "day")
POOLS = (tuple(sorted(STEPS)), SATISFACTION, NOBODY_ANSWERS, FOLLOWED_UP)
"""A day of everything, a day about one elder's satisfaction, days of calling in vain: each goes deep somewhere."""
DAYS = st.sampled_from(POOLS).flatmap(lambda pool: st.lists(st.sampled_from(pool), max_size=14))


ORDERS = st.sampled_from([None, *WorkOrder.moves])


def lawful(world: World, case: Case) -> None:
    """The articles, read again: raises AssertionError for a closed case that they keep open."""
    papers = [paper for paper in world.papers.values() if paper.case_id == case.id]
    assert case.agent_id is not None, "第一条"
    assert case.category, "第三条"
    assert (case.summary or "").strip(), "第六条"
    assert not case.red, "第十九条"
    assert not any(paper.state in LOOP for paper in papers if isinstance(paper, FollowUp)), "回访制度 3、派工 6"
    for paper in papers:
        if paper.noun in ("promise", "pending_answer", "hand_over", "transfer", "rework"):
            assert paper.state not in ("open", "offered", "asked", "approved", "taken"), paper
    if case.unreasonable:
        assert case.unreasonable in ("illegal", "harassment", "false", "demanding", "unclear"), "第五条"
        return
    assert any(paper.noun == "reply" for paper in papers), "三、六 回复"
    orders = [paper for paper in papers if paper.noun == "work_order"]
    assert all(order.state in ("completed", "settled", "archived", "cancelled") for order in orders), "派工七"
    assert case.category != "life_help" or orders, "派工七"
    words = [paper for paper in papers if isinstance(paper, feedback.Feedback) and paper.result != "not_reached"]
    if case.category == "rescue":
        assert any(isinstance(paper, proof.Ground) for paper in papers), "第十九条"
        assert words, "第十五条"
    elif not (case.category == "consultation" and case.subcategory != "service"):
        served_well(world, case, papers, words)


def served_well(world: World, case: Case, papers: list[Paper], words: list[feedback.Feedback]) -> None:
    """第十七、十八条."""
    if not words:
        failed = [paper for paper in papers if isinstance(paper, feedback.Feedback)]
        assert len(failed) >= 2, "第十八条 未接通"
        assert case.closed_at is not None
        assert case.closed_at - failed[-1].opened_at >= timedelta(days=3), "第十八条 三日"
        return
    if words[-1].result == "satisfied":
        return
    decided = any(isinstance(p, feedback.OutsideBody) and p.result and p.opened_at >= words[-1].opened_at for p in papers)
    whose = [paper.party for paper in papers if isinstance(paper, feedback.Liability) and paper.feedback_id == words[-1].id]
    assert decided or (whose and whose[-1] in ("nobody", "elder")), "第十七条"


def owed_again(world: World, case: Case) -> None:
    """第十三、十四、十五条,坐席职责 七: one follow-up still to be made, whatever became of those before."""
    followed = (case.category, case.subcategory) == ("consultation", "service") or case.category in ("life_help", "rescue")
    papers = [paper for paper in world.papers.values() if isinstance(paper, FollowUp) and paper.spot_check_of is None]
    unfinished = [paper.state for paper in papers if paper.unfinished]
    assert unfinished == (["due"] if followed and not case.unreasonable else []), (case.category, papers)


@pytest.mark.rule("R-13", "R-14", "R-15", "S-7")
@pytest.mark.rule("R-7", "R-16", "R-17", "R-18", "R-19", "S-6", "D-7")
@settings(max_examples=500, deadline=None)
@given(
    DAYS, st.sampled_from(["life_help", "rescue", "service", "affairs"]), st.booleans(), st.sampled_from([None, *WorkOrder.moves])
)
def test_no_path_to_closure_skips_a_guard(steps: list[str], kind: str, replied: bool, order: str | None) -> None:
    category = {"rescue": ("rescue", "fall"), "service": ("consultation", "service"), "affairs": ("consultation", "affairs")}
    major, minor = category.get(kind, ("life_help", "repair"))
    world = opened(category=major, subcategory=minor)
    if order is not None:
        made = an_order(CASE, world.now, state=order)
        world.papers[made.id] = made
    day = Day(world)
    for step in [*(["reply"] if replied else []), *steps, "close", "close_resolved", "day", "day", "day", "day"]:
        was = world.cases[CASE].state
        world.later(1)
        STEPS[step](day)
        case = world.cases[CASE]
        if was == "closed":
            assert case.state == "closed", "R-20: it never reopens"
        if case.state == "closed" and was != "closed":
            lawful(world, case)
            owed_again(world, case)
            entry = next(entry for entry in reversed(world.journal[CASE]) if entry.kind == "closed")
            receipt = entry.data["receipt"]
            assert all(each["ok"] for each in receipt)
            assert {"R-0", "R-1", "R-3", "R-6", "R-19"} <= {each["rule"] for each in receipt}


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.noun)
def test_every_table_of_moves_is_whole_and_an_illegal_move_changes_nothing(noun: type[Paper]) -> None:
    reached = {following for moves in noun.moves.values() for following in moves.values()}
    assert reached <= noun.moves.keys()
    assert any(not moves for moves in noun.moves.values()), "every paper can come to an end"
    paper = object.__new__(noun)
    for state in noun.moves:
        for move in {move for moves in noun.moves.values() for move in moves} - noun.moves[state].keys():
            object.__setattr__(paper, "state", state)
            with pytest.raises(IllegalMove):
                paper.moved(move, World().now, None)
            assert paper.state == state


def test_the_tables_fit_together() -> None:
    assert len(BY_NOUN) == len(NOUNS)
    assert {noun for noun, _ in TIMERS} <= BY_NOUN.keys()
    assert all(issubclass(fact, PaperFact) for fact in DECIDERS)
    assert [state for state, moves in MOVES.items() if "close" in moves] == ["wrap_up", "open"]


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: f"{limit.rule} {limit.name}")
def test_a_limit_moves_within_its_bounds_only(limit: object) -> None:
    assert check(limit.rule, limit.name, limit.least) is limit  # type: ignore[attr-defined]
    for wrong in (limit.least - 1, limit.most + 1, float("nan")):  # type: ignore[attr-defined]
        with pytest.raises(Refused):
            check(limit.rule, limit.name, wrong)  # type: ignore[attr-defined]
