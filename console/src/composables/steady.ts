/**
 * Timers that run on in a tab that nobody looks at. After five minutes in the background browsers wake a page's own timers once
 * a minute: a console that pings so seldom is taken for dead, and its seat is offered no calls. A worker's timers are left alone.
 * Where the worker does not start, or breaks, the page's own timers go on, and a bar says that the tab must stay in front.
 */
import { ref } from "vue";

type Stop = () => void;

/** A worker says that it is there; one that has said nothing for so long will not come. */
export const START_WITHIN = 10_000;
/** No worker keeps the time: in the background this console falls asleep. */
export const unsteady = ref(false);

/** undefined: not started yet. null: there is none, for good. */
let worker: Worker | null | undefined;
const running = new Map<number, { run: () => void; every: number }>();
const own = new Map<number, ReturnType<typeof setInterval>>();
let last = 0;

function goOnWithout(): void {
  worker?.terminate();
  worker = null;
  unsteady.value = true;
  for (const [id, { run, every }] of running) if (!own.has(id)) own.set(id, setInterval(run, every));
}

function start(): Worker | null {
  if (worker !== undefined) return worker;
  try {
    const started = (worker = new Worker(new URL("./steady.worker.ts", import.meta.url), { type: "module" }));
    const waiting = setTimeout(goOnWithout, START_WITHIN);
    started.onmessage = ({ data }: MessageEvent<number>) => {
      clearTimeout(waiting);
      running.get(data)?.run();
    };
    started.onerror = started.onmessageerror = () => {
      clearTimeout(waiting);
      if (worker === started) goOnWithout();
    };
  } catch {
    goOnWithout(); // no workers in this browser, or none allowed
  }
  return worker ?? null;
}

/** Calls `run` every so many milliseconds, until the function it gives back is called. */
export function steadyInterval(run: () => void, every: number): Stop {
  const id = ++last;
  const other = start();
  running.set(id, { run, every });
  if (other) other.postMessage({ id, every });
  else own.set(id, setInterval(run, every));
  return () => {
    if (!running.delete(id)) return;
    worker?.postMessage({ id, every: null });
    clearInterval(own.get(id));
    own.delete(id);
  };
}

/** Calls `run` once, after so many milliseconds, unless the function it gives back is called before. */
export function steadyTimeout(run: () => void, after: number): Stop {
  const stop = steadyInterval(() => {
    stop();
    run();
  }, after);
  return stop;
}
