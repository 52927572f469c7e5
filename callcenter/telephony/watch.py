"""What only AMI tells: which phones are there, who tries passwords, and what safe mode needs and did."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Literal
from urllib.parse import unquote

import structlog

from callcenter.settings import Settings
from callcenter.telephony.ami import AmiConnection, AmiEvent
from callcenter.telephony.ports import (
    FAR_HALF,
    AttemptEvidence,
    AttemptOver,
    CallPlaced,
    CallSeen,
    ContactStatus,
    SafeModeAttemptRecord,
    SafeModeContact,
    SafeModeLine,
    SafeModeRecord,
    SecurityWarning,
    TelephonyError,
)

LIST_TIMEOUT = 20.0  # seconds for lists that grow with the centre: a city has 100,000 terminals
EMERGENCY_QUEUE = "safe-emergency"
LIFE_HELP_QUEUE = "safe-life-help"
TRUNKS = ("trunk", "drill")
NODES = "node-"  # endpoints of the trunks between nodes begin so
VOID = "void:"  # before the moment of a mark: it is never to be dialled
WATCHDOG = "watchdog-"
_FIRST = re.compile(r"[,|]")
ATTEMPT_FAMILIES = ("attempt", "attempt-end", "attempt-key")
# "Unknown": it has just registered, and so it has just spoken; it has not been asked yet.
REACHABLE = frozenset({"Reachable", "NonQualified", "NonQual", "Avail", "Unknown"})
UNSAFE = frozenset(",;&|${}[]()\"'\\^`\n\r\t ")  # what would mean something in the dialplan
# Events of Asterisk's security log that mean trouble. Successes and challenges are ordinary.
WARNINGS = frozenset(
    {
        "FailedACL", "InvalidAccountID", "SessionLimit", "MemoryLimit", "LoadAverageLimit", "RequestNotSupported",
        "RequestNotAllowed", "AuthMethodNotAllowed", "RequestBadFormat", "UnexpectedAddress",
        "ChallengeResponseFailed", "InvalidPassword", "InvalidTransport",
    }
)  # fmt: skip

log = structlog.get_logger(__name__)

SafeModeStep = Literal["arrived", "answered", "unanswered", "promised", "ended", "attempt", "walked"]


def _ignore(*_: object) -> None:
    return None


class AmiWatch:
    """``ports.Watch`` on a real Asterisk. The callbacks run in order and must only enqueue."""

    def __init__(
        self,
        settings: Settings,
        *,
        on_contact: Callable[[ContactStatus], None] = _ignore,
        on_security: Callable[[SecurityWarning], None] = _ignore,
        on_safe_mode: Callable[[str, str], None] = _ignore,
        on_attempt: Callable[[AttemptOver], None] = _ignore,
    ) -> None:
        """``on_safe_mode(step, channel_id)``: the dialplan serves a call; see SafeModeStep."""
        self._on_contact, self._on_security, self._on_safe_mode = on_contact, on_security, on_safe_mode
        self._on_attempt = on_attempt
        self._phones: dict[str, dict[str, ContactStatus]] = {}
        self._hearing: list[set[str]] = []
        """For each list that is on its way: the accounts of which something was told meanwhile."""
        self.ami = AmiConnection(settings, on_event=self._event)

    @property
    def connected(self) -> bool:
        """Whether we are logged in."""
        return self.ami.connected

    async def start(self) -> None:
        """Begin to connect; returns at once."""
        await self.ami.start()

    async def close(self) -> None:
        """End the connection."""
        await self.ami.close()

    def _event(self, event: AmiEvent) -> None:
        kind = event.get("event", "")
        if kind == "ContactStatus":
            self._contact(_contact_from_event(event))
        elif kind in WARNINGS:
            remote = event.get("remoteaddress", "")
            self._on_security(SecurityWarning(kind, event.get("accountid", ""), remote, event.get("service", "")))
        elif kind == "UserEvent" and event.get("userevent") == "SafeMode":
            self._on_safe_mode(event.get("step", ""), event.get("id", ""))
        elif kind == "UserEvent" and event.get("userevent") == "Attempt" and event.get("step") == "ended":
            self._on_attempt(
                AttemptOver(event.get("id", ""), event.get("status", ""), event.get("cause", ""), event.get("key", ""))
            )

    # ------------------------------------------------------------------ phones

    def _contact(self, status: ContactStatus) -> None:
        """One phone of an account; told is what the account is now. A phone that moved is a new one, and the last word of the
        old one, that it did not answer a question put to it before, may come when the new one is long there."""
        for heard_of in self._hearing:
            heard_of.add(status.account)
        phones = self._phones.setdefault(status.account, {})
        if not status.registered:
            phones.pop(status.address, None)
        elif status.reachable or status.address in phones:
            phones[status.address] = status
        else:
            return
        self._on_contact(_best(phones) or replace(status, registered=False, reachable=False))

    async def contacts(self) -> list[ContactStatus]:
        """Every registered account once; reachable when any of its phones is. What was told while the list was on its way is
        newer than the list. True at the moment of the return: apply it before anything that is told later."""
        heard_of: set[str] = set()
        self._hearing.append(heard_of)
        try:
            rows = await self.ami.rows({"Action": "PJSIPShowContacts"}, timeout=LIST_TIMEOUT)
        finally:
            self._hearing.remove(heard_of)
        listed: dict[str, dict[str, ContactStatus]] = {}
        for row in rows:
            status = _contact_from_row(row)
            if status.registered and status.account not in TRUNKS and not status.account.startswith(NODES):
                listed.setdefault(status.account, {})[status.address] = status
        told = {account: phones for account, phones in self._phones.items() if account in heard_of}
        self._phones = listed | told
        return [best for phones in self._phones.values() if (best := _best(phones)) is not None]

    def phone(self, account: str) -> ContactStatus | None:
        """What is known of the account's phone here; None when none is registered."""
        return _best(self._phones.get(account, {}))

    def accounts(self) -> list[str]:
        """Accounts with a phone here."""
        return [account for account, phones in self._phones.items() if phones]

    def has(self, account: str) -> bool:
        """Whether a phone of this account is registered here and answers."""
        known = self.phone(account)
        return known is not None and known.reachable

    # ------------------------------------------------------------------ safe mode

    async def push_safe_mode(
        self, lines: Sequence[SafeModeLine], emergency_seats: Sequence[str], life_help_seats: Sequence[str]
    ) -> None:
        """Make the PBX's safe-mode data equal to this; only differences are sent.

        A seat is an account (``8001``) or a whole interface (``Local/<number>@to-trunk/n`` for a duty phone).
        """
        await self._make_tree("safe-line", {line.number: line.kind for line in lines})
        # What families see when safe mode calls them, unless a number for that is set.
        emergency = sorted(line.number for line in lines if line.kind == "emergency")
        await self._make_tree("safe-shown", {"number": emergency[0]} if emergency else {})
        await self._make_members(EMERGENCY_QUEUE, emergency_seats)
        await self._make_members(LIFE_HELP_QUEUE, life_help_seats)

    async def safe_mode_records(self) -> list[SafeModeRecord]:
        """Everything journalled and not yet forgotten, oldest first. Calls that still run have no ``ended_at``."""
        calls: dict[str, dict[str, str]] = {}
        for key, value in (await self._tree("safe-journal")).items():
            call, _, field = key.rpartition("/")
            calls.setdefault(call, {})[field] = value
        records = [_record(call, fields) for call, fields in calls.items()]
        return sorted(records, key=lambda record: record.arrived_at)

    async def forget_safe_mode_record(self, channel_id: str) -> None:
        """Remove one record; one that is gone is fine."""
        await self._delete_tree(f"safe-journal/{channel_id}")

    async def calls_seen(self) -> list[CallSeen]:
        """The dialplan's notes of calls that are over, oldest first (``call-seen`` in ``dialplan/extensions.conf``)."""
        seen = [_seen(call, value) for call, value in (await self._tree("seen")).items()]
        return sorted(seen, key=lambda call: call.arrived_at)

    async def forget_call_seen(self, channel_id: str) -> None:
        """Remove one note; one that is gone is fine."""
        await self._delete_tree(f"seen/{channel_id}")

    async def calls_placed(self) -> list[CallPlaced]:
        """The marks that make an id be dialled once (``claim-attempt``), oldest first; what was voided was never dialled."""
        marks = (await self._tree("attempt")).items()
        placed = [_placed(call, mark) for call, mark in marks if not mark.startswith(VOID) and not call.startswith(WATCHDOG)]
        return sorted(placed, key=lambda call: call.at)

    async def push_contacts(self, contacts: Mapping[str, Sequence[SafeModeContact]]) -> None:
        """Whom safe mode phones, by terminal (its account, or the number it calls from). Only differences are sent."""
        wanted = {}
        for terminal, people in contacts.items():
            for place, contact in enumerate(people, 1):
                media = contact.announcement.removeprefix("sound:")
                if set(terminal + media) & UNSAFE or not contact.number.removeprefix("+").isdigit():
                    raise TelephonyError(f"联系人数据不能写入 Asterisk。Asterisk cannot keep this contact of {terminal!r}.")
                wanted[f"{terminal}/{place}"] = f"{contact.number}|{media}"
        await self._make_tree("safe-contact", wanted)

    # ------------------------------------------------------------------ attempts of the ladder

    async def attempt_evidence(self, attempt_id: str) -> AttemptEvidence | None:
        """What AstDB knows of an attempt; None when it never reached the dialplan."""
        claim = await self._value("attempt", attempt_id)
        if claim is None:
            return None
        if claim.startswith(VOID):
            return AttemptEvidence(attempt_id, None, voided=True)
        key, _, _ = (await self._value("attempt-key", attempt_id) or "").partition(",")
        ended, status, cause = [*(await self._value("attempt-end", attempt_id) or "").split(","), "", ""][:3]
        return AttemptEvidence(attempt_id, _moment(claim), status=status, cause=cause, key=key, ended_at=_moment(ended))

    async def forget_attempts(self, before: float) -> int:
        """Remove dialled-once marks, ends and keys from before this time (seconds since 1970); returns how many marks."""
        count = 0
        for family in ATTEMPT_FAMILIES:
            for key, value in (await self._tree(family)).items():
                begun = _FIRST.split(value.removeprefix(VOID), maxsplit=1)[0]
                at = _moment(value.partition(",")[2] if family == "attempt-key" else begun)
                if at is not None and at < before:
                    await self.ami.action({"Action": "DBDel", "Family": family, "Key": key})
                    count += family == "attempt"
        return count

    async def _value(self, family: str, key: str) -> str | None:
        rows = await self.ami.rows({"Action": "DBGet", "Family": family, "Key": key})
        return rows[0].get("val", "") if rows else None

    async def _tree(self, family: str) -> dict[str, str]:
        rows = await self.ami.rows({"Action": "DBGetTree", "Family": family}, timeout=LIST_TIMEOUT)
        prefix = f"/{family}/"
        return {row["key"].removeprefix(prefix): row.get("val", "") for row in rows if row.get("key", "").startswith(prefix)}

    async def _make_tree(self, family: str, wanted: dict[str, str]) -> None:
        present = await self._tree(family)
        for key, value in wanted.items():
            if present.get(key) != value:
                await self.ami.action({"Action": "DBPut", "Family": family, "Key": key, "Val": value})
        for key in present.keys() - wanted.keys():
            await self.ami.action({"Action": "DBDel", "Family": family, "Key": key})

    async def _delete_tree(self, tree: str) -> None:
        family, _, key = tree.partition("/")
        try:
            await self.ami.action({"Action": "DBDelTree", "Family": family, "Key": key})
        except TelephonyError as error:
            if "not found" not in error.reason.lower():
                raise

    async def _make_members(self, queue: str, seats: Sequence[str]) -> None:
        wanted = {seat if "/" in seat else f"PJSIP/{seat}" for seat in seats}
        rows = await self.ami.rows({"Action": "QueueStatus", "Queue": queue})
        present = {row["location"] for row in rows if row.get("event") == "QueueMember" and "location" in row}
        for interface in sorted(wanted - present):
            name = interface.partition("/")[2]
            await self.ami.action(
                {"Action": "QueueAdd", "Queue": queue, "Interface": interface, "MemberName": name, "Penalty": "0"}
            )
        for interface in sorted(present - wanted):
            await self.ami.action({"Action": "QueueRemove", "Queue": queue, "Interface": interface})


def _best(phones: Mapping[str, ContactStatus]) -> ContactStatus | None:
    return max(phones.values(), key=lambda status: status.reachable, default=None)


def _contact_from_event(event: AmiEvent) -> ContactStatus:
    status = event.get("contactstatus", "")
    return ContactStatus(
        account=event.get("aor", "") or event.get("endpointname", ""),
        registered=status != "Removed",
        # A phone that has just registered has not been asked yet, but it has just spoken.
        reachable=status in REACHABLE or status in ("Created", "Updated"),
        rtt_ms=_milliseconds(event.get("roundtripusec", "")),
        address=event.get("uri", ""),
    )


def _contact_from_row(row: dict[str, str]) -> ContactStatus:
    status = row.get("status", "")
    return ContactStatus(
        account=row.get("objectname", "").split(";")[0].split("@@")[0] or row.get("endpoint", ""),
        registered=status != "Removed",
        reachable=status in REACHABLE,
        rtt_ms=_milliseconds(row.get("roundtripusec", "")),
        address=row.get("uri", ""),
    )


def _milliseconds(microseconds: str) -> float | None:
    return int(microseconds) / 1000 if microseconds.isdigit() else None


def _record(call: str, fields: dict[str, str]) -> SafeModeRecord:
    def moment(name: str) -> float | None:
        return _moment(fields.get(name, ""))

    attempts = [_attempt(call, name, value) for name, value in fields.items() if name.startswith("attempt-")]
    return SafeModeRecord(
        channel_id=call,
        line=fields.get("line", ""),
        caller=unquote(fields.get("caller", ""), errors="replace"),
        terminal=fields.get("terminal", ""),
        reason=fields.get("reason", ""),
        arrived_at=moment("arrived") or 0.0,
        answered_at=moment("answered_at"),
        answered_by=fields.get("answered_by", ""),
        ended_at=moment("ended"),
        recording=fields.get("recording", ""),
        attempts=tuple(sorted(attempts, key=lambda attempt: attempt.started_at)),
        walker=fields.get("walker", ""),
    )


def _attempt(call: str, name: str, value: str) -> SafeModeAttemptRecord:
    number, started, status, key, ended = [*value.split("|"), "", "", "", "", ""][:5]
    attempt_id = f"safe-{call}-{name.removeprefix('attempt-')}"
    return SafeModeAttemptRecord(attempt_id, number, status, key, _moment(started) or 0.0, _moment(ended))


def _seen(call: str, value: str) -> CallSeen:
    arrived, ended, line, terminal, number = [*value.split("|"), "", "", "", "", ""][:5]
    return CallSeen(call, _moment(arrived) or 0.0, _moment(ended), line, terminal, unquote(number, errors="replace"))


def _placed(call: str, mark: str) -> CallPlaced:
    """``<moment>``: an attempt under its own id; ``<moment>|<call of safe mode>``: a leg dialled by its far half (``to-trunk``)."""
    at, by_trunk, safe_id = mark.partition("|")
    return CallPlaced(call, _moment(at) or 0.0, (safe_id or call.removesuffix(FAR_HALF)) if by_trunk else call)


def _moment(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
