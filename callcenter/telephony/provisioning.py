"""Seats and terminals as SIP accounts, put straight into Asterisk's own database: no restart, no second database.

They survive a restart of Asterisk and work while the service is away, which is what safe mode stands on.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any
from urllib.parse import quote

from callcenter.settings import Settings
from callcenter.telephony.ari import AriConnection
from callcenter.telephony.calls import caller_id
from callcenter.telephony.ports import SipAccount, TelephonyError

KINDS = ("endpoint", "aor", "auth")  # an endpoint names the other two: it goes last in, first out
ACCOUNT = re.compile(r"[0-9A-Za-z]+(-[0-9A-Za-z]+)?")
CONTEXTS = frozenset({"from-seat", "from-terminal"})
QUALIFY_SEATS = 15  # seconds between two questions whether a seat's phone is still there
QUALIFY_TERMINALS = 60
FORGET_CONTACT_SEAT = 300  # longest registration, seconds
REALM = "asterisk"


class AriProvisioning:
    """``ports.Provisioning`` on a real Asterisk."""

    def __init__(self, connection: AriConnection, settings: Settings) -> None:
        self._ari = connection
        self._settings = settings

    async def put_account(self, account: SipAccount) -> None:
        """Create or replace an account. A phone that is registered stays registered."""
        if account.context not in CONTEXTS:
            raise TelephonyError(f"未知的拨号上下文。Unknown context: {account.context}")
        if not ACCOUNT.fullmatch(account.id):
            raise TelephonyError(f"账号只能含字母、数字和连字符。An account has letters, digits and hyphens only: {account.id}")
        await self._put("auth", account.id, auth_fields(account))
        await self._put("aor", account.id, aor_fields(account))
        await self._put("endpoint", account.id, self.endpoint_fields(account))

    async def remove_account(self, account_id: str) -> None:
        """Remove an account; one that is gone is fine."""
        for kind in KINDS:
            answer = await self._ari.request("DELETE", _path(kind, account_id))
            if not answer.ok and answer.status != 404:
                raise TelephonyError(f"删除账号失败。Removing the account failed ({kind}): {answer.message}", status=answer.status)

    async def _put(self, kind: str, account_id: str, fields: dict[str, str]) -> None:
        body = {"fields": [{"attribute": name, "value": value} for name, value in fields.items()]}
        answer = await self._ari.request("PUT", _path(kind, account_id), body=body)
        if not answer.ok:
            raise TelephonyError(
                f"写入账号失败。Writing the account failed ({kind}): {answer.message}",
                retryable=answer.status >= 500,
                status=answer.status,
            )

    def endpoint_fields(self, account: SipAccount) -> dict[str, Any]:
        """What the account may do and how it speaks."""
        fields = {
            "context": account.context,
            "auth": account.id,
            "aors": account.id,
            # The name in the From header, proven by the password; never the address.
            "identify_by": "username,auth_username",
            "callerid": caller_id(account.display, account.id),
            "disallow": "all",
            "allow": "opus,alaw,ulaw,g722" if account.webrtc else "alaw,ulaw,g722,opus",
            "direct_media": "no",
            "rtp_symmetric": "yes",
            "force_rport": "yes",
            "rewrite_contact": "yes",
            "dtmf_mode": "auto",
            "timers": "yes",
            "allow_subscribe": "no",
            "allow_transfer": "no",
            "send_pai": "yes",
            "trust_id_inbound": "no",
            "device_state_busy_at": "1",
        }
        if account.context == "from-seat":
            # A phone that lost power says no goodbye: its silence ends the leg (cause 44), and the caller is offered anew.
            fields["rtp_timeout"] = str(self._settings.audio_lost_seconds)
        if account.webrtc:
            # rtcp_mux, ICE and DTLS-SRTP with a certificate made for each call. The browser's address is found by ICE.
            fields |= {"webrtc": "yes", "dtls_auto_generate_cert": "yes"}
        elif self._settings.sip_host not in ("0.0.0.0", "::"):  # noqa: S104 - compared with, not listened on
            fields |= {"media_address": self._settings.sip_host, "bind_rtp_to_media_address": "yes"}
        return fields


def auth_fields(account: SipAccount) -> dict[str, str]:
    """The password as a digest, so that Asterisk's database holds no password in the clear."""
    digest = hashlib.md5(f"{account.id}:{REALM}:{account.password}".encode(), usedforsecurity=False)
    return {
        "auth_type": "md5",
        "username": account.id,
        "realm": REALM,
        "md5_cred": digest.hexdigest(),
    }


def aor_fields(account: SipAccount) -> dict[str, str]:
    """Where the account's phone is: one, and the newest registration is it.

    With two, only the first would ring, and that may be the one that lost its power.
    """
    terminal = account.context == "from-terminal"
    return {
        "max_contacts": "1",
        "remove_existing": "yes",
        "remove_unavailable": "yes",
        "qualify_frequency": str(QUALIFY_TERMINALS if terminal else QUALIFY_SEATS),
        "qualify_timeout": "3",
        "minimum_expiration": "30",
        "default_expiration": "120",
        "maximum_expiration": "3600" if terminal else str(FORGET_CONTACT_SEAT),
        "support_path": "no",
    }


def _path(kind: str, account_id: str) -> str:
    return f"asterisk/config/dynamic/res_pjsip/{kind}/{quote(account_id, safe='')}"
