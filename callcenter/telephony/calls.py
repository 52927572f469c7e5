"""Call control over ARI: the orders of ``ports.Calls``, each with its deadline and its meaning of "already done".

Every object gets an id chosen by the caller, so an order whose answer was lost can simply be given again.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import re
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from callcenter.telephony.ari import AriConnection
from callcenter.telephony.ari_requests import Answer
from callcenter.telephony.ports import BROWSER, FAR_HALF, AttemptOrder, ChannelGone, LiveBridge, LiveChannel, TelephonyError

# A leg answers before it is in Stasis: orders for it are refused for some milliseconds.
NOT_YET = frozenset({409, 422})
PATIENCE = 1.0  # seconds such an order is tried again
PAUSES = (0.01, 0.02, 0.04, 0.08)  # seconds between tries; the last one repeats

# Beyond the ring time that the dialplan keeps: by then it has told how it ended, and this only clears up.
SPARE_RING = 15
MOST_FOLLOWED = 1000  # attempts that we dialled and have not lost to another instance
VOID_SECONDS, VOID_LOOK = 4.0, 0.02  # the dialplan waits up to 3 s for its lock
LATE_GRACE = 1.0  # beyond an order's own end: clocks are compared over a network
ATTEMPT_ID = re.compile(r"[0-9a-zA-Z]{3}[0-9a-zA-Z.-]{1,60}")
DIALLED = re.compile(r"[+]?[0-9]{2,20}")
ACCOUNT = re.compile(r"[0-9a-zA-Z]{1,40}")
UNSAFE_IN_MEDIA = frozenset(",;&|${}[]()\"'\\^`\n\r\t ")

HANGUP_REASONS = frozenset({"normal", "busy", "congestion", "no_answer", "timeout", "rejected", "unallocated"})


class AriCalls:
    """``ports.Calls`` on a real Asterisk."""

    def __init__(self, connection: AriConnection) -> None:
        self._ari = connection
        self._followed: deque[str] = deque(maxlen=MOST_FOLLOWED)
        self.clock_offset: float | None = None
        """Seconds this Asterisk's clock is ahead of ours, once it was measured."""

    @property
    def connected(self) -> bool:
        """Whether events flow now."""
        return self._ari.connected

    async def claim(self, channel_id: str) -> bool:
        """Claim a broadcast call. False: another instance has it, or the caller is gone."""
        params = {"channelId": channel_id, "application": self._ari.app}
        answer = await self._ari.request("POST", "events/claim", params)
        if answer.status in (404, 409):
            if channel_id in self._followed:  # another instance has it: what happens to it is told there
                self._followed.remove(channel_id)
                source = {"eventSource": f"channel:{channel_id}"}
                await self._ari.request("DELETE", f"applications/{self._ari.app}/subscription", source)
            return False
        return _done(answer, "claim")

    async def answer(self, channel_id: str) -> None:
        """Answer the caller."""
        _done(await self._order("POST", f"channels/{_q(channel_id)}/answer"), "answer")

    async def hang_up(self, channel_id: str, reason: str = "normal") -> None:
        """End a leg; one that is gone is fine."""
        params = {"reason": reason if reason in HANGUP_REASONS else "normal"}
        _done_or_gone(await self._ari.request("DELETE", f"channels/{_q(channel_id)}", params), "hang up")

    async def originate(
        self,
        channel_id: str,
        endpoint: str,
        *,
        caller_name: str,
        caller_number: str,
        args: Sequence[str],
        variables: dict[str, str],
        ring_seconds: float,
        originator: str | None = None,
    ) -> None:
        """Ring ``endpoint``. The same id again, while that leg lives, is success and never a second leg."""
        params = {
            "endpoint": endpoint,
            "app": self._ari.app,
            "appArgs": _arguments(args),
            "callerId": caller_id(caller_name, caller_number),
            "timeout": str(max(1, round(ring_seconds))),
            "channelId": channel_id,
        }
        if endpoint.startswith("Local/"):
            # The far half runs the dialplan; its id is what to-trunk checks against dialling one id twice.
            params["otherChannelId"] = f"{channel_id}{FAR_HALF}"
        if originator is not None:
            params["originator"] = originator
        elif endpoint.endswith(BROWSER):
            # Opus first: it bears lost packets. Unasked, Asterisk offers first what costs it least.
            params["formats"] = "opus,alaw,ulaw"
        answer = await self._ari.request("POST", "channels", params, {"variables": variables})
        if answer.status == 409:  # it lives already
            return
        if answer.status == 400 and "allocation" in answer.message.lower():
            raise TelephonyError("话机不在线。The phone is not registered or not reachable.", retryable=True, status=400)
        _done(answer, "originate")

    async def dial_attempt(self, order: AttemptOrder) -> bool:
        """Have the dialplan dial for the ladder (escalation-out). The same id again is success and never a second leg.

        True: it rings already, before we could be told of it.
        """
        number = ACCOUNT if order.way == "account" else DIALLED
        if not ATTEMPT_ID.fullmatch(order.attempt_id) or not number.fullmatch(order.number):
            raise TelephonyError(f"号码或编号无效,没有拨出。Not dialled: the number or the id is not valid ({order.attempt_id}).")
        if set(order.announcement) & UNSAFE_IN_MEDIA:
            raise TelephonyError(f"播报文件名含有非法字符。Asterisk cannot use this media path: {order.announcement!r}")
        ring = max(1, round(order.ring_seconds))
        shown = caller_id(order.caller_name, order.caller_number)
        params = attempt_params(order.attempt_id, "escalation-answered", shown, ring)
        variables = {
            "ATT_NUMBER": order.number,
            "ATT_WAY": order.way,
            "ATT_RING": str(ring),
            "ATT_SAY": order.announcement.removeprefix("sound:"),
            "ATT_VIA": order.via,
        }
        if order.starts_in > 0:
            if self.clock_offset is None:
                await asyncio.sleep(order.starts_in)  # what its clock says is not known yet: we wait ourselves
            else:
                variables["ATT_FROM"] = f"{time.time() + self.clock_offset + order.starts_in:.3f}"
        if order.good_for is not None and self.clock_offset is not None:
            variables["ATT_UNTIL"] = str(math.ceil(time.time() + self.clock_offset + order.good_for + LATE_GRACE))
        answer = await self._ari.request("POST", "channels", params, {"variables": variables})
        if answer.status != 409:  # it lives already
            _done(answer, "dial attempt")
        # Its ringing and its end are told to us alone; that it was picked up is told to everybody, by the dialplan.
        self._followed.append(order.attempt_id)
        source = {"eventSource": f"channel:{order.attempt_id}"}
        answer = await self._ari.request("POST", f"applications/{self._ari.app}/subscription", source)
        if answer.status != 422:  # it is over already; AMI tells how
            _done_or_gone(answer, "subscribe")
        # Between order and subscription it may have begun to ring, and that is told once.
        answer = await self._ari.request("GET", f"channels/{_q(order.attempt_id)}")
        return answer.ok and answer.body.get("state") == "Ringing"

    async def void_attempt(self, attempt_id: str) -> None:
        """Have an attempt marked as never to be dialled (escalation-void); returns when the dialplan is done."""
        if not ATTEMPT_ID.fullmatch(attempt_id):
            raise TelephonyError(f"编号无效。Not a valid id: {attempt_id!r}")
        channel = f"{attempt_id}-void"
        params = {
            "endpoint": f"Local/{attempt_id}@escalation-void/n",
            "context": "escalation-answered",
            "extension": "void",
            "priority": "1",
            "timeout": str(round(VOID_SECONDS)),
            "channelId": channel,
            "otherChannelId": f"{channel}{FAR_HALF}",
        }
        answer = await self._ari.request("POST", "channels", params)
        if answer.status != 409:  # it is being done already
            _done(answer, "void attempt")
        loop = asyncio.get_running_loop()
        until = loop.time() + VOID_SECONDS
        while (await self._ari.request("GET", f"channels/{_q(channel)}")).status != 404:
            if loop.time() > until:
                raise TelephonyError("作废没有完成。Voiding the attempt did not end.", retryable=True)
            await asyncio.sleep(VOID_LOOK)

    def clock_is(self, offset: float) -> None:
        """Told how many seconds this Asterisk's clock is ahead of ours."""
        self.clock_offset = offset

    def learn(self, what: str, node: str) -> None:
        """Everything is at this one node."""

    async def node_started_at(self, of: str = "") -> float:
        """When this Asterisk started, in seconds since 1970."""
        answer = await self._ari.request("GET", "asterisk/info", {"only": "status"})
        _done(answer, "asterisk info")
        return datetime.fromisoformat(str(answer.body["status"]["startup_time"])).timestamp()

    async def create_bridge(self, bridge_id: str) -> None:
        """Make a mixing bridge; one that is there already is fine.

        It mixes from the beginning (video_sfu says so; there is no video): whom the ladder called falls silent both ways when a
        bridge that hands frames on between two becomes one that mixes, be it for a third party or for the recorder (seen on
        22.10, with Local channels). Keys are heard in it.
        """
        params = {"type": "mixing,dtmf_events,proxy_media,video_sfu"}
        answer = await self._ari.request("POST", f"bridges/{_q(bridge_id)}", params)
        if answer.status != 409:
            _done(answer, "create bridge")

    async def bridge(self, bridge_id: str, channel_ids: Sequence[str]) -> None:
        """Put legs into a bridge; legs that are not in Stasis yet are waited for, and those that are in it are left alone."""
        there = await self._ari.request("GET", f"bridges/{_q(bridge_id)}")
        inside = set(there.body["channels"]) if there.ok else set()
        missing = [channel_id for channel_id in channel_ids if channel_id not in inside]
        if not missing:
            return
        params = {"channel": ",".join(missing)}
        _done(await self._order("POST", f"bridges/{_q(bridge_id)}/addChannel", params), "bridge")

    async def unbridge(self, bridge_id: str, channel_id: str) -> None:
        """Take a leg out of a bridge; one that is not in it is fine."""
        answer = await self._ari.request("POST", f"bridges/{_q(bridge_id)}/removeChannel", {"channel": channel_id})
        if answer.status not in (400, 422):  # 400: no such channel; 422: it is not in this bridge
            _done_or_gone(answer, "unbridge")

    async def destroy_bridge(self, bridge_id: str) -> None:
        """Remove a bridge; its legs stay in Stasis."""
        _done_or_gone(await self._ari.request("DELETE", f"bridges/{_q(bridge_id)}"), "destroy bridge")

    async def play(self, channel_id: str, playback_id: str, media: Sequence[str]) -> None:
        """Play one after the other; ``PlaybackFinished`` tells the end."""
        path = f"channels/{_q(channel_id)}/play/{_q(playback_id)}"
        # Each medium is one query field: a path may hold anything but a comma.
        _done(await self._order("POST", path, {"media": ",".join(media)}), "play")

    async def stop_playback(self, playback_id: str) -> None:
        """Stop a playback; one that has ended is fine.

        Asterisk stops only the medium that sounds and goes on with the next one: it is told until it is over.
        """
        path = f"playbacks/{_q(playback_id)}"
        for pause in (*PAUSES, *PAUSES[-1:] * 10):
            answer = await self._ari.request("DELETE", path)
            if answer.status == 404:
                return
            _done_or_gone(answer, "stop playback")
            await asyncio.sleep(pause)

    async def play_bridge(self, bridge_id: str, playback_id: str, media: str) -> None:
        """Everybody in the bridge hears this, until it is stopped or over; one that plays already is left alone."""
        answer = await self._ari.request("POST", f"bridges/{_q(bridge_id)}/play/{_q(playback_id)}", {"media": media})
        if answer.status != 409:
            _done(answer, "play to bridge")

    async def send_digits(self, channel_id: str, digits: str) -> None:
        """Keys (0-9, *, #, A-D) to the other end of a leg."""
        params = {"dtmf": digits, "duration": "120", "between": "120"}
        _done(await self._order("POST", f"channels/{_q(channel_id)}/dtmf", params), "digits")

    async def snoop(self, channel_id: str, snoop_id: str, *, whisper: bool) -> None:
        """A channel that hears both sides of ``channel_id``, and with ``whisper`` is heard by whoever holds that phone.

        One of that id that lives already is fine. It enters our app.
        """
        params = {"spy": "both", "whisper": "out" if whisper else "none", "app": self._ari.app, "appArgs": "snoop"}
        answer = await self._ari.request("POST", f"channels/{_q(channel_id)}/snoop/{_q(snoop_id)}", params)
        if answer.status != 409:
            _done(answer, "snoop")

    async def start_music(self, channel_id: str) -> None:
        """Let a waiting caller hear music."""
        _done(await self._order("POST", f"channels/{_q(channel_id)}/moh"), "music")

    async def stop_music(self, channel_id: str) -> None:
        """End the music."""
        answer = await self._ari.request("DELETE", f"channels/{_q(channel_id)}/moh")
        if answer.status != 409:
            _done_or_gone(answer, "stop music")

    async def record_bridge(self, bridge_id: str, name: str) -> None:
        """Record a bridge as WAV; asking again for the same name is fine."""
        params = {"name": name, "format": "wav", "ifExists": "fail"}
        answer = await self._ari.request("POST", f"bridges/{_q(bridge_id)}/record", params)
        if answer.status == 409 and "exists" in answer.message:
            return  # this recording runs or has run: the order was given before
        _done(answer, "record")

    async def fetch_recording(self, name: str) -> AsyncIterator[bytes]:
        """The bytes of a stored recording."""
        pieces = self._ari.download(f"recordings/stored/{_q(name)}/file")
        async with contextlib.aclosing(pieces):
            try:
                async for piece in pieces:
                    yield piece
            except TelephonyError as error:
                if error.status == 404:
                    raise ChannelGone(f"没有这个录音。There is no such recording: {name}", status=404) from error
                raise

    async def delete_recording(self, name: str) -> None:
        """Delete a recording in Asterisk's folder; one that still runs is stopped and thrown away."""
        _done_or_gone(await self._ari.request("DELETE", f"recordings/live/{_q(name)}"), "discard recording")
        _done_or_gone(await self._ari.request("DELETE", f"recordings/stored/{_q(name)}"), "delete recording")

    async def channels(self, of: str = "") -> list[LiveChannel]:
        """Every channel of this Asterisk, with the app that holds it.

        A claimed channel does not name its app, and neither does one that was moved; the list of apps does, also
        for an app whose instance is gone.
        """
        answer = await self._ari.request("GET", "channels")
        _done(answer, "list channels")
        apps = await self._ari.request("GET", "applications")
        _done(apps, "list applications")
        # Ours last: a call of the ladder may be listed twice, for whoever dialled it follows it until it hears who claimed it.
        ordered = sorted(apps.body, key=lambda app: app["name"] == self._ari.app)
        holders = {str(channel): str(app["name"]) for app in ordered for channel in app["channel_ids"]}
        return [_live_channel(row, holders) for row in answer.body]

    async def bridges(self) -> list[LiveBridge]:
        """Every bridge of this Asterisk."""
        answer = await self._ari.request("GET", "bridges")
        _done(answer, "list bridges")
        return [LiveBridge(str(row["id"]), tuple(row["channels"])) for row in answer.body]

    async def hand_back(self, channel_id: str, context: str = "arrive") -> None:
        """Give a claimed call back to the dialplan: ``rescue`` of ``arrive`` serves a caller in safe mode, that of
        ``escalation-answered`` asks somebody whom the ladder called for a key."""
        params = {"context": context, "extension": "rescue", "priority": "1"}
        _done_or_gone(await self._order("POST", f"channels/{_q(channel_id)}/continue", params), "hand back")

    async def move(self, channel_id: str, app: str, args: Sequence[str] = (), leaving: str | None = None) -> None:
        """Hand a channel in Stasis to an app; ``StasisStart`` follows there. ``leaving``: the app that had it follows it no more.

        An app that has dialled a call of the ladder has subscribed to it, and would be listed as its holder for ever.
        """
        params = {"app": app, "appArgs": _arguments(args)}
        _done(await self._order("POST", f"channels/{_q(channel_id)}/move", params), "move")
        if leaving is not None and leaving != app:
            source = {"eventSource": f"channel:{channel_id}"}
            answer = await self._ari.request("DELETE", f"applications/{_q(leaving)}/subscription", source)
            if answer.status != 422:  # it was not subscribed
                _done_or_gone(answer, "unsubscribe")

    async def _order(self, method: str, path: str, params: Mapping[str, str] | None = None) -> Answer:
        """An order for a leg that may not be in Stasis yet, or may be busy: it goes apart from the others."""
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE
        tries = 0
        while True:
            answer = await self._ari.request(method, path, params, apart=True)
            if answer.status not in NOT_YET or loop.time() > until:
                return answer
            await asyncio.sleep(PAUSES[min(tries, len(PAUSES) - 1)])
            tries += 1


def attempt_params(attempt_id: str, answered: str, shown: str, ring_seconds: int) -> dict[str, str]:
    """What has the dialplan dial as ``escalation-out``; ``answered`` is the context of whoever picks up."""
    return {
        "endpoint": f"Local/{attempt_id}@escalation-out/n",
        "context": answered,
        "extension": "s",
        "priority": "1",
        "callerId": shown,
        "timeout": str(ring_seconds + SPARE_RING),
        "channelId": attempt_id,
        "otherChannelId": f"{attempt_id}{FAR_HALF}",
    }


def caller_id(name: str, number: str) -> str:
    """``"name" <number>`` as Asterisk parses it: what would break out of it is left out."""
    plain = "".join(char for char in name if char.isprintable() and char not in '"\\<>')
    digits = "".join(char for char in number if char in "+*#" or (char.isascii() and char.isalnum()))
    return f'"{plain}" <{digits}>'


def _arguments(args: Sequence[str]) -> str:
    for argument in args:
        if any(char in argument for char in ",\"'\\\n\r"):
            raise TelephonyError(f"参数含有非法字符。An argument holds a character that would split it: {argument!r}")
    return ",".join(args)


def _live_channel(row: dict[str, Any], holders: Mapping[str, str]) -> LiveChannel:
    dialplan = row.get("dialplan") or {}
    channel_id = str(row["id"])
    data = str(dialplan.get("app_data", ""))
    app = holders.get(channel_id)
    dialled = str(dialplan.get("exten", ""))
    args: tuple[str, ...] = ()
    if dialplan.get("app_name") == "StasisBroadcast":
        # "500,^callcenter-,in:<line>:<terminal>", whoever claimed it: the winner's name is not in here.
        args = tuple(data.split(",", 2)[-1].split(":"))
        dialled = args[1] if len(args) > 1 else dialled
    elif dialplan.get("app_name") == "Stasis":
        name, *rest = data.split(",")
        app, args = app or name, tuple(rest)
    return LiveChannel(
        id=channel_id,
        name=str(row.get("name", "")),
        state=str(row.get("state", "")),
        caller=str((row.get("caller") or {}).get("number", "")),
        dialled=dialled,
        app=app,
        app_args=args,
        protocol_id=str(row.get("protocol_id", "")),
    )


def _q(part: str) -> str:
    return quote(part, safe="")


def _done(answer: Answer, what: str) -> bool:
    if answer.ok:
        return True
    said = answer.message
    if answer.status == 404:
        raise ChannelGone(f"对象已不存在。It is gone ({what}): {said}", status=404)
    raise TelephonyError(
        f"Asterisk 拒绝了指令({what}):{answer.status} {said}。Asterisk refused ({what}).",
        retryable=answer.status >= 500 or answer.status in NOT_YET,
        status=answer.status,
    )


def _done_or_gone(answer: Answer, what: str) -> None:
    if answer.status not in (404, 409):
        _done(answer, what)
