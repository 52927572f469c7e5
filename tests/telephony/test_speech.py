"""Announcements: Mandarin is really spoken, kept, replaced by recordings, and fit for a telephone."""

from __future__ import annotations

import math
import signal
import wave
from array import array
from contextlib import aclosing
from pathlib import Path

import pytest

from callcenter.settings import Settings
from callcenter.telephony.espeak import synthesise
from callcenter.telephony.ports import TelephonyError
from callcenter.telephony.sound import to_telephone
from callcenter.telephony.speaker import Speaker
from callcenter.telephony.speaking import write_wav
from callcenter.telephony.speech import PROMPTS, EspeakSpeech

SENTENCE = "您好,您的求助我们收到了。"


def samples_of(path: Path) -> array[int]:
    with wave.open(str(path)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 8000)
        return array("h", sound.readframes(sound.getnframes()))


def tone(frequency: float, rate: int, seconds: float = 0.2) -> list[int]:
    return [round(10_000 * math.sin(2 * math.pi * frequency * i / rate)) for i in range(round(rate * seconds))]


def share_of(samples: array[int], frequency: float) -> float:
    wanted = [math.sin(2 * math.pi * frequency * i / 8000) for i in range(len(samples))]
    shifted = [math.cos(2 * math.pi * frequency * i / 8000) for i in range(len(samples))]
    inner = sum(map(lambda a, b: a * b, samples, wanted)), sum(map(lambda a, b: a * b, samples, shifted))
    return 2 * (inner[0] ** 2 + inner[1] ** 2) / (len(samples) * sum(value * value for value in samples))


class Tone:
    """Says a tone, whatever the text."""

    def __init__(self) -> None:
        self.said: list[str] = []

    async def speak(self, text: str, path: Path) -> None:
        self.said.append(text)
        write_wav(path, array("h", tone(440, 8000)))

    async def close(self) -> None:
        pass


async def test_mandarin_is_spoken(settings: Settings) -> None:
    async with aclosing(EspeakSpeech(settings)) as speech:
        path = await speech.file(SENTENCE)
    spoken = samples_of(path)
    seconds = len(spoken) / 8000
    characters = sum("一" <= char <= "鿿" for char in SENTENCE)
    # A voice without Chinese says "Chinese letter" for each character, three times as long.
    assert 0.15 < seconds / characters < 0.5
    rate, english = synthesise(SENTENCE, "en", settings.speech_rate)
    assert len(english) / rate > 2 * seconds
    assert 20_000 < max(map(abs, spoken)) <= 26_000
    assert math.sqrt(sum(value * value for value in spoken) / len(spoken)) > 1500


async def test_a_sentence_is_made_once(settings: Settings) -> None:
    voice = Tone()
    speech = EspeakSpeech(settings, voice)
    uri = await speech.say("您好")
    assert uri == await speech.say(" 您好 ")
    assert uri.startswith("sound:/")
    assert not uri.endswith(".wav")
    assert voice.said == ["您好"]


async def test_a_recording_replaces_the_voice(settings: Settings) -> None:
    speech = EspeakSpeech(settings, Tone())
    await speech.prepare()
    assert {path.stem for path in settings.prompts_dir.glob("*.wav")} == set(PROMPTS)
    recorded = settings.prompts_dir / "recorded" / "safe-emergency.wav"
    recorded.parent.mkdir()
    recorded.write_bytes(b"by a person")
    await speech.prepare()
    assert (settings.prompts_dir / "safe-emergency.wav").read_bytes() == b"by a person"
    assert await speech.named("safe-emergency", "x") == f"sound:{recorded.with_suffix('')}"
    assert "/said/" in await speech.named("greeting", "您好")


async def test_what_speaks_is_started_anew_when_it_has_died(settings: Settings, tmp_path: Path) -> None:
    speaker = Speaker(settings.voice, settings.speech_rate)
    try:
        await speaker.speak(SENTENCE, tmp_path / "1.wav")
        first = speaker.process
        assert first is not None
        await speaker.speak("再见。", tmp_path / "2.wav")
        assert speaker.process is first  # one process for all sentences
        first.send_signal(signal.SIGKILL)
        await first.wait()
        await speaker.speak(SENTENCE, tmp_path / "3.wav")
    finally:
        await speaker.close()
    assert samples_of(tmp_path / "3.wav") == samples_of(tmp_path / "1.wav") != samples_of(tmp_path / "2.wav")


async def test_a_voice_that_does_not_exist_is_told_and_the_next_sentence_is_spoken(tmp_path: Path) -> None:
    speaker = Speaker("nobody", 150)
    try:
        for _ in range(2):
            with pytest.raises(TelephonyError, match="Making speech failed"):
                await speaker.speak("您好", tmp_path / "1.wav")
    finally:
        await speaker.close()
    assert not (tmp_path / "1.wav").exists()


@pytest.mark.parametrize("text", ["", "  ", "长" * 2000])
async def test_what_is_no_announcement_is_refused(text: str, settings: Settings) -> None:
    with pytest.raises(TelephonyError):
        await EspeakSpeech(settings).say(text)


def test_an_unknown_voice_is_refused() -> None:
    with pytest.raises(TelephonyError, match="no such voice"):
        synthesise("x", "nobody", 150)


@pytest.mark.parametrize("rate", [8000, 16_000, 22_050, 44_100])
def test_what_a_telephone_carries_stays(rate: int) -> None:
    out = to_telephone(tone(1000, rate), rate, 26_000)
    assert len(out) == pytest.approx(1600, abs=1)
    assert share_of(out, 1000) > 0.97


@pytest.mark.parametrize("frequency", [4800, 6000, 9000])
def test_what_it_cannot_carry_is_gone_and_not_folded_back(frequency: int) -> None:
    both = [a + b for a, b in zip(tone(1000, 22_050), tone(frequency, 22_050), strict=True)]
    out = to_telephone(both, 22_050, 26_000)
    assert share_of(out, 1000) > 0.97


def test_silence_stays_silence() -> None:
    assert not any(to_telephone([0] * 100, 22_050, 26_000))
