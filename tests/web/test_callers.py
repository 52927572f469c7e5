"""Whose address a request counts for: a proxy's word is believed from proxies of ours only."""

from __future__ import annotations

import pytest
from aiohttp import FormData
from aiohttp.test_utils import make_mocked_request
from pydantic import ValidationError

from callcenter.settings import Settings
from callcenter.web import duty_room, uploads
from callcenter.web.callers import address_of
from tests.web.conftest import Centre


class _From:
    """The other end of a connection."""

    def __init__(self, address: str) -> None:
        self.address = address

    def get_extra_info(self, name: str, default: object = None) -> object:
        return (self.address, 4711) if name == "peername" else default

    def is_closing(self) -> bool:
        return False


@pytest.mark.parametrize(
    ("remote", "forwarded", "trusted", "address"),
    [
        ("203.0.113.7", "198.51.100.1", "", "203.0.113.7"),  # nobody is trusted
        ("203.0.113.7", "198.51.100.1", "10.0.0.0/8", "203.0.113.7"),  # not by this one
        ("10.0.0.5", "198.51.100.1", "10.0.0.0/8", "198.51.100.1"),
        ("10.0.0.5", "6.6.6.6, 198.51.100.1", "10.0.0.0/8", "198.51.100.1"),  # what the caller wrote itself
        ("10.0.0.5", "198.51.100.1, 10.0.0.9", "10.0.0.0/8", "198.51.100.1"),  # two proxies
        ("10.0.0.5", "rubbish", "10.0.0.5", "10.0.0.5"),
        ("10.0.0.5", "198.51.100.1:4711", "10.0.0.5", "198.51.100.1"),
        ("::1", "2001:db8::7", "::1", "2001:db8::7"),
        ("::ffff:10.0.0.5", "198.51.100.1", "10.0.0.5", "198.51.100.1"),
        ("10.0.0.5", "10.0.0.6", "10.0.0.0/8", "10.0.0.6"),
        ("10.0.0.5", "", "10.0.0.0/8", "10.0.0.5"),
    ],
)
def test_the_last_address_that_is_no_proxy_of_ours(remote: str, forwarded: str, trusted: str, address: str) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = make_mocked_request("POST", "/api/requests", headers=headers, transport=_From(remote))
    assert address_of(request, trusted) == address


def test_what_is_no_address_is_no_setting() -> None:
    with pytest.raises(ValidationError):
        Settings(_env_file=None, trusted_proxies="the proxy")
    assert Settings(_env_file=None, trusted_proxies="10.0.0.5, 192.168.7.0/24").trusted_proxies


async def test_what_is_too_large_is_called_by_its_name(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (uploads, duty_room):
        monkeypatch.setattr(module, "SIZE_LIMIT", 1024**2)
    scan = "/api/press?newspaper=日报&published_on=2026-11-20&title=报道"
    for user, path, word in (("zeng", scan, "扫描件最大 1 MB"), ("admin", "/api/members/import", "表格文件最大 1 MB")):
        form = FormData()
        form.add_field("file", b"x" * (1024**2 + 1), filename="f", content_type="image/png")
        problem = await (await centre.ask(user, "POST", path, data=form)).json()
        assert (problem["code"], word in problem["remedy_zh"]) == ("too_large", True), problem
    text = await (await centre.ask("zeng", "POST", "/api/messages", json={"text": "x" * 300_000, "hours": 1.0})).json()
    assert text["remedy_zh"] == "请缩短内容。"
