import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

/** A worker of the browser, as far as steady.ts sees it: it may tick, stay silent, or break. */
class FakeWorker {
  static last: FakeWorker | null = null;
  onmessage: ((event: { data: number }) => void) | null = null;
  onerror: (() => void) | null = null;
  sent: { id: number; every: number | null }[] = [];
  ended = false;
  constructor() { FakeWorker.last = this; }
  postMessage(message: { id: number; every: number | null }) { this.sent.push(message); }
  terminate() { this.ended = true; }
}
const fresh = async () => {
  vi.resetModules(); // the worker is one for the whole page
  return import("@/composables/steady");
};

beforeEach(() => {
  FakeWorker.last = null;
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("steady timers", () => {
  it("are the worker's while it keeps time", async () => {
    vi.stubGlobal("Worker", FakeWorker);
    const { steadyInterval, START_WITHIN, unsteady } = await fresh();
    const run = vi.fn();
    const stop = steadyInterval(run, 1_000);
    const worker = FakeWorker.last!;
    worker.onmessage!({ data: 0 });
    await vi.advanceTimersByTimeAsync(START_WITHIN * 2);
    expect(run).not.toHaveBeenCalled();
    worker.onmessage!({ data: worker.sent[0]!.id });
    expect(run).toHaveBeenCalledTimes(1);
    stop();
    expect(worker.sent.at(-1)!.every).toBeNull();
    expect(unsteady.value).toBe(false);
  });

  it("are the page's own, and said to be, where no worker can be made", async () => {
    vi.stubGlobal("Worker", class { constructor() { throw new Error("forbidden"); } });
    const { steadyInterval, unsteady } = await fresh();
    const run = vi.fn();
    steadyInterval(run, 1_000);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(run).toHaveBeenCalledTimes(3);
    expect(unsteady.value).toBe(true);
  });

  it("go on, each and those begun later, when the worker breaks", async () => {
    vi.stubGlobal("Worker", FakeWorker);
    const { steadyInterval, steadyTimeout, unsteady } = await fresh();
    const [early, late] = [vi.fn(), vi.fn()];
    const stop = steadyInterval(early, 1_000);
    FakeWorker.last!.onerror!();
    steadyTimeout(late, 500);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([early.mock.calls.length, late.mock.calls.length]).toEqual([2, 1]);
    expect([FakeWorker.last!.ended, unsteady.value]).toEqual([true, true]);
    stop();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(early).toHaveBeenCalledTimes(2);
  });

  it("do not wait for ever for a worker that says nothing", async () => {
    vi.stubGlobal("Worker", FakeWorker);
    const { steadyInterval, START_WITHIN, unsteady } = await fresh();
    const run = vi.fn();
    steadyInterval(run, 1_000);
    await vi.advanceTimersByTimeAsync(START_WITHIN + 1_000);
    expect(run).toHaveBeenCalledTimes(1);
    expect(unsteady.value).toBe(true);
  });
});
