"""Consents: versions that stay, with who, when and how; the paper's scan; and what the pop is told."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from aiohttp import FormData
from sqlalchemy.exc import DBAPIError

from callcenter.db.consent_tables import consent
from tests.web.conftest import Centre

SPOKEN: dict[str, Any] = {"kind": "home_entry", "given": True, "by_whom": "王秀英", "how": "spoken"}


async def record(centre: Centre, status: int = 201, **values: Any) -> Any:
    response = await centre.ask("zeng", "POST", f"/api/members/{centre.member}/consents", json=SPOKEN | values)
    assert response.status == status, await response.text()
    return await response.json()


async def test_given_and_withdrawn_nothing_is_lost(centre: Centre) -> None:
    await record(centre, at="2026-11-01T08:00:00Z", note="子女在场")
    found = await record(centre, given=False, by_whom="女儿王芳", note="不再保管钥匙")
    assert [(one["version"], one["given"], one["by_whom"]) for one in found["history"]] == [
        (2, False, "女儿王芳"),
        (1, True, "王秀英"),
    ]
    assert [one["id"] for one in found["kinds"]] == ["recording", "family", "public_help", "location", "home_entry"]
    profile = await (await centre.ask("zeng", "GET", f"/api/members/{centre.member}")).json()
    assert profile["consents"] == {"home_entry": False}, "what was never asked is not there"
    assert ("consent_recorded", str(centre.member)) in await centre.trace()
    async with centre.engine.connect() as connection:
        for change in ("UPDATE consent SET given = true", "DELETE FROM consent", "TRUNCATE consent"):
            with pytest.raises(DBAPIError, match="append-only"):
                async with connection.begin():
                    await connection.execute(sa.text(change))


async def test_what_is_refused(centre: Centre) -> None:
    assert (await record(centre, 422, at="2199-01-01T00:00:00Z"))["code"] == "consent_not_yet"
    assert (await record(centre, 422, scan="../../etc/passwd", how="paper"))["code"] == "no_scan"
    assert (await record(centre, 422, kind="anything"))["code"] == "invalid"
    assert (await record(centre, 422, by_whom=""))["code"] == "invalid"
    async with centre.engine.connect() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(consent)) == 0


async def test_the_signed_paper(centre: Centre) -> None:
    path, image = f"/api/members/{centre.member}/consents", b"\xff\xd8\xff\xe0 a photograph"
    form = FormData()
    form.add_field("file", image, filename="scan.jpg", content_type="image/jpeg")
    kept = await (await centre.ask("zeng", "POST", f"{path}/scan", data=form)).json()
    assert (await record(centre, 422, scan=kept["scan"]))["code"] == "scan_of_nothing", "spoken words have no scan"
    found = await record(centre, scan=kept["scan"], how="paper")
    response = await centre.ask("zeng", "GET", f"{path}/{found['history'][0]['scan']}")
    assert (response.status, response.content_type, await response.read()) == (200, "image/jpeg", image)
    assert (await centre.ask("li", "GET", f"{path}/{kept['scan']}")).status == 403, "a seat without a case of this member"
    other = FormData()
    other.add_field("file", b"<html>", filename="scan.jpg", content_type="image/jpeg")
    refused = await centre.ask("zeng", "POST", f"{path}/scan", data=other)
    assert (refused.status, (await refused.json())["code"]) == (422, "bad_scan")


async def test_two_at_one_instant_are_two_versions(centre: Centre) -> None:
    import asyncio

    await centre.let_in("zeng")
    await asyncio.gather(*(record(centre, given=bool(number % 2)) for number in range(4)))
    async with centre.engine.connect() as connection:
        versions = (await connection.scalars(sa.select(consent.c.version).order_by(consent.c.version))).all()
    assert versions == [1, 2, 3, 4]
