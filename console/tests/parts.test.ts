import { mount } from "@vue/test-utils";
import { ElDialog } from "element-plus/es/components/dialog/index.mjs";
import { createPinia, setActivePinia } from "pinia";
import { beforeEach, describe, expect, it } from "vitest";
import { nextTick } from "vue";
import ListState from "@/components/ListState.vue";
import ShownOnce from "@/components/connections/ShownOnce.vue";
import TabBar from "@/components/TabBar.vue";
import TimelineList from "@/components/TimelineList.vue";
import { i18n } from "@/i18n";

beforeEach(() => setActivePinia(createPinia()));

describe("the tab bar", () => {
  const bar = () => mount(TabBar, {
    attachTo: document.body,
    props: { modelValue: "a", name: "parts", testid: "part-", tabs: [{ id: "a", text: "A" }, { id: "b", text: "B", count: 3 }, { id: "c", text: "C" }], "onUpdate:modelValue": (to: string) => void shown.setProps({ modelValue: to }) },
  });
  let shown: ReturnType<typeof bar>;

  it("goes through its tabs by the arrows, round its ends, and the focus goes with them", async () => {
    shown = bar();
    const tabs = () => shown.findAll("[role=tab]");
    expect(tabs().map((tab) => [tab.attributes("aria-selected"), tab.attributes("tabindex")])).toEqual([["true", "0"], ["false", "-1"], ["false", "-1"]]);
    for (const [key, chosen] of [["ArrowRight", "b"], ["ArrowLeft", "a"], ["ArrowLeft", "c"], ["Home", "a"], ["End", "c"], ["ArrowRight", "a"]] as const) {
      await shown.get("[role=tablist]").trigger("keydown", { key });
      await nextTick();
      expect(shown.get("[aria-selected=true]").attributes("data-testid")).toBe(`part-${chosen}`);
      expect(document.activeElement?.getAttribute("data-testid")).toBe(`part-${chosen}`);
    }
    shown.unmount();
  });
});

describe("where a list has no lines", () => {
  const texts = (props: { known: boolean; loading: boolean }) => mount(ListState, { props: { text: "none", hint: "do this", ...props } });
  it("it is empty only once it was read; while it is read there are grey lines, and after a failure nothing is claimed", () => {
    expect(texts({ known: true, loading: false }).text()).toBe("nonedo this");
    expect(texts({ known: false, loading: true }).find("[data-testid=list-loading]").exists()).toBe(true);
    expect(texts({ known: false, loading: false }).text()).toBe("");
  });
});

describe("a case's story", () => {
  const told = (data: Record<string, unknown>) => mount(TimelineList, {
    props: { entries: [{ seq: 1, at: "2026-11-21T12:00:00Z", kind: "safe_mode", by: null, data }] }, global: { plugins: [i18n] },
  }).get(".text").text();

  it("names who answered in safe mode, and leaves no gap where nobody did, whatever the reason", () => {
    expect(told({ reason: "TIMEOUT", answered_by: "8001" })).toBe("应急直通：呼叫服务没有及时接手，由 8001 接听");
    const alone = ["TIMEOUT", "FAILED", "HUNG_UP", "ORPHANED"].map((reason) => told({ reason, answered_by: null }));
    expect(alone).toEqual(["呼叫服务没有及时接手", "呼叫服务不在", "来电在任何一方接手之前已挂断", "呼叫服务未能登记这个来电"].map((why) => `无人接听：${why}`));
  });
});

describe("a secret that is shown once", () => {
  it("goes by its own button only", async () => {
    const shown = mount(ShownOnce, { attachTo: document.body, props: { title: "key", value: "s3cret" }, global: { plugins: [i18n] } });
    await nextTick();
    // What Esc, the cross and a click beside it do is Element Plus's own: they ask these.
    expect(shown.getComponent(ElDialog).props()).toMatchObject({ closeOnPressEscape: false, closeOnClickModal: false, showClose: false });
    expect(shown.emitted("close")).toBeUndefined();
    document.querySelector<HTMLElement>("[data-testid=shown-once-close]")!.click();
    expect(shown.emitted("close")).toHaveLength(1);
    shown.unmount();
  });
});
