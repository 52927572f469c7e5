"""Writes what differs from one Asterisk to the next, so that the shipped dialplan files can stay unchanged.

``dialplan/`` holds behaviour and is copied as it is; ports, passwords, folders and the trunk are written to
``instance/*.conf`` beside it, which the shipped files include. The private Asterisk and one that an administrator
runs get the very same files.
"""

from __future__ import annotations

import ipaddress
import shutil
from dataclasses import dataclass
from pathlib import Path

import phonenumbers
from pydantic import SecretStr

from callcenter.domain.configured import is_on_this_machine
from callcenter.settings import Settings
from callcenter.telephony.music import write_waiting_music

SHIPPED = Path(__file__).resolve().parents[2] / "dialplan"

# Characters that would end a value, start a comment, or mean something in the dialplan.
UNSAFE_IN_PATHS = frozenset(",;&|${}[]()\"'\\^`\n\r\t ")


class ConfigError(ValueError):
    """A setting cannot be written into Asterisk's configuration; the sentence says which and what to do."""


@dataclass(frozen=True)
class Folders:
    """Where one Asterisk keeps its things (``[directories]`` of asterisk.conf)."""

    etc: Path
    modules: Path
    data: Path
    """Asterisk's own data: documentation, sounds, rest-api."""
    state: Path
    """What must survive a restart: astdb, keys, waiting music."""
    spool: Path
    run: Path
    log: Path

    @classmethod
    def below(cls, folder: Path, modules: Path, data: Path, run: Path | None = None) -> Folders:
        """The usual layout of a private Asterisk: everything of its own below one folder."""
        return cls(
            etc=folder / "etc",
            modules=modules,
            data=data,
            state=folder / "state",
            spool=folder / "spool",
            run=run or folder / "run",
            log=folder / "log",
        )


def render(settings: Settings, folders: Folders, target: Path) -> None:
    """Write a whole configuration for a private Asterisk to ``target``."""
    copy_shipped(target)
    write(target / "asterisk.conf", asterisk_conf(settings, folders))
    write_instance(settings, target / "instance", folders.state / "music")
    for folder in (
        folders.state,
        folders.state / "keys",
        folders.run,
        folders.log,
        folders.spool / "recording" / "safe",
    ):
        folder.mkdir(parents=True, exist_ok=True)


def render_external(settings: Settings, out: Path) -> list[Path]:
    """Write the files for an Asterisk that somebody else runs; returns what was written.

    Its own asterisk.conf stays: it knows its folders. Everything else goes into its configuration folder.
    """
    out = out.absolute()
    copy_shipped(out)
    write_instance(settings, out / "instance", out / "music")
    return sorted(path for path in out.rglob("*") if path.is_file())


def copy_shipped(target: Path) -> None:
    """Copy the shipped files unchanged."""
    if not SHIPPED.is_dir():
        raise ConfigError(
            f"找不到随产品提供的 Asterisk 配置目录 {SHIPPED},请从完整的项目目录运行。"
            f"The shipped Asterisk files are missing ({SHIPPED}); run from a complete project folder."
        )
    target.mkdir(parents=True, exist_ok=True)
    for source in sorted(SHIPPED.glob("*.conf")):
        shutil.copyfile(source, target / source.name)


def write_instance(settings: Settings, folder: Path, music: Path) -> None:
    """Write the values of this installation."""
    prompts = _safe_path(settings.prompts_dir)
    music = _safe_path(music)
    bind = settings.sip_host
    media = "" if _is_any(bind) else f"media_address = {_plain(bind)}\nbind_rtp_to_media_address = yes\n"
    files = {
        "globals.conf": (
            f"CLAIM_MS = {settings.claim_timeout_ms}\n"
            f"PROMPTS = {prompts}\n"
            "; Only an installation that is tested for it may let the dialplan dial 110, 119 and 120 by the real trunk.\n"
            f"PUBLIC_NUMBERS = {settings.public_numbers}\n"
            f"OUTGOING_NUMBER = {settings.outgoing_number}\n"
            f"COUNTRY_CODE = {phonenumbers.country_code_for_region(settings.country)}\n"
            f"AREA_CODE = {settings.area_code.removeprefix('0')}\n"
            f"SAFE_WALK_AFTER = {settings.safe_mode_walk_after}\n"
            f"SAFE_RING = {settings.safe_mode_ring_seconds}\n"
        ),
        "sip-udp.conf": f"bind = {_plain(bind)}:{settings.sip_port}\n",
        "sip-tcp.conf": f"bind = {_plain(bind)}:{settings.sip_port}\n",
        "media.conf": media or "; sound listens on every address\n",
        "trunk-contact.conf": f"contact = sip:{_plain(settings.trunk_target)}\n",
        "drill-contact.conf": f"contact = sip:{_drill(settings)}\n",
        "nodes.conf": _nodes(settings),
        "trunk-match.conf": "".join(f"match = {address}\n" for address in trunk_addresses(settings)),
        "safe-waiting.conf": (
            f"entry = {prompts}/safe-emergency\nentry = {music}/waiting\n"
            f"entry = {prompts}/safe-reassurance\nentry = {music}/waiting\n"
        ),
        "musiconhold.conf": f"directory = {music}\n",
        "http.conf": f"bindaddr = {_plain(settings.asterisk_host)}\nbindport = {settings.asterisk_http_port}\n",
        "ari.conf": (
            f"[{_plain(settings.ari_user)}]\ntype = user\nread_only = no\n"
            f"password_format = plain\npassword = {_secret(settings.ari_password, 'ari_password')}\n"
        ),
        "manager-bind.conf": f"bindaddr = {_plain(settings.asterisk_host)}\nport = {settings.ami_port}\n",
        "manager-user.conf": (
            f"[{_plain(settings.ami_user)}]\nsecret = {_secret(settings.ami_password, 'ami_password')}\n"
            "read = system,security,user\n"
            "; Every registration is challenged and succeeds: those two would be most of the traffic.\n"
            "eventfilter(action(exclude),name(ChallengeSent)) =\n"
            "eventfilter(action(exclude),name(SuccessfulAuth)) =\n"
            "; No right to originate and none to control calls: that is ARI's.\n"
            "write = system,agent,command,reporting,security\n"
            "writetimeout = 1000\n"
        ),
        "rtp.conf": f"rtpstart = {settings.rtp_start}\nrtpend = {settings.rtp_end}\n{_advertised(settings)}",
    }
    for name, text in files.items():
        write(folder / name, text)
    write_waiting_music(music / "waiting.wav")


def asterisk_conf(settings: Settings, folders: Folders) -> str:
    """The main file of a private Asterisk: its folders, and a few options."""
    places = {
        "astetcdir": folders.etc,
        "astmoddir": folders.modules,
        "astvarlibdir": folders.state,
        "astdbdir": folders.state,
        "astkeydir": folders.state,
        "astdatadir": folders.data,
        "astagidir": folders.state,
        "astcachedir": folders.state,
        "astspooldir": folders.spool,
        "astrundir": folders.run,
        "astlogdir": folders.log,
    }
    lines = ["[directories]"]
    lines += [f"{name} => {_safe_path(path)}" for name, path in places.items()]
    lines += [
        "",
        "[options]",
        f"systemname = {settings.node}",
        "live_dangerously = no",
        "hideconnect = yes",
        "nocolor = yes",
        "transmit_silence = yes",
        "",
        "[files]",
        "astctlpermissions = 0600",
    ]
    return "\n".join(lines) + "\n"


def trunk_addresses(settings: Settings) -> list[str]:
    """The addresses calls come in from. A trunk on 127.0.0.1 would swallow every phone of this machine."""
    addresses = [part.strip() for part in settings.trunk_match.split(",") if part.strip()]
    for address in addresses:
        try:
            network = ipaddress.ip_network(address, strict=False)
        except ValueError:
            _plain(address)  # a host name; Asterisk looks it up
            continue
        if ipaddress.ip_address("127.0.0.1") in network and settings.sip_host == "127.0.0.1":
            raise ConfigError(
                f"trunk_match 不能包含 127.0.0.1({address}):本机所有话机都会被当成中继。请改用 127.0.0.2。"
                f"trunk_match must not cover 127.0.0.1 ({address}): every phone on this machine would be taken for "
                "the trunk. Use 127.0.0.2."
            )
    return addresses


def trunk_to(node: str) -> str:
    """The endpoint of the trunk to another node of the centre, and the name under which that one is known here."""
    return f"node-{node}"


def _nodes(settings: Settings) -> str:
    """The trunks to the other nodes. Each proves by password who it is: an address can be anybody's on the same machine."""
    lines = ["; the other nodes of the centre\n"]
    own, *others = settings.nodes
    for other in others:
        name, password = trunk_to(other.node), _secret(SecretStr(own.node_password()), "ari_password")
        lines.append(
            f"[{name}](line)\ncontext = from-node\nidentify_by = username\naors = {name}\nauth = {name}\n"
            f"outbound_auth = {name}-out\nfrom_user = {trunk_to(own.node)}\ntrust_id_outbound = yes\n"
            f"rtp_timeout = {settings.audio_lost_seconds}\n"
            f"[{name}]\ntype = aor\ncontact = sip:{_plain(other.asterisk_host)}:{other.sip_port}\n"
            f"[{name}]\ntype = auth\nauth_type = userpass\nusername = {name}\npassword = {password}\n"
            f"[{name}-out]\ntype = auth\nauth_type = userpass\nusername = {trunk_to(own.node)}\npassword = {password}\n"
        )
    return "".join(lines)


def _advertised(settings: Settings) -> str:
    """Which address browsers are told instead of the local one, when Asterisk stands behind NAT."""
    pairs = [pair.partition("=") for pair in settings.ice_advertised.split(",") if pair.strip()]
    lines = []
    for local, _, public in pairs:
        try:
            lines.append(f"{ipaddress.ip_address(local.strip())} => {ipaddress.ip_address(public.strip())},include_local_address\n")
        except ValueError:
            raise ConfigError(
                f"ice_advertised 应为 本机地址=公网地址,不是 {local}={public}。"
                f"ice_advertised takes pairs local=public of IP addresses, not {local}={public}."
            ) from None
    return "".join(["[ice_host_candidates]\n", *lines]) if lines else ""


def _drill(settings: Settings) -> str:
    """Where drills go. Settings refuse anything but loopback; asked again here, because copies of settings are not validated."""
    target = _plain(settings.drill_target)
    if not is_on_this_machine(target):
        raise ConfigError(
            f"演练线路只能指向本机,不能是 {target}。The drill trunk must be on this machine (loopback), not {target}."
        )
    return target


def write(path: Path, text: str) -> None:
    """Write a file that may hold passwords: nobody else reads it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text, encoding="utf-8")


def _safe_path(path: Path) -> Path:
    whole = path.absolute()
    bad = sorted(set(str(whole)) & UNSAFE_IN_PATHS)
    if bad:
        raise ConfigError(
            f"目录名 {whole} 含有 Asterisk 不能使用的字符 {bad}(例如空格),请用 CALLCENTER_DATA_DIR 换一个目录。"
            f"The folder {whole} contains characters that Asterisk cannot use: {bad}. "
            "Set CALLCENTER_DATA_DIR to another folder."
        )
    return whole


def _plain(value: str) -> str:
    if not value or any(char in value for char in ";\n\r[]()\\ "):
        raise ConfigError(f"设置值 {value!r} 不能写入 Asterisk 配置。The value {value!r} cannot be written for Asterisk.")
    return value


def _secret(value: SecretStr | None, name: str) -> str:
    text = value.get_secret_value() if value else ""
    if not text or text != text.strip() or any(char in text for char in "\n\r"):
        raise ConfigError(
            f"缺少密码 {name},或其中含有换行/首尾空格。The password {name} is missing, or has a line break or blanks around it."
        )
    return text.replace("\\", "\\\\").replace(";", "\\;")


def _is_any(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_unspecified
    except ValueError:
        return False
