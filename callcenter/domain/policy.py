"""The centre's escalation policy: who is phoned, in which order, and when. Frozen onto a case when its ladder starts.

Figures without a source in the regulations are the centre's own; R-12 asks that children, 110 and 120 are called at once.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from callcenter.domain.errors import Refused

Condition = Literal["always", "until_acknowledged", "until_seat_answers"]
"""``always``: until the case is settled. ``until_acknowledged``: not once a person has taken charge. ``until_seat_answers``:
not while a seat speaks with the elder or writes it down either."""
PublicCode = Literal["110", "119", "120"]
TargetKind = Literal["emergency_seats", "all_seats", "family", "neighbour", "community", "supervisor", "110", "119", "120"]
PublicMode = Literal["drill", "assisted", "automatic"]
PublicWay = Literal["drill", "trunk"]
Order = Literal["in_order", "parallel"]

SEATS: frozenset[str] = frozenset({"emergency_seats", "all_seats"})
PUBLIC: frozenset[str] = frozenset(get_args(PublicCode))
CONDITIONS, TARGETS = get_args(Condition), get_args(TargetKind)
RUNGS_MOST, TRIES_MOST = 12, 5
DELAY_MOST, RING_LEAST, RING_MOST = 1800.0, 5.0, 90.0


@dataclass(frozen=True)
class Rung:
    """One step of the ladder. It starts ``delay_seconds`` after the one before it started, or at once when that one is done.

    ``in_order``: one after the other, so many rounds as there are ``tries``; ``parallel``: all at once.
    """

    targets: tuple[TargetKind, ...]
    delay_seconds: float
    condition: Condition = "until_acknowledged"
    order: Order = "in_order"
    tries: int = 1
    ring_seconds: float = 25.0


@dataclass(frozen=True)
class PublicNumber:
    """How 110, 119 or 120 is called. ``way`` drill: the simulated network, which reaches nobody real."""

    code: PublicCode
    mode: PublicMode = "assisted"
    way: PublicWay = "drill"


@dataclass(frozen=True)
class Policy:
    """A whole ladder."""

    name: str
    rungs: tuple[Rung, ...]
    public: tuple[PublicNumber, ...] = (PublicNumber("110"), PublicNumber("119"), PublicNumber("120"))
    key_seconds: float = 20.0
    """Silence after an announcement until it is said again; after ``announcements`` of them the line is given up."""
    announcements: int = 3
    retry_seconds: float = 20.0
    """Pause before the same person is tried again."""
    resolve_seconds: float = 1200.0
    """An acknowledgement without a resolution triggers the ladder again after this."""
    page_seconds: float = 60.0
    """An exhausted ladder pages the duty phones again after this, until somebody takes it."""
    call_back_tries: int = 3
    """Times the terminal and each telephone of the elder are called back."""
    version: int = 1

    def public_number(self, code: str) -> PublicNumber:
        return next((p for p in self.public if p.code == code), PublicNumber(code))  # type: ignore[arg-type]


# Used where a centre has written none: a ladder without a policy would be silence.
DEFAULT = Policy(
    "默认策略",
    (
        Rung(("emergency_seats",), 0.0, "until_seat_answers", "parallel"),
        Rung(("all_seats",), 6.0, "until_seat_answers", "parallel"),
        Rung(("family",), 20.0, "until_seat_answers", "in_order", tries=2, ring_seconds=25.0),
        Rung(("neighbour", "community"), 50.0, "until_seat_answers", "parallel", tries=1, ring_seconds=25.0),
        Rung(("120",), 50.0, "until_seat_answers", "in_order", tries=2, ring_seconds=30.0),
        Rung(("supervisor",), 0.0, "until_seat_answers", "in_order", tries=2, ring_seconds=25.0),
    ),
    version=0,
)


def as_json(policy: Policy) -> dict[str, Any]:
    """Plain data, for the frozen copy on the case."""
    return asdict(policy)


def from_json(data: dict[str, Any]) -> Policy:
    """The other way. ``data`` was made by ``as_json``."""
    rungs = tuple(Rung(**{**rung, "targets": tuple(rung["targets"])}) for rung in data["rungs"])
    return Policy(**{**data, "rungs": rungs, "public": tuple(PublicNumber(**p) for p in data["public"])})


def check(policy: Policy, *, public_enabled: bool) -> None:
    """Raises Refused where a policy could leave somebody unheard, or could reach a real public number without leave."""
    if not policy.name.strip():
        _no("name", "请给策略起个名称。", "The policy needs a name.")
    if not 1 <= len(policy.rungs) <= RUNGS_MOST:
        _no("rungs", f"阶梯须有1至{RUNGS_MOST}级。", f"A ladder has 1 to {RUNGS_MOST} rungs.")
    for place, rung in enumerate(policy.rungs, 1):
        _check_rung(place, rung)
    if not any("supervisor" in rung.targets for rung in policy.rungs):
        _no(
            "no_supervisor",
            "阶梯中须有值班主任:最后总要有人负责。",
            "The ladder needs the duty supervisor.",
        )
    for number in policy.public:
        if number.way == "trunk" and not public_enabled:
            _no(
                "public_disabled",
                f"{number.code} 不能走真实线路:本系统未启用真实公共号码。",
                f"{number.code} cannot go by the real trunk: public numbers are not enabled here.",
            )
        if number.mode == "drill" and number.way == "trunk":
            _no("drill_on_trunk", f"演练不能拨打真实的{number.code}。", f"A drill cannot dial the real {number.code}.")
    for value, least, most, zh in (
        (policy.key_seconds, 5, 120, "按键等待"), (policy.announcements, 1, 5, "播报次数"),
        (policy.retry_seconds, 5, 600, "重拨间隔"),
        (policy.resolve_seconds, 60, 86_400, "处置期限"), (policy.page_seconds, 10, 600, "呼叫主任间隔"),
        (policy.call_back_tries, 1, 10, "回拨次数"),
    ):  # fmt: skip
        if not least <= value <= most:
            _no("figure", f"{zh}须在{least}至{most}之间。", f"A figure is outside {least} to {most}: {value}.")


def _check_rung(place: int, rung: Rung) -> None:
    if not rung.targets or any(target not in TARGETS for target in rung.targets) or len(set(rung.targets)) != len(rung.targets):
        _no("targets", f"第{place}级的联系对象为空、重复或无法识别。", f"Rung {place}: targets are missing, repeated or unknown.")
    if len({target in SEATS for target in rung.targets}) > 1:
        _no("mixed", f"第{place}级:坐席请单独设一级。", f"Rung {place}: seats need a rung of their own.")
    if rung.condition not in CONDITIONS or rung.order not in get_args(Order):
        _no("condition", f"第{place}级的条件无法识别。", f"Rung {place}: unknown condition or order.")
    if not 0 <= rung.delay_seconds <= DELAY_MOST:
        _no("delay", f"第{place}级的间隔须在0至{DELAY_MOST:.0f}秒。", f"Rung {place}: the delay is 0 to {DELAY_MOST:.0f} s.")
    if not 1 <= rung.tries <= TRIES_MOST or not RING_LEAST <= rung.ring_seconds <= RING_MOST:
        _no(
            "tries",
            f"第{place}级:次数1至{TRIES_MOST},振铃{RING_LEAST:.0f}至{RING_MOST:.0f}秒。",
            f"Rung {place}: 1 to {TRIES_MOST} tries, {RING_LEAST:.0f} to {RING_MOST:.0f} s of ringing.",
        )


def _no(code: str, zh: str, en: str) -> None:
    raise Refused(f"policy_{code}", zh, en, rule="R-12", status=422)
