"""``callcenter demo-day``: a morning at the demo centre's dispatch desk, played by its people through the public interface.

``make run`` calls it once, so that whoever looks for the first time finds orders in every state.
Everything is done as people do it: they log in, open, assign, approve, print, sign for, complete, pay. What is refused stops the
day, in words.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from callcenter.settings import Settings
from callcenter.setup.errors import SetupError
from callcenter.setup.welcome import address, read_logins

PEOPLE = ("supervisor", "dispatcher", "department_head", "finance")
# service | what is needed | how far it has come | minutes until somebody is to be there
DAY = """
家庭保洁|厨房和卫生间打扫，老人腰疼弯不下去|asked|180
家电维修|冰箱不制冷，药放在里面|approval|240
水电维修|厨房水龙头漏水|assigned|60
搬运重物|旧衣柜从五楼搬下来|printed|45
上门理发|卧床，请上门|under_way|30
代购日用品|米、油、降压药外的常用品，清单已报|serving|20
代缴水电费|户号在档案备注里|completed|0
下水道疏通|卫生间地漏堵了|settled|0
水电维修|水管爆裂，家中进水|owed|0
租借轮椅|下周要去复查|cancelled|1440
陪同就医|周五上午去市人民医院|none|0
聊天陪伴|独居，想有人说说话|none|0
"""


@dataclass(frozen=True)
class Line:
    """One need of the day."""

    service: str
    text: str
    until: str
    minutes: int


def lines() -> list[Line]:
    """The day, as written above."""
    cells = [row.split("|") for row in DAY.strip().splitlines()]
    return [Line(service, text, until, int(minutes)) for service, text, until, minutes in cells]


@dataclass
class Day:
    """The demo's people at their browsers. Raises SetupError for what is refused."""

    base: str
    people: dict[str, aiohttp.ClientSession]

    async def ask(self, who: str, method: str, path: str, **options: Any) -> Any:
        async with self.people[who].request(method, self.base + path, **options) as response:
            found = await response.json()
            if response.status >= 400:
                raise SetupError(
                    f"演示:{found.get('zh', path)}", f"The demo's day: {found.get('en', path)}", f"{method} {path} {found}"
                )
            return found

    async def do(self, who: str, command: str, **args: Any) -> Any:
        return await self.ask(who, "POST", f"/api/desk/{command}", json=args)

    async def play(self) -> int:
        """How many orders were made; 0: this day was played before."""
        mark = lines()[0].text
        for state in ("", "over"):
            if (await self.ask("dispatcher", "GET", "/api/orders", params={"state": state, "q": mark}))["items"]:
                return 0
        colleagues = await self.ask("supervisor", "GET", "/api/colleagues")
        seats = [one["id"] for one in colleagues if one["role"] == "seat"]
        elders = await self.ask("supervisor", "GET", "/api/members", params={"q": "书香园", "limit": 20})
        for place, line in enumerate(lines()):
            await self.live(line, elders[place % len(elders)], seats[place % len(seats)])
        return len([line for line in lines() if line.until != "none"])

    async def live(self, line: Line, elder: dict[str, Any], owner: str) -> None:
        """One need, as far as it comes today."""
        services = await self.ask("dispatcher", "GET", "/api/directory", params={"q": line.service, "kind": "service"})
        service = next(one for one in services if one["name"] == line.service)
        case = (
            await self.do(
                "supervisor", "register_case", source="walk_in", member_id=elder["id"], text=line.text, category="life_help",
                subcategory=service["category"], owner_id=owner,
            )
        )["case_id"]  # fmt: skip
        if line.until == "none":
            return
        about: dict[str, Any] = {"case_id": case, "service_id": service["id"], "text": line.text}
        if line.until == "owed":
            await self.do("supervisor", "serve_first", **about, reason="水管爆裂，师傅在楼下，先上去关阀")
            return
        at = datetime.now(UTC) + timedelta(minutes=line.minutes or 30)
        order = {
            "case_id": case,
            "paper_id": (await self.do("supervisor", "open_order", **about, scheduled_for=at.isoformat()))["paper_id"],
        }
        for step in self.steps(line.until):
            await step(order)

    def steps(self, until: str) -> list[Any]:
        """What is done until then, in its order."""
        ways = {
            "asked": [], "cancelled": [self.cancel], "approval": [self.assign], "assigned": [self.assign, self.approve],
            "printed": [self.assign, self.approve, self.printed],
        }  # fmt: skip
        ways["under_way"] = [*ways["printed"], self.pick_up]
        ways["serving"] = [*ways["under_way"], self.arrive]
        ways["completed"] = [*ways["serving"], self.complete]
        ways["settled"] = [*ways["completed"], self.bring_back]
        return ways[until]

    async def assign(self, order: dict[str, str]) -> None:
        choice = await self.ask("dispatcher", "GET", f"/api/orders/{order['paper_id']}/choice")
        does = [one for one in choice["candidates"] if all(why["code"] != "other_service" for why in one["reasons"])]
        chosen = next(one for one in does if one["possible"])
        reason = "" if chosen["place"] == 1 else "附近没有其他人员，已征得老人同意"
        await self.do("dispatcher", "assign_order", **order, chosen=chosen["id"], reason=reason)

    async def approve(self, order: dict[str, str]) -> None:
        shown = await self.ask("dispatcher", "GET", f"/api/orders/{order['paper_id']}")
        if shown["state"] == "approval":
            await self.do("department_head", "approve_order", **order, signer="廖美玲")

    async def printed(self, order: dict[str, str]) -> None:
        await self.do("dispatcher", "print_order", **order)

    async def pick_up(self, order: dict[str, str]) -> None:
        data = (await self.ask("dispatcher", "GET", f"/api/orders/{order['paper_id']}"))["data"]
        await self.do(
            "dispatcher", "pick_up_order", **order, signature=data["worker"] or data["provider"], supplies=data["supplies"]
        )

    async def arrive(self, order: dict[str, str]) -> None:
        await self.do("dispatcher", "arrive_order", **order)

    async def complete(self, order: dict[str, str]) -> None:
        price = (await self.ask("dispatcher", "GET", f"/api/orders/{order['paper_id']}"))["data"]["price"] or 0
        await self.do("dispatcher", "complete_order", **order, result="已办妥，老人当场验收", fee=price)

    async def bring_back(self, order: dict[str, str]) -> None:
        for which in ("original", "copy"):
            await self.do("dispatcher", "return_copy", **order, which=which)
        data = (await self.ask("dispatcher", "GET", f"/api/orders/{order['paper_id']}"))["data"]
        if data["fee_state"] == "posted":
            await self.do("finance", "receive_fee", **order, receipt_number="YS2026-0001", amount=data["fee"], way="cash")

    async def cancel(self, order: dict[str, str]) -> None:
        await self.do("dispatcher", "cancel_order", **order, reason="老人来电：社区已借到轮椅，不再需要")


@asynccontextmanager
async def a_day(base: str, logins: list[dict[str, str]]) -> AsyncIterator[Day]:
    """The people whom the day needs, logged in; they are logged out at its end."""
    people: dict[str, aiohttp.ClientSession] = {}
    day = Day(base, people)
    try:
        for role in PEOPLE:
            login = next(one for one in logins if one["role"] == role)
            people[role] = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
            await day.ask(role, "POST", "/api/login", json={"user": login["user"], "password": login["password"]})
        yield day
    finally:
        for session in people.values():
            async with session.post(base + "/api/logout"):
                pass
            await session.close()


async def play(settings: Settings) -> int:
    """Play it at the centre that runs with these settings. Raises SetupError."""
    logins = read_logins(settings.data_dir)
    if not logins:
        raise SetupError("没有演示中心的登录名。请先运行 make run。", "There are no demo log-ins. Run 'make run' first.")
    async with a_day(address(settings), logins) as day:
        return await day.play()
