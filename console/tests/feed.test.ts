import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BACKOFF, Feed, type FeedStatus, GREET_WITHIN, PING_EVERY, PONG_WITHIN } from "@/api/feed";
import { FakeSocket } from "./fake-socket";

type Got = [string, string, unknown];
let got: Got[];
let states: FeedStatus[];
let retryAt: number | null;
let offset: number;
let feed: Feed;
let ids: number;

const change = (seq: number, id: string, version: number, data: unknown = { v: version }, noun = "case") => ({ type: "change", seq, noun, id, version, data });
const snapshot = (seq: number, ...entities: [string, number][]) => ({
  type: "snapshot", epoch: "E1", seq, entities: entities.map(([id, version]) => ({ noun: "case", id, version, data: { v: version } })),
});
function greet(seq = 10, ...entities: [string, number][]): FakeSocket {
  feed.open();
  FakeSocket.last.open();
  FakeSocket.last.say(snapshot(seq, ...entities));
  return FakeSocket.last;
}
function comeBack(): FakeSocket {
  vi.advanceTimersByTime(5_000);
  FakeSocket.last.open();
  return FakeSocket.last;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(new Date("2026-11-21T12:00:00.000Z"));
  FakeSocket.all = [];
  [got, states, retryAt, offset, ids] = [[], [], null, 0, 0];
  feed = new Feed({
    connect: () => new FakeSocket(),
    onEntity: (noun, id, data) => got.push([noun, id, data]),
    onStatus: (status, retry) => {
      states.push(status);
      retryAt = retry;
    },
    onClock: (value) => (offset = value),
    random: () => 0,
    newId: () => `cmd-${++ids}`,
  });
});
afterEach(() => {
  feed.shut();
  vi.useRealTimers();
});

describe("what the server says becomes what is held", () => {
  it("says hello first, with nothing to resume from", () => {
    feed.open();
    FakeSocket.last.open();
    expect(FakeSocket.last.sent[0]).toEqual({ type: "hello", epoch: null, seq: 0 });
  });

  it("takes a snapshot, then changes in their order", () => {
    const socket = greet(10, ["a", 1]);
    socket.say(change(11, "a", 2));
    socket.say(change(14, "b", 1));
    expect(got).toEqual([["case", "a", { v: 1 }], ["case", "a", { v: 2 }], ["case", "b", { v: 1 }]]);
    expect(states.at(-1)).toBe("online");
  });

  it("ignores a version older than the one held, also after the entity has gone", () => {
    const socket = greet(10, ["a", 5]);
    socket.say(change(11, "a", 4));
    socket.say(change(12, "a", 6, null));
    socket.say(change(13, "a", 5));
    expect(got).toEqual([["case", "a", { v: 5 }], ["case", "a", null]]);
  });

  it("drops what a new snapshot no longer names, and lets its versions start again", () => {
    greet(10, ["a", 9], ["b", 3]).drop();
    got = [];
    comeBack().say({ ...snapshot(2, ["a", 1]), epoch: "E2" });
    expect(got).toEqual([["case", "b", null], ["case", "a", { v: 1 }]]);
  });

  it("leaves frames it does not know, and rubbish, aside", () => {
    const socket = greet();
    socket.say({ type: "weather", text: "rain" });
    socket.say("{not json");
    socket.say("null");
    expect(got).toEqual([]);
    expect(states.at(-1)).toBe("online");
  });
});

describe("what many share", () => {
  it("comes gathered in one frame, each part by its own version", () => {
    const socket = greet(10, ["a", 5]);
    const part = (id: string, version: number) => ({ noun: "case", id, version, data: { v: version } });
    socket.say({ type: "changes", seq: 12, changes: [part("a", 4), part("b", 1)] });
    expect(got).toEqual([["case", "a", { v: 5 }], ["case", "b", { v: 1 }]]);
    socket.drop();
    expect(comeBack().sent[0]).toEqual({ type: "hello", epoch: "E1", seq: 12 });
  });
});

describe("coming back", () => {
  it("resumes from the last seq it has really applied and misses nothing", () => {
    const socket = greet(10, ["a", 1]);
    socket.say(change(12, "a", 2));
    socket.drop(1012);
    const again = comeBack();
    expect(again.sent[0]).toEqual({ type: "hello", epoch: "E1", seq: 12 });
    again.say({ type: "resumed", epoch: "E1", seq: 15 });
    // Cut off again in the middle of the missed changes: the next hello must not skip 14 and 15.
    again.say(change(13, "a", 3));
    again.drop();
    expect(comeBack().sent[0]).toEqual({ type: "hello", epoch: "E1", seq: 13 });
    FakeSocket.last.say({ type: "resumed", epoch: "E1", seq: 15 });
    FakeSocket.last.say(change(14, "b", 1));
    FakeSocket.last.say(change(15, "a", 4));
    expect(got.map(([, id, data]) => [id, data])).toEqual([["a", { v: 1 }], ["a", { v: 2 }], ["a", { v: 3 }], ["b", { v: 1 }], ["a", { v: 4 }]]);
  });

  it("waits longer each time, at most five seconds, and from the start after a success", () => {
    greet().drop();
    for (const wait of [...BACKOFF, 5_000, 5_000]) {
      expect(retryAt).toBe(Date.now() + wait);
      const before = FakeSocket.all.length;
      vi.advanceTimersByTime(wait - 1);
      expect(FakeSocket.all.length).toBe(before);
      vi.advanceTimersByTime(1);
      expect(FakeSocket.all.length).toBe(before + 1);
      FakeSocket.last.drop();
    }
    comeBack().say({ type: "resumed", epoch: "E1", seq: 10 });
    FakeSocket.last.drop();
    expect(retryAt).toBe(Date.now() + BACKOFF[0]!);
  });

  it("notices a connection that is dead without having closed", () => {
    const socket = greet();
    socket.say({ type: "pong", at: new Date().toISOString() });
    vi.advanceTimersByTime(PING_EVERY + PONG_WITHIN);
    expect(socket.closedByUs).toBe(true);
    expect(states.at(-1)).toBe("lost");
  });

  it("gives up an attempt that neither opens nor fails", () => {
    feed.open();
    vi.advanceTimersByTime(GREET_WITHIN);
    expect(states.at(-1)).toBe("lost");
    vi.advanceTimersByTime(BACKOFF[0]!);
    expect(FakeSocket.all.length).toBe(2);
  });

  it("tries at once when a person asks, and only once", () => {
    greet().drop();
    feed.retryNow();
    expect(FakeSocket.all.length).toBe(2);
    vi.advanceTimersByTime(BACKOFF[0]!);
    expect(FakeSocket.all.length).toBe(2);
  });
});

describe("close codes", () => {
  it("4001: logged out, no further attempt, commands are told", async () => {
    const socket = greet();
    const answer = feed.command("note", {}, true);
    socket.drop(4001);
    await expect(answer).rejects.toThrow();
    vi.advanceTimersByTime(60_000);
    expect(states.at(-1)).toBe("logged_out");
    expect(FakeSocket.all.length).toBe(1);
  });

  it("4009: another tab, waits for the button", () => {
    greet(10, ["a", 1]).drop(4009);
    vi.advanceTimersByTime(60_000);
    expect(states.at(-1)).toBe("other_tab");
    expect(FakeSocket.all.length).toBe(1);
    feed.retryNow();
    FakeSocket.last.open();
    expect(FakeSocket.last.sent[0]).toEqual({ type: "hello", epoch: "E1", seq: 10 });
  });

  it("4008 and 1012: come back and resume", () => {
    for (const code of [4008, 1012]) {
      greet(10).drop(code);
      vi.advanceTimersByTime(BACKOFF[0]!);
      FakeSocket.last.open();
      expect(FakeSocket.last.sent[0]).toEqual({ type: "hello", epoch: "E1", seq: 10 });
      feed.shut();
    }
  });

  it("4010: what had been sent is not said again, and the next attempt takes its time", async () => {
    const socket = greet();
    const answer = feed.command("note", { text: "?" }, true);
    socket.drop(4010);
    await expect(answer).rejects.toThrow();
    expect(retryAt).toBe(Date.now() + 5_000);
    comeBack().say({ type: "resumed", epoch: "E1", seq: 10 });
    expect(FakeSocket.last.of("command")).toEqual([]);
  });
});

describe("commands", () => {
  it("bring the answer, or the problem", async () => {
    const socket = greet();
    const fine = feed.command("note", { case_id: "c", text: "x" });
    expect(socket.of("command")).toEqual([{ type: "command", id: "cmd-1", name: "note", args: { case_id: "c", text: "x" } }]);
    socket.say({ type: "result", id: "cmd-1", ok: true, data: { seq: 3 } });
    await expect(fine).resolves.toEqual({ seq: 3 });
    const refused = feed.command("take", {});
    const problem = { code: "taken", status: 409, zh: "已被接走", en: "Taken", remedy_zh: "", remedy_en: "", rule: null };
    socket.say({ type: "result", id: "cmd-2", ok: false, problem });
    await expect(refused).rejects.toMatchObject({ problem: { code: "taken" } });
  });

  it("are said again after a reconnection, with the same id and in their order", async () => {
    const socket = greet();
    const one = feed.command("note", { text: "1" }, true);
    const two = feed.command("draft", { draft: {} }, true);
    socket.drop();
    const three = feed.command("note", { text: "3" }, true);
    const again = comeBack();
    expect(again.of("command")).toEqual([]);
    again.say({ type: "resumed", epoch: "E1", seq: 10 });
    expect(again.of("command").map((frame) => frame.id)).toEqual(["cmd-1", "cmd-2", "cmd-3"]);
    for (const id of ["cmd-1", "cmd-2", "cmd-3"]) again.say({ type: "result", id, ok: true, data: null });
    await Promise.all([one, two, three]);
    again.drop();
    comeBack().say({ type: "resumed", epoch: "E1", seq: 10 });
    expect(FakeSocket.last.of("command")).toEqual([]);
  });

  it("brisk ones give up after eight seconds and are not replayed later", async () => {
    const socket = greet();
    const answer = feed.command("hang_up", { case_id: "c" });
    const failed = expect(answer).rejects.toMatchObject({ problem: { code: "unreachable" } });
    socket.drop();
    vi.advanceTimersByTime(8_000);
    await failed;
    FakeSocket.last.open();
    FakeSocket.last.say({ type: "resumed", epoch: "E1", seq: 10 });
    expect(FakeSocket.last.of("command")).toEqual([]);
  });

  it("kept ones are repeated while unanswered, until the service would have forgotten the id", async () => {
    const socket = greet();
    const answer = feed.command("wrap_up", {}, true);
    const failed = expect(answer).rejects.toThrow();
    for (let second = 0; second < 600; second++) {
      vi.advanceTimersByTime(1_000);
      socket.say({ type: "pong", at: new Date().toISOString() });
    }
    await failed;
    const sent = socket.of("command");
    expect(sent.length).toBeGreaterThan(50);
    expect(new Set(sent.map((frame) => frame.id))).toEqual(new Set(["cmd-1"]));
  });
});

describe("the server's clock", () => {
  it("is taken from the quickest round trip", () => {
    const socket = greet();
    vi.advanceTimersByTime(100);
    socket.say({ type: "pong", at: new Date(Date.now() - 50 + 7_000).toISOString() });
    expect(offset).toBe(7_000);
    vi.advanceTimersByTime(PING_EVERY - 100);
    vi.advanceTimersByTime(3_000);
    socket.say({ type: "pong", at: new Date(Date.now() + 7_900).toISOString() });
    expect(offset).toBe(7_000);
    expect(socket.of("ping").length).toBe(2);
  });
});
