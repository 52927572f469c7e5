/** Every page has its place and its name, so that adding one is a line in the router and a word in each language. */
import { describe, expect, it } from "vitest";
import { ROLES } from "@/api/basics";
import en from "@/i18n/en";
import zh from "@/i18n/zh-CN";
import { GROUPS, HOME, navigation, PAGES } from "@/router";

describe("the navigation", () => {
  it("has a name in both languages, a group, a place and a picture for every page", () => {
    for (const { path, meta } of PAGES) {
      for (const words of [zh, en]) expect((words.nav as Record<string, string>)[meta?.nav ?? ""], `${path}: nav.${meta?.nav}`).toBeTruthy();
      expect(GROUPS, path).toContain(meta?.group);
      expect(meta?.icon, path).toBeTruthy();
    }
    for (const group of GROUPS) for (const words of [zh, en]) expect((words.rail as Record<string, string>)[group], group).toBeTruthy();
  });

  it("gives no two pages of a group the same place, and no two the same name", () => {
    const places = PAGES.map(({ meta }) => `${meta?.group} ${meta?.order}`);
    expect(new Set(places).size, places.join(", ")).toBe(places.length);
    expect(new Set(PAGES.map(({ meta }) => meta?.nav)).size).toBe(PAGES.length);
  });

  it("leads every role to its first page", () => {
    for (const role of ROLES) expect(navigation(role, null).flatMap(({ pages }) => pages.map(({ path }) => path)), role).toContain(HOME[role]);
  });
});
