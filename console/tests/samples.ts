/** The smallest entities that are still whole. */
import type { Me } from "@/api/basics";
import type { CallRow, CaseDetail } from "@/api/cases";

export const me: Me = { agent_id: "a1", user: "1001", name: "张敏", role: "seat", seat: "8001", may_sign: false };

export function caseOf(part: Partial<CaseDetail>): CaseDetail {
  return {
    id: "c1", number: "20261121-0001", kind: "life_help", source: "hotline", line: "123", line_name: "", state: "waiting", red: false, level: 1,
    opened_at: "2026-11-21T12:00:00.000Z", waiting_since: null, answered_at: null, ended_at: null, caller: { number: null, anonymous: false, display: "" },
    member_id: null, candidates: [], member: null, offer: null, seat: null, agent: null, wrap_up_until: null, draft: null, category: null, subcategory: null,
    unreasonable: null, disposition: null, summary: null, legs: [], recordings: [], timeline: [], tasks: [], version: 1, ...part,
  };
}
export const offer = (seat: string) => ({ id: "o", seat, since: "2026-11-21T12:00:00.000Z", ring_until: "2026-11-21T12:00:20.000Z", count: 1 });

export function rowOf(part: Partial<CallRow>): CallRow {
  return {
    id: "r", number: "", kind: "life_help", state: "waiting", red: false, level: 1, who: "", district: null, caller_display: "",
    opened_at: "2026-11-21T12:00:00.000Z", waiting_since: "2026-11-21T12:00:00.000Z", position: null, seat: null, agent: null, ...part,
  };
}
