/** The other half of steady.ts: says that it is there (0 is no timer's id), then ticks, by id, until told to stop. */
const timers = new Map<number, ReturnType<typeof setInterval>>();

self.onmessage = ({ data }: MessageEvent<{ id: number; every: number | null }>) => {
  clearInterval(timers.get(data.id));
  timers.delete(data.id);
  if (data.every !== null) timers.set(data.id, setInterval(() => self.postMessage(data.id), data.every));
};
self.postMessage(0);
