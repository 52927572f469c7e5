"""Samples for the telephone: to 8 kHz, with what a telephone cannot carry filtered out first, and made equally loud."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from math import gcd

import numpy as np
from numpy.typing import NDArray

TELEPHONE_RATE = 8000
CUT_OFF = 3600.0  # Hz; above half of 8 kHz a tone would come back as a wrong one
TAPS = 31  # length of the filter on each side, in samples of the source

Samples = NDArray[np.float64]


def to_telephone(samples: Sequence[int], rate: int, loudest: int) -> array[int]:
    """``samples`` at ``rate`` as 8 kHz, the loudest of them ``loudest``."""
    given = np.asarray(samples, dtype=np.float64)
    low = _resampled(given, rate) if rate != TELEPHONE_RATE else given
    peak = float(np.abs(low).max(initial=0.0))
    gain = loudest / peak if peak else 0.0
    return array("h", np.rint(low * gain).astype(np.int16).tobytes())


def _resampled(samples: Samples, rate: int) -> Samples:
    """Low-pass and resample in one step: each new sample is a windowed sinc over its neighbours."""
    step, places = rate // gcd(rate, TELEPHONE_RATE), TELEPHONE_RATE // gcd(rate, TELEPHONE_RATE)
    out = np.zeros(len(samples) * places // step)
    if not len(out):
        return out
    padded = np.concatenate([np.zeros(TAPS), samples, np.zeros(TAPS + 1)])
    neighbours = np.lib.stride_tricks.sliding_window_view(padded, 2 * TAPS + 1)
    # The kernel depends only on where between two samples the new one falls, and few such places repeat.
    for place in range(min(places, len(out))):
        whole, rest = divmod(place * step, places)
        count = len(range(place, len(out), places))
        out[place::places] = neighbours[whole::step][:count] @ _kernel(rest / places, rate)
    return out


def _kernel(offset: float, rate: int) -> Samples:
    distance = np.arange(-TAPS, TAPS + 1) - offset
    cut = 2 * CUT_OFF / rate
    kernel: Samples = cut * np.sinc(cut * distance) * (0.5 + 0.5 * np.cos(np.pi * distance / (TAPS + 1)))
    return kernel
