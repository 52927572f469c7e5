"""The doctor's checks of the machine: what can be seen without anything running."""

from __future__ import annotations

import platform
import shutil
import socket
import sys

from callcenter.settings import Settings
from callcenter.setup.console import is_built
from callcenter.setup.findings import Check, Finding, good, skipped, warning, wrong
from callcenter.setup.ports import asterisk_ports, holder_of, is_free, service_ports
from callcenter.setup.settings_table import unknown_variables
from callcenter.setup.toolchain import LEAST_VERSION, find_toolchain

GIB = 1024**3
MIB = 1024**2


async def python_version(settings: Settings, running: bool) -> list[Finding]:
    """Which interpreter this is: pip refused one that is too old, so this is for who helps from afar."""
    return [good(f"Python {platform.python_version()}", f"{platform.platform()}, {sys.prefix}")]


async def variables(settings: Settings, running: bool) -> list[Finding]:
    """No variable is misspelt."""
    names = unknown_variables()
    if names:
        listed = "、".join(names)
        return [
            warning(
                f"不认识的设置:{listed}",
                f"Unknown settings: {listed}",
                "它们不起作用;请对照 callcenter settings 改正",
                "They have no effect; compare with callcenter settings",
            )
        ]
    return [good("设置名都正确", "All setting names are known")]


async def toolchain(settings: Settings, running: bool) -> list[Finding]:
    """The private Asterisk is installed."""
    if settings.asterisk == "external":
        return [good("使用外部 Asterisk", f"Asterisk at {settings.asterisk_host} is used, none is installed here")]
    found = find_toolchain(settings.data_dir)
    if found is None:
        return [
            wrong(
                "没有安装 Asterisk",
                f"The private Asterisk (≥ {LEAST_VERSION.split(':')[-1]}) is not installed",
                "请运行 make setup",
                "Run make setup",
            )
        ]
    return [good(f"已安装 Asterisk {found.version}", f"Asterisk is installed: {found.version}")]


async def disk(settings: Settings, running: bool) -> list[Finding]:
    """There is room for recordings and the database."""
    folder = settings.data_dir.absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    facts = f"{folder} 所在磁盘剩余 {free / GIB:.1f} GB", f"{free / GIB:.1f} GB are free on the disk of {folder}"
    advice = "请清理磁盘或移走旧录音", "Free some space or move old recordings away"
    if free < 500 * MIB:
        return [wrong(*facts, *advice)]
    return [warning(*facts, *advice) if free < 2 * GIB else good(*facts)]


async def ports(settings: Settings, running: bool) -> list[Finding]:
    """The ports can be had; while the centre runs, it has them itself."""
    if running:
        return []
    taken = [port for port in service_ports(settings) + asterisk_ports(settings) if not is_free(port)]
    found = []
    for port in taken:
        holder = holder_of(port.number, port.protocol) or "?"
        found.append(
            wrong(
                f"端口 {port.protocol} {port.number}({port.what})已被占用:{holder}",
                f"Port {port.protocol} {port.number} ({port.what}) is taken: {holder}",
                f"请结束该程序,或设置 {port.setting}",
                f"End that program or set {port.setting}",
            )
        )
    return found or [good("所需端口都空闲", "All ports are free")]


async def audio_ports(settings: Settings, running: bool) -> list[Finding]:
    """The audio range is valid, does not hold our other ports, and is wide enough for the calls of a centre."""
    first, last = settings.rtp_start, settings.rtp_end
    calls = (last - first + 1) // 4  # a call has two legs, a leg two ports
    facts = f"音频端口 {first}–{last}(约 {calls} 路通话)", f"Audio ports {first}–{last}: about {calls} calls at once"
    if first <= settings.sip_port <= last:
        advice = "请移开 CALLCENTER_SIP_PORT 或音频端口", "Move CALLCENTER_SIP_PORT or the audio ports"
        return [wrong(f"{facts[0]} 含 SIP 端口", f"{facts[1]}; the SIP port lies within", *advice)]
    if running or settings.asterisk == "external":
        return [good(*facts)]
    taken = [number for number in range(first, last + 1) if not _udp_is_free(settings.sip_host, number)]
    if len(taken) > (last - first) // 10:
        return [
            warning(
                f"{facts[0]} 中有 {len(taken)} 个被其他程序占用",
                f"{len(taken)} of the audio ports {first}–{last} are taken by other programs",
                "请用 CALLCENTER_RTP_START / CALLCENTER_RTP_END 换一段",
                "Choose another range with CALLCENTER_RTP_START / CALLCENTER_RTP_END",
            )
        ]
    return [good(*facts)]


async def console(settings: Settings, running: bool) -> list[Finding]:
    """The browser's part is built from today's source."""
    if is_built():
        return [good("控制台已构建", "The console is built")]
    return [
        warning("控制台没有构建或已过时", "The console is not built, or its source is newer", "请运行 make setup", "Run make setup")
    ]


async def prompts(settings: Settings, running: bool) -> list[Finding]:
    """The announcements are there; without them a caller hears nothing."""
    count = len(list(settings.prompts_dir.rglob("*.wav"))) if settings.prompts_dir.is_dir() else 0
    if count:
        return [good(f"已有 {count} 条提示音", f"{count} announcements are there")]
    if not running:
        return [skipped("还没有提示音,首次启动时生成", "No announcements yet; the first start makes them")]
    return [
        wrong(
            "没有提示音,来电者听不到任何说明",
            "There are no announcements: callers hear nothing",
            f"请看 {settings.data_dir / 'log/service.log'},然后重启",
            f"See {settings.data_dir / 'log/service.log'} and start again",
        )
    ]


def _udp_is_free(host: str, number: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as trial:
        try:
            trial.bind((host, number))
        except OSError:
            return False
    return True


MACHINE_CHECKS: tuple[Check, ...] = (
    python_version, variables, toolchain, disk, ports, audio_ports, console, prompts,
)  # fmt: skip
