/**
 * Commands on their way. Each has its own id; the service answers a repeated id with the first answer, so a command
 * whose answer was lost is simply said again after the connection is back.
 *
 * Two sorts: *brisk* ones (take, decline, hang up …) mean something only now and give up after 8 s, connected or not;
 * *kept* ones (what a person has written) wait for the connection for as long as the service remembers ids.
 */
import { ProblemError, unreachable } from "./http";
import type { Problem } from "./basics";

export const ANSWER_WITHIN = 8_000;
/** The service remembers an id for ten minutes; repeat a little shorter than that. */
export const KEEP_FOR = 9.5 * 60_000;

interface Pending {
  id: string;
  name: string;
  args: object;
  kept: boolean;
  sentBefore: boolean;
  since: number;
  timer: ReturnType<typeof setTimeout> | null;
  resolve: (data: unknown) => void;
  reject: (error: ProblemError) => void;
}

export class Commands {
  private readonly pending = new Map<string, Pending>();

  constructor(
    private readonly transmit: (frame: object) => boolean,
    private readonly newId: () => string,
  ) {}

  issue(name: string, args: object, kept: boolean): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = this.newId();
      const since = Date.now();
      const entry: Pending = { id, name, args, kept, since, sentBefore: false, timer: null, resolve, reject };
      this.pending.set(id, entry);
      this.transmitOne(entry);
      this.arm(entry);
    });
  }

  /** The connection is back: everything unanswered goes out again, in the order it was issued. */
  replay(): void {
    for (const entry of this.pending.values()) this.transmitOne(entry);
  }

  settle(id: string, ok: true, data: unknown): void;
  settle(id: string, ok: false, problem: Problem): void;
  settle(id: string, ok: boolean, value: unknown): void {
    const entry = this.take(id);
    if (!entry) return;
    if (ok) entry.resolve(value);
    else entry.reject(new ProblemError(value as Problem));
  }

  /** The service refused our frames (4010): what was on its way may be the cause and must not go round for ever. */
  dropSent(): void {
    for (const entry of [...this.pending.values()]) if (entry.sentBefore) this.giveUp(entry.id);
  }

  dropAll(): void {
    for (const id of [...this.pending.keys()]) this.giveUp(id);
  }

  private transmitOne(entry: Pending): void {
    const { id, name, args } = entry;
    if (this.transmit({ type: "command", id, name, args })) entry.sentBefore = true;
  }

  private arm(entry: Pending): void {
    entry.timer = setTimeout(() => {
      if (!entry.kept || Date.now() - entry.since > KEEP_FOR) return this.giveUp(entry.id);
      this.transmitOne(entry);
      this.arm(entry);
    }, ANSWER_WITHIN);
  }

  private giveUp(id: string): void {
    this.take(id)?.reject(new ProblemError(unreachable()));
  }

  private take(id: string): Pending | undefined {
    const entry = this.pending.get(id);
    if (entry?.timer) clearTimeout(entry.timer);
    this.pending.delete(id);
    return entry;
  }
}
