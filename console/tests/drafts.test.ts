import { createPinia, setActivePinia } from "pinia";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { useDrafts } from "@/data/drafts";
import { useLive } from "@/data/live";
import { useSession } from "@/data/session";
import { caseOf, me } from "./samples";

const item = caseOf({ id: "c1", state: "talking" });
let answers: { resolve: (value: unknown) => void; reject: (error: unknown) => void; args: object }[];

function start() {
  setActivePinia(createPinia());
  const session = useSession();
  session.me = me;
  const live = useLive();
  live.command = (_name: string, args: object) => new Promise((resolve, reject) => answers.push({ resolve, reject, args }));
  return { session, drafts: useDrafts() };
}
const stored = () => Object.keys(localStorage).filter((key) => key.startsWith("draft:"));

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(null, { status: 204 })));
  localStorage.clear();
  answers = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("what the seat writes", () => {
  it("is in this browser at once, and at the server when the person pauses", async () => {
    const { drafts } = start();
    drafts.change(item, { summary: "胸" });
    drafts.change(item, { summary: "胸闷" });
    expect(stored()).toEqual(["draft:a1:c1"]);
    expect(answers.length).toBe(0);
    await vi.advanceTimersByTimeAsync(800);
    expect(answers.map(({ args }) => args)).toMatchObject([{ case_id: "c1", draft: { summary: "胸闷" } }]);
    answers[0]!.resolve(null);
    await vi.advanceTimersByTimeAsync(0);
    expect(stored()).toEqual([]);
    expect(drafts.states.get("c1")).toBe("saved");
  });

  it("stays local while the acknowledged text is not the newest one", async () => {
    const { drafts } = start();
    drafts.change(item, { summary: "一" });
    await vi.advanceTimersByTimeAsync(800);
    drafts.change(item, { summary: "一二" });
    answers[0]!.resolve(null);
    await vi.advanceTimersByTimeAsync(0);
    expect(stored()).toEqual(["draft:a1:c1"]);
    await vi.advanceTimersByTimeAsync(800);
    answers[1]!.resolve(null);
    await vi.advanceTimersByTimeAsync(0);
    expect(stored()).toEqual([]);
  });

  it("stays local when the server does not take it", async () => {
    const { drafts } = start();
    drafts.change(item, { summary: "一" });
    await vi.advanceTimersByTimeAsync(800);
    answers[0]!.reject(new Error("lost"));
    await vi.advanceTimersByTimeAsync(0);
    expect(stored()).toEqual(["draft:a1:c1"]);
    expect(drafts.states.get("c1")).toBe("local");
  });

  it("survives a reload and then goes out again; it wins over the server's older copy", async () => {
    start().drafts.change(item, { summary: "未提交" });
    vi.clearAllTimers(); // the page is gone before its pause was over
    const { drafts } = start();
    const again = { ...item, draft: { summary: "旧" } };
    expect(drafts.of(again).summary).toBe("未提交");
    answers = [];
    drafts.restore(again);
    await vi.advanceTimersByTimeAsync(800);
    expect(answers.map(({ args }) => args)).toMatchObject([{ draft: { summary: "未提交" } }]);
  });

  it("takes the server's copy when this browser holds none", () => {
    expect(start().drafts.of({ ...item, draft: { summary: "旧", category: "consult" } })).toMatchObject({ summary: "旧", category: "consult" });
  });

  it("is gone after log-out, but kept for its owner when the session ends by itself", async () => {
    const { drafts, session } = start();
    drafts.change(item, { summary: "隐私" });
    session.me = null;
    await vi.advanceTimersByTimeAsync(0);
    expect(stored()).toEqual(["draft:a1:c1"]);
    session.me = { ...me, agent_id: "a2" };
    expect(drafts.of(item).summary).toBe("");
    session.me = me;
    expect(drafts.of(item).summary).toBe("隐私");
    await session.logout();
    expect(stored()).toEqual([]);
  });
});
