"""The circuit: open after failures in a row, closed by an answer, tried again after a second."""

from __future__ import annotations

from callcenter.telephony.circuit import Circuit


def test_it_opens_after_failures_in_a_row_and_tries_again() -> None:
    now = [0.0]
    circuit = Circuit(failures=3, open_seconds=1.0, clock=lambda: now[0])
    for _ in range(2):
        circuit.failed()
    circuit.succeeded()
    for _ in range(2):
        circuit.failed()
    assert not circuit.open  # an answer in between: not in a row
    circuit.failed()
    assert circuit.open
    now[0] = 1.0
    assert not circuit.open  # the next request is the trial
    circuit.failed()
    assert circuit.open  # and it failed
    now[0] = 2.0
    circuit.succeeded()
    circuit.failed()
    assert not circuit.open
