"""espeak-ng's C library: text in, samples out. The library has one voice and global state, so one caller at a time."""

from __future__ import annotations

import ctypes
import threading
from array import array

import espeakng_loader

from callcenter.telephony.ports import TelephonyError

SYNCHRONOUS = 0x02  # AUDIO_OUTPUT_SYNCHRONOUS: samples come to our callback, nothing is played here
UTF8 = 1
POSITION_CHARACTER = 1
RATE, PITCH, WORD_GAP = 1, 3, 7  # espeak_PARAMETER
DO_NOT_EXIT = 0x8000  # espeakINITIALIZE_DONT_EXIT: a missing voice must not end our process

_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
_lock = threading.Lock()


class _Library:
    """The loaded library, its sample rate, and where the samples of the present sentence go."""

    def __init__(self) -> None:
        self.samples: array[int] = array("h")
        self.library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path().encode()
        self.rate = self.library.espeak_Initialize(SYNCHRONOUS, 0, data, DO_NOT_EXIT)
        if self.rate <= 0:
            raise TelephonyError("语音合成库无法启动。The speech library does not start.")
        self._callback = _CALLBACK(self._take)  # kept, or the library would call freed memory
        self.library.espeak_SetSynthCallback(self._callback)

    def _take(self, wav: object, count: int, _events: object) -> int:
        if wav and count > 0:
            self.samples.frombytes(ctypes.string_at(wav, count * 2))  # type: ignore[arg-type]
        return 0


_loaded: list[_Library] = []


def synthesise(text: str, voice: str, words_per_minute: int) -> tuple[int, array[int]]:
    """``text`` spoken: the sample rate and the samples (16 bit)."""
    with _lock:
        if not _loaded:
            _loaded.append(_Library())
        speaker = _loaded[0]
        library = speaker.library
        if library.espeak_SetVoiceByName(voice.encode()):
            raise TelephonyError(f"没有这个语音:{voice}。There is no such voice: {voice}")
        library.espeak_SetParameter(RATE, words_per_minute, 0)
        library.espeak_SetParameter(WORD_GAP, 2, 0)
        speaker.samples = array("h")
        raw = text.encode()
        failed = library.espeak_Synth(raw, ctypes.c_size_t(len(raw) + 1), 0, POSITION_CHARACTER, 0, UTF8, None, None)
        if failed or library.espeak_Synchronize():
            raise TelephonyError("语音合成失败。Speaking the text failed.")
        return speaker.rate, speaker.samples
