"""Subscriptions of other systems to what happens here, and their messages as the page shows them."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db.access import note_access
from callcenter.db.tables import agent
from callcenter.db.webhook_tables import webhook, webhook_delivery
from callcenter.domain.announced import EVENTS, TEST, check_url
from callcenter.domain.clock import iso
from callcenter.domain.errors import Refused

HORIZON = sa.text("SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)")
"""Every transaction with a lower number is over, whatever became of it."""
OLD_SECRET_HOURS = 24
SHOWN = 200


@dataclass(frozen=True)
class Webhooks:
    """Reads and changes them. ``private``: receivers in the own network are allowed."""

    engine: AsyncEngine
    private: bool

    async def all(self) -> dict[str, Any]:
        """``{webhooks, events, private}``: every subscription with how its messages fare; what may be chosen."""
        async with self.engine.connect() as connection:
            rows = (await connection.execute(_ALL)).mappings().all()
        events = [{"id": name, "zh": zh, "en": en} for name, (zh, en) in EVENTS.items()]
        return {"webhooks": [_shown(row) for row in rows], "events": events, "private": self.private}

    async def add(self, by: UUID, webhook_id: UUID, values: Mapping[str, Any]) -> str:
        """A new subscription: told of what happens from now on. Its secret, which is told here only."""
        check_url(values["url"], private=self.private)
        _check_events(values["events"])
        secret = new_secret()
        try:
            async with self.engine.begin() as connection:
                horizon = await connection.scalar(HORIZON)
                row = {**values, "id": webhook_id, "secret": secret, "horizon": horizon, "created_by": by}
                await connection.execute(sa.insert(webhook).values(row))
                trace = {"events": list(values["events"]), "persons": values["persons"]}
                await note_access(connection, by, "webhook_made", str(webhook_id), trace)
        except IntegrityError as error:
            raise Refused("webhook_made_already", "这个订阅已经建立。", "This subscription has been made already.") from error
        return secret

    async def change(self, by: UUID, webhook_id: UUID, version: int, changes: Mapping[str, Any], *, renew: bool) -> str | None:
        """Change what stands in ``changes``. ``renew``: a new secret, which is told; the old one signs for a day beside it."""
        values = dict(changes)
        if "url" in values:
            check_url(values["url"], private=self.private)
        if "events" in values:
            _check_events(values["events"])
        secret = new_secret() if renew else None
        async with self.engine.begin() as connection:
            query = sa.select(webhook.c.version, webhook.c.secret, webhook.c.active).where(webhook.c.id == webhook_id)
            row = (await connection.execute(query.with_for_update())).one_or_none()
            if row is None:
                raise _none()
            if row.version != version:
                raise Refused(
                    "webhook_changed", "订阅刚被他人修改,您的修改没有保存。", "Somebody changed it meanwhile; yours was not saved.",
                    remedy_zh="请刷新后再改。", remedy_en="Reload, then change it.",
                )  # fmt: skip
            if secret is not None:
                until = sa.func.now() + sa.text(f"interval '{OLD_SECRET_HOURS} hours'")
                values |= {"secret": secret, "old_secret": row.secret, "old_secret_until": until}
            if values.get("active") and not row.active:
                # What happened while it was off is no news any more.
                values |= {"horizon": await connection.scalar(HORIZON), "since": sa.func.clock_timestamp(), "off_reason": ""}
            await connection.execute(sa.update(webhook).where(webhook.c.id == webhook_id).values(**values, version=version + 1))
            fields = sorted(changes) + (["secret"] if renew else [])
            await note_access(connection, by, "webhook_changed", str(webhook_id), {"fields": fields})
        return secret

    async def try_out(self, by: UUID, webhook_id: UUID) -> None:
        """Send a message that says nothing, to see whether it arrives. Raises Refused when it is switched off."""
        async with self.engine.begin() as connection:
            if await connection.scalar(sa.select(webhook.c.active).where(webhook.c.id == webhook_id)) is not True:
                raise Refused("webhook_off", "订阅未启用,没有发送。", "The subscription is off; nothing was sent.")
            now: Any = await connection.scalar(sa.select(sa.func.clock_timestamp()))
            body = orjson.dumps({"type": TEST, "timestamp": iso(now), "data": {}}).decode()
            ident = secrets.token_hex(16)
            values = {"id": f"msg_{ident}", "webhook_id": webhook_id, "case_id": UUID(ident), "seq": 0, "event": TEST, "body": body}
            await connection.execute(sa.insert(webhook_delivery).values(values))
            await note_access(connection, by, "webhook_tried", str(webhook_id))

    async def deliveries(self, webhook_id: UUID, state: str) -> list[dict[str, Any]]:
        """Its latest messages, the newest first; ``state`` empty: all."""
        table = webhook_delivery
        query = sa.select(table).where(table.c.webhook_id == webhook_id).order_by(table.c.place.desc()).limit(SHOWN)
        async with self.engine.connect() as connection:
            rows = (await connection.execute(query.where(table.c.state == state) if state else query)).mappings().all()
        return [
            {
                "id": row["id"], "event": row["event"], "case_id": str(row["case_id"]) if row["event"] != TEST else None,
                "seq": row["seq"], "state": row["state"], "tries": row["tries"], "created_at": iso(row["created_at"]),
                "next_at": iso(row["next_at"]) if row["state"] == "pending" else None, "tried_at": iso(row["tried_at"]),
                "delivered_at": iso(row["delivered_at"]), "status": row["status"], "error": row["error"],
            }
            for row in rows
        ]  # fmt: skip

    async def resend(self, by: UUID, message_id: str) -> UUID:
        """Send it again from the first try on, with the same id. Whose it is."""
        table = webhook_delivery
        again = {"state": "pending", "tries": 0, "next_at": sa.func.now(), "claimed_until": None, "error": ""}
        async with self.engine.begin() as connection:
            changing = sa.update(table).where(table.c.id == message_id).values(**again)
            owner: UUID | None = await connection.scalar(changing.returning(table.c.webhook_id))
            if owner is None:
                raise Refused("not_found", "没有这条消息。", "There is no such message.", status=404)
            await note_access(connection, by, "webhook_resent", message_id)
        return owner


def new_secret() -> str:
    """As Standard Webhooks writes it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


async def active(connection: AsyncConnection) -> list[UUID]:
    """The subscriptions that are on."""
    return list(await connection.scalars(sa.select(webhook.c.id).where(webhook.c.active).order_by(webhook.c.created_at)))


def _check_events(events: list[str]) -> None:
    if not events or any(each not in EVENTS for each in events):
        raise Refused("unknown_event", "请从列表中选择事件。", "Choose events of the list.", status=422)


def _shown(row: Any) -> dict[str, Any]:
    times = {name: iso(row[name]) for name in ("created_at", "failing_since", "delivered_at", "old_secret_until")}
    plain = {name: row[name] for name in ("name", "url", "events", "persons", "active", "off_reason", "version", "pending", "dead")}
    return {"id": str(row["id"]), **plain, **times, "created_by": row["maker"]}


def _none() -> Refused:
    return Refused("not_found", "没有这个订阅。", "There is no such subscription.", status=404)


_ALL = (
    sa.select(
        webhook, agent.c.name.label("maker"),
        *(
            sa.select(what).where(webhook_delivery.c.webhook_id == webhook.c.id, condition).scalar_subquery().label(name)
            for name, what, condition in (
                ("pending", sa.func.count(), webhook_delivery.c.state == "pending"),
                ("dead", sa.func.count(), webhook_delivery.c.state == "dead"),
                ("delivered_at", sa.func.max(webhook_delivery.c.delivered_at), sa.true()),
                (
                    "failing_since", sa.func.min(webhook_delivery.c.created_at),
                    sa.and_(webhook_delivery.c.state == "pending", webhook_delivery.c.error != ""),
                ),
            )
        ),
    )
    .join(agent, agent.c.id == webhook.c.created_by)
    .order_by(webhook.c.active.desc(), webhook.c.name)
)  # fmt: skip
