"""The doctor's checks of the running parts: database, Asterisk, the service, and whether their clocks agree."""

from __future__ import annotations

import asyncio
import time
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime

import aiohttp
import asyncpg

from callcenter.settings import Settings
from callcenter.setup.findings import Check, Finding, good, skipped, warning, wrong
from callcenter.setup.postgres import running_url
from callcenter.setup.welcome import address

TIMEOUT = 5.0
ASTERISK_AWAY = (
    "请检查 CALLCENTER_ASTERISK_HOST、CALLCENTER_ASTERISK_HTTP_PORT 和 Asterisk 日志",
    "Check CALLCENTER_ASTERISK_HOST, CALLCENTER_ASTERISK_HTTP_PORT and Asterisk's log",
)
NODE_AWAY = (
    "请启动该节点的 Asterisk,并检查 CALLCENTER_OTHER_NODES 的地址和两机之间的网络;只登记在它上面的话机改用浏览器接听",
    "Start Asterisk there; check CALLCENTER_OTHER_NODES and the network. A phone that knows only this node: answer in the browser",
)
CLOCK_LIMIT = 1.0  # seconds; deadlines of one call are kept by three programs
# Without one of these a call cannot be claimed, queued, recorded, heard or placed.
NEEDED_MODULES = (
    "app_stasis_broadcast.so", "app_stasis.so", "app_queue.so", "app_mixmonitor.so", "app_dial.so",
    "app_playback.so", "app_read.so", "app_originate.so", "app_channelredirect.so",
    "func_env.so", "func_groupcount.so", "app_stack.so", "func_db.so", "func_lock.so", "chan_pjsip.so", "res_pjsip.so",
    "res_pjsip_session.so", "res_pjsip_registrar.so", "res_pjsip_transport_websocket.so", "res_srtp.so",
    "res_rtp_asterisk.so", "codec_alaw.so", "codec_ulaw.so", "format_wav.so", "res_ari_channels.so",
    "res_ari_bridges.so", "res_ari_events.so", "res_ari_asterisk.so", "res_sorcery_astdb.so", "pbx_config.so",
)  # fmt: skip


async def database(settings: Settings, running: bool) -> list[Finding]:
    """It can be reached, has our schema, and its clock is right."""
    if settings.database_url is not None:
        url: str | None = settings.database_url.get_secret_value()
    else:
        url = running_url(settings.data_dir)
    if url is None:
        if running:
            advice = f"请看 {settings.data_dir / 'log/postgres.log'}", f"See {settings.data_dir / 'log/postgres.log'}"
            return [wrong("PostgreSQL 没有运行", "PostgreSQL does not run", *advice)]
        return [skipped("数据库没有运行(呼叫中心未启动)", "The database is not running (the centre is not started)")]
    try:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""), timeout=TIMEOUT)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return [
            wrong(
                f"连接不上数据库:{error}",
                f"The database cannot be reached: {error}",
                "请检查 DATABASE_URL 和数据库服务",
                "Check DATABASE_URL and the database server",
            )
        ]
    try:
        before = time.time()
        now = float(await connection.fetchval("select extract(epoch from clock_timestamp())"))
        offset = _offset(now, before, time.time())
        exists = await connection.fetchval("select to_regclass('alembic_version') is not null")
        current = await connection.fetchval("select version_num from alembic_version") if exists else None
    finally:
        await connection.close(timeout=TIMEOUT)
    return [_schema(current), _clock("数据库", "the database", offset)]


async def asterisk(settings: Settings, running: bool) -> list[Finding]:
    """It answers ARI with our password, has the modules, and its clock is right."""
    if not running and settings.asterisk == "private":
        return [skipped("Asterisk 没有运行(呼叫中心未启动)", "Asterisk is not running (the centre is not started)")]
    several = bool(settings.other_nodes)
    zh, en = (f"电话节点 {settings.node} ", f"the telephone node {settings.node}") if several else ("Asterisk", "Asterisk")
    assert settings.ari_password is not None
    word = f"{settings.ari_user}:{settings.ari_password.get_secret_value()}"
    login = {"Authorization": "Basic " + b64encode(word.encode()).decode()}
    base = f"http://{settings.asterisk_host}:{settings.asterisk_http_port}/ari"
    async with aiohttp.ClientSession(headers=login, timeout=aiohttp.ClientTimeout(total=TIMEOUT)) as http:
        try:
            async with http.get(f"{base}/asterisk/info") as response:
                if response.status == 401:
                    return [
                        wrong(
                            f"{zh}不接受 ARI 密码",
                            f"{_capital(en)} refuses our ARI password",
                            "请核对 CALLCENTER_ARI_USER / CALLCENTER_ARI_PASSWORD 与 ari.conf",
                            "Compare CALLCENTER_ARI_USER / CALLCENTER_ARI_PASSWORD with ari.conf",
                        )
                    ]
                response.raise_for_status()
                version = (await response.json())["system"]["version"]
            before = time.time()
            async with http.get(f"{base}/asterisk/ping") as response:
                stamp = datetime.strptime((await response.json())["timestamp"], "%Y-%m-%dT%H:%M:%S.%f%z")
            offset = _offset(stamp.timestamp(), before, time.time())
            async with http.get(f"{base}/asterisk/modules") as response:
                loaded = {one["name"] for one in await response.json() if one["status"] == "Running"}
        except (aiohttp.ClientError, TimeoutError, KeyError, ValueError) as error:
            return [
                wrong(
                    f"{zh}连接不上({base}):{error or type(error).__name__}",
                    f"{_capital(en)} cannot be reached at {base}: {error or type(error).__name__}",
                    *(NODE_AWAY if several else ASTERISK_AWAY),
                )
            ]
    found = [good(f"{zh}正常应答(Asterisk {version})", f"{_capital(en)} answers (Asterisk {version})"), _modules(loaded)]
    return [*found, _clock(zh, en, offset)]


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


async def service(settings: Settings, running: bool) -> list[Finding]:
    """It says itself whether it can take calls."""
    url = address(settings) + "/readyz"
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT)) as http,
            http.get(url) as response,
        ):
            answer = (await response.text())[:300]
            if response.status == 200:
                nodes = (await response.json()).get("nodes", {})
                return [good("服务已就绪,可以接电话", "The service is ready to take calls"), *_nodes(nodes)]
    except (aiohttp.ClientError, TimeoutError) as error:
        if not running:
            return [skipped("服务没有运行;用 make run 启动", "The service is not running; start it with make run")]
        answer = str(error)
    return [
        wrong(
            f"服务没有就绪:{answer}",
            f"The service is not ready: {answer}",
            f"请看 {settings.data_dir / 'log/service.log'}",
            f"See {settings.data_dir / 'log/service.log'}",
        )
    ]


def _nodes(nodes: Mapping[str, bool | str]) -> list[Finding]:
    """What the service says of each node, where there are several."""
    away = {name: str(why) for name, why in nodes.items() if why is not True}
    if not away:
        return (
            [good(f"服务连着全部 {len(nodes)} 个电话节点", f"The service is in touch with all {len(nodes)} nodes")] if nodes else []
        )
    left = "、".join(name for name in nodes if name not in away)
    return [
        warning(
            f"服务没有连上电话节点 {name},来电由 {left} 接听:{why}",
            f"The service is not in touch with the telephone node {name}; {left} takes the calls: {why}",
            *NODE_AWAY,
        )
        for name, why in away.items()
    ]


def _schema(current: str | None) -> Finding:
    from callcenter.db.migrate import head

    if current == head():
        return good(f"数据库结构是最新的({current})", f"The database has the newest schema ({current})")
    return wrong(
        f"数据库结构是 {current or '空'},程序需要 {head()}",
        f"The database has the schema {current or '(none)'}, this program needs {head()}",
        "请运行 callcenter migrate",
        "Run callcenter migrate",
    )


def _modules(loaded: set[str]) -> Finding:
    missing = [name for name in NEEDED_MODULES if name not in loaded]
    if not missing:
        return good(f"所需的 {len(NEEDED_MODULES)} 个 Asterisk 模块都已加载", "All needed Asterisk modules run")
    listed = ", ".join(missing)
    return wrong(
        f"Asterisk 模块没有加载:{listed}",
        f"Asterisk modules that do not run: {listed}",
        "请检查 modules.conf,以及每个模块的 .conf 文件是否存在(空文件也可以)",
        "Check modules.conf, and that each module's .conf file is there (an empty one will do)",
    )


def _clock(chinese: str, english: str, offset: float) -> Finding:
    if abs(offset) <= CLOCK_LIMIT:
        return good(f"{chinese}的时钟一致", f"The clock of {english} agrees with ours")
    return warning(
        f"{chinese}的时钟相差 {offset:+.1f} 秒",
        f"The clock of {english} differs by {offset:+.1f} s",
        "请在两台机器上启用时间同步(chrony 或 systemd-timesyncd)",
        "Switch on time synchronisation (chrony or systemd-timesyncd) on both machines",
    )


def _offset(theirs: float, before: float, after: float) -> float:
    """How far a clock is away, the time on the way not counted."""
    return theirs - before if theirs < before else max(0.0, theirs - after)


async def _parts(settings: Settings, running: bool) -> list[Finding]:
    results = await asyncio.gather(
        database(settings, running), *(asterisk(node, running) for node in settings.nodes), service(settings, running)
    )
    return [finding for part in results for finding in part]


RUNNING_CHECKS: tuple[Check, ...] = (_parts,)
