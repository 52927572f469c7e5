/** What the room is like now: seats, health, terminals, warnings, figures, alarms. As in docs/api.md. */
import type { Iso } from "./basics";

export type Presence = "offline" | "ready" | "offered" | "talking" | "wrap_up" | "paused";
export interface Seat {
  extension: string;
  name: string;
  agent: string | null;
  presence: Presence;
  pause_reason: string | null;
  since: Iso;
  case_id: string | null;
  /** Of the device that rings. */
  phone: { registered: boolean; reachable: boolean };
  emergency_only: boolean;
  /** Empty: it serves all queues. */
  queues?: string[];
  /** When the limit of this pause is reached, and whether the supervisor has been told that it was. */
  pause_until?: Iso | null;
  pause_long?: boolean;
  device: "desk" | "browser";
  /** Whether the service believes in the browser's microphone. */
  microphone: boolean;
}
export interface Health {
  up: boolean;
  since: Iso;
  detail_zh: string;
  detail_en: string;
}
export interface Terminal {
  serial: string;
  account: string;
  member: string | null;
  registered: boolean;
  reachable: boolean;
  /** null: it has never registered. */
  changed_at: Iso | null;
}
export interface Warning {
  at: Iso;
  kind: string;
  account: string | null;
  remote: string | null;
  count: number;
  zh: string;
  en: string;
}
export interface Figures {
  calls: number;
  answered: number;
  answered_in_15s: number;
  /** Calls in hours whose wait is over, one way or the other. */
  waited: number;
  abandoned: number;
  called_back: number;
  waiting: number;
  longest_wait_since: Iso | null;
  red: number;
  ready_seats: number;
  /** Due today or before, and those that are late. */
  follow_ups_due: number;
  follow_ups_late: number;
}
export type Measure = "waiting" | "longest_wait" | "answered_in_time" | "owed_calls" | "follow_ups_due" | "follow_ups_late" | "ready_seats" | "red" | "silent_terminals" | "probe_ms" | "dissatisfied";
export interface Threshold {
  measure: Measure;
  /** Too little is what is wrong with it. */
  below: boolean;
  limit: number;
  seconds: number;
  active: boolean;
  /** The alarm rings the duty phones too, once. */
  phone: boolean;
  alarmed_at: Iso | null;
}
export type Alarm = Threshold;
export interface Trend {
  hours: { hour: number; calls: number; in_time: number; abandoned: number; longest: number; usual: number | null }[];
}
export interface Probe {
  latest: { at: Iso; stage: "console" | "sip" | "pop" | "answer" | "hang_up" | null; detail: string; sip_ms: number | null; pop_ms: number | null; answer_ms: number | null } | null;
  points: { at: Iso; pop_ms: number | null; failed: number; pressed: number }[];
}
