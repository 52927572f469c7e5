/** The centre's policy, what it would do, and the duty phones at its end. As in docs/api.md. */
import type { Iso } from "./basics";
import type { PublicCode, Rung } from "./ladder";

export type PublicMode = "drill" | "assisted" | "automatic";
export interface PublicNumber {
  code: PublicCode;
  mode: PublicMode;
  way: "drill" | "trunk";
}
export const POLICY_FIGURES = ["key_seconds", "announcements", "retry_seconds", "resolve_seconds", "page_seconds", "call_back_tries"] as const;
export type PolicyFigure = (typeof POLICY_FIGURES)[number];
export interface Policy extends Record<PolicyFigure, number> {
  name: string;
  version: number;
  rungs: Rung[];
  public: PublicNumber[];
}
export interface SavedPolicy {
  policy: Policy;
  saved_by: string | null;
  saved_at: Iso | null;
  public_enabled: boolean;
}
export interface PreviewLine {
  at: Iso;
  after_seconds: number;
  rung: number;
  kind: "rung" | "call" | "seats" | "assisted" | "end";
  what: string | null;
  who: string | null;
  relation: string | null;
  number: string | null;
  ring_seconds: number | null;
  note_zh: string | null;
  note_en: string | null;
}
export interface Preview {
  lines: PreviewLine[];
  notes: { zh: string; en: string }[];
}
export interface DutyPhone {
  id: string;
  name: string;
  number: string;
  position: number;
  active: boolean;
}
