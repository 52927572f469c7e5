/**
 * Sounds made on the spot with WebAudio: no files, nothing to load when it matters.
 * The emergency sound is a rising-falling siren unlike any other here; an exhausted ladder has a hard two-tone horn; both
 * repeat, and there is no way to mute them. A drill has a soft rising chord that nobody takes for either.
 */
import { onScopeDispose, ref, watch } from "vue";
import { steadyInterval } from "./steady";

export type Sound = "emergency" | "exhausted" | "drill" | "life_help" | "task" | "order" | "incident" | "lost";

let context: AudioContext | null = null;
/** The browser holds sound back until somebody clicks; the console then shows a bar to enable it. */
export const soundBlocked = ref(false);

function audio(): AudioContext | null {
  if (!context && typeof AudioContext !== "undefined") {
    context = new AudioContext();
    const report = () => (soundBlocked.value = context?.state === "suspended");
    context.onstatechange = report;
    report();
  }
  return context;
}

/** To be called from a click or a key press: only then does the browser allow it. */
export async function enableSound(): Promise<void> {
  const ctx = audio();
  if (ctx?.state === "suspended") await ctx.resume();
  soundBlocked.value = ctx?.state === "suspended";
}

interface Tone {
  from: number;
  to: number;
  at: number;
  for: number;
  loud: number;
  wave: OscillatorType;
}
const tone = (from: number, to: number, at: number, length: number, loud: number, wave: OscillatorType): Tone => ({
  from, to, at, for: length, loud, wave,
});

const SCORES: Record<Sound, Tone[]> = {
  emergency: [
    tone(620, 1240, 0, 0.32, 0.5, "sawtooth"),
    tone(1240, 620, 0.32, 0.32, 0.5, "sawtooth"),
    tone(620, 1240, 0.64, 0.32, 0.5, "sawtooth"),
  ],
  exhausted: [0, 0.3, 0.6, 0.9].map((at, place) => tone(place % 2 ? 349 : 466, place % 2 ? 349 : 466, at, 0.28, 0.42, "square")),
  drill: [tone(392, 392, 0, 0.3, 0.12, "sine"), tone(494, 494, 0.3, 0.3, 0.12, "sine"), tone(587, 587, 0.6, 0.5, 0.12, "sine")],
  life_help: [tone(523, 523, 0, 0.22, 0.22, "sine"), tone(659, 659, 0.24, 0.34, 0.22, "sine")],
  task: [tone(784, 784, 0, 0.12, 0.16, "triangle"), tone(784, 784, 0.18, 0.12, 0.16, "triangle")],
  // A knock on wood: an order has come to the dispatch desk. And three falling notes: something went wrong at an elder's home.
  order: [tone(440, 415, 0, 0.07, 0.2, "triangle"), tone(440, 415, 0.16, 0.07, 0.2, "triangle")],
  incident: [tone(587, 587, 0, 0.16, 0.24, "triangle"), tone(494, 494, 0.2, 0.16, 0.24, "triangle"), tone(392, 392, 0.4, 0.3, 0.24, "triangle")],
  lost: [tone(330, 220, 0, 0.5, 0.2, "triangle")],
};
const REPEAT_AFTER: Partial<Record<Sound, number>> = { emergency: 1_500, exhausted: 2_200, drill: 6_000, life_help: 3_000 };

export function play(sound: Sound): void {
  const ctx = audio();
  if (!ctx || ctx.state !== "running") return;
  for (const note of SCORES[sound]) {
    const start = ctx.currentTime + note.at;
    const oscillator = ctx.createOscillator();
    const gain = ctx.createGain();
    oscillator.type = note.wave;
    oscillator.frequency.setValueAtTime(note.from, start);
    oscillator.frequency.linearRampToValueAtTime(note.to, start + note.for);
    // Short ramps at both ends: a hard edge is heard as a click.
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(note.loud, start + 0.015);
    gain.gain.setValueAtTime(note.loud, start + note.for - 0.03);
    gain.gain.linearRampToValueAtTime(0, start + note.for);
    oscillator.connect(gain).connect(ctx.destination);
    oscillator.start(start);
    oscillator.stop(start + note.for);
  }
}

/** Repeats the sound that `which` names for as long as it names it. */
export function useRepeatingSound(which: () => Sound | null): void {
  audio();
  let stop = () => {};
  watch(
    which,
    (sound) => {
      stop();
      if (!sound) return;
      play(sound);
      const every = REPEAT_AFTER[sound];
      if (every) stop = steadyInterval(() => play(sound), every);
    },
    { immediate: true },
  );
  onScopeDispose(() => stop());
}
