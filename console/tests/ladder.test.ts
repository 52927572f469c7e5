import { beforeEach, describe, expect, it } from "vitest";
import { createPinia, setActivePinia } from "pinia";
import type { Problem } from "@/api/basics";
import type { Report } from "@/api/emergencyReport";
import type { Attempt, LadderBoard } from "@/api/ladder";
import { canJoin, firstFamily, groupsOf, phaseOf, ringingSeats } from "@/composables/ladder";
import { placeOf, rungOf } from "@/composables/policyProblem";
import { draftOf } from "@/composables/reportDraft";
import { localTime, zonedIso } from "@/composables/centreTime";
import { offerTo, useCases } from "@/data/cases";
import { boardOf, useLadders } from "@/data/ladders";
import { useSession } from "@/data/session";
import { caseOf, me, offer } from "./samples";

const AT = "2026-11-21T12:00:00.000Z";
const attemptOf = (part: Partial<Attempt>): Attempt => ({
  id: "a", rung: 1, round: 1, target: "contact:1", kind: "family", name: "刘建国", relation: "儿子", number: "13800138000", way: "trunk", state: "ringing", joined: false, key: null, result: null,
  cause: null, created_at: AT, rang_at: AT, answered_at: null, ended_at: null, reference: null, asked: false, ...part,
});
const rung = { targets: ["family" as const], condition: "always" as const, delay_seconds: 0, order: "in_order" as const, tries: 1, ring_seconds: 25, starts_at: null };
const ladderOf = (part: Partial<LadderBoard>): LadderBoard => ({
  case_id: "c1", state: "running", drill: false, round: 1, rung: 1, rungs: [{ ...rung, place: 1, state: "running" }, { ...rung, place: 2, state: "next" }], next_at: null, started_at: AT, owner: null, acknowledgements: [],
  resolve_by: null, pages: 0, exhausted_at: null, assisted: [], ended_at: null, outcome: null, policy: { name: "p", version: 1 }, can_call: [], card: null, attempts: [],
  case: { number: "", state: "waiting", who: "", district: null, opened_at: AT, level: 1, source: "terminal" }, ...part,
});

beforeEach(() => setActivePinia(createPinia()));

describe("a call of the ladder", () => {
  it("is told apart by where it is, not by its result alone", () => {
    expect(phaseOf(attemptOf({ state: "claimed" }))).toBe("dialling");
    expect(phaseOf(attemptOf({}))).toBe("ringing");
    expect(phaseOf(attemptOf({ state: "answered" }))).toBe("listening");
    expect(phaseOf(attemptOf({ state: "answered", kind: "120" }))).toBe("online");
    expect(phaseOf(attemptOf({ state: "answered", joined: true, result: "connected" }))).toBe("joined");
    expect(phaseOf(attemptOf({ state: "answered", result: "cannot" }))).toBe("leaving");
    expect(phaseOf(attemptOf({ state: "done", result: "busy" }))).toBe("over");
  });
  it("can be joined while on the line, unless they cannot come", () => {
    expect([{}, { state: "answered" }, { state: "answered", result: "going" }, { state: "answered", result: "cannot" }, { state: "answered", joined: true }].map((part) => canJoin(attemptOf(part as Partial<Attempt>)))).toEqual([false, true, true, false, false]);
  });
  it("stands at its rung, or with what was asked for, phoned back or paged; earlier rounds apart", () => {
    const groups = groupsOf(ladderOf({ round: 2, attempts: [
      attemptOf({ id: "1", round: 2 }), attemptOf({ id: "2", rung: -2, asked: true }), attemptOf({ id: "3", rung: -1, kind: "terminal" }), attemptOf({ id: "4", rung: -3, kind: "supervisor" }),
      attemptOf({ id: "5", state: "done", result: "busy" }),
    ] }));
    expect(groups.rungs.get(1)?.map((one) => one.id)).toEqual(["1"]);
    expect([groups.asked, groups.callBack, groups.page, groups.earlier].map((list) => list.map((one) => one.id))).toEqual([["2"], ["3"], ["4"], ["5"]]);
  });
});

describe("one click to the family", () => {
  const family = (id: string) => ({ target: id, kind: "family" as const, name: id, relation: "", number: id });
  it("phones the first who is not phoned already and not on the way", () => {
    const can_call = [family("a"), family("b"), family("c")];
    expect(firstFamily(ladderOf({ can_call }))?.target).toBe("a");
    expect(firstFamily(ladderOf({ can_call, attempts: [attemptOf({ target: "a" })] }))?.target).toBe("b");
    expect(firstFamily(ladderOf({ can_call, attempts: [attemptOf({ target: "a" }), attemptOf({ target: "b", state: "done", result: "going" })] }))?.target).toBe("c");
    expect(firstFamily(ladderOf({ can_call: undefined }))).toBeNull();
  });
});

describe("a seat that is rung beside the first", () => {
  it("has the case offered like the first", () => {
    useSession().me = me;
    const item = caseOf({ kind: "emergency", offer: offer("8002"), alarms: [offer("8001")] });
    expect(offerTo(item, "8001")?.seat).toBe("8001");
    expect(offerTo(item, "8003")).toBeNull();
    useCases().apply("c1", item);
    expect(useCases().offered?.id).toBe("c1");
    expect(ringingSeats(item, Date.parse(AT))).toEqual(["8002", "8001"]);
    expect(ringingSeats(item, Date.parse(AT) + 60_000)).toEqual([]);
  });
});

describe("the store of ladders", () => {
  it("puts nobody-in-charge first and drills last, and keeps one's own case out of the strip", () => {
    const ladders = useLadders();
    for (const [id, part] of Object.entries({ a: { state: "acknowledged" }, b: { state: "running", drill: true }, c: { state: "running" }, d: { state: "exhausted" }, e: { state: "ended" } }))
      ladders.apply(id, ladderOf({ case_id: id, ...(part as Partial<LadderBoard>) }));
    expect(ladders.live.map((one) => one.case_id)).toEqual(["d", "c", "a", "b"]);
    useCases().apply("d", caseOf({ id: "d", kind: "emergency" }));
    expect(ladders.others.map((one) => one.case_id)).toEqual(["c", "a", "b"]);
  });
  it("falls back to what the case tells once the ladder is not pushed any more", () => {
    expect(boardOf(caseOf({}))).toBeNull();
    expect(useLadders().of(caseOf({ ladder: ladderOf({ state: "ended" }), attempts: [attemptOf({})] }))?.attempts).toHaveLength(1);
  });
});

describe("refusals of a policy", () => {
  const problem = (code: string, zh: string): Problem => ({ code, status: 422, zh, en: "", remedy_zh: "", remedy_en: "", rule: "R-12" });
  it("stand beside what they speak of", () => {
    expect(rungOf(problem("policy_delay", "第3级的间隔须在0至1800秒。"))).toBe(3);
    expect(["policy_delay", "policy_public_disabled", "policy_figure", "policy_no_supervisor"].map((code) => placeOf(problem(code, code === "policy_delay" ? "第3级…" : "")))).toEqual(["rung", "public", "figures", "page"]);
  });
});

describe("the centre's clock", () => {
  it("is what datetime fields speak of, whatever the browser's zone", () => {
    expect(localTime(Date.parse(AT), "Asia/Shanghai")).toBe("2026-11-21T20:00");
    expect(zonedIso("2026-11-21T20:00", "Asia/Shanghai")).toBe(AT);
    expect(zonedIso("2026-07-01T12:00", "Europe/Berlin")).toBe("2026-07-01T10:00:00.000Z");
    expect(zonedIso("", "Asia/Shanghai")).toBeNull();
  });
});

describe("the report's draft", () => {
  const report = (part: Partial<Report>): Report => ({
    case: { number: "", answered_at: null, settled_at: null, agent: null } as unknown as Report["case"], person: { state_zh: "胸闷" } as Report["person"], ladder: null,
    attempts: [attemptOf({ state: "done", result: "no_key" }), attemptOf({ id: "b", name: "120", relation: "", kind: "120", state: "done", result: "connected", reference: "A7" })],
    timeline: [{ seq: 1, at: AT, kind: "settled", by: null, data: { outcome: "safe", note: "女儿在场" } }], data: {}, written_by: null, written_at: null, signer: null, signed_at: null, ...part,
  });
  it("tells what the system knows and says that it is a draft", () => {
    const { text, drafted } = draftOf(report({}), () => "20:00:00", "已确认老人平安");
    expect(text.actions).toBe("20:00:00 呼叫儿子刘建国：未按键（可能是留言机）。\n20:00:00 呼叫120：已接通，编号A7。");
    expect(text.outcome).toBe("已确认老人平安。女儿在场");
    expect(drafted).toEqual(["condition", "actions", "outcome"]);
  });
  it("never overwrites what a person wrote, not even with an emptied field", () => {
    const { text, drafted } = draftOf(report({ data: { condition: "神志清楚" }, written_at: AT }), () => "", "");
    expect([text.condition, text.actions, text.outcome, drafted]).toEqual(["神志清楚", "", "", []]);
  });
  it("still drafts the outcome of a report that was begun before the end", () => {
    const begun = { data: { condition: "神志清楚" }, written_at: "2026-11-21T11:00:00.000Z" };
    const { text, drafted } = draftOf(report(begun), () => "", "已确认老人平安");
    expect([text.actions, text.outcome, drafted]).toEqual(["", "已确认老人平安。女儿在场", ["outcome"]]);
    expect(draftOf(report({ ...begun, data: { outcome: "送医" } }), () => "", "").text.outcome).toBe("送医");
  });
});
