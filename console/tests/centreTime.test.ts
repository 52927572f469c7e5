import { createPinia, setActivePinia } from "pinia";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { addDays, endOfDay, localDay, useCentreTime, zonedIso } from "@/composables/centreTime";
import { useLive } from "@/data/live";

beforeEach(() => setActivePinia(createPinia()));

describe("the centre's calendar", () => {
  it("has a day of its own, whatever day it is here", () => {
    expect(localDay(Date.parse("2026-11-21T16:30:00Z"), "Asia/Shanghai")).toBe("2026-11-22");
    expect(endOfDay("2026-11-22", "Asia/Shanghai")).toBe("2026-11-22T15:59:59.000Z");
    expect(endOfDay("2026-10-25", "Europe/Berlin")).toBe("2026-10-25T22:59:59.000Z"); // a day of 25 hours
    expect(addDays("2026-02-27", 2)).toBe("2026-03-01");
  });

  it("says null of what is no time, and throws nothing", () => {
    expect(zonedIso("tomorrow", "Asia/Shanghai")).toBeNull();
    expect(endOfDay("", "Asia/Shanghai")).toBeNull();
  });

  it("asks the server's clock which day it is", () => {
    vi.useFakeTimers({ now: Date.parse("2026-11-21T15:59:00Z") });
    const centre = useCentreTime();
    expect(centre.today()).toBe("2026-11-21");
    useLive().clockOffset = 120_000; // this computer is two minutes late
    expect(centre.today()).toBe("2026-11-22");
    expect(centre.fieldOf()).toBe("2026-11-22T00:01");
    vi.useRealTimers();
  });
});
