/** Queues, skills and opening hours, as the service tells them (docs/api.md). */
import type { Role } from "./basics";
import type { CaseKind } from "./meta";

export const NEEDS = ["none", "preferred", "required"] as const;
export type Need = (typeof NEEDS)[number];
export const SKILL_KINDS = ["dialect", "district", "service"] as const;
export type SkillKind = (typeof SKILL_KINDS)[number];
export const DAYS = ["every", "work", "off"] as const;

export interface Queue {
  id: string;
  version: number;
  kind: CaseKind;
  name_zh: string;
  name_en: string;
  lines: string[];
  priority: number;
  ageing: number;
  dialect: Need;
  district: Need;
  service: string;
  service_need: Need;
  required_seconds: number;
  familiar_seconds: number;
  seats_after: number;
  duty_after: number | null;
}
export interface AgentSkills {
  id: string;
  name: string;
  role: Role;
  skills: { kind: SkillKind; value: string }[];
}
export interface QueuePage {
  queues: Queue[];
  seats: { extension: string; name: string; queues: string[] }[];
  agents: AgentSkills[];
  lines: { number: string; kind: CaseKind; name: string }[];
  values: Record<SkillKind, string[]>;
}
export interface LineHours {
  number: string;
  kind: CaseKind;
  name: string;
  hours: { days: (typeof DAYS)[number]; opens: number; closes: number }[];
}
export interface CalendarPage {
  year: number;
  known: boolean;
  days: { day: string; works: boolean; own: boolean; name: string }[];
  lines: LineHours[];
}
