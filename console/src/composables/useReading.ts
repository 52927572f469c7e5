/**
 * Something read by HTTP and kept true: read again when its address has another value, when something that it depends on
 * has changed, and when the connection is back (what changed meanwhile was told to nobody). The answer shown is always that of
 * the last question; a read that fails leaves what was there.
 */
import { http, toProblem } from "@/api/http";
import type { Problem } from "@/api/basics";
import { useLive } from "@/data/live";
import { onScopeDispose, ref, shallowRef, watch } from "vue";

/** Changes come in flocks, and words are typed letter by letter: one read for all that come within this. */
export const QUIET_FOR = 250;

const placeOf = (address: string | null) => address?.split("?")[0];

/** `address`: what to ask, null while there is nothing to ask. `changes`: values whose change makes the answer old. `read`: how. */
export function useReading<T>(address: () => string | null, changes: () => unknown[] = () => [], read: (address: string) => Promise<T> = (wanted) => http.get<T>(wanted)) {
  const live = useLive();
  const value = shallowRef<T | null>(null);
  const problem = ref<Problem | null>(null);
  const loading = ref(false);
  let question = 0;
  let again = false;
  let moved = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function load(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    again = false;
    const mine = ++question;
    const wanted = address();
    loading.value = wanted !== null;
    if (wanted === null) {
      value.value = null;
      problem.value = null;
      return;
    }
    try {
      const found = await read(wanted);
      if (mine !== question) return;
      value.value = found;
      problem.value = null;
    } catch (error) {
      if (mine === question) problem.value = toProblem(error);
    }
    if (mine !== question) return;
    loading.value = false;
    if (again) later();
  }
  function later(): void {
    // The answer on its way may have been made before the change: it is asked once more when that one is here.
    if (loading.value && timer === undefined) again = true;
    else timer ??= setTimeout(() => void load(), QUIET_FOR);
  }

  watch(address, (now, before) => {
    if (placeOf(now) !== placeOf(before)) {
      value.value = null; // another one's answer is never shown under this one's name
      problem.value = null;
      return void load();
    }
    // A click is answered at once; of what is typed, the first letter and then the whole word.
    const since = Date.now() - moved;
    moved = Date.now();
    if (since > QUIET_FOR) return void load();
    clearTimeout(timer);
    timer = setTimeout(() => void load(), QUIET_FOR);
  });
  watch(changes, (now, before) => {
    if (now.some((one, place) => !Object.is(one, before[place]))) later();
  });
  watch(() => live.returns, later);
  onScopeDispose(() => {
    clearTimeout(timer);
    question += 1;
  });
  void load();

  return { value, problem, loading, load };
}
