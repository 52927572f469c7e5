"""Sound over RTP in Python: sends a tone or a file, measures which tone is heard. Proves audio by what is in it."""

from __future__ import annotations

import asyncio
import bisect
import contextlib
import math
import random
import struct
import wave
from array import array
from collections import deque
from pathlib import Path

RATE = 8000
FRAME = 160  # samples in 20 ms
FRAME_SECONDS = 0.02
PCMA = 8
KEYS = "0123456789*#ABCD"  # the place is the event's number (RFC 4733)
KEY_FRAMES, KEY_ENDS, KEY_GAP = 8, 3, 4  # a key sounds 160 ms, its end is told three times, then 80 ms of nothing
LOUDNESS = 8000  # of 32767
WINDOW = 15  # frames (0.3 s) that are listened to at once
LEAST_SHARE = 0.6  # part of the loudness that must be in the tone for it to be heard
LEAST_LOUDNESS = 500.0


def _decode(code: int) -> int:
    code ^= 0x55
    exponent = (code >> 4) & 7
    value = ((code & 0x0F) << 4) + 8
    if exponent:
        value = (value + 0x100) << (exponent - 1)
    return value if code & 0x80 else -value


DECODED = [_decode(code) for code in range(256)]
_BY_VALUE = sorted(range(256), key=DECODED.__getitem__)
_VALUES = [DECODED[code] for code in _BY_VALUE]
SILENCE = bytes([0xD5]) * FRAME


def encode(samples: array[int] | list[int]) -> bytes:
    """16 bit samples as A-law: for each the code whose value is nearest."""
    out = bytearray()
    for sample in samples:
        right = min(bisect.bisect_left(_VALUES, sample), 255)
        left = max(right - 1, 0)
        nearer = left if sample - _VALUES[left] < _VALUES[right] - sample else right
        out.append(_BY_VALUE[nearer])
    return bytes(out)


def tone_frames(frequency: int) -> list[bytes]:
    """One second of a tone; a whole number of hertz repeats without a click."""
    samples = [round(LOUDNESS * math.sin(2 * math.pi * frequency * i / RATE)) for i in range(RATE)]
    return _frames(encode(samples))


def file_frames(path: Path) -> list[bytes]:
    """An 8 kHz 16 bit mono WAV."""
    with wave.open(str(path), "rb") as sound:
        samples = array("h", sound.readframes(sound.getnframes()))
    return _frames(encode(samples))


def _frames(coded: bytes) -> list[bytes]:
    whole = [coded[at : at + FRAME] for at in range(0, len(coded), FRAME)]
    return [frame.ljust(FRAME, b"\xd5") for frame in whole]


def tone_share(payload: bytes, frequency: int) -> tuple[float, float]:
    """How much of the sound is this tone (0-1), and how loud the sound is (root mean square)."""
    samples = [DECODED[code] for code in payload]
    count = len(samples)
    energy = sum(value * value for value in samples)
    if not count or not energy:
        return 0.0, 0.0
    # Goertzel: one bin of a Fourier transform.
    factor = 2 * math.cos(2 * math.pi * frequency / RATE)
    before = last = 0.0
    for value in samples:
        before, last = last, value + factor * last - before
    power = last * last + before * before - factor * last * before
    return 2 * power / (count * energy), math.sqrt(energy / count)


def _is_loud(sound: bytes) -> bool:
    """Whether a frame holds more than silence: a few of its samples tell."""
    return any(abs(DECODED[code]) > LEAST_LOUDNESS for code in sound[::8])


def _key_packets(digit: str, payload_type: int, stamp: int) -> deque[tuple[int, int, bytes]]:
    """The packets of one key: all bear the time of its beginning, and the first is marked."""
    event = KEYS.index(digit)
    lengths = [FRAME * (count + 1) for count in range(KEY_FRAMES)]
    whole = lengths[-1]
    packets = [(payload_type, stamp, struct.pack("!BBH", event, 10, length)) for length in lengths]
    packets[0] = (payload_type | 0x80, *packets[0][1:])
    packets += [(payload_type, stamp, struct.pack("!BBH", event, 0x80 | 10, whole))] * KEY_ENDS
    after = stamp + whole + FRAME * KEY_ENDS
    return deque(packets + [(PCMA, after + FRAME * count, SILENCE) for count in range(KEY_GAP)])


class RtpPeer(asyncio.DatagramProtocol):
    """One end of a conversation: sends what it is given to ``remote``, keeps the last moments it heard."""

    def __init__(self) -> None:
        self.received = 0
        self.sent = 0
        self.loud = 0
        """Frames that held more than silence: what a voice is known by."""
        self.key_type = 101
        """Payload type of keys, as the other side offered it."""
        self.keys_heard = ""
        """The keys that were sent to us, in their order."""
        self._key_at = -1  # all packets of one key bear the time of its beginning
        self.address: tuple[str, int] = ("", 0)
        self.remote: tuple[str, int] | None = None
        self._heard: deque[bytes] = deque(maxlen=WINDOW)
        self._packet = asyncio.Event()
        self._transport: asyncio.DatagramTransport | None = None
        self._sender: asyncio.Task[None] | None = None
        self._keys: deque[str] = deque()
        # One stream for as long as the peer lives, whatever sounds in it: a telephone does not begin anew to say something else.
        self._source, self._number, self._stamp = random.getrandbits(32), random.getrandbits(15), 0

    @classmethod
    async def open(cls, host: str = "127.0.0.1") -> RtpPeer:
        """A peer on a free port of ``host``."""
        loop = asyncio.get_running_loop()
        transport, peer = await loop.create_datagram_endpoint(cls, local_addr=(host, 0))
        peer._transport = transport
        peer.address = transport.get_extra_info("sockname")[:2]
        return peer

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Keep A-law sound; anything else (comfort noise, keys) is only counted."""
        if len(data) < 12 or data[0] >> 6 != 2:
            return
        self.received += 1
        if data[1] & 0x7F == PCMA:
            sound = data[12 + 4 * (data[0] & 0x0F) :]
            self._heard.append(sound)
            self.loud += _is_loud(sound)
        elif data[1] & 0x7F == self.key_type and len(data) >= 16 and data[12] < len(KEYS):
            began = int.from_bytes(data[4:8], "big")
            if began != self._key_at:
                self._key_at = began
                self.keys_heard += KEYS[data[12]]
        self._packet.set()

    def play(self, frames: list[bytes], remote: tuple[str, int], *, repeat: bool = True) -> None:
        """Send these frames, one every 20 ms, from now on."""
        self.remote = remote
        if self._sender is not None:
            self._sender.cancel()
        self._sender = asyncio.create_task(self._send(frames, repeat), name="rtp")

    async def _send(self, frames: list[bytes], repeat: bool) -> None:
        assert self._transport is not None
        loop = asyncio.get_running_loop()
        due, index = loop.time(), 0
        key: deque[tuple[int, int, bytes]] = deque()  # what is left of a key: its first byte, its time, its event
        while repeat or index < len(frames):
            if self._keys and not key:
                key = _key_packets(self._keys.popleft(), self.key_type, self._stamp)
            kind, stamp, sound = key.popleft() if key else (PCMA, self._stamp, frames[index % len(frames)])
            header = struct.pack("!BBHII", 0x80, kind, self._number & 0xFFFF, stamp & 0xFFFFFFFF, self._source)
            self._transport.sendto(header + sound, self.remote)
            self.sent += 1
            self._stamp, self._number = self._stamp + FRAME, self._number + 1
            index, due = index + 1, due + FRAME_SECONDS
            await asyncio.sleep(max(0.0, due - loop.time()))

    def press(self, digit: str) -> None:
        """Press a key: sent as an event (RFC 4733) in the stream that is being played."""
        if digit not in KEYS:
            raise ValueError(f"no such key: {digit!r}")
        self._keys.append(digit)

    def hears_now(self, frequency: int) -> bool:
        """Whether the last moments were this tone."""
        if len(self._heard) < WINDOW:
            return False
        share, loudness = tone_share(b"".join(self._heard), frequency)
        return share >= LEAST_SHARE and loudness >= LEAST_LOUDNESS

    def loudness(self) -> float:
        """How loud the last moments were (root mean square)."""
        return tone_share(b"".join(self._heard), 1000)[1]

    async def hears(self, frequency: int, timeout: float = 5.0) -> None:
        """Wait until this tone is heard; AssertionError after the deadline."""
        seen = -WINDOW
        try:
            async with asyncio.timeout(timeout):
                while True:
                    if self.received - seen >= 5 and self.hears_now(frequency):
                        return
                    seen = self.received if self.received - seen >= 5 else seen
                    self._packet.clear()
                    await self._packet.wait()
        except TimeoutError:
            raise AssertionError(
                f"{frequency} Hz was not heard within {timeout:g} s ({self.received} packets, loudness {self.loudness():.0f})"
            ) from None

    async def gets_keys(self, keys: str, timeout: float = 5.0) -> None:
        """Wait until exactly these keys have come; AssertionError after the deadline."""
        try:
            async with asyncio.timeout(timeout):
                while self.keys_heard != keys:
                    self._packet.clear()
                    await self._packet.wait()
        except TimeoutError:
            raise AssertionError(f"not {keys} but {self.keys_heard!r} within {timeout:g} s") from None

    async def hears_voice(self, timeout: float = 5.0) -> None:
        """Wait until anything loud is heard, an announcement for instance; AssertionError after the deadline."""
        try:
            async with asyncio.timeout(timeout):
                while self.loudness() < LEAST_LOUDNESS:
                    self._packet.clear()
                    await self._packet.wait()
        except TimeoutError:
            raise AssertionError(f"nothing was heard within {timeout:g} s ({self.received} packets)") from None

    async def silent(self, timeout: float = 2.0, quiet: float = 0.5) -> None:
        """Wait until no packet has come for ``quiet`` seconds; AssertionError after the deadline."""
        async with asyncio.timeout(timeout):
            while True:
                self._packet.clear()
                try:
                    await asyncio.wait_for(self._packet.wait(), quiet)
                except TimeoutError:
                    return

    def mute(self) -> None:
        """Send nothing more, as when the power fails; what comes is still heard."""
        if self._sender is not None:
            self._sender.cancel()

    async def close(self) -> None:
        """Stop sending and give the port back."""
        if self._sender is not None:
            self._sender.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sender
        if self._transport is not None:
            self._transport.close()
