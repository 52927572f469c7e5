/** A case: as a row, as a whole with its story, and what is owed to it. As in docs/api.md. */
import type { Iso } from "./basics";
import type { Attempt, Ladder, LadderState, Owner } from "./ladder";
import type { MemberProfile } from "./members";
import type { CaseKind } from "./meta";

export type Source = "terminal" | "hotline" | "safe_mode" | "drill" | "probe" | "outbound" | "web" | "letter" | "walk_in" | "assignment";
export type CaseState = "waiting" | "talking" | "wrap_up" | "open" | "closed" | "callback";
export interface Leg {
  id: string;
  party: "caller" | "seat" | "contact" | "consult" | "supervisor";
  /** Whom we phoned, or who listens. */
  name?: string;
  seat: string | null;
  state: "intent" | "ringing" | "up" | "down";
  started_at: Iso;
  answered_at: Iso | null;
  ended_at: Iso | null;
  cause: string | null;
}
export interface Recording {
  id: string;
  started_at: Iso;
  seconds: number | null;
  /** `discarded`: the elder refuses to be recorded. */
  state: "recording" | "stored" | "lost" | "discarded";
}
export interface TimelineEntry {
  seq: number;
  at: Iso;
  kind: string;
  by: string | null;
  data: Record<string, unknown>;
}
export interface Task {
  id: string;
  case_id: string;
  case_number: string;
  kind: "call_back";
  red: boolean;
  who: string;
  caller_display: string;
  created_at: Iso;
  due_at: Iso;
  state: "open" | "taken" | "done";
  owner: string | null;
  outcome: string | null;
  /** On whose screen it is. */
  offer?: { seat: string; until: Iso | null } | null;
  /** Called outside hours and was promised this call. */
  promised?: boolean;
}
export interface Offer {
  id: string;
  seat: string;
  since: Iso;
  ring_until: Iso;
  count: number;
}
export interface CaseDetail {
  id: string;
  number: string;
  kind: CaseKind;
  source: Source;
  line: string;
  line_name: string;
  state: CaseState;
  red: boolean;
  level: number;
  opened_at: Iso;
  waiting_since: Iso | null;
  answered_at: Iso | null;
  ended_at: Iso | null;
  caller: { number: string | null; anonymous: boolean; display: string };
  member_id: string | null;
  candidates: MemberProfile[];
  member: MemberProfile | null;
  offer: Offer | null;
  seat: string | null;
  agent: string | null;
  wrap_up_until: Iso | null;
  draft: Partial<Draft> | null;
  category: string | null;
  subcategory: string | null;
  unreasonable: string | null;
  disposition: string | null;
  summary: string | null;
  legs: Leg[];
  recordings: Recording[];
  timeline: TimelineEntry[];
  tasks: Task[];
  version: number;
  /** Emergencies only, from here on. */
  ladder?: Ladder | null;
  attempts?: Attempt[];
  /** Seats that the ladder rings beside the one the case is offered to. */
  alarms?: Offer[];
  report?: { written_at: Iso | null; signed_at: Iso | null; signer: string | null } | null;
  /** The caller hears music. */
  held?: { since: Iso } | null;
  /** On its way to another seat; the caller hears music. */
  transfer?: { to: string; name: string; manner: "blind" | "attended"; state: "ringing" | "talking" | "outside"; since: Iso } | null;
  /** Supervisors in the conversation. */
  listeners?: { name: string; manner: "listen" | "whisper" | "barge" }[];
}
/** What the seat has written so far; the server keeps it without looking inside. */
export interface Draft {
  category: string | null;
  subcategory: string | null;
  is_unreasonable: boolean;
  unreasonable: string | null;
  explanation: string;
  disposition: string | null;
  summary: string;
  note: string;
}
/** `who`, `district` … are masked for seats; the shape is the same. */
export interface CallRow {
  id: string;
  number: string;
  kind: CaseKind;
  state: CaseState;
  red: boolean;
  level: number;
  who: string;
  district: string | null;
  caller_display: string;
  opened_at: Iso;
  waiting_since: Iso | null;
  position: number | null;
  seat: string | null;
  agent: string | null;
  source?: Source;
  /** The line is closed till then, and the caller is told so. */
  opens_at?: Iso | null;
  /** Its seat left it for an emergency. */
  parked_at?: Iso | null;
  /** An emergency that rings nowhere. */
  alarm?: boolean;
  ladder?: { state: LadderState; rung: number; rungs: number; next_at: Iso | null; owner: Owner | string | null } | null;
}
export interface CaseRow extends CallRow {
  category: string | null;
  subcategory: string | null;
  disposition: string | null;
  ended_at: Iso | null;
}
