"""Samples for the telephone: to 8 kHz, with what a telephone cannot carry filtered out first, and made equally loud."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from operator import mul

TELEPHONE_RATE = 8000
CUT_OFF = 3600.0  # Hz; above half of 8 kHz a tone would come back as a wrong one
TAPS = 31  # length of the filter on each side, in samples of the source


def to_telephone(samples: Sequence[int], rate: int, loudest: int) -> array[int]:
    """``samples`` at ``rate`` as 8 kHz, the loudest of them ``loudest``."""
    low = _resampled(samples, rate) if rate != TELEPHONE_RATE else [float(value) for value in samples]
    peak = max((abs(value) for value in low), default=0.0)
    gain = loudest / peak if peak else 0.0
    return array("h", (round(value * gain) for value in low))


def _resampled(samples: Sequence[int], rate: int) -> list[float]:
    """Low-pass and resample in one step: each new sample is a windowed sinc over its neighbours."""
    ratio = rate / TELEPHONE_RATE
    count = int(len(samples) / ratio)
    # The kernel depends only on where between two samples the new one falls, and few such places repeat.
    kernels: dict[float, list[float]] = {}
    padded = [0.0] * TAPS + [float(value) for value in samples] + [0.0] * (TAPS + 1)
    out = []
    for index in range(count):
        place = index * ratio
        whole = int(place)
        offset = round(place - whole, 6)
        kernel = kernels.get(offset)
        if kernel is None:
            kernel = kernels[offset] = _kernel(offset, rate)
        out.append(sum(map(mul, kernel, padded[whole : whole + len(kernel)])))
    return out


def _kernel(offset: float, rate: int) -> list[float]:
    cut = 2 * CUT_OFF / rate
    taps = []
    for step in range(-TAPS, TAPS + 1):
        distance = step - offset
        sinc = cut if distance == 0 else math.sin(math.pi * cut * distance) / (math.pi * distance)
        window = 0.5 + 0.5 * math.cos(math.pi * distance / (TAPS + 1))
        taps.append(sinc * window)
    return taps
