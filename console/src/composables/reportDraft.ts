/**
 * What the system knows, put into words for whoever writes the report: a draft to be checked, marked as one, never sent
 * by itself. The report is a record: its language is Chinese whatever the screen shows.
 */
import type { Report, ReportText } from "@/api/emergencyReport";
import type { Attempt } from "@/api/ladder";
import zh from "@/i18n/zh-CN";

const result: Record<string, string> = zh.result;
const target: Record<string, string> = zh.target;
const owner = { going: "赶去", joined: "加入通话", seat: "由坐席负责", supervisor: "由值班主任负责" };

const name = (attempt: Attempt) => `${attempt.relation}${attempt.name}` || target[attempt.kind] || attempt.kind;

export function actionsOf(report: Report, time: (iso: string | null) => string): string {
  const told: [string, string][] = report.attempts.map((attempt) => {
    const key = attempt.key ? `按${attempt.key}键，` : "";
    return [attempt.created_at, `呼叫${name(attempt)}：${key}${result[attempt.result ?? ""] ?? "呼叫中"}${attempt.reference ? `，编号${attempt.reference}` : ""}。`];
  });
  if (report.case.answered_at) told.push([report.case.answered_at, `${report.case.agent ?? "坐席"}接听。`]);
  if (report.ladder?.owner) told.push([report.ladder.owner.at, `${report.ladder.owner.name}${owner[report.ladder.owner.kind]}。`]);
  return told.sort(([a], [b]) => a.localeCompare(b)).map(([at, text]) => `${time(at)} ${text}`).join("\n");
}

export const settledIn = (report: Report) => report.timeline.filter((entry) => entry.kind === "settled").at(-1);

/** Only what was never written is drafted; and the outcome once more, where the report was begun before there was one. */
export function draftOf(report: Report, time: (iso: string | null) => string, outcome: string): { text: ReportText; drafted: (keyof ReportText)[] } {
  const settled = settledIn(report);
  const note = typeof settled?.data.note === "string" ? settled.data.note : "";
  const known: ReportText = {
    condition: report.person?.state_zh ?? "", actions: actionsOf(report, time), plan: "", outcome: settled ? [outcome, note].filter(Boolean).join("。") : "", supervision: "",
  };
  const written = report.written_at !== null;
  const news = settled !== undefined && report.signed_at === null && (report.written_at ?? "") < settled.at;
  const text = { ...known };
  const drafted: (keyof ReportText)[] = [];
  for (const key of Object.keys(known) as (keyof ReportText)[]) {
    if (written && !(key === "outcome" && news && !report.data.outcome)) text[key] = report.data[key] ?? "";
    else if (report.data[key]) text[key] = report.data[key];
    else if (known[key]) drafted.push(key);
  }
  return { text, drafted };
}
