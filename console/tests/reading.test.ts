import { createPinia, setActivePinia } from "pinia";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type EffectScope, effectScope, nextTick, ref } from "vue";
import { usePages } from "@/composables/usePages";
import { QUIET_FOR, useReading } from "@/composables/useReading";
import { useLive } from "@/data/live";

/** What was asked, and how to answer it: in any order, as a network does. */
let asked: { path: string; answer: (body: unknown) => Promise<void>; fail: () => Promise<void> }[];
let scope: EffectScope;
const rest = async () => {
  for (let turn = 0; turn < 8; turn++) await Promise.resolve();
};

beforeEach(() => {
  setActivePinia(createPinia());
  vi.useFakeTimers();
  asked = [];
  vi.stubGlobal("fetch", (path: string) => new Promise((resolve, reject) => {
    asked.push({
      path,
      answer: async (body) => { resolve(new Response(JSON.stringify(body))); await rest(); },
      fail: async () => { reject(new TypeError("gone")); await rest(); },
    });
  }));
  scope = effectScope();
});
afterEach(() => {
  scope.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
const paths = () => asked.map(({ path }) => path);
const reading = <T>(address: () => string | null, changes?: () => unknown[]) => scope.run(() => useReading<T>(address, changes))!;

describe("something read by HTTP", () => {
  it("is read once, and not again when what it depends on has the same values", async () => {
    const changed = ref(0);
    const state = ref("a");
    const { value } = reading<string>(() => `/x?s=${state.value}`, () => [changed.value > 5]);
    await asked[0]!.answer("one");
    expect(value.value).toBe("one");
    changed.value = 1;
    state.value = "a";
    await nextTick();
    await vi.advanceTimersByTimeAsync(QUIET_FOR * 4);
    expect(paths()).toEqual(["/x?s=a"]);
  });

  it("is read once for a flock of changes, and once more for one that came while it was on its way", async () => {
    const changed = ref(0);
    reading<string>(() => "/x", () => [changed.value]);
    changed.value += 1;
    await nextTick();
    changed.value += 1;
    await nextTick();
    expect(asked).toHaveLength(1);
    await asked[0]!.answer("before the change");
    await vi.advanceTimersByTimeAsync(QUIET_FOR);
    expect(asked).toHaveLength(2);
    await asked[1]!.answer("after");
    await vi.advanceTimersByTimeAsync(QUIET_FOR * 4);
    expect(asked).toHaveLength(2);
  });

  it("shows the last question's answer, in whatever order answers come", async () => {
    const words = ref("");
    const { value, loading } = reading<string>(() => `/x?q=${words.value}`);
    await asked[0]!.answer("all");
    words.value = "王";
    await nextTick();
    words.value = "王芳";
    await nextTick();
    await vi.advanceTimersByTimeAsync(QUIET_FOR);
    expect(paths()).toEqual(["/x?q=", "/x?q=王", "/x?q=王芳"]);
    await asked[2]!.answer("both");
    await asked[1]!.answer("too late");
    expect(value.value).toBe("both");
    expect(loading.value).toBe(false);
  });

  it("never shows one case's answer under another's name", async () => {
    const id = ref("1");
    const { value } = reading<string>(() => `/cases/${id.value}`);
    await asked[0]!.answer("one");
    id.value = "2";
    await nextTick();
    expect(value.value).toBeNull();
    await asked[1]!.answer("two");
    expect(value.value).toBe("two");
  });

  it("is read again when the connection is back, and keeps what it had while it was away", async () => {
    const { value, problem, load } = reading<string>(() => "/x");
    await asked[0]!.answer("one");
    void load();
    await asked[1]!.fail();
    expect([value.value, problem.value?.code]).toEqual(["one", "unreachable"]);
    useLive().returns += 1;
    await nextTick();
    await vi.advanceTimersByTimeAsync(QUIET_FOR);
    await asked[2]!.answer("two");
    expect([value.value, problem.value]).toEqual(["two", null]);
  });

  it("asks nothing while there is nothing to ask, and nothing after its page is gone", async () => {
    const id = ref<string | null>(null);
    const { loading } = reading<string>(() => id.value && `/x/${id.value}`);
    expect([asked.length, loading.value]).toEqual([0, false]);
    id.value = "1";
    await nextTick();
    expect(asked).toHaveLength(1);
    scope.stop();
    useLive().returns += 1;
    await vi.advanceTimersByTimeAsync(QUIET_FOR * 4);
    expect(asked).toHaveLength(1);
  });
});

describe("a long list read page by page", () => {
  const rows = (...ids: string[]) => ({ items: ids.map((id) => ({ id })) });
  const paging = (words: () => string, changes?: () => unknown[]) => scope.run(() => usePages<{ items: { id: string }[] }>(() => `/x?q=${words()}`, 2, changes))!;

  it("shows its first page, goes on while pages are full, and shows no row twice that moved meanwhile", async () => {
    const { items, further, more } = paging(() => "");
    expect(further.value).toBe(false);
    await asked[0]!.answer(rows("a", "b"));
    expect(further.value).toBe(true);
    void more();
    await asked[1]!.answer(rows("new", "a"));
    await asked[2]!.answer(rows("a"));
    expect(paths()).toEqual(["/x?q=&limit=2&offset=0", "/x?q=&limit=2&offset=0", "/x?q=&limit=2&offset=2"]);
    expect([items.value.map(({ id }) => id), further.value]).toEqual([["new", "a"], false]);
  });

  it("reads what is shown again when it has changed, and begins anew for another question", async () => {
    const words = ref("");
    const changed = ref(0);
    const { items, more } = paging(() => words.value, () => [changed.value]);
    await asked[0]!.answer(rows("a", "b"));
    void more();
    await asked[1]!.answer(rows("a", "b"));
    await asked[2]!.answer(rows("c"));
    changed.value += 1;
    await nextTick();
    await vi.advanceTimersByTimeAsync(QUIET_FOR);
    await asked[3]!.answer(rows("b", "c"));
    await asked[4]!.answer(rows());
    expect(items.value.map(({ id }) => id)).toEqual(["b", "c"]);
    words.value = "王";
    await nextTick();
    expect(paths().slice(5)).toEqual(["/x?q=王&limit=2&offset=0"]);
  });

  it("keeps what it had when one of its pages cannot be read", async () => {
    const { items, problem, more } = paging(() => "");
    await asked[0]!.answer(rows("a", "b"));
    void more();
    await asked[1]!.answer(rows("a", "b"));
    await asked[2]!.fail();
    expect([items.value.length, problem.value?.code]).toEqual([2, "unreachable"]);
  });
});
