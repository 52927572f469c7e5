/**
 * Timers that run on in a tab that nobody looks at. After five minutes in the background browsers wake a page's own timers once
 * a minute: a console that pings so seldom is taken for dead, and its seat is offered no calls. A worker's timers are left alone.
 */
type Stop = () => void;

let worker: Worker | null = null;
const running = new Map<number, { run: () => void; every: number }>();
const own = new Map<number, ReturnType<typeof setInterval>>();
let last = 0;

function start(): Worker | null {
  if (typeof Worker === "undefined") return null;
  if (!worker) {
    worker = new Worker(new URL("./steady.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<number>) => running.get(data)?.run();
    // It could not be loaded: the page's own timers are better than none.
    worker.onerror = () => {
      for (const [id, { run, every }] of running) if (!own.has(id)) own.set(id, setInterval(run, every));
    };
  }
  return worker;
}

/** Calls `run` every so many milliseconds, until the function it gives back is called. */
export function steadyInterval(run: () => void, every: number): Stop {
  const id = ++last;
  running.set(id, { run, every });
  const other = start();
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
