"""SIP messages as text: just enough for a phone that registers, answers and hangs up."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field

# Short forms of RFC 3261 that a sender may use.
SHORT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length", "c": "content-type"}


@dataclass
class Message:
    """A request (``method`` set) or a response (``status`` set). Header names are lower case; order is kept."""

    method: str = ""
    uri: str = ""
    status: int = 0
    reason: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""

    def get(self, name: str) -> str:
        """The first header of this name, or empty."""
        return next((value for key, value in self.headers if key == name), "")

    def all(self, name: str) -> list[str]:
        """Every header of this name."""
        return [value for key, value in self.headers if key == name]

    @property
    def call_id(self) -> str:
        """What names the call."""
        return self.get("call-id")

    @property
    def cseq(self) -> tuple[int, str]:
        """Number and method of the transaction."""
        number, _, method = self.get("cseq").partition(" ")
        return int(number or 0), method.strip()

    def encode(self) -> bytes:
        """As it goes over the wire."""
        first = f"{self.method} {self.uri} SIP/2.0" if self.method else f"SIP/2.0 {self.status} {self.reason}"
        body = self.body.encode()
        lines = [first, *(f"{name.title()}: {value}" for name, value in self.headers)]
        lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def parse(data: bytes) -> Message | None:
    """A message from the wire; None for anything that is none."""
    head, _, body = data.decode(errors="replace").partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    message = Message(body=body)
    parts = first.split(" ", 2)
    if len(parts) < 3:
        return None
    if parts[0] == "SIP/2.0":
        message.status, message.reason = int(parts[1]), parts[2]
    elif parts[2] == "SIP/2.0":
        message.method, message.uri = parts[0], parts[1]
    else:
        return None
    for line in lines:
        name, colon, value = line.partition(":")
        key = name.strip().lower()
        if colon and key != "content-length":
            message.headers.append((SHORT.get(key, key), value.strip()))
    return message


def respond(request: Message, status: int, reason: str, tag: str = "") -> Message:
    """The answer to a request, with what must be copied from it."""
    answer = Message(status=status, reason=reason)
    for name, value in request.headers:
        if name in ("via", "record-route", "from", "call-id", "cseq"):
            answer.headers.append((name, value))
        elif name == "to":
            answer.headers.append((name, value if not tag or ";tag=" in value else f"{value};tag={tag}"))
    return answer


def authorization(challenge: str, method: str, uri: str, user: str, password: str) -> str:
    """The digest that proves the password (RFC 2617)."""
    given = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge.partition(" ")[2]))
    realm, nonce = given.get("realm", ""), given.get("nonce", "")
    once, count = secrets.token_hex(8), "00000001"
    secret = _md5(f"{user}:{realm}:{password}")
    what = _md5(f"{method}:{uri}")
    fields = {"username": user, "realm": realm, "nonce": nonce, "uri": uri}
    if "qop" in given:
        fields["response"] = _md5(f"{secret}:{nonce}:{count}:{once}:auth:{what}")
    else:
        fields["response"] = _md5(f"{secret}:{nonce}:{what}")
    text = ", ".join(f'{name}="{value}"' for name, value in fields.items())
    if "qop" in given:
        text += f', qop=auth, nc={count}, cnonce="{once}"'
    if "opaque" in given:
        text += f', opaque="{given["opaque"]}"'
    return f"Digest {text}, algorithm=MD5"


def audio_address(sdp: str) -> tuple[str, int] | None:
    """Where the sound of this session description goes."""
    host = re.search(r"^c=IN IP4 ([0-9.]+)", sdp, re.MULTILINE)
    port = re.search(r"^m=audio (\d+)", sdp, re.MULTILINE)
    return (host.group(1), int(port.group(1))) if host and port else None


def key_type(sdp: str) -> int:
    """The payload type of keys in this session description."""
    found = re.search(r"^a=rtpmap:(\d+) telephone-event/8000", sdp, re.MULTILINE)
    return int(found.group(1)) if found else 101


def party(header: str) -> tuple[str, str]:
    """Name and number of a From or To header."""
    found = re.match(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^<"]*))\s*<?sips?:([^@;>]*)', header)
    if found is None:
        return "", ""
    return (found.group(1) or found.group(2) or "").strip(), found.group(3)


def audio_offer(host: str, port: int, keys: int = 101) -> str:
    """A session description: A-law and keys, both ways."""
    return "\r\n".join(
        [
            "v=0", f"o=phone 1 1 IN IP4 {host}", "s=-", f"c=IN IP4 {host}", "t=0 0",
            f"m=audio {port} RTP/AVP 8 {keys}", "a=rtpmap:8 PCMA/8000", f"a=rtpmap:{keys} telephone-event/8000",
            "a=ptime:20", "a=sendrecv", "",
        ]
    )  # fmt: skip


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
