"""What callers do with a follow-up: take it, try it, write down what the elder said (V-2, V-4), check it a second time (V-5), go
there (V-P1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from callcenter.domain.decision import Decision, Situation
from callcenter.domain.errors import Refused
from callcenter.domain.facts import PaperFact
from callcenter.domain.intake import check_category
from callcenter.domain.papers import feedback
from callcenter.domain.papers.common import LEADERS, find, the_case, touch, words
from callcenter.domain.papers.follow_up import (
    LEAST_SATISFIED,
    Attempt,
    Failure,
    FollowUp,
    Quality,
    Way,
    group_of,
    needed,
    put,
    word_id,
)
from callcenter.domain.sampling import compared, drawn

FIELDS = {
    "asked_at": ("回访时间", "time"),
    "name": ("受访人姓名", "name"),
    "address": ("住址", "address"),
    "content": ("服务内容", "service"),
    "quality": ("服务质量", "quality"),
    "satisfaction": ("满意程度", "satisfaction"),
}
"""V-2's six."""
COMPARED = ("quality", "satisfaction", "content", "other_need")
VISITORS = 2
"""V-P1: the group leader goes together with the other leaders."""
FARTHEST = timedelta(days=366)


@dataclass(frozen=True)
class FollowUpTaken(PaperFact):
    paper_id: UUID | None = None


@dataclass(frozen=True)
class FollowUpTried(PaperFact):
    paper_id: UUID | None = None
    result: Failure = "no_answer"
    note: str = ""
    call_case: UUID | None = None


@dataclass(frozen=True)
class FollowUpAnswered(PaperFact):
    paper_id: UUID | None = None
    asked_at: datetime | None = None
    name: str = ""
    address: str = ""
    content: str = ""
    quality: Quality | None = None
    satisfaction: int | None = None
    remark: str = ""
    way: Way = "phone"
    visited_by: tuple[str, ...] = ()
    signer: str = ""
    other_need: bool | None = None
    need: str = ""
    introduced: str = ""
    need_category: str = "life_help"
    need_subcategory: str = "other"
    call_case: UUID | None = None


@dataclass(frozen=True)
class FollowUpPlanned(PaperFact):
    """One more, at a time of one's own (R-13: how often depends on the case), or a visit (V-P1)."""

    paper_id: UUID | None = None
    at: datetime | None = None
    way: Way = "phone"
    text: str = ""


@dataclass(frozen=True)
class SpotCheckOrdered(PaperFact):
    """``paper_id``: the follow-up that is to be checked."""

    paper_id: UUID | None = None


def taken(situation: Situation, fact: FollowUpTaken, decision: Decision) -> None:
    paper = _callers(situation, fact)
    if paper.owner_id == fact.agent_id:
        return
    decision.put(paper.moved("take", decision.now, fact.agent_id, owner_id=fact.agent_id))
    touch(situation, decision)
    decision.note("follow_up_taken", agent_id=fact.agent_id, paper=str(paper.id))


def tried(situation: Situation, fact: FollowUpTried, decision: Decision) -> None:
    """Not reached. For a case that is open it counts for R-18; for a closed one, and for a spot check, there is an end after some
    attempts."""
    paper, case = _callers(situation, fact), the_case(situation)
    again = decision.now + situation.office.span("R-13", "retry_hours", decision.now)
    attempts = (*paper.attempts, Attempt(decision.now, fact.agent_id, fact.result, fact.note.strip(), fact.call_case))
    enough = round(situation.office.limit("S-7", "attempts", decision.now))
    touch(situation, decision)
    decision.note("follow_up_tried", agent_id=fact.agent_id, paper=str(paper.id), result=fact.result, count=len(attempts))
    checks = paper.spot_check_of is not None
    if (case.state == "closed" or checks) and len(attempts) >= enough:
        decision.put(paper.moved("miss", decision.now, fact.agent_id, attempts=attempts, outcome="missed"))
        decision.cancel_timer(paper.timer("late"))
        rule = "V-5" if checks else "S-7"
        decision.found(rule, f"{enough} 次未接通,计为未回访", f"not reached {enough} times: a miss", ok=False)
        return
    later = decision.put(
        paper.moved("try", decision.now, fact.agent_id, attempts=attempts, due_at=max(again, paper.due_at or again))
    )
    if not paper.overdue:
        decision.set_deadline(later, "late", later.due_at or again)
    decision.found("R-13", f"第 {len(attempts)} 次未接通,须再次回访", f"attempt {len(attempts)} failed: to be called again")
    if case.state != "closed" and not checks:
        word = _word(situation, fact, decision, paper, len(attempts), "not_reached", fact.note.strip() or fact.result, "")
        feedback.record(situation, decision, word)


def answered(situation: Situation, fact: FollowUpAnswered, decision: Decision) -> None:
    """The elder was asked. Who is dissatisfied is reported to the group leader at once (V-3)."""
    paper, case, now = _callers(situation, fact), the_case(situation), decision.now
    _six(fact)
    _whether_in_time(fact, case.opened_at, now)
    need, introduced = _other_need(fact)
    if fact.way == "visit":
        _visit(fact)
    assert fact.satisfaction is not None
    satisfied = fact.satisfaction >= LEAST_SATISFIED and fact.quality != "poor"
    values: dict[str, Any] = {
        "outcome": "satisfied" if satisfied else "dissatisfied", "asked_at": fact.asked_at, "asked_by": fact.agent_id,
        "name": fact.name.strip(), "address": fact.address.strip(), "content": fact.content.strip(), "quality": fact.quality,
        "satisfaction": fact.satisfaction, "remark": fact.remark.strip(), "way": fact.way, "visited_by": fact.visited_by,
        "signer": fact.signer.strip(), "call_case": fact.call_case, "other_need": fact.other_need, "need": need,
        "introduced": introduced, "need_category": fact.need_category, "need_subcategory": fact.need_subcategory,
        "need_case": uuid5(paper.id, "need") if need else None,
        "owner_id": paper.owner_id or fact.agent_id,
    }  # fmt: skip
    if not satisfied and not fact.remark.strip():
        raise Refused(
            "why_dissatisfied", "不满意或质量差的,请写明原因。", "Write down why the elder is dissatisfied.", rule="V-3", status=422
        )
    if paper.spot_check_of is not None:
        first = find(situation, FollowUp, paper.spot_check_of)
        second = {name: values[name] for name in COMPARED}
        values["differences"] = compared({name: getattr(first, name) for name in COMPARED}, second)
    decision.cancel_timer(paper.timer("late"))
    if satisfied:
        kept = decision.put(paper.moved("satisfy", now, fact.agent_id, **values))
    else:
        due = now + situation.office.span("V-3", "leader_minutes", now)
        closed = case.state == "closed"
        values |= {"due_at": due, "overdue": False, "relapse_case": uuid5(paper.id, "relapse") if closed else None}
        kept = decision.put(paper.moved("complain", now, fact.agent_id, **values))
        decision.set_deadline(kept, "unheard", due)
        decision.warnings.append(("follow_up_dissatisfied", case.number))
    touch(situation, decision)
    decision.found("V-2", "六项回访记录齐全", "the six fields are there")
    decision.found("V-4", "已询问其他需求" + (",有需求,另立新件" if need else ",无"), "other needs were asked for")
    decision.note(
        "followed_up", agent_id=fact.agent_id, paper=str(paper.id), satisfaction=fact.satisfaction, quality=fact.quality,
        text=fact.remark.strip()[:400],
    )  # fmt: skip
    if case.state != "closed":
        text = kept.remark or kept.content
        word = _word(situation, fact, decision, paper, 0, "satisfied" if satisfied else "dissatisfied", text, kept.name)
        feedback.record(situation, decision, word)
    if not satisfied:
        decision.found("V-3", "不满意或质量差,已立即上报调度组长", "dissatisfied: the group leader is told at once", ok=False)
    if paper.spot_check_of is None and fact.way == "phone":
        percent = situation.office.limit("V-5", "percent", now)
        if drawn(situation.office.calendar.day_of(now).isoformat(), paper.id, percent):
            _check(situation, decision, kept)


def planned(situation: Situation, fact: FollowUpPlanned, decision: Decision) -> None:
    case, now = the_case(situation), decision.now
    if case.agent_id != fact.agent_id and fact.role not in LEADERS:
        raise Refused("not_your_case", "您不是这个求助件的受理人。", "You are not the owner of this case.", rule="R-1", status=403)
    if not needed(case) or group_of(case) is None:
        raise Refused("no_follow_up", "这类求助件无须回访。", "Such a case needs no follow-up.", rule="R-16")
    if fact.way == "visit" and fact.role not in LEADERS:
        raise _leaders_visit()
    if fact.at is None or not now < fact.at <= now + FARTHEST:
        raise Refused("follow_up_time", "请选择现在之后、一年以内的时间。", "Choose a time within a year.", rule="R-13", status=422)
    assert fact.paper_id is not None
    if any(paper.id == fact.paper_id for paper in situation.papers):
        return  # told twice
    paper = FollowUp(
        id=fact.paper_id, case_id=case.id, state="due", opened_at=now, opened_by=fact.agent_id, owner_id=fact.agent_id,
        due_at=fact.at, kind="after_closure" if case.state == "closed" else "before_closure", planned_way=fact.way,
        plan=words(fact.text, "回访要点", "what to ask", "R-13"),
    )  # fmt: skip
    touch(situation, decision)
    put(decision, paper)
    decision.found("V-P1" if fact.way == "visit" else "R-13", "按具体情况安排回访", "planned as the case needs it")
    decision.note("follow_up_planned", agent_id=fact.agent_id, paper=str(paper.id), until=fact.at.isoformat(), text=paper.plan)


def check_ordered(situation: Situation, fact: SpotCheckOrdered, decision: Decision) -> None:
    """A leader wants this one checked (V-5), whether it was drawn or not."""
    if fact.role not in LEADERS:
        raise Refused("leaders_check", "抽查由主管领导安排。", "Spot checks are the leaders' to order.", rule="V-5", status=403)
    first = find(situation, FollowUp, fact.paper_id)
    if not first.reached or first.spot_check_of is not None:
        raise Refused("nothing_to_check", "只有已完成的回访可以抽查。", "Only a follow-up that was made is checked.", rule="V-5")
    touch(situation, decision)
    _check(situation, decision, first)
    decision.note("spot_check", agent_id=fact.agent_id, paper=str(first.id))


def _check(situation: Situation, decision: Decision, first: FollowUp) -> None:
    """A second person asks again; who asked first never does."""
    check_id = uuid5(first.id, "spot")
    if any(paper.id == check_id for paper in situation.papers):
        return
    due = situation.office.calendar.after(decision.now, round(situation.office.limit("V-5", "days", decision.now)))
    put(
        decision,
        FollowUp(
            id=check_id, case_id=first.case_id, state="due", opened_at=decision.now, due_at=due, kind=first.kind,
            order_id=first.order_id, spot_check_of=first.id, first_by=first.asked_by,
        ),
    )  # fmt: skip
    decision.found("V-5", "抽中抽查,由另一人再次回访", "drawn for a second call by somebody else")


def _callers(situation: Situation, fact: FollowUpTaken | FollowUpTried | FollowUpAnswered) -> FollowUp:
    """The follow-up, if this person may make it: who the centre lets call (a setting), the owners, the leaders."""
    case, paper = the_case(situation), find(situation, FollowUp, fact.paper_id)
    if paper.spot_check_of is not None and paper.first_by == fact.agent_id:
        raise Refused(
            "checked_by_another", "抽查须由另一人进行:这次回访是您做的。", "You made the first call: somebody else checks it.",
            remedy_zh="请由同事或主管领导抽查。", remedy_en="Leave it to a colleague or a leader.", rule="V-5", status=403,
        )  # fmt: skip
    if fact.role not in LEADERS | situation.office.callers and fact.agent_id not in (case.agent_id, paper.owner_id):
        raise Refused(
            "not_a_caller", "本中心的回访不由您的角色进行。", "Your role makes no follow-ups here.",
            remedy_zh="由谁回访是一项设置(follow_up_roles)。", remedy_en="Who calls is a setting (follow_up_roles).",
            rule="V-1", status=403,
        )  # fmt: skip
    return paper


def _six(fact: FollowUpAnswered) -> None:
    missing = [name for name in FIELDS if (value := getattr(fact, name)) is None or (isinstance(value, str) and not value.strip())]
    if missing:
        raise Refused(
            "six_fields", f"回访记录还缺:{'、'.join(FIELDS[name][0] for name in missing)}。",
            f"Still missing: {', '.join(FIELDS[name][1] for name in missing)}.", remedy_zh="六项都要填写。",
            remedy_en="All six are needed.", rule="V-2", status=422,
        )  # fmt: skip
    for name in ("name", "address", "content"):
        words(getattr(fact, name), FIELDS[name][0], FIELDS[name][1], "V-2")
    if fact.satisfaction not in range(1, 6):
        raise Refused("satisfaction", "满意程度为1至5分。", "Satisfaction is 1 to 5.", rule="V-2", status=422)


def _whether_in_time(fact: FollowUpAnswered, opened_at: datetime, now: datetime) -> None:
    assert fact.asked_at is not None
    # People write a time in minutes: what was asked in the minute of the opening is not before it.
    if not opened_at - timedelta(minutes=1) <= fact.asked_at <= now + timedelta(minutes=5):
        raise Refused(
            "asked_when", "回访时间须在受理之后、现在之前。", "The follow-up lies between the case's opening and now.", rule="V-2",
            status=422,
        )  # fmt: skip


def _other_need(fact: FollowUpAnswered) -> tuple[str, str]:
    """V-4: asked for, and explained where there is one."""
    if fact.other_need is None:
        raise Refused(
            "other_need",
            "请询问并填写受访人是否需要其他服务。",
            "Ask whether the elder needs anything else.",
            rule="V-4",
            status=422,
        )
    if not fact.other_need:
        return "", ""
    check_category(fact.need_category, fact.need_subcategory)
    return words(fact.need, "其他需求", "need", "V-4"), words(fact.introduced, "所作的详细介绍", "explanation", "V-4")


def _visit(fact: FollowUpAnswered) -> None:
    people = [one for one in fact.visited_by if one.strip()]
    if fact.role not in LEADERS:
        raise _leaders_visit()
    if len(people) < VISITORS or not fact.signer.strip():
        raise Refused(
            "visit_signed", "派工回访须有至少两位参加人,并由受访户签字。", "A visit needs two visitors and a signature.",
            remedy_zh="请填写参加的组长和签字人。", remedy_en="Name the leaders who went, and who signed.", rule="V-P1", status=422,
        )  # fmt: skip


def _leaders_visit() -> Refused:
    return Refused("leaders_visit", "派工回访由调度组长组织。", "Visits are the group leader's.", rule="V-P1", status=403)


def _word(
    situation: Situation, fact: FollowUpTried | FollowUpAnswered, decision: Decision, paper: FollowUp, count: int,
    result: feedback.Result, text: str, by_whom: str,
) -> feedback.Feedback:  # fmt: skip
    """The elder's word for R-17, or the failed attempt for R-18."""
    return feedback.Feedback(
        id=word_id(paper, count), case_id=the_case(situation).id, state="given", opened_at=decision.now,
        opened_by=fact.agent_id, done_at=decision.now, done_by=fact.agent_id, result=result, text=text, by_whom=by_whom,
    )  # fmt: skip
