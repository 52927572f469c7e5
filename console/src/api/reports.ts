/** Reports, as the service sends them (docs/api.md, Reports). */
import { addDays } from "@/composables/centreTime";
import type { Iso, Role } from "./basics";
import { LEADERS } from "./roles";

export type ColumnKind = "text" | "count" | "share" | "seconds" | "money" | "day" | "time" | "long";
export interface ReportColumn { key: string; zh: string; en: string; kind: ColumnKind }
export type ReportRow = Record<string, string | number | null>;
export interface ReportTable {
  key: string; zh: string; en: string; columns: ReportColumn[]; rows: ReportRow[]; total: ReportRow | null;
  chart: { x: string; bars: string[]; lines: string[]; stacked: boolean } | null; note_zh: string; note_en: string;
}
export interface Figures { kind: string; zh: string; en: string; first: string; last: string; by: string; tables: ReportTable[]; goals?: Record<string, number> }
export interface WeekDigest {
  week: string; first: string; last: string; quota: number; goals?: Record<string, number>; tables: ReportTable[]; may_sign: boolean;
  proof: { days: number; seen: number; orphans: number; ownerless: number };
  remarks: { agent_id: string; name: string; text: string; at: Iso }[];
  signed: { signer: string; at: Iso; remark: string } | null;
}
export const BYS = ["day", "week", "month", "hour", "line", "seat", "person"] as const;
export type By = (typeof BYS)[number];
/** Which report whom concerns; the server decides. */
export const TABS = {
  week: [...LEADERS, "administrator", "seat", "dispatcher"], service: [...LEADERS, "administrator"], calls: [...LEADERS, "administrator"],
  providers: [...LEADERS, "administrator", "business_development"], fees: [...LEADERS, "finance"], collection: [...LEADERS, "seat", "dispatcher"],
} satisfies Record<string, Role[]>;
export type Tab = keyof typeof TABS;
export const tabsOf = (role: Role): Tab[] => (Object.keys(TABS) as Tab[]).filter((tab) => (TABS[tab] as Role[]).includes(role));
export const REPORT_ROLES: Role[] = [...new Set(Object.values(TABS).flat())] as Role[];

/** ISO week of a day, `2026-W48`. */
export function weekOf(of: string): string {
  const at = new Date(`${of}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + 4 - (at.getUTCDay() || 7)); // its Thursday names the year
  const first = Date.UTC(at.getUTCFullYear(), 0, 1);
  return `${at.getUTCFullYear()}-W${String(Math.ceil(((at.getTime() - first) / 86_400_000 + 1) / 7)).padStart(2, "0")}`;
}
/** The Monday of an ISO week. */
export function mondayOf(week: string): string {
  const [year, number] = [Number(week.slice(0, 4)), Number(week.slice(6))];
  const fourth = new Date(Date.UTC(year, 0, 4));
  return addDays(fourth.toISOString().slice(0, 10), 1 - (fourth.getUTCDay() || 7) + (number - 1) * 7);
}
export const otherWeek = (week: string, by: number): string => weekOf(addDays(mondayOf(week), by * 7));
export const PRESETS = ["today", "week", "lastWeek", "month", "thirty"] as const;
export function preset(name: (typeof PRESETS)[number], today: string): { first: string; last: string } {
  const monday = mondayOf(weekOf(today));
  if (name === "today") return { first: today, last: today };
  if (name === "week") return { first: monday, last: addDays(monday, 6) };
  if (name === "lastWeek") return { first: addDays(monday, -7), last: addDays(monday, -1) };
  if (name === "month") return { first: `${today.slice(0, 8)}01`, last: today };
  return { first: addDays(today, -29), last: today };
}
