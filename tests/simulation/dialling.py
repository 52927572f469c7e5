"""The ladder's calls at a node: as ``dialplan/extensions.conf`` dials, asks for the key, and remembers what came of it.

The dialled-once mark is set under a lock, it survives a restart but for the last second before a kill; who picks up is offered to
every instance for half a second, then the dialplan asks for the key itself.
"""

from __future__ import annotations

from callcenter.domain import facts
from callcenter.telephony.ports import AttemptEvidence
from simulation.life import Life
from simulation.stage import SECOND
from simulation.truth import SPOKEN, Channel, Order, Rang

GAP = 4.0  # the dialplan waits so long for a key after each announcement
SPARE_RING = 10.0


class Dialling(Life):
    """``escalation-out``, ``escalation-answered``, ``escalation-void`` and the record in AstDB."""

    def dial(self, order: Order) -> None:
        """``Originate`` with the attempt's id: a live one of that id makes it a success without a second leg."""
        channel = self.channels.get(order.id)
        if channel is not None:
            channel.followers.add(order.by)
            return
        self.channels[order.id] = Channel(
            order.id, "attempt", order.number, self.stage.now, followers={order.by}, way=order.way,
        )  # fmt: skip
        self._later(0.001, 0.02, self._begin, order)
        self._later(order.ring_seconds + SPARE_RING, order.ring_seconds + SPARE_RING, self._cancelled, order.id, self.stage.now)

    def _begin(self, order: Order) -> None:
        """The dialplan's half: the locked check-and-set, then the phone."""
        channel = self.channels.get(order.id)
        if channel is None:
            return
        if order.until is not None and self.stage.now > order.until:  # it lay about for too long: nothing is marked
            del self.channels[order.id]
            self.tell(facts.LegEnded(order.id, "21"), *channel.followers)
            return
        if order.id in self.marks:
            self.refused += 1
            del self.channels[order.id]
            self.tell(facts.LegEnded(order.id, "21"), *channel.followers)
            return
        self.marks[order.id] = (self.stage.now, False)
        if order.way == "trunk" and order.number in ("110", "119", "120") and not self.public_numbers:
            self.end(order.id, "REFUSED", "21")
            return
        if order.begins > self.stage.now:
            ahead = (order.begins - self.stage.now) / SECOND
            self._later(ahead, ahead, self._dial, order, channel)
            return
        self._dial(order, channel)

    def _dial(self, order: Order, channel: Channel) -> None:
        if self.channels.get(order.id) is not channel:
            return  # it was taken back before its time
        rang = Rang(
            order.id, order.number, order.way, self.stage.now, order.decided, order.checked, node=self.name,
            ring_seconds=order.ring_seconds,
        )  # fmt: skip
        self.truth.legs.append(rang)
        self._live[order.id] = rang
        self.stage.note(self.name, f"dials {order.number} by {order.way}, id {order.id[:8]}")
        self._phone(order, channel)

    def _phone(self, order: Order, channel: Channel) -> None:
        manner = self.manner(order.number, order.way)
        if self.several and self.truth.engaged(order.number):
            manner = "busy"
        channel.manner = manner
        quick = {
            "busy": ("BUSY", "17"), "rejected": ("CHANUNAVAIL", "21"), "invalid": ("CHANUNAVAIL", "1"),
            "congestion": ("CONGESTION", "34"), "trunk_down": ("CHANUNAVAIL", "3"),
        }.get(manner)  # fmt: skip
        if quick is not None:
            self._later(0.1, 1.5, self.end, order.id, *quick)
            return
        if not self.stage.chance(0.1):  # not every network tells that it rings
            self._later(0.2, 2.0, self._rings, order.id)
        if manner == "no_answer":
            self._later(order.ring_seconds, order.ring_seconds, self._not_answered, order.id)
            return
        latest = min(order.ring_seconds - 0.5, 20.0)
        self._later(2.0, max(2.5, latest), self._picked_up, order)
        self._later(order.ring_seconds, order.ring_seconds, self._not_answered, order.id)

    def _not_answered(self, leg_id: str) -> None:
        channel = self.channels.get(leg_id)
        if channel is not None and not channel.up:
            self.end(leg_id, "NOANSWER", "19")

    def _rings(self, attempt_id: str) -> None:
        channel = self.channels.get(attempt_id)
        if channel is not None and not channel.up:
            self.tell(facts.AttemptRang(attempt_id), *channel.followers)

    def _cancelled(self, attempt_id: str, born: int) -> None:
        channel = self.channels.get(attempt_id)
        if channel is not None and not channel.up and channel.born == born:
            self.end(attempt_id, "CANCEL", "0")

    def _picked_up(self, order: Order) -> None:
        channel = self.channels.get(order.id)
        if channel is None or channel.up:
            return
        channel.up = channel.offered = True
        self._live[order.id].answered = self.stage.now
        self.stage.note(self.name, f"{order.number} picks up ({channel.manner}), id {order.id[:8]}")
        for service in self.services:
            service.hear(facts.AttemptAnswered(order.id, holder=service.name), self)
        self._later(0.5, 0.5, self._unclaimed_answer, order.id)
        if channel.manner == "hangs_up":
            self._later(0.1, 4.0, self._leaves, order.id)
        # A machine speaks for half a minute; a person who hears nothing at all gives up.
        self._later(*((20.0, 40.0) if channel.manner == "voicemail" else (8.0, 14.0)), self._hears_nothing, order.id)

    def _hears_nothing(self, attempt_id: str) -> None:
        channel = self.channels.get(attempt_id)
        if channel is not None and (channel.manner == "voicemail" or (channel.heard == 0 and channel.app is not None)):
            self._leaves(attempt_id)

    def _leaves(self, channel_id: str) -> None:
        """Whoever is there hangs up."""
        self.truth.hung_up_by_phone[channel_id] = self.stage.now
        self.end(channel_id, "ANSWER", "16")

    def ask_alone(self, attempt_id: str) -> None:
        """A service gives somebody back whom it cannot remember."""
        channel = self.channels[attempt_id]
        channel.app, channel.offered = None, True
        self._unclaimed_answer(attempt_id)

    def _unclaimed_answer(self, attempt_id: str) -> None:
        """No service: the dialplan says why it calls, three times, and takes the key."""
        channel = self.channels.get(attempt_id)
        if channel is None or not channel.offered:
            return
        channel.offered = False
        digit = {"going": "1", "cannot": "2", "joins": "0", "joins_and_goes": "0", "both_keys": "1"}.get(channel.manner)
        if digit is not None:
            self._later(1.0, 12.0, self._dialplan_key, attempt_id, digit)
        elif channel.manner != "voicemail":
            self._later(3 * (SPOKEN[0] + GAP), 3 * (SPOKEN[1] + GAP), self.end, attempt_id, "ANSWER", "16")

    def _dialplan_key(self, attempt_id: str, digit: str) -> None:
        if attempt_id in self.channels:
            self._press(attempt_id, digit)
            self.keys[attempt_id] = (self.stage.now, digit)
            self._later(1.0, 3.0, self.end, attempt_id, "ANSWER", "16")

    def _press(self, attempt_id: str, digit: str) -> None:
        self.truth.pressed.setdefault(attempt_id, []).append((self.stage.now, digit))
        self.stage.note(self.name, f"key {digit} on {attempt_id[:8]}")

    def _key(self, attempt_id: str, digit: str) -> None:
        channel = self.channels.get(attempt_id)
        if channel is not None and channel.app is not None:
            self._press(attempt_id, digit)
            self.tell(facts.KeyPressed(attempt_id, digit), channel.app)

    def _reacts(self, channel: Channel) -> None:
        """What a person does who hears a sentence for the first time, or again without having been understood."""
        keys = {
            "going": ("1",), "cannot": ("2",), "joins": ("0",), "joins_and_goes": ("0", "1"), "both_keys": ("2", "1"),
            "wrong_key": ("7",),
        }.get(channel.manner, ())  # fmt: skip
        pressed = self.truth.pressed.get(channel.id, [])
        if len(pressed) < len(keys) and channel.heard <= 3:
            wait = 0.0
            for digit in keys[len(pressed) :]:
                wait += self.stage.between(0.5, 9.0)
                self._later(wait, wait, self._key, channel.id, digit)
        if channel.manner in ("joins", "joins_and_goes", "listens", "elder") and not channel.leaves:
            channel.leaves = True
            self._later(8.0, 60.0, self._leaves, channel.id)
        elif channel.manner == "hangs_up_later" and not channel.leaves:
            channel.leaves = True
            self._later(0.5, 8.0, self._leaves, channel.id)

    def end(self, channel_id: str, status: str, cause: str) -> None:
        """A channel is over, whoever ended it; the dialplan's half of an attempt writes down how."""
        channel = self.channels.pop(channel_id, None)
        if channel is None:
            return
        for inside in self.bridges.values():
            inside.discard(channel_id)
        if channel_id in self.safe_mode:
            self._safe_mode_over(channel_id, self.safe_mode[channel_id], self.stage.now)
        if channel.party == "attempt":
            self._attempt_over(channel, status, cause)
        elif channel.app is not None and channel.party == "caller":
            self.tell(facts.LegEnded(channel_id, "16", channel.app), channel.app)
        elif channel.party == "seat":
            self.tell(facts.LegEnded(channel_id, cause), *(channel.followers | ({channel.app} if channel.app else set())))

    def _attempt_over(self, channel: Channel, status: str, cause: str) -> None:
        attempt_id = channel.id
        begun = attempt_id in self._live or attempt_id in self.marks
        rang = self._live.pop(attempt_id, None)
        if rang is not None:
            rang.end = self.stage.now
        if channel.app is not None:
            self.tell(facts.LegEnded(attempt_id, "16", channel.app), channel.app)
        self.tell(facts.LegEnded(attempt_id, cause), *(channel.followers or {"nobody"}))
        if begun:
            key = self.keys.get(attempt_id, (0, ""))[1]
            self.ends[attempt_id] = (self.stage.now, status, cause)
            if key:  # as app.py reads the event
                self.tell(facts.AttemptSeen(attempt_id, "finished", status, cause, key))
            else:
                self.tell(facts.AttemptEnded(attempt_id, status, cause))

    def void(self, attempt_id: str) -> None:
        """The same lock, the same mark."""
        if attempt_id not in self.marks:
            self.marks[attempt_id] = (self.stage.now, True)
        if self.marks[attempt_id][1]:
            self.tell(facts.AttemptEnded(attempt_id, "VOID", "0"))

    def evidence(self, attempt_id: str) -> AttemptEvidence | None:
        mark = self.marks.get(attempt_id)
        if mark is None:
            return None
        if mark[1]:
            return AttemptEvidence(attempt_id, None, voided=True)
        end = self.ends.get(attempt_id)
        key = self.keys.get(attempt_id, (0, ""))[1]
        if end is None:
            return AttemptEvidence(attempt_id, mark[0] / SECOND, key=key)
        return AttemptEvidence(attempt_id, mark[0] / SECOND, status=end[1], cause=end[2], key=key, ended_at=end[0] / SECOND)
