"""Who serves: a partner firm (加盟单位) or one of our own workers, chosen by rule and not by favour (W-7). Pure.

Everybody who fits gets work in turn. The turn is a weighted one: who has been given least for their score comes first, so that
good work earns more of it, and a newcomer without a score is taken as an average one. Each place in the order says why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from callcenter.domain.assessment import NOTHING, Record, told
from callcenter.domain.errors import Refused

ProviderKind = Literal["partner", "worker"]

BEST_SCORE = 5.0  # scores are 1 to 5
NO_SCORE = 4.0  # whom nobody has scored yet counts as average
POOR_SCORE = 3.0  # below it somebody comes after everybody else
BUSY_ORDERS = 5  # open orders: more work would wait, so others come first
REASON_LEAST = 4  # characters of a reason for another choice than the rule's
SUSPICIOUS_LEAST = 5  # orders of one seat to one provider: fewer say nothing
OTHERS_LEAST = 20  # orders of all other seats: fewer are no measure
SUSPICIOUS_MORE = 0.2  # share of a seat's orders above that of all other seats


@dataclass(frozen=True)
class Candidate:
    """One who may be sent, and what is known of their work. ``prices``: the services they do, in yuan (None: the catalogue's).

    ``districts`` empty: everywhere. ``score``: 1 to 5 (``assessment.py``), None while nothing is known; ``record``: what it comes
    from. ``given``: orders of the last 30 days; ``open``: those not done yet. ``last_given``: aware.
    """

    id: UUID
    ref: str
    name: str
    kind: ProviderKind
    prices: Mapping[UUID, Decimal | None]
    districts: frozenset[UUID] = frozenset()
    active: bool = True
    contract_from: date | None = None
    contract_until: date | None = None
    score: float | None = None
    given: int = 0
    open: int = 0
    last_given: datetime | None = None
    record: Record = NOTHING


@dataclass(frozen=True)
class Reason:
    """Why somebody stands where they stand. ``stops``: they do not fit; ``final``: and no reason of a person changes that."""

    code: str
    zh: str
    en: str
    stops: bool = False
    final: bool = False


@dataclass(frozen=True)
class Ranked:
    """A candidate's place (1: the rule's choice; None: does not fit) and the reasons."""

    candidate: Candidate
    place: int | None
    reasons: tuple[Reason, ...]

    @property
    def possible(self) -> bool:
        """Whether a person may choose them, be it with a reason."""
        return not any(reason.final for reason in self.reasons)


SUSPENDED = Reason("suspended", "已暂停", "Suspended", stops=True, final=True)
NO_CONTRACT = Reason("no_contract", "当日不在合同期内", "No contract on that day", stops=True, final=True)
OTHER_SERVICE = Reason("other_service", "不提供这项服务", "Does not do this", stops=True)
OTHER_DISTRICT = Reason("other_district", "不服务这个辖区", "Not in this district", stops=True)
POOR = Reason("poor_score", f"评分低于 {POOR_SCORE:g},排在最后", f"Scored below {POOR_SCORE:g}: comes last")
BUSY = Reason("busy", f"已有 {BUSY_ORDERS} 单以上未完成", f"{BUSY_ORDERS} orders or more are open")
OWN = Reason("own", "本单位人员,不需外派审批", "Own staff: no approval needed")


def rank(candidates: Iterable[Candidate], service_id: UUID, district_id: UUID | None, day: date) -> list[Ranked]:
    """Everybody, the rule's choice first, those who do not fit last. The same input in any order gives the same answer."""
    judged = [(one, _stops(one, service_id, district_id, day)) for one in candidates]
    fit = sorted((one for one, stops in judged if not stops), key=_turn)
    unfit = sorted(((one, stops) for one, stops in judged if stops), key=lambda pair: (pair[0].ref, str(pair[0].id)))
    ranked = [Ranked(one, place, _reasons(one)) for place, one in enumerate(fit, 1)]
    return ranked + [Ranked(one, None, stops) for one, stops in unfit]


def require_choice(ranked: Sequence[Ranked], chosen: UUID, reason: str) -> Ranked:
    """The chosen one's place. Raises Refused: somebody else than the rule's choice needs a reason (W-7), and some cannot be."""
    found = next((each for each in ranked if each.candidate.id == chosen), None)
    if found is None:
        raise Refused("no_such_provider", "没有这个服务单位或人员。", "There is no such provider or worker.", status=404)
    if not found.possible:
        why = next(each for each in found.reasons if each.final)
        raise Refused(
            "provider_impossible",
            f"不能派给{found.candidate.name}:{why.zh}。",
            f"{found.candidate.name} cannot be sent: {why.en}.",
            remedy_zh="请选择其他单位或人员。", remedy_en="Choose somebody else.", rule="D-8",
        )  # fmt: skip
    if found.place != 1 and len(reason.strip()) < REASON_LEAST:
        first = next((each.candidate.name for each in ranked if each.place == 1), None)
        raise Refused(
            "reason_needed",
            f"按规则应派{first},改派须写明理由。" if first else "按规则没有合适的单位,指派须写明理由。",
            f"By rule it is {first}; another choice needs a reason." if first else "By rule nobody fits; choosing needs a reason.",
            remedy_zh=f"请写明理由(至少 {REASON_LEAST} 个字)。", remedy_en=f"Write why ({REASON_LEAST} characters at least).",
            rule="W-7", status=422,
        )  # fmt: skip
    return found


def _stops(one: Candidate, service_id: UUID, district_id: UUID | None, day: date) -> tuple[Reason, ...]:
    found = []
    if not one.active:
        found.append(SUSPENDED)
    if one.kind == "partner" and not _under_contract(one, day):
        found.append(NO_CONTRACT)
    if service_id not in one.prices:
        found.append(OTHER_SERVICE)
    if one.districts and (district_id is None or district_id not in one.districts):
        found.append(OTHER_DISTRICT)
    return tuple(found)


def _under_contract(one: Candidate, day: date) -> bool:
    """From both dates counted; without a first date there is no contract, without a last one it does not end."""
    return one.contract_from is not None and one.contract_from <= day and (one.contract_until is None or day <= one.contract_until)


def _turn(one: Candidate) -> tuple[bool, bool, bool, float, int, float, str, str]:
    last = one.last_given.timestamp() if one.last_given else 0.0
    poor, busy = _poor(one), one.open >= BUSY_ORDERS
    return poor, busy, one.kind != "worker", one.given / _weight(one), one.open, last, one.ref, str(one.id)


def _poor(one: Candidate) -> bool:
    return one.score is not None and one.score < POOR_SCORE


def _weight(one: Candidate) -> float:
    return max(1.0, one.score if one.score is not None else NO_SCORE) / BEST_SCORE


def _reasons(one: Candidate) -> tuple[Reason, ...]:
    score = "暂无评分" if one.score is None else f"评分 {one.score:.1f}"
    score_en = "no score yet" if one.score is None else f"score {one.score:.1f}"
    found = [OWN] if one.kind == "worker" else []
    found += [POOR] if _poor(one) else []
    found += [BUSY] if one.open >= BUSY_ORDERS else []
    turn = Reason(
        "turn",
        f"近 30 天 {one.given} 单,未完成 {one.open} 单,{score}",
        f"{one.given} orders in 30 days, {one.open} open, {score_en}",
    )
    why = told(one.record)
    return (*found, turn, *([Reason("score", *why)] if why else []))


# --- W-7: does a seat favour somebody? -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Given:
    """One order as it was given: by which seat's agent, to whom, and whether against the rule's choice."""

    agent_id: UUID
    provider_id: UUID
    overridden: bool = False


@dataclass(frozen=True)
class Concentration:
    """How much of what an agent gives goes to one provider. ``share`` and ``usual`` (that of all others) are 0 to 1; ``usual`` is
    None while nobody else has given anything."""

    agent_id: UUID
    provider_id: UUID
    count: int
    overridden: int
    share: float
    usual: float | None
    suspicious: bool = field(default=False)


def concentration(given: Iterable[Given]) -> list[Concentration]:
    """The figure per seat and provider, the most unusual first."""
    orders = list(given)
    total: Counter[UUID] = Counter(one.agent_id for one in orders)
    by_provider: Counter[UUID] = Counter(one.provider_id for one in orders)
    pairs: Counter[tuple[UUID, UUID]] = Counter((one.agent_id, one.provider_id) for one in orders)
    against: Counter[tuple[UUID, UUID]] = Counter((one.agent_id, one.provider_id) for one in orders if one.overridden)
    found = []
    for (agent, provider), count in pairs.items():
        others = len(orders) - total[agent]
        share = count / total[agent]
        usual = (by_provider[provider] - count) / others if others else None
        odd = count >= SUSPICIOUS_LEAST and others >= OTHERS_LEAST and share - (usual or 0.0) >= SUSPICIOUS_MORE
        found.append(Concentration(agent, provider, count, against[agent, provider], share, usual, odd))
    return sorted(
        found, key=lambda one: (not one.suspicious, (one.usual or 0.0) - one.share, str(one.agent_id), str(one.provider_id))
    )
