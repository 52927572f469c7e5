"""From a press to a human who has taken charge: real terminals, real family phones, real keys."""

from __future__ import annotations

from typing import Any

import pytest
from harness.centre import Centre
from harness.homes import Homes

from callcenter.domain.policy import PublicNumber, Rung

pytestmark = pytest.mark.real

FAMILY = Rung(("family",), 0.0, "until_acknowledged", "in_order", tries=1, ring_seconds=5.0)
QUICK = {"retry_seconds": 1.0, "key_seconds": 1.5, "announcements": 1, "page_seconds": 3.0}


async def elder(centre: Centre, contacts: int = 3) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A terminal whose elder has so many contacts, and these in their order."""
    for terminal in centre.data()["terminals"]:
        if not terminal["account"]:
            continue
        query = """SELECT c.* FROM contact c JOIN terminal t ON t.member_id = c.member_id WHERE t.serial = :s ORDER BY c.position"""
        found = await centre.rows(query, s=terminal["serial"])
        if len(found) >= contacts:
            return terminal, found
    raise AssertionError("the demo has no such elder")


async def test_voicemail_and_busy_move_on_and_a_key_takes_charge(centre: Centre, homes: Homes) -> None:
    everybody = Rung(("family", "neighbour", "community"), 0.0, "until_acknowledged", "in_order", ring_seconds=5.0)
    await centre.policy(everybody, Rung(("supervisor",), 600.0), **QUICK)
    terminal, contacts = await elder(centre)
    first, second, third = (contact["number"] for contact in contacts[:3])
    homes.behave({first: "voicemail", second: "busy", third: "answer:0.2:1@1.0"})
    await centre.telephones.terminal(terminal["account"], terminal["password"])
    told = await homes.trunk.wait_for_invite(first, 5)
    await centre.until_row("SELECT * FROM escalation WHERE state = 'acknowledged'", timeout=50)
    attempts = await centre.rows("SELECT * FROM attempt ORDER BY created_at")
    assert [(a["number"], a["result"]) for a in attempts] == [(first, "no_key"), (second, "busy"), (third, "going")]
    assert told.was_spoken_to
    assert not homes.doubled()
    ended = await centre.until_row("SELECT * FROM attempt WHERE number = :n AND state = 'done'", n=third, timeout=15)
    assert ended["key"] == "1"


async def test_nobody_answers_and_the_supervisor_is_paged_again_and_again(centre: Centre, homes: Homes) -> None:
    await centre.policy(
        FAMILY, Rung(("120",), 1.0, ring_seconds=5.0), Rung(("supervisor",), 1.0, ring_seconds=5.0),
        public=(PublicNumber("120", "automatic", "drill"),), **QUICK,
    )  # fmt: skip
    terminal, contacts = await elder(centre, 1)
    homes.behave({contact["number"]: "busy" for contact in contacts})
    homes.behave({"120": "busy"})
    duty = await centre.rows("SELECT * FROM duty_phone ORDER BY position")
    homes.behave({phone["number"]: "busy" for phone in duty})
    supervisor = await centre.console("supervisor")
    await centre.telephones.terminal(terminal["account"], terminal["password"])
    await centre.until_row("SELECT * FROM escalation WHERE state = 'exhausted' AND pages >= 2", timeout=50)
    shown = await supervisor.until(lambda: next((x for x in supervisor.all("ladder") if x["pages"] >= 2), None))
    assert shown["state"] == "exhausted"
    assert shown["rungs"][0]["state"] == "done"
    homes.behave({duty[0]["number"]: "answer:0.2:1@2.0", duty[-1]["number"]: "answer:0.2:1@2.0"})
    taken = await centre.until_row("SELECT * FROM escalation WHERE state = 'acknowledged'", timeout=50)
    assert taken["acknowledgements"][-1]["kind"] == "going" or taken["acknowledgements"][-1]["kind"] == "supervisor"
