/** A case's ladder: its rungs, whom it phoned, who is in charge. As in docs/api.md. */
import type { Iso } from "./basics";
import type { CaseState, Source } from "./cases";

export type LadderState = "running" | "acknowledged" | "exhausted" | "ended";
export type RungState = "done" | "running" | "passed" | "next" | "later";
export type PublicCode = "110" | "119" | "120";
export type RungTarget = "emergency_seats" | "all_seats" | "family" | "neighbour" | "community" | "supervisor" | PublicCode;
export type Condition = "always" | "until_acknowledged" | "until_seat_answers";
export type Order = "in_order" | "parallel";
export type AttemptKind = "family" | "neighbour" | "community" | "supervisor" | PublicCode | "terminal" | "landline";
export type AttemptResult =
  | "going" | "cannot" | "joined" | "connected" | "reached" | "no_key" | "hung_up" | "busy" | "no_answer" | "rejected" | "invalid_number"
  | "congestion" | "trunk_down" | "interrupted" | "withdrawn" | "voided" | "removed" | "in_use" | "refused";
export interface Rung {
  targets: RungTarget[];
  delay_seconds: number;
  condition: Condition;
  order: Order;
  tries: number;
  ring_seconds: number;
}
export interface LadderRung extends Rung {
  /** 1 is the first. */
  place: number;
  state: RungState;
  starts_at: Iso | null;
}
export interface Owner {
  kind: "going" | "joined" | "seat" | "supervisor";
  name: string;
  at: Iso;
}
export interface Callable {
  target: string;
  kind: AttemptKind;
  name: string;
  relation: string;
  number: string;
}
/** What is read to 110 or 120. */
export interface Card {
  name: string | null;
  age: number | null;
  gender: "f" | "m" | "" | null;
  address: string | null;
  door_code: string | null;
  key_holder: string | null;
  illnesses: string[];
  medication: string[];
  allergies: string[];
  blood_type: string | null;
  hospital: string | null;
  state_zh: string;
  state_en: string;
}
export interface Ladder {
  case_id: string;
  state: LadderState;
  drill: boolean;
  round: number;
  /** The rung that began last; 0: none yet. */
  rung: number;
  rungs: LadderRung[];
  next_at: Iso | null;
  started_at: Iso;
  owner: Owner | null;
  acknowledgements: (Owner & { active: boolean })[];
  resolve_by: Iso | null;
  pages: number;
  exhausted_at: Iso | null;
  assisted: PublicCode[];
  ended_at: Iso | null;
  outcome: string | null;
  policy: { name: string; version: number } | null;
  /** Absent for who may not see people and numbers. */
  can_call?: Callable[];
  card?: Card | null;
}
export interface Attempt {
  id: string;
  /** The rung's place; what belongs to none (asked for by a person, phoned back, paged) has none of theirs. */
  rung: number;
  round: number;
  target: string;
  kind: AttemptKind;
  name: string;
  relation: string;
  number: string;
  way: "trunk" | "drill" | "account";
  state: "intent" | "claimed" | "ringing" | "answered" | "done" | "void";
  joined: boolean;
  key: string | null;
  result: AttemptResult | null;
  cause: string | null;
  created_at: Iso;
  rang_at: Iso | null;
  answered_at: Iso | null;
  ended_at: Iso | null;
  reference: string | null;
  asked: boolean;
}
/** The entity `ladder`: all that the red board shows. */
export interface LadderBoard extends Ladder {
  attempts: Attempt[];
  case: { number: string; state: CaseState; who: string; district: string | null; opened_at: Iso; level: number; source: Source };
}
