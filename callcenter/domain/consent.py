"""What an elder agrees to, and takes back: versions that stay, the latest counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, get_args

from callcenter.domain.errors import Refused

Kind = Literal["recording", "family", "public_help", "location", "home_entry"]
How = Literal["spoken", "paper", "electronic"]
KINDS: Mapping[Kind, tuple[str, str]] = {
    "recording": ("通话录音", "calls are recorded"),
    "family": ("向家属告知情况", "family is told how it stands"),
    "public_help": ("向110、120、社区提供资料", "110, 120 and the community are given data"),
    "location": ("获取位置", "the location is read"),
    "home_entry": ("紧急时入户(门锁密码、钥匙)", "entering the home in an emergency (door code, key)"),
}
WAYS: Mapping[How, tuple[str, str]] = {
    "spoken": ("口头", "spoken"),
    "paper": ("书面", "on paper"),
    "electronic": ("电子", "electronic"),
}
assert tuple(KINDS) == get_args(Kind)
LATE = timedelta(minutes=5)  # clocks of browsers differ


def check(at: datetime, now: datetime, how: How, *, scan: bool) -> None:
    """What is recorded has happened; who consents on paper may bring the paper. Raises Refused."""
    if at > now + LATE:
        raise Refused(
            "consent_not_yet", "同意的时间不能在将来,没有登记。", "A consent cannot lie in the future; nothing was recorded.",
            remedy_zh="请填写实际的时间。", remedy_en="Say when it was.", status=422,
        )  # fmt: skip
    if scan and how != "paper":
        raise Refused(
            "scan_of_nothing", "只有书面同意才有扫描件,没有登记。", "Only a consent on paper has a scan; nothing was recorded.",
            remedy_zh="请选择“书面”,或去掉扫描件。", remedy_en="Choose “on paper”, or leave the scan away.", status=422,
        )  # fmt: skip
