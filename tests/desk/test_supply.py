"""R-10, second half: who begins to offer what an elder was refused, by hand or by file, at once or from a day on, makes a call to
that elder owed; by itself, once, and by nothing that was there before."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import sqlalchemy as sa

from callcenter.cases.supply import Supply
from callcenter.db.catalogue_tables import provider
from desk.conftest import Desk, days_ago
from tests.catalogue.files import SHEETS, headings, row
from tests.people.files import as_csv


def cells(noun: str, **values: str) -> dict[str, str]:
    keys = [column.key for column in SHEETS[noun].columns]
    return dict(zip(keys, row(noun, **values), strict=True))


async def add(desk: Desk, noun: str, **values: str) -> Any:
    status, made = await desk.ask("admin", "POST", f"/api/records/{noun}", json={"cells": cells(noun, **values)})
    assert status == 201, made
    return made


async def refused_once(desk: Desk, service: str = "repair", **values: Any) -> tuple[Any, str]:
    case_id = await desk.phone_case(**values)
    done = await desk.do("li", "record_need", case_id, service=service, text="要人修老式收音机", referral="象湖家电维修部")
    return case_id, done["paper_id"]


async def state(desk: Desk, case_id: Any) -> str:
    return str((await desk.paper(case_id, "unmet_need"))["state"])


@pytest.mark.rule("R-10")
async def test_a_provider_added_by_hand_makes_the_call_owed_and_only_once(desk: Desk) -> None:
    supply = desk.service.desks.supply
    await add(desk, "services", ref="FW006", category="维修", name="家电维修")
    await add(desk, "services", ref="FW001")
    await add(desk, "workers", ref="RY001", services="FW006")
    await supply.look()
    case_id, paper_id = await refused_once(desk)
    other, _ = await refused_once(desk, service="meals")
    assert await supply.look() == 0  # who was there already could not help

    await add(desk, "partners", ref="DW001", services="FW001", districts="")
    assert await supply.look() == 0  # something else
    await add(desk, "partners", ref="DW002", name="老周修理铺", services="FW006", districts="", contract_until="")
    looks = (Supply(desk.service.database.engine, desk.service.deciding.processor, supply.zone) for _ in range(3))
    assert sum(await asyncio.gather(*(one.look() for one in looks))) == 1  # instances beside each other
    need = await desk.paper(case_id, "unmet_need")
    assert (need["state"], need["data"]["provider"], need["owner"]) == ("to_tell", "老周修理铺", "li")
    assert datetime.fromisoformat(need["due_at"]) > datetime.now(UTC) + timedelta(hours=23)
    kinds = [kind for kind, _ in await desk.journal(case_id)]
    assert kinds.count("supply_found") == 1
    assert await state(desk, other) == "open"
    assert [one["id"] for one in await desk.get("li", "/api/papers?noun=unmet_need&mine=true") if one["state"] == "to_tell"] == [
        paper_id
    ]

    assert await desk.later("unmet_need", "tell") == 1  # a call that is not made shows
    assert (await desk.paper(case_id, "unmet_need"))["overdue"]
    await desk.do("li", "tell_supply", case_id, paper_id=paper_id, outcome="wanted", note="请他明天来")
    assert await supply.look() == 0


@pytest.mark.rule("R-10")
async def test_a_contract_whose_day_comes_and_a_file_count_too(desk: Desk, tmp_path: Path) -> None:
    supply = desk.service.desks.supply
    await add(desk, "services", ref="FW006", category="维修", name="家电维修")
    case_id, _ = await refused_once(desk, service="家电维修")  # by the service's own name
    ahead = days_ago(-30).isoformat()
    made = await add(desk, "partners", ref="DW002", services="FW006", districts="", contract_from=ahead, contract_until="")
    assert await supply.look() == 0
    async with desk.service.database.engine.begin() as connection:  # a month later
        await connection.execute(sa.update(provider).where(provider.c.ref == "DW002").values(contract_from=days_ago(0)))
    assert await supply.look() == 1
    assert await state(desk, case_id) == "to_tell"
    assert made["id"]

    # A district that is not the elder's helps nobody; by file, the elder's own does.
    elsewhere, _ = await refused_once(desk)
    await add(desk, "departments")
    await add(desk, "districts")
    await add(desk, "partners", ref="DW003", services="FW006", districts="书香园小区", contract_until="")
    assert await supply.look() == 0
    path = as_csv(
        tmp_path / "x.csv", [headings("partners"), row("partners", ref="DW004", services="FW006", districts="", contract_until="")]
    )
    form = aiohttp.FormData()
    form.add_field("file", path.read_bytes(), filename="加盟单位.csv")
    status, report = await desk.ask("admin", "POST", "/api/records/partners/import", data=form)
    assert (status, report["applied"]) == (200, True), report
    assert supply._wake.is_set()
    assert await supply.look() == 1
    assert await state(desk, elsewhere) == "to_tell"
