"""Every setting of the product in one frozen model, read once at start.

Values come from the environment (prefix ``CALLCENTER_``) or from a ``.env`` file in the working folder.
Each field says its unit and its default; ``callcenter settings`` prints this table.
"""

from __future__ import annotations

import hmac
import json
import secrets
import tempfile
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from callcenter.domain.announced import PAUSES
from callcenter.domain.configured import CHECKS, check_nodes, check_ports, other_nodes

Port = Annotated[int, Field(ge=1, le=65535)]
Milliseconds = Annotated[int, Field(gt=0, le=60_000)]
Seconds = Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)]
Hours = Annotated[float, Field(gt=0, le=2160, allow_inf_nan=False)]


class Settings(BaseSettings):
    """The settings of one service instance. Unknown ``CALLCENTER_`` names are refused by ``callcenter doctor``."""

    model_config = SettingsConfigDict(env_prefix="CALLCENTER_", env_file=".env", frozen=True, extra="ignore", populate_by_name=True)

    # --- where things are
    data_dir: Path = Field(
        Path("var"),
        description="Folder of everything that is kept: database, recordings, logs, private Asterisk.",
    )
    instance: str = Field(
        "main",
        pattern=r"^[a-z0-9][a-z0-9-]{0,30}$",
        description="Name of this service instance, unique per database; the ARI app is callcenter-<instance>.",
    )
    database_url: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("DATABASE_URL", "CALLCENTER_DATABASE_URL", "database_url"),
        description="PostgreSQL ≥ 14 to use, e.g. postgresql://user:password@host/name. Default: embedded server.",
    )
    demo: bool = Field(False, description="Load the demo centre at start if the database is empty (make run sets it).")
    demo_history: bool = Field(True, description="With the demo: also two weeks of cases and what came of them, and what to sign.")

    # --- the console and API
    http_host: str = Field("127.0.0.1", description="Address the console and API listen on.")
    http_port: Port = Field(8080, description="TCP port of the console and API.")
    session_hours: Hours = Field(12, description="Hours until a log-in ends by itself.")
    idempotency_hours: Hours = Field(48, description="Hours for which a command sent again with its Idempotency-Key is known.")
    webhook_private_addresses: bool = Field(
        False, description="Whether other systems' receivers may lie in the own network or on this machine, and be plain http."
    )
    webhook_timeout: Seconds = Field(15, description="Seconds until a message to another system is given up for this time.")
    webhook_pauses: str = Field(
        ",".join(f"{pause:g}" for pause in PAUSES),
        description="Seconds between the tries of a message to another system, with commas; after the last it is given up.",
    )
    trusted_proxies: str = Field(
        "",
        description="Addresses or networks (CIDR, with commas) of proxies before the service: what they say in X-Forwarded-For is "
        "believed, and nobody else's word. Empty: nobody's.",
    )
    cookie_secure: bool = Field(False, description="Set true behind HTTPS: cookies are then sent over TLS only.")
    websocket_queue: int = Field(
        2_000_000,
        ge=10_000,
        description="Characters of changes kept for one console that does not read; over it it is cut off and resumes.",
    )
    feed_history: int = Field(5_000, ge=100, description="Numbered changes kept in memory for consoles that resume.")

    # --- Asterisk
    asterisk: Literal["private", "external"] = Field(
        "private",
        description="private: installed and run by us without root. external: any Asterisk ≥ 22.10 by address.",
    )
    asterisk_host: str = Field("127.0.0.1", description="Address of Asterisk's HTTP (ARI), AMI and SIP.")
    asterisk_http_port: Port = Field(8188, description="TCP port of Asterisk's HTTP server (ARI, SIP over websocket).")
    ari_user: str = Field("callcenter", description="ARI user.")
    ari_password: SecretStr | None = Field(None, description="ARI password. Default: made at first start, kept in data_dir.")
    ami_port: Port = Field(5138, description="TCP port of Asterisk's AMI.")
    ami_user: str = Field("callcenter", description="AMI user.")
    ami_password: SecretStr | None = Field(None, description="AMI password. Default: made at first start, kept in data_dir.")
    sip_port: Port = Field(5160, description="UDP and TCP port of Asterisk's SIP.")
    sip_host: str = Field("127.0.0.1", description="Address Asterisk's SIP and RTP listen on (0.0.0.0 for desk phones).")
    rtp_start: Port = Field(20000, description="First UDP port for audio.")
    rtp_end: Port = Field(21999, description="Last UDP port for audio.")
    trunk_match: str = Field(
        "127.0.0.2",
        description="Addresses (comma list, CIDR allowed) from which calls of the trunk come. Default: simulated trunk.",
    )
    trunk_target: str = Field(
        "127.0.0.2:5180",
        description="host:port where calls leave to. Default: the simulated trunk, which is loopback.",
    )
    drill_target: str = Field(
        "127.0.0.2:5180",
        description="host:port of the drill trunk; loopback addresses only, so that a drill can reach nobody real.",
    )
    public_numbers: Literal["disabled", "enabled"] = Field(
        "disabled",
        description="enabled: 110, 119, 120 and other public short numbers may be dialled by the real trunk.",
    )
    outgoing_number: str = Field(
        "",
        pattern=r"^[+0-9]{0,20}$",
        description="Number that families see when the centre calls them. Default: the first emergency line.",
    )
    node: str = Field(
        "node1",
        pattern=r"^[a-z0-9][a-z0-9-]{0,30}$",
        description="Name of the Asterisk node (its systemname).",
    )
    other_nodes: str = Field(
        "",
        description="Further Asterisk nodes of the centre, comma list of name=host or name=host:http:ami:sip (ports as this one's"
        " unless given; users and passwords are the same). Each node names all the others, and so does each service.",
    )

    # --- the telephone in the browser
    ice_servers: str = Field(
        "",
        description="STUN and TURN servers for browsers, comma list; a TURN server with its log-in: turn:host:3478|user|password.",
    )
    ice_advertised: str = Field(
        "",
        description="Asterisk behind NAT: local=public pairs, comma list, e.g. 10.0.0.5=203.0.113.7, told to browsers for audio.",
    )

    # --- deadlines
    ari_timeout: Seconds = Field(3.0, description="Seconds until an ARI request is given up.")
    ami_timeout: Seconds = Field(3.0, description="Seconds until an AMI action is given up.")
    claim_timeout_ms: Milliseconds = Field(500, description="Milliseconds a call waits to be claimed before safe mode takes it.")
    database_timeout: Seconds = Field(5.0, description="Seconds until a database statement is given up.")
    shutdown_timeout: Seconds = Field(8.0, description="Seconds a clean stop may take before it is forced.")

    audio_lost_seconds: int = Field(
        20,
        ge=2,
        description="Seconds without any audio from a seat's phone until it counts as dead; its caller stays and is offered anew.",
    )

    # --- the centre's own figures (a centre may change them; regulations name the defaults)
    ring_seconds: Seconds = Field(
        15.0, description="Seconds one seat's phone rings before the next seat is tried (C-1, GB/T 33358)."
    )
    wrap_up_seconds: Seconds = Field(60.0, description="Seconds of wrap-up before the seat is ready again by itself.")
    announce_every_seconds: Seconds = Field(30.0, description="Seconds between two announcements to a waiting caller.")
    missed_offers_pause: int = Field(
        2,
        ge=1,
        description="Offers a seat may miss in a row before it is paused (reason: no answer), so that callers do not ring a void.",
    )
    safe_mode_walk_after: int = Field(
        20,
        ge=1,
        description="Seconds an emergency in safe mode rings unanswered until the elder's contacts are phoned as well.",
    )
    safe_mode_ring_seconds: int = Field(25, ge=1, description="Seconds each contact's phone rings in safe mode.")
    hold_seconds: Seconds = Field(
        60.0,
        description="Seconds on hold after which the seat and the supervisor are told, and again each time so many more have passed"
        " (W-6 forbids long holds and names no figure: one minute is our own).",
    )
    follow_up_roles: str = Field(
        "seat,dispatcher",
        pattern=r"^[a-z_]+(,[a-z_]+)*$",
        description="Roles that make follow-ups (V-1: the front desk), with commas; a case's owner and the leaders always may.",
    )
    callback_due_seconds: Seconds = Field(300.0, description="Seconds until a call-back to an abandoned caller is overdue.")
    country: str = Field("CN", pattern=r"^[A-Z]{2}$", description="ISO country whose numbering plan normalises numbers.")
    area_code: str = Field(
        "0797",
        pattern=r"^0\d{2,3}$",
        description="Area code of local 7–8 digit numbers (default: Ganzhou/Ruijin).",
    )
    time_zone: str = Field("Asia/Shanghai", description="IANA time zone of the centre.")

    # --- the press-to-pop probe
    probe_seconds: Seconds = Field(
        120.0, description="Seconds between two presses of the probe, which tries the way from a terminal to a seat's screen."
    )
    probe_slow_ms: Milliseconds = Field(
        1000, description="Milliseconds from press to pop above which the supervisor is warned (the goal is far below)."
    )
    probe_page_after: int = Field(3, ge=1, description="Probes that must fail in a row until the duty phones ring.")

    # --- speech
    voice: str = Field("cmn", description="espeak-ng voice for announcements made from text.")
    speech_rate: int = Field(150, ge=80, le=300, description="Words per minute of announcements; slow for old ears.")

    # --- logs
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least level that is logged.")
    log_format: Literal["json", "console"] = Field("json", description="json for machines, console for eyes.")

    @field_validator(*CHECKS)
    @classmethod
    def _can_be_read(cls, text: str, info: ValidationInfo) -> str:
        CHECKS[str(info.field_name)](text)
        return text

    @model_validator(mode="after")
    def _fits_together(self) -> Settings:
        ports = {"asterisk_http_port": self.asterisk_http_port, "ami_port": self.ami_port, "sip_port": self.sip_port}
        if self.asterisk == "private":  # on this machine, beside us
            ports["http_port"] = self.http_port
        check_ports(ports, (self.rtp_start, self.rtp_end))
        others = [(one["node"], one["asterisk_host"], one.get("asterisk_http_port", self.asterisk_http_port))
                  for one in other_nodes(self.other_nodes)]  # fmt: skip
        check_nodes([(self.node, self.asterisk_host, self.asterisk_http_port), *others])
        if self.probe_slow_ms >= self.probe_seconds * 1000:
            raise ValueError(
                "probe_slow_ms 须小于 probe_seconds:前一次试呼还没有判为慢,下一次就开始了。"
                "probe_slow_ms must be below probe_seconds: the next press would begin before this one is slow."
            )
        return self

    @property
    def nodes(self) -> tuple[Settings, ...]:
        """The settings for each Asterisk node, this one first. Each names the others, as its own configuration must."""
        own = {"node": self.node, "asterisk_host": self.asterisk_host, "asterisk_http_port": self.asterisk_http_port,
               "ami_port": self.ami_port, "sip_port": self.sip_port}  # fmt: skip
        # Where it listens for SIP: everywhere, if this one does; else at its own address.
        anywhere = self.sip_host in ("0.0.0.0", "::")  # noqa: S104 - compared with, not listened on
        every = [own]
        for one in other_nodes(self.other_nodes):
            every.append({**own, **one, "sip_host": self.sip_host if anywhere else one["asterisk_host"]})
        return tuple(
            self
            if one is own
            else self.model_copy(update={**one, "other_nodes": ",".join(_named(o) for o in every if o is not one)})
            for one in every
        )

    def node_password(self) -> str:
        """With what the nodes prove to each other who they are: every installation with our ARI password can make it."""
        return self.probe_secret("nodes")

    @property
    def ari_app(self) -> str:
        """Name of this instance's ARI application: unique, or a second connection would take the first one over."""
        return f"callcenter-{self.instance}"

    def probe_secret(self, use: Literal["sip", "console", "nodes"]) -> str:
        """The probe's password at Asterisk, and the cookie of its console: service and watchdog both can make them."""
        known = self.ari_password.get_secret_value() if self.ari_password else ""
        if not known:
            raise ValueError("no ari_password")
        return hmac.new(known.encode(), f"probe {use}".encode(), "sha256").hexdigest()

    @cached_property
    def recordings_dir(self) -> Path:
        """Folder of the service's own copy of every recording."""
        return self.data_dir.absolute() / "recordings"

    @cached_property
    def prompts_dir(self) -> Path:
        """Folder of announcements, 8 kHz signed linear WAV, readable by Asterisk (private) or copied to it (external)."""
        return self.data_dir.absolute() / "prompts"


def _named(one: dict[str, Any]) -> str:
    return f"{one['node']}={one['asterisk_host']}:{one['asterisk_http_port']}:{one['ami_port']}:{one['sip_port']}"


SECRETS_FILE = "secrets.json"


def read_settings(**overrides: object) -> Settings:
    """The settings from environment and ``.env``, with passwords made at first start where none is given.

    Made passwords are kept in ``<data_dir>/secrets.json`` (mode 600), so that service, Asterisk and command line agree.
    """
    settings = Settings(**overrides)  # type: ignore[arg-type]
    path = settings.data_dir.absolute() / SECRETS_FILE
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = [name for name in ("ari_password", "ami_password") if getattr(settings, name) is None]
    made = {name: secrets.token_urlsafe(24) for name in missing if name not in kept}
    if made:
        kept |= made
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written beside and renamed: a reader never sees half a file, and nobody else may read it at any instant.
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as part:
            json.dump(kept, part)
        Path(part.name).replace(path)
    return settings.model_copy(update={name: SecretStr(kept[name]) for name in missing})
