"""Which line is which event, whom it concerns, how it is signed, and where no message goes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from pathlib import Path
from typing import Any

import pytest

from callcenter.domain.announced import EVENTS, PAUSES, check_url, events_of, is_public, sign, wants
from callcenter.domain.errors import Refused

MOVED = {"receipt": [{"rule": "R-0", "ok": True, "from": "open", "to": "closed"}]}
TALKS = {"receipt": [{"rule": "R-0", "ok": True, "from": "waiting", "to": "talking"}]}


@pytest.mark.parametrize(
    ("kind", "seq", "data", "events"),
    [
        ("arrived", 1, {"receipt": [{"rule": "R-0", "from": None, "to": "waiting"}]}, ("case.opened",)),
        ("announced", 5, {}, ()),
        ("answered", 6, TALKS, ("case.changed",)),
        ("closed", 9, MOVED, ("case.closed",)),
        ("reclassified", 9, {"receipt": [{"rule": "R-3", "ok": True}]}, ("case.changed",)),
        ("policy_frozen", 2, {}, ("escalation.started",)),
        ("rung_started", 3, {"rung": 1}, ("escalation.rung",)),
        ("acknowledged", 7, {}, ("escalation.acknowledged",)),
        ("exhausted", 8, {}, ("escalation.exhausted",)),
        ("ladder_ended", 9, {}, ("escalation.resolved",)),
        ("order_completed", 12, {}, ("order.completed",)),
        ("follow_up_taken", 13, {}, ("follow_up.taken",)),
        ("followed_up", 14, {}, ("follow_up.done",)),
    ],
)
def test_a_line_is_an_event(kind: str, seq: int, data: dict[str, object], events: tuple[str, ...]) -> None:
    assert events_of(kind, seq, data) == events
    assert all(wants(EVENTS, event) for event in events), "a subscription to all is told of it"


def test_a_subscription_is_told_what_it_asked_for() -> None:
    assert wants(["order.*"], "order.completed")
    assert not wants(["order.*"], "case.opened")
    assert wants(["case.opened"], "case.opened")
    assert not wants([], "case.opened")
    assert wants([], "test.ping")


def test_the_signature_is_that_of_standard_webhooks() -> None:
    secret = "whsec_" + base64.b64encode(b"k" * 32).decode()
    expected = base64.b64encode(hmac.digest(b"k" * 32, b"msg_1.1700000000.{}", hashlib.sha256)).decode()
    assert sign([secret], "msg_1", 1_700_000_000, "{}") == f"v1,{expected}"
    assert len(sign([secret, secret], "msg_1", 1, "{}").split()) == 2, "the old secret beside the new one"
    # The example of the specification.
    example = sign(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}')
    assert example == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_tries_go_on_for_days_with_growing_pauses() -> None:
    assert list(PAUSES) == sorted(PAUSES)
    assert sum(PAUSES) > 3 * 86_400


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - it is refused
        "224.0.0.1", "255.255.255.255",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
        "2002:7f00:1::",         "2001:0:1::", "ff02::1", "rubbish", "",
    ],
)  # fmt: skip
def test_addresses_inside(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "2606:4700:4700::1111"])
def test_addresses_outside(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://receiver.example/x", None),
        ("https://receiver.example:8443/x?y=1", None),
        ("http://receiver.example/x", "bad_webhook_url"),
        ("ftp://receiver.example/x", "bad_webhook_url"),
        ("https://user:word@receiver.example/", "bad_webhook_url"),
        ("https:///x", "bad_webhook_url"),
        ("https://[::1", "bad_webhook_url"),
        ("https://x:99999/", "bad_webhook_url"),
        ("https://" + "x" * 600, "bad_webhook_url"),
        ("https://127.0.0.1/x", "private_address"),
        ("https://[::1]/x", "private_address"),
        ("https://localhost/x", "private_address"),
        ("https://169.254.169.254/latest/meta-data", "private_address"),
    ],
)
def test_urls(url: str, code: str | None) -> None:
    if code is None:
        assert check_url(url, private=False) == url
        return
    with pytest.raises(Refused) as refused:
        check_url(url, private=False)
    assert refused.value.code == code
    if code == "private_address":
        assert check_url(url, private=True) == url


def test_the_example_of_the_documentation_verifies_it() -> None:
    text = (Path(__file__).parents[2] / "docs" / "connections.md").read_text()
    example: dict[str, Any] = {}
    exec(text.split("```python\n")[1].split("```")[0], example)  # noqa: S102 - it is ours
    secret, now, body = "whsec_" + base64.b64encode(b"k" * 32).decode(), int(time.time()), '{"type":"test.ping"}'
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(now), "webhook-signature": sign([secret], "msg_1", now, body)}
    example["verify"](secret, headers, body.encode())
    for wrong in ({"webhook-id": "msg_2"}, {"webhook-timestamp": str(now - 1)}):
        with pytest.raises(ValueError):
            example["verify"](secret, headers | wrong, body.encode())
