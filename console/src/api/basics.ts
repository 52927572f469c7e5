/** What everything else speaks with: roles, times, a refusal, a name in two languages. As in docs/api.md. */
/** In the order of a centre's day: who talks, who dispatches, who leads, who keeps the books, who looks after all of it. */
export const ROLES = ["seat", "dispatcher", "group_leader", "supervisor", "department_head", "business_development", "finance", "auditor", "administrator"] as const;
export type Role = (typeof ROLES)[number];
export type Iso = string;
export interface Problem {
  code: string;
  status: number;
  zh: string;
  en: string;
  remedy_zh: string;
  remedy_en: string;
  rule: string | null;
  /** Of a refusal by several rules: what each found. */
  findings?: { rule: string; ok: boolean; zh: string; en: string; remedy_zh: string; remedy_en: string }[];
}
export interface Me {
  agent_id: string;
  user: string;
  name: string;
  role: Role;
  seat: string | null;
  /** Signs for the department today: its head, or who is named for the day (R-11, F-5). */
  may_sign: boolean;
}
export interface Labelled {
  id: string;
  zh: string;
  en: string;
}
