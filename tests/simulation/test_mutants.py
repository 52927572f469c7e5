"""A check that nothing can break checks nothing: some planted mistakes are caught here; ``make mutants`` runs all."""

from __future__ import annotations

import inspect
from importlib import import_module

import pytest

from simulation.checks import INVARIANTS
from simulation.mutants import FEED, MUTANTS, Mutant
from simulation.run import mutants

SEEDS = 120
QUICK = (
    "answer-is-yes",
    "hasty",
    "silent-end",
    "given-up-living",
    FEED.id,
)


def test_every_invariant_has_a_mutant() -> None:
    assert {mutant.invariant for mutant in (*MUTANTS, FEED)} == set(INVARIANTS)


@pytest.mark.parametrize("mutant", [*MUTANTS, FEED], ids=lambda mutant: mutant.id)
def test_every_mutant_still_applies(mutant: Mutant) -> None:
    assert inspect.getsource(import_module(mutant.module)).count(mutant.old) == 1, "the code has moved on: so must the mutant"


def test_some_mutants_are_caught_by_their_own_check() -> None:
    failed, lines = mutants(SEEDS, list(QUICK))
    assert failed == 0, "\n".join(lines)
