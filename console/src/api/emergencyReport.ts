/** The written report of an emergency. As in docs/api.md. */
import type { Iso } from "./basics";
import type { CaseRow, TimelineEntry } from "./cases";
import type { Attempt, Card, Ladder } from "./ladder";

export const REPORT_FIELDS = ["condition", "actions", "plan", "outcome", "supervision"] as const;
export type ReportField = (typeof REPORT_FIELDS)[number];
export type ReportText = Record<ReportField, string>;
export interface Report {
  case: CaseRow & { answered_at: Iso | null; settled_at: Iso | null };
  person: (Card & { phone: string | null }) | null;
  ladder: Ladder | null;
  attempts: Attempt[];
  timeline: TimelineEntry[];
  data: Partial<ReportText>;
  written_by: string | null;
  written_at: Iso | null;
  signer: string | null;
  signed_at: Iso | null;
}
