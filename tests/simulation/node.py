"""A model of one Asterisk with our dialplan, and of every phone behind it: its callers, its seats, the orders that it is given."""

from __future__ import annotations

from callcenter.domain import facts
from simulation.dialling import Dialling
from simulation.stage import SECOND
from simulation.truth import SPOKEN, Channel


class Node(Dialling):
    """The PBX."""

    # --- callers ----------------------------------------------------------------------------------------------------

    def call_in(self, leg_id: str, account: str, hold: float) -> None:
        """A terminal calls; its elder hangs up after ``hold`` seconds."""
        if not self.up:
            return
        self.channels[leg_id] = Channel(
            leg_id, "caller", account, self.stage.now, offered=True, up=True, args=("in", "96601", account)
        )
        self.tell(facts.CallArrived(leg_id, self.name, "96601", account, None, account, False))
        self._later(0.5, 0.5, self._unclaimed_caller, leg_id)
        self._later(hold, hold, self.end, leg_id, "ANSWER", "16")

    def _unclaimed_caller(self, leg_id: str) -> None:
        channel = self.channels.get(leg_id)
        if channel is not None and channel.offered:
            self.serve_alone(channel)

    # --- seats ------------------------------------------------------------------------------------------------------

    def ring_seat(self, leg_id: str, extension: str, ring_seconds: float, app: str) -> None:
        if leg_id in self.channels:
            return
        self.channels[leg_id] = Channel(leg_id, "seat", extension, self.stage.now, followers={app})
        manner = self.manner(extension, "seat")
        if manner == "offline":
            self._later(0.05, 0.2, self.end, leg_id, "CHANUNAVAIL", "20")
            return
        self._later(0.1, 0.6, self._seat_rings, leg_id)
        if manner == "decline":
            self._later(1.0, 4.0, self.end, leg_id, "BUSY", "21")
        elif manner == "answer":
            self._later(1.0, 6.0, self._seat_answers, leg_id, app)
        self._later(ring_seconds, ring_seconds, self._not_answered, leg_id)

    def _seat_rings(self, leg_id: str) -> None:
        if leg_id in self.channels:
            self.tell(facts.SeatRang(leg_id), *self.channels[leg_id].followers)

    def _seat_answers(self, leg_id: str, app: str) -> None:
        channel = self.channels.get(leg_id)
        if channel is None or channel.up:
            return
        if not any(service.name == app and service.listens_to(self) for service in self.services):
            self.end(leg_id, "ANSWER", "16")  # no such application: the dialplan goes on, and ends
            return
        channel.up, channel.app, channel.args = True, app, ("seat", channel.number)
        self.tell(facts.SeatAnswered(leg_id), app)

    # --- orders -----------------------------------------------------------------------------------------------------

    def claim(self, channel_id: str, app: str) -> bool:
        channel = self.channels.get(channel_id)
        if channel is None or not channel.offered:
            return False
        channel.offered, channel.app = False, app
        channel.followers = {app}
        if channel.party == "attempt":
            channel.args = ("attempt", channel_id)
        return True

    def play(self, channel_id: str, playback: str, media: str) -> None:
        channel = self.channels[channel_id]
        channel.playing, channel.heard = playback, channel.heard + 1
        spoken = self.stage.between(*SPOKEN)
        place = channel.place = len(self.truth.played)
        self.truth.played.append((self.stage.now, channel_id, media, self.stage.now + int(spoken * SECOND)))
        self._later(spoken, spoken, self._said, channel_id, playback, place)
        if channel.party == "attempt":
            self._reacts(channel)

    def _said(self, channel_id: str, playback: str, place: int) -> None:
        channel = self.channels.get(channel_id)
        if channel is not None and channel.playing == playback and channel.place == place:
            channel.playing = ""
            if channel.app is not None:
                self.tell(facts.AudioEnded(channel_id, playback), channel.app)

    def silence(self, playback: str) -> None:
        """What is stopped is told as ended, too."""
        channel = self.channels.get(playback.removeprefix("say-").rpartition("~")[0])
        if channel is None or channel.playing != playback:
            return
        channel.playing = ""
        at, who, media, until = self.truth.played[channel.place]
        self.truth.played[channel.place] = (at, who, media, min(until, self.stage.now))
        if channel.app is not None:
            self.tell(facts.AudioEnded(channel.id, playback), channel.app)

    def joined(self, channel_ids: tuple[str, ...]) -> None:
        """In a bridge: whoever talks stops talking some time."""
        for channel_id in channel_ids:
            channel = self.channels.get(channel_id)
            if channel is not None and channel.party == "attempt" and not channel.leaves:
                channel.leaves = True
                self._later(8.0, 60.0, self._leaves, channel_id)

    def hang_up(self, channel_id: str) -> None:
        channel = self.channels.get(channel_id)
        if channel is not None:
            self.end(channel_id, "ANSWER" if channel.up else "CANCEL", "16")

    # --- between two nodes ------------------------------------------------------------------------------------------

    def link(self, near: str, conversation: str, other: Node, app: str) -> None:
        """A call from here to there, which joins the two parts of a conversation; each end in the hands of whoever asked."""
        if near in self.channels:
            return
        self.channels[near] = Channel(near, "link", "", self.stage.now, app=app, args=("link",), up=True)
        self._later(0.005, 0.05, other.linked, conversation)

    def linked(self, conversation: str) -> None:
        far = f"{self.name}-link-{self.stage.now}"
        self.channels[far] = Channel(far, "link", "", self.stage.now, offered=True, args=("link", conversation))
