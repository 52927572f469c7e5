"""``python -m simulation.run SEED`` lives one night again, line by line; ``--sweep N`` many; ``--mutants`` plants mistakes."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from simulation.checks import INVARIANTS, broken
from simulation.mutants import FEED, MUTANTS, Mutant, plant
from simulation.night import Night

ROOT = Path(__file__).resolve().parents[2]
TAIL = 60


@dataclass
class Sum:
    """What some nights were, together."""

    seeds: int = 0
    two: int = 0
    """Nights with two nodes."""
    cases: int = 0
    calls: int = 0
    facts: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    lost: dict[int, dict[int, str]] = field(default_factory=dict)
    """Seeds in which something did not hold, with what."""

    def add(self, other: Sum) -> None:
        self.seeds += other.seeds
        self.two += other.two
        self.cases += other.cases
        self.calls += other.calls
        self.facts += other.facts
        self.faults.update(other.faults)
        self.ends.update(other.ends)
        self.lost.update(other.lost)


def nights(seeds: Iterable[int], *, thorough: bool = True) -> Sum:
    """Live through these nights and look whether everything held."""
    total = Sum()
    for seed in seeds:
        night = Night(seed).run()
        total.seeds += 1
        total.two += len(night.nodes) > 1
        total.cases += len(night.store.cases)
        total.calls += len(night.truth.legs)
        total.facts += len(night.database.commits)
        total.faults.update(night.faults.counts)
        total.ends.update(ladder.state for ladder in night.store.ladders.values())
        found = broken(night, thorough=thorough)
        if found:
            total.lost[seed] = found
    return total


def told(seed: int, found: dict[int, str], lines: int = TAIL) -> str:
    """Why a night failed, and its last lines."""
    night = Night(seed, traced=True).run()
    tail = list(night.stage.trace or ())[-lines:]
    reasons = [f"invariant {number} ({INVARIANTS[number].__name__}): {why}" for number, why in found.items()]
    return "\n".join([*tail, *reasons, f"again: PYTHONPATH=tests .venv/bin/python -m simulation.run {seed}"])


def sweep(count: int, first: int, block: int = 100) -> int:
    """Many nights on every core, with a line of progress."""
    total, began = Sum(), time.monotonic()
    with ProcessPoolExecutor(os.cpu_count() or 1) as pool:
        blocks = [range(start, min(start + block, first + count)) for start in range(first, first + count, block)]
        for done in as_completed([pool.submit(nights, seeds) for seeds in blocks]):
            one = done.result()
            total.add(one)
            for seed, found in one.lost.items():  # at once: a sweep is long, and may be ended
                _say(f"\rlost: seed {seed}: {found}")
            spent = time.monotonic() - began
            left = (count - total.seeds) * spent / total.seeds
            _say(
                f"\r{total.seeds:>8} / {count}  {total.seeds / spent:6.1f}/s  {left / 60:5.1f} min  lost: {len(total.lost)} ",
                end="",
            )
    _say("")
    summary(total, time.monotonic() - began)
    for seed in sorted(total.lost)[:5]:
        _say(told(seed, total.lost[seed]))
    return 1 if total.lost else 0


def summary(total: Sum, spent: float) -> None:
    faults = ", ".join(f"{kind} {number}" for kind, number in sorted(total.faults.items()))
    ends = ", ".join(f"{kind} {number}" for kind, number in sorted(total.ends.items()))
    _say(f"seeds: {total.seeds}, {total.two} of them with two nodes, in {spent:.0f} s ({total.seeds / max(spent, 0.001):.1f}/s)")
    _say(f"emergencies: {total.cases} ({ends}); facts committed: {total.facts}; calls placed: {total.calls}")
    _say(f"faults injected: {sum(total.faults.values())} ({faults})")
    _say(f"lost: {len(total.lost)}" + (f" (seeds {sorted(total.lost)[:20]})" if total.lost else ""))


# --- mutants ----------------------------------------------------------------------------------------------------------


def hunt(mutant: Mutant, most: int) -> tuple[str, int, Counter[int]]:
    """Plant it in this process and look for it: ``(caught | survived | …, seeds it took, what else caught it)``."""
    plant(mutant)
    others: Counter[int] = Counter()
    for tried in range(most):
        try:
            found = broken(Night(mutant.first + tried).run())
        except Exception as failure:  # noqa: BLE001 - a mutant may break the machinery itself: that says nothing
            return f"broke the simulation: {failure!r}", tried + 1, others
        if mutant.invariant in found:
            return "caught", tried + 1, others
        others.update(found.keys())
    return "survived", most, others


def hunt_feed() -> tuple[str, int, Counter[int]]:
    """14: the feed's own property test must see a feed that forgets."""
    code = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from callcenter.websockets import feed\n"
        "import inspect, prometheus_client\n"
        "prometheus_client.REGISTRY.register = lambda _: None\n"
        "source = inspect.getsource(feed)\n"
        f"old = {FEED.old!r}\nassert source.count(old) == 1, 'the place is not there'\n"
        f"exec(compile(source.replace(old, {FEED.new!r}), feed.__file__, 'exec'), feed.__dict__)\n"
        "import pytest; raise SystemExit(pytest.main(['-q', '-x', '-p', 'no:cacheprovider', 'tests/websockets/test_feed.py']))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    if done.returncode == 1 and "failed" in done.stdout and "the place is not there" not in done.stderr:
        return "caught", 1, Counter()
    return f"survived ({(done.stdout + done.stderr)[-200:]})".replace("\n", " "), 1, Counter()


def hunt_by_test(mutant: Mutant) -> tuple[str, int, Counter[int]]:
    """Its own test must fail with it, in a process of its own."""
    code = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from simulation.mutants import MUTANTS, plant\n"
        f"plant(next(m for m in MUTANTS if m.id == {mutant.id!r}))\n"
        f"import pytest; raise SystemExit(pytest.main(['-q', '-x', '-p', 'no:cacheprovider', {mutant.proof!r}]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    if done.returncode == 1 and "failed" in done.stdout:
        return "caught", 1, Counter()
    return f"survived ({(done.stdout + done.stderr)[-200:]})".replace("\n", " "), 1, Counter()


def one_mutant(name: str, most: int) -> int:
    """In a process of its own: prints one line, exits 0 when its own check caught it."""
    mutant = FEED if name == FEED.id else next(m for m in MUTANTS if m.id == name)
    if mutant is FEED:
        verdict, tried, others = hunt_feed()
    else:
        verdict, tried, others = hunt_by_test(mutant) if mutant.proof else hunt(mutant, most)
    beside = f"  (also by {', '.join(str(n) for n in sorted(others))})" if others else ""
    _say(f"{mutant.invariant:>2}  {mutant.id:<20} {verdict} after {tried:>4}  {mutant.breaks}{beside}")
    return 0 if verdict == "caught" else 1


def mutants(most: int, names: list[str] | None = None) -> tuple[int, list[str]]:
    """Every mutant, in processes side by side; how many got away, and a line each."""
    wanted = names or [m.id for m in (*MUTANTS, FEED)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
    waiting, lines, failed = list(wanted), list[str](), 0
    running: list[subprocess.Popen[str]] = []
    while waiting or running:
        while waiting and len(running) < (os.cpu_count() or 1):
            command = [sys.executable, "-m", "simulation.run", "--mutant", waiting.pop(0), "--most", str(most)]
            running.append(
                subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            )
        first = running.pop(0)
        output, _ = first.communicate()
        failed += first.returncode != 0
        lines.append(output.strip().splitlines()[-1] if output.strip() else "no word")
        _say(lines[-1])
    return failed, lines


def _say(text: str, end: str = "\n") -> None:
    sys.stdout.write(text + end)
    sys.stdout.flush()


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("seed", type=int, nargs="?")
    options.add_argument("--sweep", type=int, metavar="N")
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--mutants", action="store_true")
    options.add_argument("--mutant")
    options.add_argument("--most", type=int, default=600, help="seeds in which a mutant must be caught")
    wanted = options.parse_args()
    if wanted.mutant:
        return one_mutant(wanted.mutant, wanted.most)
    if wanted.mutants:
        failed, lines = mutants(wanted.most)
        _say(f"mutants: {len(lines)}, caught by their own check: {len(lines) - failed}, not: {failed}")
        return 1 if failed else 0
    if wanted.sweep:
        return sweep(wanted.sweep, wanted.first)
    if wanted.seed is None:
        options.print_help()
        return 2
    found = broken(Night(wanted.seed).run())
    _say(told(wanted.seed, found, lines=4000))
    if not found:
        _say("everything held")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
