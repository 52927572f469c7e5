"""Which node an order goes to, how phones count over nodes, and how nodes are named and written for each other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from callcenter.settings import Settings
from callcenter.setup.asterisk import render_external
from callcenter.telephony.nodes import Nodes
from callcenter.telephony.ports import AttemptOrder, ContactStatus


class Calls:
    """Writes down what it is told to do."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    async def hang_up(self, channel_id: str, _reason: str) -> None:
        self.told.append(channel_id)

    async def originate(self, _channel_id: str, endpoint: str, **_: Any) -> None:
        self.told.append(endpoint)

    async def dial_attempt(self, order: AttemptOrder) -> bool:
        self.told.append(order.via)
        return True


class Watch:
    def __init__(self, *accounts: str) -> None:
        self._accounts = accounts

    def accounts(self) -> list[str]:
        return list(self._accounts)

    def has(self, account: str) -> bool:
        return account in self._accounts

    def phone(self, account: str) -> ContactStatus | None:
        return ContactStatus(account, registered=True, reachable=True) if self.has(account) else None


class OneNode:
    def __init__(self, name: str, *accounts: str, connected: bool = True) -> None:
        self.name, self.calls, self.watch, self.connected = name, Calls(), Watch(*accounts), connected


def pair(*, connected: bool = True) -> tuple[Nodes, OneNode, OneNode]:
    one, two = OneNode("node1", "8001", connected=connected), OneNode("node2", "8001", "8002", "t1")
    return Nodes([one, two]), one, two  # type: ignore[list-item]


async def test_an_order_goes_to_the_node_that_carries_the_leg() -> None:
    nodes, one, two = pair()
    nodes.learn("leg", "node2")
    for what in ("leg", "say-leg~0", "snoop-listen-leg", "listen-leg", "node2-1700000000.12"):
        assert nodes.of(what) is two, what
    assert nodes.of("nobody told us") is one
    nodes.learn("leg", "node9")  # a node of yesterday's settings
    await nodes.hang_up("leg")
    assert (one.calls.told, two.calls.told) == ([], ["leg"])


def test_new_calls_are_made_at_a_node_that_lives_even_if_it_is_out_of_our_own_reach() -> None:
    nodes, one, two = pair()
    assert nodes.place() == ("node1", frozenset())
    one.connected = False
    assert nodes.place()[0] == "node2"
    nodes.lost, two.connected = frozenset({"node1"}), False
    assert nodes.place() == ("node2", {"node1"}), "another instance hears it, and sends the order again"


async def test_a_phone_is_rung_where_it_is_and_through_the_other_node_where_it_is_not() -> None:
    nodes, one, _ = pair()
    nodes.learn("leg", "node1")

    async def ring(account: str) -> None:
        await nodes.originate("leg", f"PJSIP/{account}", caller_name="", caller_number="", args=(), variables={}, ring_seconds=1)

    await ring("8001")
    await ring("8002")
    await nodes.dial_attempt(AttemptOrder("leg", "t1", "account", 20))
    await nodes.dial_attempt(AttemptOrder("leg", "+8613800000000", "trunk", 20))
    assert one.calls.told == ["PJSIP/8001", "PJSIP/8002@node-node2", "node-node2", ""]
    nodes.lost = frozenset({"node2"})
    await ring("8002")
    assert one.calls.told[-1] == "PJSIP/8002", "there is nobody to ask"
    assert [status.account for status in nodes.phones()] == ["8001"]
    assert not nodes.phone("8002").registered


def test_new_calls_are_made_at_our_own_node_while_it_lives() -> None:
    nodes, _, _ = pair()
    assert nodes.place() == ("node1", frozenset())
    nodes.lost = frozenset({"node1"})
    assert nodes.place() == ("node2", frozenset({"node1"}))
    unreachable, _, _ = pair(connected=False)
    assert unreachable.place()[0] == "node2"


def test_nodes_know_each_other_and_themselves() -> None:
    own = Settings(_env_file=None, node="a", asterisk_host="10.0.0.1", sip_host="10.0.0.1", other_nodes="b=10.0.0.2:1:2:3")
    first, second = own.nodes
    assert first is own
    assert (second.node, second.asterisk_host, second.sip_host, second.asterisk_http_port, second.ami_port, second.sip_port) == (
        "b", "10.0.0.2", "10.0.0.2", 1, 2, 3,
    )  # fmt: skip
    assert second.other_nodes == "a=10.0.0.1:8188:5138:5160"
    assert len(Settings(_env_file=None).nodes) == 1


@pytest.mark.parametrize("text", ["b", "b=", "b=10.0.0.2:1", "B=10.0.0.2", "node1=10.0.0.2", "b=1,b=2", "b=x;y"])
def test_nodes_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(ValidationError, match=r"节点|other_nodes"):
        Settings(_env_file=None, other_nodes=text)


def test_each_node_proves_to_the_other_who_it_is(settings: Settings, tmp_path: Path) -> None:
    secret = {"ari_password": SecretStr("x"), "ami_password": SecretStr("y"), "other_nodes": "node2=127.0.0.1:1:2:3"}
    first, second = settings.model_copy(update=secret).nodes
    texts = []
    for one in (first, second):
        render_external(one, tmp_path / one.node)
        texts.append((tmp_path / one.node / "instance/nodes.conf").read_text())
    assert "contact = sip:127.0.0.1:3\n" in texts[0]
    assert f"contact = sip:127.0.0.1:{settings.sip_port}\n" in texts[1]
    password = f"password = {first.node_password()}\n"
    assert all(text.count(password) == 2 for text in texts)
    assert "[node-node2]" in texts[0]
    assert "from_user = node-node1" in texts[0]
    assert "username = node-node1\n" in texts[1]
