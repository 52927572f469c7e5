"""The doctor's checks of what an emergency needs beside a seat: policy, duty phones, instances, watchdog, safe mode's contacts."""

from __future__ import annotations

from typing import Any

import asyncpg
import orjson

from callcenter.domain.configured import is_on_this_machine
from callcenter.domain.policy import DEFAULT, Policy, from_json
from callcenter.settings import Settings
from callcenter.setup.alive import AliveFile
from callcenter.setup.findings import Check, Finding, good, skipped, warning, wrong
from callcenter.setup.postgres import running_url
from callcenter.telephony.ami import AmiConnection
from callcenter.telephony.ports import TelephonyError

TIMEOUT = 5.0
BEAT_SECONDS = 5.0
WATCHDOG_SECONDS = 10.0

_POLICY = "SELECT data FROM escalation_policy ORDER BY version DESC LIMIT 1"
_DUTY = "SELECT count(*) FROM duty_phone WHERE active"
_INSTANCES = """
    SELECT name, node, CASE WHEN isfinite(seen_at) THEN extract(epoch FROM clock_timestamp() - seen_at)::float END AS age
    FROM instance ORDER BY name
"""
# As the safe-mode import gives them to Asterisk: under the terminal's account, or the number it calls from.
_TERMINALS = """
    SELECT DISTINCT coalesce(t.account, t.number) AS who FROM terminal t JOIN contact c ON c.member_id = t.member_id
    WHERE coalesce(t.account, t.number) IS NOT NULL
"""
SILENT = {
    "watchdog_late": ("有呼叫阶梯停住", "a ladder stands still"), "watchdog_silent": ("服务没有运行", "no service lives"),
    "watchdog_database": ("数据库没有响应", "the database does not answer"),
    "watchdog_asterisk": ("Asterisk 没有响应", "Asterisk does not answer"),
    "watchdog_node": ("电话节点 {about} 没有响应", "the telephone node {about} does not answer"),
    "watchdog_instance": ("服务实例 {about} 没有心跳", "the service instance {about} has no heartbeat"),
    "watchdog_probe": ("测试呼叫连续失败", "test presses keep failing"),
}  # fmt: skip


async def ladder(settings: Settings, running: bool) -> list[Finding]:
    """Everything of it that stands in the database."""
    url = settings.database_url.get_secret_value() if settings.database_url is not None else running_url(settings.data_dir)
    if url is None:
        return [skipped("呼叫阶梯未检查(数据库没有运行)", "The ladder is not examined: the database does not run")]
    try:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""), timeout=TIMEOUT, command_timeout=TIMEOUT)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return []  # told by the check of the database
    try:
        data = await connection.fetchval(_POLICY)
        duty = await connection.fetchval(_DUTY)
        instances = [dict(row) for row in await connection.fetch(_INSTANCES)]
        terminals = {str(row["who"]) for row in await connection.fetch(_TERMINALS)}
    except asyncpg.UndefinedTableError:
        return []  # told by the check of the schema
    finally:
        await connection.close(timeout=TIMEOUT)
    policy = from_json(orjson.loads(data)) if data else None
    return [
        *policy_findings(policy, duty, settings),
        *instance_findings(instances, settings, running),
        *[finding for node in settings.nodes for finding in await safe_contacts(node, terminals, running)],
    ]


def policy_findings(policy: Policy | None, duty: int, settings: Settings) -> list[Finding]:
    """Is there somebody at the ladder's end, and do its public numbers fit the settings?"""
    return [_duty(duty), _policy(policy), *_public_numbers(policy or DEFAULT, settings), _trunk(settings)]


def _duty(count: int) -> Finding:
    if count:
        return good(f"有 {count} 部值班电话", f"Duty phones: {count}")
    return wrong(
        "没有值班电话:阶梯走完后和系统故障时都无人可呼叫",
        "There is no duty phone: nobody can be paged when a ladder ends or the system fails",
        "请在控制台的联系策略页添加",
        "Add one at the console, on the page of the policy",
    )


def _policy(policy: Policy | None) -> Finding:
    if policy is None:
        return warning(
            "还没有保存过联系策略,使用自带的默认策略",
            "No escalation policy was saved; the built-in one is used",
            "请在控制台核对后保存一次",
            "Look at it at the console and save it once",
        )
    named = f"“{policy.name}”第 {policy.version} 版", f"{policy.name}, version {policy.version}"
    return good(f"联系策略{named[0]}", f"Escalation policy {named[1]}")


def _public_numbers(policy: Policy, settings: Settings) -> list[Finding]:
    enabled = settings.public_numbers == "enabled"
    called = [one for one in policy.public if any(one.code in rung.targets for rung in policy.rungs)]
    blocked = "、".join(one.code for one in called if one.way == "trunk" and not enabled)
    if blocked:
        return [
            wrong(
                f"策略要经真实线路呼叫 {blocked},但本系统没有启用:到时会被拒绝",
                f"The policy calls {blocked} by the real trunk, which is not enabled here: it will be refused",
                "请把策略改为演练线路或人工协助,或设置 CALLCENTER_PUBLIC_NUMBERS=enabled",
                "Change the policy to the drill line or assisted, or set CALLCENTER_PUBLIC_NUMBERS=enabled",
            )
        ]
    modes = [f"{one.code} {one.mode}/{one.way}" for one in called]
    return [good(f"公共号码:{'、'.join(modes)}", f"Public numbers: {', '.join(modes)}")] if modes else []


def _trunk(settings: Settings) -> Finding:
    target = settings.trunk_target
    if not is_on_this_machine(target):
        return good(f"线路 {target} 通向电话网", f"The trunk {target} leads to the telephone network")
    if settings.public_numbers == "enabled":
        return wrong(
            "启用了真实公共号码,但线路指向本机模拟电话网:谁也呼叫不到",
            "Real public numbers are enabled, but the trunk leads to this machine: nobody is reached",
            "请设置 CALLCENTER_TRUNK_TARGET",
            "Set CALLCENTER_TRUNK_TARGET",
        )
    return good(
        f"线路 {target} 是本机模拟电话网,不会呼叫到任何人",
        f"The trunk {target} is simulated on this machine: nobody real is phoned",
    )


def instance_findings(instances: list[dict[str, Any]], settings: Settings, running: bool) -> list[Finding]:
    """Who beats."""
    living = [one for one in instances if one["age"] is not None and one["age"] < BEAT_SECONDS]
    silent = [one for one in instances if one["age"] is not None and one["age"] >= BEAT_SECONDS]
    found = []
    if any(one["node"] in {node.node for node in settings.nodes} for one in living):
        names = ", ".join(one["name"] for one in living)
        found.append(good(f"{len(living)} 个服务实例在运行:{names}", f"Instances that live: {names}"))
    elif not running and not living:
        found.append(skipped("没有服务实例在运行", "No instance of the service lives"))
    else:
        found.append(
            wrong(
                f"节点 {settings.node} 没有服务实例在运行",
                f"No instance of the service lives on node {settings.node}",
                "请看 callcenter serve 的日志",
                "See the log of callcenter serve",
            )
        )
    if silent and living:
        names = ", ".join(f"{one['name']}({one['age']:.0f} s)" for one in silent)
        found.append(
            warning(
                f"服务实例没有心跳:{names};它的通话已由其他实例接管",
                f"Instances without a heartbeat: {names}; the others have taken over their calls",
                "请启动它;不再使用的,一天后自动消失",
                "Start it again; one that is not used any more disappears after a day",
            )
        )
    return found


def _said(kind: str, about: str) -> tuple[str, str]:
    zh, en = SILENT.get(kind, (kind, kind))
    return zh.format(about=about), en.format(about=about)


async def watchdog(settings: Settings, running: bool) -> list[Finding]:
    """It has looked within the last seconds."""
    sign = AliveFile(settings.data_dir).read()
    if sign is not None and sign.age < WATCHDOG_SECONDS:
        if not sign.wrong:
            return [good("看门狗在值守,没有发现故障", "The watchdog watches, and sees nothing wrong")]
        words = [_said(*wrong_.partition(" ")[::2]) for wrong_ in sign.wrong]
        return [
            wrong(
                f"看门狗发现:{'、'.join(zh for zh, _ in words)}",
                f"The watchdog sees: {', '.join(en for _, en in words)}",
                f"请看 {settings.data_dir / 'log/watchdog.log'}",
                f"See {settings.data_dir / 'log/watchdog.log'}",
            )
        ]
    if not running and sign is None:
        return [skipped("看门狗没有运行", "The watchdog does not run")]
    return [
        (wrong if running else warning)(
            "看门狗没有运行:出故障时没有人会接到电话",
            "The watchdog does not run: nobody is phoned when something fails",
            "单独运行服务时请启用 deploy/callcenter-watchdog.service",
            "With callcenter serve enable deploy/callcenter-watchdog.service",
        )
    ]


async def safe_contacts(settings: Settings, terminals: set[str], running: bool) -> list[Finding]:
    """Safe mode knows whom to phone for each terminal."""
    if not terminals:
        return [skipped("没有登记联系人的呼叫器", "No terminal has an elder with contacts")]
    ami = AmiConnection(settings, on_event=lambda _event: None)
    await ami.start()
    try:
        await ami.until_connected(TIMEOUT)
        rows = await ami.rows({"Action": "DBGetTree", "Family": "safe-contact"}, timeout=TIMEOUT)
    except TelephonyError as error:
        if not running:
            return [skipped("安全模式的联系人未检查(Asterisk 没有运行)", "Safe mode's contacts are not examined: no Asterisk")]
        return [wrong(f"读不到安全模式的联系人:{error.reason}", "Safe mode's contacts cannot be read (AMI)")]
    finally:
        await ami.close()
    known = {row["key"].split("/")[2] for row in rows if row.get("key", "").count("/") >= 3}
    missing = terminals - known
    if missing:
        return [
            wrong(
                f"安全模式不知道 {len(missing)} 部呼叫器的联系人(共 {len(terminals)} 部)",
                f"Safe mode does not know the contacts of {len(missing)} of {len(terminals)} terminals",
                "服务连上 Asterisk 后每分钟送一次;一分钟后再查,仍缺请看 service.log",
                "The service gives them once a minute; look again in a minute, then see service.log",
            )
        ]
    return [good(f"安全模式知道 {len(terminals)} 部呼叫器的联系人", f"Safe mode knows the contacts of {len(terminals)} terminals")]


LADDER_CHECKS: tuple[Check, ...] = (ladder, watchdog)
