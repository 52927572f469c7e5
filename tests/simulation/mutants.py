"""Planted mistakes, at least one for each invariant. Each must be caught by the check of its own invariant.

A mutant replaces a piece of the real code's source and compiles the module again, in a process of its own. Where the piece is no
longer there the mutant does not apply, which is a failure too: it must follow the code that it stands for.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import prometheus_client


@dataclass(frozen=True)
class Mutant:
    """One mistake. ``also``: further invariants that this mistake breaks by its nature, beside its own."""

    id: str
    invariant: int
    breaks: str
    module: str
    old: str
    new: str
    first: int = 0
    """A seed from which it is soon caught; the search goes on from there."""
    proof: str = ""
    """A test that must fail with it, where nights meet it too seldom to be waited for: one found it once, among thousands."""


DOUBT = "tests/domain/test_attempts_in_doubt.py"

MUTANTS = (
    Mutant("no-page", 1, "an exhausted ladder pages nobody", "callcenter.domain.ladder",
           '    walk.decision.note("supervisor_paged", count=escalation.pages + 1)\n', "    return []\n"),
    Mutant("ends-alone", 1, "a ladder that was exhausted ends by itself", "callcenter.domain.ladder",
           'walk.change(state="exhausted", exhausted_at=walk.now)',
           'walk.change(state="ended", ended_at=walk.now, outcome="tried")'),
    Mutant("waits-for-seats", 1, "a seat that only declines keeps the supervisor from being paged", "callcenter.domain.ladder",
           "        if seats_until > walk.now:", "        if _seats_ringing(walk):", proof=DOUBT),
    Mutant("kinds-not-numbers", 2, "whom a ladder calls as a community worker is rung as somebody's daughter too",
           "callcenter.domain.walk", "return not target.shared or target.number in self.situation.around.personal",
           "return not target.shared"),
    Mutant("in-use-unseen", 2, "whom another case or the elder's own call rings is rung all the same, and no index forbids it",
           "callcenter.domain.ladder", "or walk.in_use(target)", ""),
    Mutant("new-id-on-doubt", 2, "in doubt the call is made anew under another id, not asked for", "callcenter.domain.attempts",
           '    if fact.seen == "live":\n',
           '    if fact.seen == "live" and attempt.state == "intent":\n'
           '        _finish(situation, decision, attempt, "interrupted", "")\n'
           '    elif fact.seen == "live":\n'),
    Mutant("stale-answer", 2, "“it is not here”, asked before it rang, ends a call that rings", "callcenter.domain.attempts",
           "            _ask(decision, attempt)  # it has begun since this was asked\n",
           '            _finish(situation, decision, attempt, "interrupted", "")\n', proof=DOUBT),
    Mutant("one-look", 2, "what begins while the node is asked is taken for lost", "callcenter.engine.orders",
           'return await self._look(effect) if told.seen == "claimed" else told', "return told",
           proof="tests/engine/test_ask_node.py"),
    Mutant("restart-forgotten", 3, "an attempt from before Asterisk's restart is sent again, though its mark may be lost",
           "callcenter.domain.attempts", '    elif fact.seen == "unclaimed" and attempt.state == "intent":',
           '    elif fact.seen in ("unclaimed", "older_than_node") and attempt.state in ("intent", "claimed", "ringing"):'),
    Mutant("one-try-only", 4, "a second try is skipped", "callcenter.domain.ladder",
           "len(tried) >= tries:", "len(tried) >= 1:"),
    Mutant("cut-short-counts", 4, "a phone that was silenced counts as tried", "callcenter.domain.ladder",
           " and not attempts.cut_short(a)", ""),
    Mutant("deaf-ladder", 5, "an acknowledgement does not stop the rungs", "callcenter.domain.walk",
           "        if self.escalation.owner is not None:\n            return False\n", ""),
    Mutant("phones-ring-on", 5, "who rings when somebody takes charge is left ringing", "callcenter.domain.ladder",
           "        _withdraw(walk)\n", ""),
    Mutant("rings-on-when-told", 5, "a late word that it rings puts off its being silenced", "callcenter.domain.attempts",
           "attempt.check_at if attempt.closing else decision.now", "decision.now", proof=DOUBT),
    Mutant("answer-is-yes", 6, "to pick up is to acknowledge: the answering machine takes charge", "callcenter.domain.attempts",
           "    else:\n        _announce(situation, decision, attempt)\n\n\ndef found_live",
           '    else:\n        acknowledge(walk, "going", attempt)\n        _announce(situation, decision, attempt)\n\n\n'
           "def found_live"),
    Mutant("two-is-yes", 6, "“I cannot” is taken for “I am going”", "callcenter.domain.attempts",
           '    if digit == "1":\n        first', '    if digit in ("1", "2"):\n        first'),
    Mutant("hasty", 7, "a rung begins without its delay", "callcenter.domain.ladder",
           "timedelta(seconds=walk.policy.rungs[place].delay_seconds)\n\n\ndef _start", "timedelta(0)\n\n\ndef _start"),
    Mutant("sleepy", 7, "the ladder's timer comes a second late", "callcenter.domain.ladder",
           'SetTimer("ladder", next_at, ', 'SetTimer("ladder", next_at + timedelta(seconds=30), '),
    Mutant("rings-early", 7, "a phone rings as soon as its rung is made ready", "callcenter.engine.orders",
           "starts_in=max(0.0, starts_in)", "starts_in=0.0"),
    Mutant("far-ahead", 7, "a rung is made ready two seconds before its time", "callcenter.domain.ahead",
           "return latest if now < latest <= now + AHEAD else now", "return latest if now < latest else now",
           proof="tests/domain/test_ahead.py"),
    Mutant("late-orders", 8, "an order that was slept over is sent", "callcenter.engine.orders",
           "        if self._expired(effect.expires_at):\n            return", "        if False:\n            return", 200),
    Mutant("any-holder", 8, "the end of a leg is believed of whoever tells it", "callcenter.domain.call_flow",
           'if fact.holder is not None and leg.holder not in ("", fact.holder):', "if False:"),
    Mutant("timers-twice", 8, "a timer is believed without looking whether it is still due", "callcenter.engine.processor",
           "if isinstance(fact, facts.TimerDue) and fact.kind not in situation.due:",
           "if isinstance(fact, facts.TimerDue) and fact.kind not in situation.due and False:"),
    Mutant("counts-again", 9, "an answer told twice is journalled twice", "callcenter.domain.attempts",
           'if attempt is None or attempt.state not in ("intent", "claimed"):', "if attempt is None:"),
    Mutant("ends-again", 9, "the end of a call told twice ends it twice", "callcenter.domain.attempts",
           "    if attempt is not None and attempt.open:\n        _finish(situation, decision, attempt, result_told(",
           "    if attempt is not None:\n        _finish(situation, decision, attempt, result_told("),
    Mutant("second-ladder", 10, "a repeated press is not journalled", "callcenter.domain.arrival",
           '    decision.note("press_joined", level=case.level + 1)\n', ""),
    Mutant("beside-itself", 11, "who is found again wants their old case beside the emergency of their next press",
           "callcenter.domain.arrival", "if told is None or (given_up and found and live is not None):", "if told is None:",
           proof="tests/domain/test_nodes.py"),
    Mutant("no-timer", 11, "the ladder sets no timer after a fact", "callcenter.domain.ladder",
           '        walk.decision.timers["ladder"]',
           '        if walk.decision.fired == "ladder" and walk.escalation.round % 2:\n            return\n'
           '        walk.decision.timers["ladder"]'),
    Mutant("never-asked", 11, "an attempt whose fate is in doubt is never asked for", "callcenter.domain.ladder",
           "check_at=now + timedelta(seconds=CHECK_SECONDS)", "check_at=None"),
    Mutant("live-policy", 12, "an edit of the policy reaches running ladders", "callcenter.domain.ladder",
           "    elif escalation.member_id != walk.case.member_id:",
           '    elif escalation.policy.key_seconds != 9.0 and len(walk.attempts) == 2:\n'
           '        walk.change(policy=replace(escalation.policy, key_seconds=9.0))\n'
           '    elif escalation.member_id != walk.case.member_id:'),
    Mutant("removed-is-called", 12, "a contact who was removed is phoned", "callcenter.domain.ladder",
           'gone = target.key.startswith("contact:") and current is None', "gone = False"),
    Mutant("silent-end", 13, "a call ends and the journal does not say so", "callcenter.domain.attempts",
           '    decision.note("attempt_ended", attempt=attempt.id, name=attempt.name, relation=attempt.relation, '
           'result=kept, cause=cause)\n',
           ""),
    Mutant("hidden-memory", 13, "a decision remembers something beside the case", "callcenter.domain.ladder",
           "    count = 1 + sum(a.target == target.key for a in walk.attempts)\n",
           "    _MEMORY.append(target.key)\n    ring_seconds += 0.001 * len(_MEMORY)\n"
           "    count = 1 + sum(a.target == target.key for a in walk.attempts)\n"),
    Mutant("second-takes-over", 15, "who acknowledges second becomes the owner", "callcenter.domain.attempts",
           "walk.change(acknowledgements=(*kept, one))", "walk.change(acknowledgements=(one, *kept))"),
    Mutant("second-unheard", 15, "who acknowledges second is not written down", "callcenter.domain.attempts",
           '        walk.decision.note("acknowledged_too", by=kind, name=said, agent_id=agent_id)\n', "        pass\n"),
    Mutant("dropped-unthanked", 15, "whom a person lets go while they are thanked hears half a sentence",
           "callcenter.domain.attempts",
           'if attempt.closing and not attempt.joined and attempt.result == "going":', "if False:", proof=DOUBT),
    Mutant("joined-unthanked", 15, "whom a person brings in while they are thanked hears half a sentence",
           "callcenter.domain.attempts",
           'if attempt.closing and attempt.result == "going":', "if False:", first=250),
    Mutant("cut-off", 15, "the thanks are cut off by the end of what they broke off", "callcenter.domain.attempts",
           "SHORTEST_SECONDS = 1.0", "SHORTEST_SECONDS = -20.0"),
    Mutant("rings-on-unseen", 2, "a phone that a lost node left ringing is rung by the other", "callcenter.domain.attempts",
           "check_at=_rings_on_until(attempt, now))", "check_at=None)"),
    Mutant("own-rung-only", 2, "the same for another rung, or as somebody else", "callcenter.domain.walk",
           "if a.number == target.number and a.rings_on_until is not None]",
           "if a.number == target.number and a.rings_on_until is not None and False]", first=30),
    Mutant("wrong-node", 3, "an order goes to our own node, whichever carries the leg", "callcenter.telephony.nodes",
           "found = self._where.get(what)", "found = None"),
    Mutant("order-without-end", 8, "an order that was under way when a node was lost is begun when it is back",
           "callcenter.engine.orders", "good_for=self.seconds_until(effect.expires_at)", "good_for=3600.0", first=300),
    Mutant("returned-believed", 8, "what a returned node tells of a call that was given up is believed",
           "callcenter.domain.attempts",
           "    if attempt is not None and attempt.open:\n        _finish(situation, decision, attempt, result_told(",
           "    if attempt is not None and (attempt.open or attempt.cause == NODE_LOST):\n"
           "        _finish(situation, decision, attempt, result_told("),
    Mutant("given-up-living", 16, "a node is given up for one second's silence", "callcenter.engine.nodes",
           "SILENT_SECONDS = 6.0", "SILENT_SECONDS = 0.6"),
    Mutant("own-ears-only", 16, "a node that another instance hears is given up", "callcenter.engine.nodes",
           'min(silent, now - self._heard.get(name, float("-inf")))', 'now - self._heard.get(name, float("-inf"))'),
    Mutant("untold-looks", 16, "looks while the database is away count", "callcenter.engine.nodes",
           'min(silent, now - self._heard.get(name, float("-inf")))', "silent",
           proof="tests/engine/test_nodes.py"),
    Mutant("last-one-too", 16, "the last node is given up", "callcenter.engine.nodes",
           "if len(late) == len(every):", "if False:"),
    Mutant("calls-untold", 16, "a node is given up, and its calls are not", "callcenter.engine.nodes",
           "            await self._tell_its_calls(name)\n", "            pass\n"),
    Mutant("made-at-the-lost", 16, "calls of a case go on being made at its node, though that is given up",
           "callcenter.domain.offers",
           "next((leg.node for leg in legs if leg.node and leg.node not in situation.lost), situation.node)",
           "next((leg.node for leg in legs if leg.node), situation.node)"),
    Mutant("place-of-the-lost", 16, "where no living node is in our own reach, calls are made at a lost one",
           "callcenter.telephony.nodes", "return (able or living or list(self.all))[0], self.lost",
           "return (able or list(self.all))[0], self.lost", proof="tests/telephony/test_nodes.py"),
)  # fmt: skip

# 14 is the feed's: its own property test must fail.
FEED = Mutant(
    "feed-forgets",
    14,
    "a console that comes back is not sent what it missed",
    "callcenter.websockets.feed",
    "if kept.seq > seq for frame",
    "if kept.seq > seq + 1 for frame",
)


def plant(mutant: Mutant) -> None:
    """Compile the module with the mistake in it, in place: every name that others imported from it is exchanged too."""
    module = importlib.import_module(mutant.module)
    source = inspect.getsource(module)
    if source.count(mutant.old) != 1:
        raise LookupError(f"{mutant.id}: the place is there {source.count(mutant.old)} times, not once")
    before = {name: value for name, value in vars(module).items() if not name.startswith("__")}
    code = compile(source.replace(mutant.old, mutant.new), inspect.getfile(module), "exec")
    prometheus_client.REGISTRY.register = lambda _collector: None  # type: ignore[method-assign,assignment] # its counters are there already
    fresh = ModuleType(module.__name__)
    fresh.__dict__.update({"__file__": module.__file__, "__package__": module.__package__, "_MEMORY": []})
    sys.modules["__mutant__"] = fresh
    exec(code, fresh.__dict__)  # noqa: S102 - our own source, with one line changed
    for name, old in before.items():
        new = fresh.__dict__.get(name)
        if inspect.isfunction(old) and inspect.isfunction(new) and old.__module__ == module.__name__:
            old.__code__, old.__defaults__, old.__kwdefaults__ = new.__code__, new.__defaults__, new.__kwdefaults__
            old.__globals__.update({key: value for key, value in fresh.__dict__.items() if key not in old.__globals__})
        elif inspect.isclass(old) and old.__module__ == module.__name__:
            _exchange(old, new)
        elif isinstance(old, int | float) and new != old:
            setattr(module, name, new)


def _exchange(old: type, new: Any) -> None:
    for name, method in vars(old).items():
        fresh = vars(new).get(name)
        if isinstance(method, property) and isinstance(fresh, property) and method.fget and fresh.fget:
            method.fget.__code__ = fresh.fget.__code__
        elif inspect.isfunction(method) and inspect.isfunction(fresh) and not method.__code__.co_freevars:
            method.__code__ = fresh.__code__
