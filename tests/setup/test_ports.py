"""A taken port is told with its number, its setting and its holder."""

from __future__ import annotations

import os
import socket

import pytest

from callcenter.settings import Settings
from callcenter.setup.errors import SetupError
from callcenter.setup.ports import Port, asterisk_ports, holder_of, require_free


@pytest.mark.parametrize(("kind", "protocol"), [(socket.SOCK_STREAM, "tcp"), (socket.SOCK_DGRAM, "udp")])
def test_it_names_port_setting_and_holder(kind: socket.SocketKind, protocol: str) -> None:
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", 0))
        if protocol == "tcp":
            taken.listen()
        number = taken.getsockname()[1]
        port = Port("SIP", "CALLCENTER_SIP_PORT", protocol, "127.0.0.1", number)
        with pytest.raises(SetupError) as caught:
            require_free([port])
        for sentence in (caught.value.chinese, caught.value.english):
            assert f"{protocol.upper()} 127.0.0.1:{number}" in sentence
            assert "CALLCENTER_SIP_PORT" in sentence
            assert str(os.getpid()) in sentence
    require_free([port])
    assert holder_of(number, protocol) is None


def test_an_address_that_is_not_ours() -> None:
    with pytest.raises(SetupError, match=r"203\.0\.113\.1"):
        require_free([Port("console", "CALLCENTER_HTTP_PORT", "tcp", "203.0.113.1", 8080)])


def test_connections_that_are_ending_hold_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", number)), server.accept()[0] as accepted:
            accepted.shutdown(socket.SHUT_RDWR)
    require_free([Port("console", "CALLCENTER_HTTP_PORT", "tcp", "127.0.0.1", number)])


def test_an_external_asterisk_has_its_own_ports() -> None:
    assert asterisk_ports(Settings(_env_file=None, asterisk="external")) == []
    assert len(asterisk_ports(Settings(_env_file=None, asterisk="private"))) == 4
