/** The elders: in a list, as a whole profile with its history; and what is said to them. As in docs/api.md. */
import type { Iso } from "./basics";
import type { CaseState } from "./cases";
import type { CaseKind } from "./meta";

export interface Contact {
  id: string;
  name: string;
  relation: string;
  number: string;
  order: number;
  answer_rate: number | null;
}
export interface MemberTerminal {
  serial: string;
  model: string;
  battery_percent: number | null;
  last_seen_at: Iso | null;
  last_test_at: Iso | null;
}
export interface RecentCase {
  id: string;
  number: string;
  opened_at: Iso;
  kind: CaseKind;
  disposition: string | null;
}
export interface MemberBrief {
  id: string;
  name: string;
  honorific: string;
  age: number | null;
  district: string | null;
  address: string | null;
  numbers: string[];
  /** What of it was searched for, as [begin, end) in characters; of numbers in digits of E.164. `id`: a card or member number. */
  matched?: { name: number[][]; address: number[][]; numbers: number[][][]; id: string | null };
}
export interface MemberProfile {
  id: string;
  version: number;
  numbers: string[];
  name: string;
  honorific: string;
  gender: "f" | "m";
  birth_date: string | null;
  age: number | null;
  dialect: string | null;
  better_ear: "left" | "right" | "both" | null;
  photo: string | null;
  district: string | null;
  department: string | null;
  department_phone: string | null;
  address: string | null;
  door_code: string | null;
  key_holder: string | null;
  lives_alone: boolean | null;
  illnesses: string[];
  medication: string[];
  allergies: string[];
  hospital: string | null;
  blood_type: string | null;
  card: { number: string; valid_until: string | null } | null;
  contacts: Contact[];
  terminals: MemberTerminal[];
  recent_cases: RecentCase[];
  remarks: string | null;
  /** What was last said of each; what is not here was never asked. */
  consents?: Record<string, boolean>;
}
export interface Script {
  id: string;
  rule: string;
  title_zh: string;
  title_en: string;
  zh: string;
  en: string;
  states: CaseState[];
  kinds: CaseKind[];
  needs: "member" | "nobody" | "card" | "no_card" | null;
  first: boolean;
}
export interface ProfileVersion {
  version: number;
  at: Iso;
  kind: "found" | "edit" | "import" | "link" | "restore";
  restored: number | null;
  by: string | null;
  changed: { field: string; before: unknown; after: unknown }[];
}
