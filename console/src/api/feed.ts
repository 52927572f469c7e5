/**
 * The live connection. It keeps the console equal to the server: snapshot or resume, changes by version, commands by id.
 * It knows nothing of nouns or screens; the stores listen through `onEntity`.
 */
import { steadyInterval, steadyTimeout } from "@/composables/steady";
import { Commands } from "./commands";
import { type Entity, readFrame, type ServerFrame } from "./frames";
import { uuid } from "./uuid";

export const PING_EVERY = 10_000;
/** Half-open connections give no close event; a ping without its pong is the only sign. */
export const PONG_WITHIN = 5_000;
/** A connection that neither opens nor fails (a silent firewall) is given up after this. */
export const GREET_WITHIN = 8_000;
export const BACKOFF = [300, 600, 1_200, 2_400, 5_000];

export const CLOSE = { loggedOut: 4001, tooSlow: 4008, otherTab: 4009, rubbish: 4010, restarting: 1012 } as const;

export type FeedStatus = "idle" | "connecting" | "online" | "lost" | "other_tab" | "logged_out";

/** The part of WebSocket that is used; tests put a fake in its place. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

export interface FeedOptions {
  connect: () => Socket;
  onEntity: (noun: string, id: string, data: unknown) => void;
  onStatus: (status: FeedStatus, retryAt: number | null) => void;
  onClock: (offset: number) => void;
  random?: () => number;
  newId?: () => string;
}

export class Feed {
  private socket: Socket | null = null;
  private epoch: string | null = null;
  private seq = 0;
  private greeted = false;
  private failures = 0;
  private stopRetry = () => {};
  private stopPings = () => {};
  /** Runs while an answer is owed: first the greeting's, then each ping's. */
  private stopWaiting = () => {};
  private pingSentAt = 0;
  private clockSamples: { trip: number; offset: number }[] = [];
  /** `noun/id` → version and whether it is still there; a gone entity keeps its version so that a late older change stays out. */
  private readonly held = new Map<string, { noun: string; id: string; version: number; gone: boolean }>();
  private readonly commands: Commands;

  constructor(private readonly options: FeedOptions) {
    this.commands = new Commands((frame) => this.greeted && this.write(frame), options.newId ?? uuid);
  }

  open(): void {
    if (this.socket) return;
    this.stopRetry();
    this.options.onStatus(this.failures ? "lost" : "connecting", null);
    const socket = this.options.connect();
    this.socket = socket;
    this.expectAnswer(GREET_WITHIN);
    socket.onopen = () => {
      this.write({ type: "hello", epoch: this.epoch, seq: this.seq });
      this.startPinging();
    };
    socket.onmessage = (event) => {
      const frame = typeof event.data === "string" ? readFrame(event.data) : null;
      if (frame && this.socket === socket) this.receive(frame);
    };
    socket.onclose = (event) => {
      if (this.socket === socket) this.closed(event.code);
    };
  }

  /** Log-out: forget everything, personal data included. */
  shut(): void {
    this.stopRetry();
    const socket = this.detach();
    socket?.close(1000);
    this.commands.dropAll();
    this.forget();
    this.failures = 0;
    this.options.onStatus("idle", null);
  }

  /** A person pressed "try now" or "use this tab", or the browser says the network is back. */
  retryNow(): void {
    this.open();
  }

  command(name: string, args: object, kept = false): Promise<unknown> {
    return this.commands.issue(name, args, kept);
  }

  private receive(frame: ServerFrame): void {
    switch (frame.type) {
      case "snapshot":
        this.adopt(frame.entities);
        return this.welcome(frame.epoch, frame.seq);
      case "resumed":
        // Its seq is where the server stands, not what we hold: ours grows with the changes that now follow.
        return this.welcome(frame.epoch, this.seq);
      case "change":
        this.seq = Math.max(this.seq, frame.seq);
        return this.apply(frame);
      case "changes":
        this.seq = Math.max(this.seq, frame.seq);
        return frame.changes.forEach((change) => this.apply(change));
      case "result":
        return frame.ok ? this.commands.settle(frame.id, true, frame.data) : this.commands.settle(frame.id, false, frame.problem);
      case "pong":
        return this.readClock(frame.at);
      case "error":
        // A frame of ours that the service could not read: a fault of this program, for whoever looks for it.
        console.warn(`the service could not read a frame: ${frame.problem.en}`);
    }
  }

  private welcome(epoch: string, seq: number): void {
    this.epoch = epoch;
    this.seq = seq;
    this.greeted = true;
    this.failures = 0;
    this.options.onStatus("online", null);
    this.commands.replay();
  }

  /** A snapshot is the whole truth: what it does not name is gone, and its versions count from now on. */
  private adopt(entities: Entity[]): void {
    const named = new Set(entities.map((entity) => `${entity.noun}/${entity.id}`));
    for (const [key, { noun, id, gone }] of this.held) {
      if (!named.has(key) && !gone) this.options.onEntity(noun, id, null);
    }
    this.held.clear();
    for (const entity of entities) this.apply(entity);
  }

  private apply({ noun, id, version, data }: Entity): void {
    const key = `${noun}/${id}`;
    const known = this.held.get(key);
    if (known && version < known.version) return;
    this.held.set(key, { noun, id, version, gone: data === null });
    this.options.onEntity(noun, id, data);
  }

  private closed(code: number): void {
    this.detach();
    if (code === CLOSE.loggedOut) {
      this.commands.dropAll();
      return this.options.onStatus("logged_out", null);
    }
    if (code === CLOSE.otherTab) return this.options.onStatus("other_tab", null);
    if (code === CLOSE.rubbish) {
      this.commands.dropSent();
      this.failures = BACKOFF.length;
    }
    this.retryLater();
  }

  private retryLater(): void {
    const step = BACKOFF[Math.min(this.failures, BACKOFF.length - 1)] ?? 5_000;
    this.failures += 1;
    // Up to a fifth earlier, so that fifty consoles do not come back in the same instant.
    const wait = Math.round(step * (1 - 0.2 * (this.options.random ?? Math.random)()));
    this.options.onStatus("lost", Date.now() + wait);
    this.stopRetry = steadyTimeout(() => this.open(), wait);
  }

  private detach(): Socket | null {
    const socket = this.socket;
    this.socket = null;
    this.greeted = false;
    this.stopPings();
    this.stopWaiting();
    if (socket) socket.onopen = socket.onmessage = socket.onclose = null;
    return socket;
  }

  private forget(): void {
    for (const { noun, id, gone } of this.held.values()) if (!gone) this.options.onEntity(noun, id, null);
    this.held.clear();
    this.epoch = null;
    this.seq = 0;
  }

  private startPinging(): void {
    const ping = () => {
      this.pingSentAt = Date.now();
      this.write({ type: "ping" });
      this.expectAnswer(PONG_WITHIN);
    };
    ping();
    this.stopPings = steadyInterval(ping, PING_EVERY);
  }

  private expectAnswer(within: number): void {
    this.stopWaiting();
    this.stopWaiting = steadyTimeout(() => {
      this.detach()?.close();
      this.retryLater();
    }, within);
  }

  /** The server's clock, from the quickest of the last round trips: the least time to be wrong in. */
  private readClock(at: string): void {
    this.stopWaiting();
    const now = Date.now();
    const trip = now - this.pingSentAt;
    this.clockSamples = [...this.clockSamples.slice(-7), { trip, offset: Date.parse(at) + trip / 2 - now }];
    const best = this.clockSamples.reduce((a, b) => (b.trip < a.trip ? b : a));
    this.options.onClock(best.offset);
  }

  private write(frame: object): boolean {
    if (!this.socket) return false;
    try {
      this.socket.send(JSON.stringify(frame));
      return true;
    } catch {
      return false;
    }
  }
}
