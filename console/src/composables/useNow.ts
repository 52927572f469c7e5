/** One clock for the whole console, by the server's time; every countdown reads it. */
import { useLive } from "@/data/live";
import { computed, type ComputedRef, ref } from "vue";

const TICK = 200;
const local = ref(Date.now());
let ticking = false;

export function useNow(): ComputedRef<number> {
  if (!ticking) {
    ticking = true;
    setInterval(() => (local.value = Date.now()), TICK);
  }
  const live = useLive();
  return computed(() => local.value + live.clockOffset);
}

/** For what only turns red when its time has passed: a list of hundreds that asks is then not drawn anew five times a second. */
const COARSE = 5_000;
export function useCoarseNow(): ComputedRef<number> {
  const now = useNow();
  return computed(() => Math.floor(now.value / COARSE) * COARSE);
}

/** 75 s → "1:15", 3 700 s → "1:01:40". Never negative: a promise that has passed stands at 0:00 and is coloured elsewhere. */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export function secondsSince(now: number, iso: string | null): number {
  return iso ? Math.max(0, (now - Date.parse(iso)) / 1000) : 0;
}

export function secondsUntil(now: number, iso: string | null): number {
  // Round up, so that "1" is shown until it really is over.
  return iso ? Math.max(0, Math.ceil((Date.parse(iso) - now) / 1000)) : 0;
}
