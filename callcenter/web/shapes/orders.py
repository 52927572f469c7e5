"""Work orders, fees and their figures. Money in fen."""

from __future__ import annotations

from callcenter.domain.roles import Role
from callcenter.web.shapes.base import Day, Id, Iso, Named, Shape
from callcenter.web.shapes.papers import PaperShape
from callcenter.web.shapes.tables import ProviderChoice


class OrderShape(PaperShape):
    """A work order; ``data``: the fields of ``domain/papers/work_order.py``. ``names``: of people, by the ids in ``data``."""

    case_number: str
    case_state: str
    who: str
    address: str
    names: dict[str, str]


class Orders(Shape):
    items: list[OrderShape]
    counts: dict[str, int]


class About(Shape):
    """The elder, as far as who goes there must know."""

    member_id: Id
    name: str
    gender: str
    address: str
    phones: list[str]
    card: str | None
    remarks: str


class WholeOrder(OrderShape):
    about: About | None


class Leader(Named):
    role: Role


class OrderChoice(Shape):
    """Who may be sent, the rule's choice first; which leaders may say yes aloud."""

    candidates: list[ProviderChoice]
    leaders: list[Leader]
    special: bool


class CaseWithoutOrder(Shape):
    id: Id
    number: str
    opened_at: Iso
    subcategory: str | None
    text: str
    who: str


class MissingOrders(Shape):
    cases: list[CaseWithoutOrder]
    owed: list[OrderShape]


class UrgentOrder(Shape):
    id: Id
    case_id: Id
    number: str
    who: str
    text: str


class OrderAlerts(Shape):
    waiting: list[Id]
    urgent: list[UrgentOrder]


class OrderSums(Shape):
    count: int
    completed: int
    cancelled: int
    settled: int
    archived: int
    late: int
    served_first: int
    overridden: int
    incidents: int
    fee: int


class ServiceSums(OrderSums):
    service: str


class ProviderSums(OrderSums):
    who: str
    outside: bool


class OrderMonth(Shape):
    month: str
    total: OrderSums
    services: list[ServiceSums]
    providers: list[ProviderSums]


class Concentration(Shape):
    """How much of what a person gives goes to one provider; ``usual``: what all others give them."""

    agent: str
    who: str
    count: int
    overridden: int
    share: float
    usual: float | None
    suspicious: bool


class FeeSums(Shape):
    count: int
    posted: int
    paid: int


class DayFees(FeeSums):
    day: Day


class ProviderFees(FeeSums):
    who: str
    outside: bool


class Fees(Shape):
    first: Day
    last: Day
    items: list[OrderShape]
    total: FeeSums
    days: list[DayFees]
    providers: list[ProviderFees]


class OrderDone(Shape):
    """What every command on an order answers."""

    paper_id: Id
    number: str
    state: str


class OrdersFiled(Shape):
    month: str
    count: int
