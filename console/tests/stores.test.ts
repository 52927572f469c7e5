import { createPinia, setActivePinia } from "pinia";
import { beforeEach, describe, expect, it } from "vitest";
import { useCalls } from "@/data/calls";
import { useCases } from "@/data/cases";
import { useFigures } from "@/data/figures";
import { useHealth, wordsOf } from "@/data/health";
import { useSession } from "@/data/session";
import { useTasks } from "@/data/tasks";
import { useTerminals } from "@/data/terminals";
import { caseOf, me, offer, rowOf } from "./samples";

beforeEach(() => {
  setActivePinia(createPinia());
  useSession().me = me;
});

describe("the seat's cases", () => {
  it("show the one that rings, over the one being written up", () => {
    const cases = useCases();
    cases.apply("c1", caseOf({ id: "c1", state: "wrap_up", seat: "8001" }));
    expect(cases.current?.id).toBe("c1");
    cases.chosen = "c1";
    cases.apply("c2", caseOf({ id: "c2", offer: offer("8001") }));
    expect(cases.current?.id).toBe("c2");
    cases.apply("c2", null);
    expect(cases.current?.id).toBe("c1");
    expect(cases.offered).toBeNull();
  });

  it("do not take another seat's offer for their own", () => {
    const cases = useCases();
    cases.apply("c1", caseOf({ offer: offer("8002") }));
    expect(cases.offered).toBeNull();
  });

  it("keep to the case a person chose among several", () => {
    const cases = useCases();
    cases.apply("c1", caseOf({ id: "c1", state: "talking" }));
    cases.apply("c2", caseOf({ id: "c2", state: "wrap_up" }));
    expect(cases.current?.id).toBe("c1");
    cases.chosen = "c2";
    expect(cases.current?.id).toBe("c2");
  });
});

describe("calls", () => {
  it("put red first, then higher levels, then who waits longest", () => {
    const calls = useCalls();
    calls.apply("late", rowOf({ id: "late", waiting_since: "2026-11-21T12:05:00.000Z" }));
    calls.apply("early", rowOf({ id: "early" }));
    calls.apply("red", rowOf({ id: "red", red: true, waiting_since: "2026-11-21T12:06:00.000Z" }));
    calls.apply("redder", rowOf({ id: "redder", red: true, level: 3, waiting_since: "2026-11-21T12:07:00.000Z" }));
    expect(calls.pressing.map((row) => row.id)).toEqual(["redder", "red", "early", "late"]);
  });

  it("show a red case without a voice, never one in conversation", () => {
    const calls = useCalls();
    calls.apply("a", rowOf({ id: "a", state: "talking", red: true }));
    calls.apply("b", rowOf({ id: "b", state: "callback", red: true }));
    calls.apply("c", rowOf({ id: "c", state: "open" }));
    expect(calls.pressing.map((row) => row.id)).toEqual(["b"]);
  });
});

describe("the rest", () => {
  it("counts the share answered in time over those whose wait is over, and has none without calls", () => {
    const figures = useFigures();
    const none = { calls: 0, answered: 0, answered_in_15s: 0, waited: 0, abandoned: 0, called_back: 0, waiting: 0, longest_wait_since: null, red: 0, ready_seats: 0, follow_ups_due: 0, follow_ups_late: 0 };
    figures.apply("today", none);
    expect(figures.answeredInTime).toBeNull();
    figures.apply("today", { ...none, calls: 20, answered: 18, answered_in_15s: 15, waited: 20, abandoned: 2 });
    expect(figures.answeredInTime).toBe(0.75);
  });

  it("lists call-backs by red, then by when they are due, without the done ones", () => {
    const tasks = useTasks();
    const task = { case_id: "c", case_number: "", kind: "call_back" as const, red: false, who: "", caller_display: "", created_at: "", state: "open" as const, owner: null, outcome: null };
    tasks.apply("1", { ...task, id: "1", due_at: "2026-11-21T12:09:00.000Z" });
    tasks.apply("2", { ...task, id: "2", due_at: "2026-11-21T12:03:00.000Z" });
    tasks.apply("3", { ...task, id: "3", due_at: "2026-11-21T12:20:00.000Z", red: true });
    tasks.apply("4", { ...task, id: "4", due_at: "2026-11-21T12:01:00.000Z", state: "done" });
    expect(tasks.open.map((item) => item.id)).toEqual(["3", "2", "1"]);
  });

  it("counts a terminal as present only when it registers and answers", () => {
    const terminals = useTerminals();
    const terminal = { account: "", member: null, registered: true, reachable: true, changed_at: "" };
    terminals.apply("a", { ...terminal, serial: "a" });
    terminals.apply("b", { ...terminal, serial: "b", reachable: false });
    terminals.apply("c", { ...terminal, serial: "c", registered: false });
    terminals.apply("d", { ...terminal, serial: "d", registered: false, changed_at: null });
    terminals.apply("e", { ...terminal, serial: "e", registered: false, changed_at: "2026-11-21T12:00:00.000Z" });
    expect(terminals.present).toBe(1);
    expect(terminals.silent.map((item) => item.serial)).toEqual(["e", "b", "c", "d"]);
  });
});

describe("the health of the parts", () => {
  it("tells a node that others stand in for from what nobody stands in for", () => {
    const health = useHealth();
    const part = (up: boolean) => ({ up, since: "2026-11-21T12:00:00.000Z", detail_zh: "", detail_en: "" });
    health.apply("asterisk", part(true));
    health.apply("node:node2", part(true));
    health.apply("node:node1", part(false));
    health.apply("instance:two", part(false));
    expect([health.several, health.lostNodes, health.broken.length]).toEqual([["instance:two", "node:node1", "node:node2"], ["node1"], 0]);
    expect(wordsOf("instance:two")).toEqual(["health.instance", { name: "two" }]);
    health.apply("asterisk", part(false));
    expect(health.broken.map(({ id }) => id)).toEqual(["asterisk"]);
  });
});
