/** The follow-up desk, as the service sends it (docs/api.md, Follow-ups). */
import type { InboxPaper } from "@/desk/papers";
import type { Iso } from "./basics";

export const VIEWS = ["today", "late", "mine", "open", "loop", "checks", "done"] as const;
export type View = (typeof VIEWS)[number];
export interface Attempt { at: Iso; by: string; result: string; note: string; call_case: string | null }
export interface FollowUpData {
  kind: "service" | "before_closure" | "after_closure"; planned_way: "phone" | "visit"; plan: string; attempts: Attempt[]; outcome: string;
  asked_at: Iso | null; name: string; address: string; content: string; quality: string | null; satisfaction: number | null; remark: string;
  way: "phone" | "visit"; visited_by: string[]; signer: string; other_need: boolean | null; need: string; introduced: string;
  decision: string; measure: string | null; decision_text: string; decided_at: Iso | null; resolution: string | null; resolution_text: string;
  spot_check_of: string | null; differences: { field: string; first: string; second: string }[]; again_of: string | null;
}
export interface FollowUp extends Omit<InboxPaper, "data"> {
  data: FollowUpData; order_number: string | null; service: string | null; district: string | null; asked_by: string | null; decided_by: string | null; in_loop: boolean;
}
export interface FollowUpPage { items: FollowUp[]; counts: Record<View, number> }
export interface WholeFollowUp {
  follow_up: FollowUp; member_id: string | null; honorific: string; numbers: string[]; form: { name: string; address: string; content: string };
  first: FollowUp | null; linked: { kind: "need" | "relapse" | "call"; id: string; number: string; state: string }[];
}
export interface Coverage {
  since: string; until: string; target: number;
  groups: { group: string; rule: string; total: number; done: number; pending: number; missed: number; share: number | null;
    misses: { case_id: string; number: string; who: string; owner: string; opened_at: Iso; closed: boolean }[] }[];
}
