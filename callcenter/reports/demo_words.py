"""What the demo's invented history draws from: words, and who serves what at which price."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db.catalogue_tables import provider, provider_service, service, service_version

LIFE_HELP = {
    "cleaning": "要人打扫卫生", "repair": "水龙头漏水，要人修", "meals": "明天起送三天午餐，少盐", "shopping": "代买米和油",
    "care": "陪同去医院复查",
}  # fmt: skip
CONSULTATIONS = {
    "affairs": "问高龄津贴何时发放",
    "legal": "问房屋继承手续",
    "service": "问助浴服务的价格",
    "other": "问老年大学报名",
}
RESCUES = {"illness": ("头晕胸闷，已联系女儿和120", "helped"), "fall": ("卫生间滑倒，社区人员已到场", "helped")}
STUDIES = (
    ("夜里的水管", "深夜老人来电,厨房水管爆裂。先教老人关总阀,再派值班水电工,四十分钟修好。\n体会:先止损,再派工,全程不挂线。"),
    ("误按也要问一句", "老人误按一键通,接线员没有马上挂断,多问一句得知老人三天没有下楼,联系社区上门,发现轻微脱水。"),
    ("听得懂的家乡话", "老人只说客家话,转给会说客家话的坐席后,问清是药吃完了,当天代取送到。"),
)
REMARKS = ("本周来电以维修和送餐为主,水电师傅紧张。", "处理两件紧急救援,家属都已到场。", "有一件回访未接通,下周继续。")


async def offers_of(connection: AsyncConnection) -> dict[str, list[Any]]:
    """Who does what kind of service, with today's price."""
    newest = sa.select(service_version).ext(distinct_on(service_version.c.service_id))
    version = newest.order_by(service_version.c.service_id, service_version.c.version.desc()).subquery()
    query = (
        sa.select(
            service.c.category, version.c.name, version.c.price, version.c.unit, version.c.version, provider.c.kind,
            provider.c.name.label("who"), provider_service.c.provider_id, provider_service.c.service_id,
        )
        .join(provider, provider.c.id == provider_service.c.provider_id)
        .join(service, service.c.id == provider_service.c.service_id)
        .join(version, version.c.service_id == service.c.id)
        .where(provider.c.active)
        .order_by(service.c.ref, provider.c.ref)
    )  # fmt: skip
    found: dict[str, list[Any]] = {}
    for row in await connection.execute(query):
        found.setdefault(row.category, []).append(row)
    return found
