/** The duty supervisor's paper, as the service sends it (docs/api.md, Duty). */
import type { Iso } from "./basics";

export interface Fact { at: Iso; kind: string; zh: string; en: string; who: string | null; case_id: string | null; number: string | null }
export type OpenItem = Omit<Fact, "at"> & { at: Iso | null };
export interface Entry { id: number; at: Iso; written_at: Iso; by: string; kind: EntryKind; text: string; corrects: number | null }
export const ENTRY_KINDS = ["visit", "order", "equipment", "staff", "complaint", "other"] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];
export interface Shift {
  id: string; place: string; state: "open" | "handed_over" | "acknowledged"; name: string; began_at: Iso;
  handed_over_at: Iso | null; handed_over_by: string | null; signer: string | null; note: string;
  acknowledged_at: Iso | null; acknowledged_by: string | null; receiver: string | null; remark: string; late: boolean;
}
export interface WholeShift extends Shift { facts: Fact[]; open_items: OpenItem[]; entries: Entry[]; own: boolean }
export interface Turn { id: string; post: "supervisor" | "seat"; agent_id: string; name: string; phone_id: string | null; seat: string | null; begins_at: Iso; ends_at: Iso }
export interface Week {
  monday: string; turns: Turn[]; gaps: { begins_at: Iso; ends_at: Iso; no_phone: boolean }[]; clashes: { why: "person" | "seat"; turns: [string, string] }[];
  people: { id: string; name: string; role: string }[]; phones: { id: string; name: string; active: boolean }[]; seats: { extension: string; name: string }[];
}
export interface Message {
  id: string; written_at: Iso; from: string; to: string; text: string; due_at: Iso; state: "sent" | "read" | "acknowledged"; read_at: Iso | null; read_by: string | null;
  acknowledged_at: Iso | null; acknowledged_by: string | null; reply: string; overdue: boolean; mine: boolean;
}
export interface Messages { messages: Message[]; departments: { id: string; name: string }[]; people: { id: string; name: string; role: string }[] }
export type RubricId = "hygiene" | "discipline";
export interface Inspections {
  rubrics: { id: RubricId; items: { id: string; most: number; zh: string; en: string }[] }[]; areas: string[]; people: { id: string; name: string }[];
  scores: { id: number; day: string; rubric: RubricId; subject: string; total: number; most: number; remark: string; by: string }[];
  trend: { day: string; rubric: RubricId; share: number }[];
}
export interface Clipping {
  id: string; newspaper: string; published_on: string; title: string; page: string; media_type: string; bytes: number; state: "filed" | "sent" | "received";
  added_by: string; added_at: Iso; sent_to: string | null; sent_at: Iso | null; received_at: Iso | null; mine: boolean;
}
export interface Press { clippings: Clipping[]; heads: { id: string; name: string }[] }
/** The feed's `duty now`: what the board shows and warns of. */
export interface DutyState {
  on_duty: { post: "supervisor" | "seat"; name: string; seat: string | null; until: Iso }[];
  gaps: { begins_at: Iso | null; ends_at: Iso | null; no_phone: boolean }[];
  shifts: { id: string; place: string; name: string; state: Shift["state"]; since: Iso; late: boolean }[];
  overdue_messages: number;
}
