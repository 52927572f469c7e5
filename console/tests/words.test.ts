import { describe, expect, it } from "vitest";
import { clockText, secondsUntil } from "@/composables/useNow";
import { keyName } from "@/composables/useHotkeys";
import { chineseMarks, phonesIn, phoneText } from "@/composables/texts";
import en from "@/i18n/en";
import zh from "@/i18n/zh-CN";

/** docs/api.md, "Timeline kinds": each must have its sentence. */
const KINDS: Record<string, string[]> = {
  put_through: ["seat", "name"], outside_ended: ["name", "seconds"],
  arrived: ["line", "source"], press_joined: ["level"], identified: ["member"], ambiguous: ["count"], unknown_caller: [], anonymous_caller: [],
  member_chosen: ["member"], member_created: ["member"], queued: ["position"], announced: ["position"], offered: ["seat"], offer_missed: ["seat"],
  offer_declined: ["seat"], offer_failed: ["seat", "cause"], answered: ["seat", "waited_seconds"], caller_hung_up: [], seat_hung_up: ["seat"], leg_lost: ["party"],
  abandoned: ["waited_seconds"], task_created: ["task"], task_taken: ["task"], task_done: ["task", "outcome"], note: ["text"], recording_started: [],
  recording_stored: ["seconds"], recording_lost: [], recording_read: [], profile_read: [], wrapped_up: ["category", "disposition"], wrap_up_ended: [],
  settled: ["outcome", "note"], closed: ["rule"], safe_mode: ["reason", "arrived_at", "answered_by"], adopted: ["instance"], taken: ["seat"],
  ladder_started: ["drill"], policy_frozen: ["policy", "version"], contacts_known: ["count"], rung_started: ["rung", "targets", "round"], rung_passed: ["rung"], rung_empty: ["rung", "targets"],
  ladder_resumed: [], ladder_again: ["why"], acknowledged: ["by", "name", "attempt"], acknowledged_too: ["by", "name"], exhausted: ["round"], supervisor_paged: ["count"], ladder_ended: ["outcome"],
  assisted_call_asked: ["number"], attempt_started: ["attempt", "name", "relation", "what", "count"], attempt_sent_again: ["attempt"], attempt_ringing: ["attempt"], attempt_answered: ["attempt", "name", "relation"],
  key_pressed: ["attempt", "name", "relation", "key"], no_key: ["name", "relation"], joined: ["name", "relation"], attempt_ended: ["attempt", "name", "relation", "result", "cause"], attempt_skipped: ["name", "relation", "reason"],
  attempt_dropped: ["name", "relation"], contact_called: ["name", "relation", "what"], reference_noted: ["number", "reference"], elder_reached: ["name"], drill_started: [], drill_seats: [], drill_ended: ["outcome"],
  report_written: [], report_signed: ["signer"],
};
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "").sort();

function pairs(a: object, b: object, path = ""): [string, string, string][] {
  return Object.entries(a).flatMap(([key, value]) => {
    const other = (b as Record<string, unknown>)[key];
    return typeof value === "string" ? [[`${path}${key}`, value, other as string] as [string, string, string]] : pairs(value as object, other as object, `${path}${key}.`);
  });
}

describe("both languages", () => {
  it("fill the same blanks in every sentence", () => {
    for (const [path, a, b] of pairs(zh, en)) expect([path, placeholders(b)]).toEqual([path, placeholders(a)]);
  });

  it("have a sentence for every kind of fact, filled with no more than the fact carries", () => {
    const words: Record<string, string> = zh.timeline;
    for (const [kind, data] of Object.entries(KINDS)) {
      expect(words[kind], kind).toBeTypeOf("string");
      for (const name of placeholders(words[kind] ?? "")) expect(data, kind).toContain(name);
    }
  });
});

describe("figures and keys", () => {
  it("writes times as a clock does", () => {
    expect([0, 9.9, 75, 3_700, -4].map(clockText)).toEqual(["0:00", "0:09", "1:15", "1:01:40", "0:00"]);
  });
  it("shows the last second until it is over", () => {
    const at = Date.parse("2026-11-21T12:00:00.000Z");
    expect(secondsUntil(at, "2026-11-21T12:00:00.400Z")).toBe(1);
    expect(secondsUntil(at + 400, "2026-11-21T12:00:00.400Z")).toBe(0);
  });
  it("names keys as the hints do", () => {
    const name = (key: string, more: KeyboardEventInit = {}) => keyName(new KeyboardEvent("keydown", { key, ...more }));
    expect(name("F2")).toBe("F2");
    expect(name("Enter", { ctrlKey: true })).toBe("Ctrl+Enter");
    expect(name("F8", { shiftKey: true })).toBe("Shift+F8");
    expect(name("n", { altKey: true, code: "KeyN" })).toBe("Alt+N");
    expect(name("˜", { altKey: true, code: "KeyN" })).toBe("Alt+N");
    expect(name("?", { shiftKey: true })).toBe("?");
  });
  it("sets Chinese sentences with Chinese marks and leaves figures alone", () => {
    expect(chineseMarks("误触,老人平安")).toBe("误触，老人平安");
    expect(chineseMarks("请检查网络后再试;仍不行请告诉值班主任。")).toBe("请检查网络后再试；仍不行请告诉值班主任。");
    expect(chineseMarks("血压 150/90,见 10:30 记录 a,b")).toBe("血压 150/90,见 10:30 记录 a,b");
  });
  it("writes telephone numbers as people read them", () => {
    expect(["+8613800138000", "13800138000", "+867976221234", "07976221234", "+861012345678", "t10001", "138****8000", "+86140****0261", "+4930123456", null].map(phoneText)).toEqual([
      "138 0013 8000", "138 0013 8000", "0797-6221234", "0797-6221234", "010-12345678", "t10001", "138****8000", "140****0261", "+4930123456", "",
    ]);
    expect(phonesIn("会先自动回拨终端、+867976221234、+8613800138000。")).toBe("会先自动回拨终端、0797-6221234、138 0013 8000。");
  });
});
