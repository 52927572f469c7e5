/** The words of docs/api.md as types. Nothing here is invented by the console. */

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
}

export interface Labelled {
  id: string;
  zh: string;
  en: string;
}
export interface Category extends Labelled {
  children: Labelled[];
}
export type CaseKind = "emergency" | "life_help";
export interface Disposition extends Labelled {
  kinds: CaseKind[];
  closes: boolean;
}
export interface PauseReason extends Labelled {
  limit_minutes: number | null;
}
export interface Meta {
  centre: Centre & { lines: { number: string; kind: CaseKind; name: string }[] };
  seats: { extension: string; name: string }[];
  categories: Category[];
  unreasonable: Labelled[];
  dispositions: Disposition[];
  settle_outcomes: Labelled[];
  pause_reasons: PauseReason[];
  /** Reasons only the system gives. */
  system_pauses: Labelled[];
  task_outcomes: Labelled[];
  figures: {
    ring_seconds: number;
    wrap_up_seconds: number;
    answer_within_seconds: number;
    answer_target: number;
  };
}
/** What anybody may know before logging in. */
export interface Centre {
  name_zh: string;
  name_en: string;
  time_zone: string;
}
export interface SeatChoice {
  extension: string;
  name: string;
  taken: boolean;
}

export type Source = "terminal" | "hotline" | "safe_mode" | "drill" | "probe" | "outbound" | "web" | "letter" | "walk_in" | "assignment";
export type CaseState = "waiting" | "talking" | "wrap_up" | "open" | "closed" | "callback";

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
  state: "recording" | "stored" | "lost";
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
export type Measure = "waiting" | "longest_wait" | "answered_in_time" | "owed_calls" | "follow_ups_due" | "follow_ups_late" | "ready_seats" | "red" | "silent_terminals" | "probe_ms";
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
export interface Agent {
  id: string;
  user: string;
  name: string;
  role: Role;
  seat: string | null;
  active: boolean;
}
export interface SeatCredentials {
  extension: string;
  password: string;
  server: string;
  port: number;
  transport: string;
}
export interface ImportReport {
  file: string;
  rows: number;
  added: number;
  changed: number;
  unchanged: number;
  bad: { row: number; column: string; value: string; zh: string; en: string }[];
  applied: boolean;
}

// --- the ladder ---------------------------------------------------------------------------------------------------

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

export const REPORT_FIELDS = ["condition", "actions", "plan", "outcome", "supervision"] as const;
export type ReportField = (typeof REPORT_FIELDS)[number];
export type ReportText = Record<ReportField, string>;
export interface Report {
  case: CaseRow & { answered_at: Iso | null; settled_at: Iso | null };
  person: (Card & { phone: string | null }) | null;
  ladder: Ladder | null;
  attempts: Attempt[];
  timeline: TimelineEntry[];
  data: Partial<ReportText>;
  written_by: string | null;
  written_at: Iso | null;
  signer: string | null;
  signed_at: Iso | null;
}
