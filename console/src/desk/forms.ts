/** Every command on paperwork as a form: which fields it has. What may be done, and when, the server says; this only asks for the words. */
import type { Role } from "@/api/basics";
import { CARE, DECIDERS } from "@/api/roles";
import type { CaseState } from "@/api/cases";

export type Field =
  | { name: string; kind: "line" | "text" | "time"; optional?: boolean }
  | { name: string; kind: "choice"; options: string[]; optional?: boolean }
  | { name: string; kind: "colleague" | "category" | "unreasonable" | "checklist" };

export const CHECKLIST = ["journal", "category", "reply", "follow_up", "attachments"];
const text = (name: string, optional = false): Field => ({ name, kind: "text", optional });
const line = (name: string, optional = false): Field => ({ name, kind: "line", optional });
const choice = (name: string, ...options: string[]): Field => ({ name, kind: "choice", options });

export const FORMS: Record<string, Field[]> = {
  take_case: [],
  reclassify: [{ name: "category", kind: "category" }, text("reason")],
  hand_over_case: [{ name: "to_id", kind: "colleague" }, text("reason")],
  accept_case: [],
  write_duty_call: [{ name: "category", kind: "category" }, text("text")],
  return_case: [text("reason")],
  complete_assignment: [text("result")],
  make_promise: [choice("manner", "immediate", "by_time", "appointment"), { name: "due_at", kind: "time", optional: true }, text("text")],
  keep_promise: [text("note", true)],
  move_promise: [{ name: "due_at", kind: "time" }, text("told")],
  cancel_promise: [text("told")],
  owe_answer: [text("question"), text("told")],
  give_answer: [text("answer")],
  reply: [choice("way", "phone", "visit", "letter", "message", "on_the_spot"), line("to"), text("text")],
  verify: [choice("result", "confirmed", "not_so", "unclear"), line("way"), text("text", true)],
  ask_transfer: [text("reason")],
  approve_transfer: [line("signer")],
  refuse_transfer: [text("reason")],
  take_transfer: [],
  answer_transfer: [text("answer")],
  record_need: [text("text"), line("referral"), line("referral_number", true)],
  find_supply: [line("provider")],
  tell_supply: [choice("outcome", "wanted", "not_wanted", "not_reached"), text("note")],
  give_feedback: [choice("result", "satisfied", "dissatisfied", "not_reached"), line("by_whom", true), text("text")],
  state_liability: [choice("party", "provider", "centre", "elder", "nobody"), text("text"), text("demand", true)],
  complete_rework: [text("result")],
  ask_outside: [choice("body", "market_supervision", "consumer_association", "authority", "other"), line("name"), text("text")],
  record_outside: [text("result")],
  judge_unreasonable: [{ name: "reason", kind: "unreasonable" }, text("explanation")],
  close: [text("summary", true)],
  close_emergency: [choice("ground", "resolved", "handed_over", "conclusion"), line("body", true), text("evidence"), text("summary", true)],
  prepare_archive: [{ name: "checked", kind: "checklist" }, text("note", true)],
  sign_archive: [line("signer")],
  return_archive: [text("reason")],
  plan_follow_up: [{ name: "at", kind: "time" }, text("text")],
  nominate: [line("title"), text("text")],
  choose_typical: [choice("selected", "yes", "no"), text("comment", true)],
};

/** What can be done with a paper of a noun in a state. The server refuses what this person may not. */
const ON_PAPER: Record<string, Record<string, string[]>> = {
  assignment: { open: ["complete_assignment"] },
  promise: { open: ["keep_promise", "move_promise", "cancel_promise"] },
  pending_answer: { open: ["give_answer"] },
  duty_call: { to_write: ["write_duty_call"] },
  hand_over: { offered: ["accept_case", "return_case"] },
  transfer: { asked: ["approve_transfer", "refuse_transfer"], approved: ["take_transfer"], taken: ["answer_transfer"] },
  unmet_need: { open: ["find_supply"], handed_over: ["find_supply"], to_tell: ["tell_supply"] },
  rework: { asked: ["complete_rework"] },
  outside_body: { asked: ["record_outside"] },
  archive: { prepared: ["sign_archive", "return_archive"] },
  typical_case: { nominated: ["choose_typical"] },
};
const HEAD: Role[] = ["department_head"];
const BUSINESS: Role[] = ["business_development", "department_head"];
const ROLES: Record<string, readonly Role[]> = {
  sign_archive: HEAD, return_archive: HEAD, take_transfer: BUSINESS, answer_transfer: BUSINESS, find_supply: BUSINESS,
  choose_typical: DECIDERS,
  approve_transfer: [...CARE, "business_development", "finance"], refuse_transfer: [...CARE, "business_development", "finance"],
};
const may = (command: string, role: Role | undefined) => !!role && (ROLES[command] ?? CARE).includes(role);

export function commandsOf(paper: { noun: string; state: string }, role: Role | undefined): string[] {
  return (ON_PAPER[paper.noun]?.[paper.state] ?? []).filter((command) => may(command, role));
}

/** What can be begun with a case. */
export function commandsOnCase(state: CaseState, owned: boolean, role: Role | undefined): string[] {
  const found = state === "closed"
    ? ["prepare_archive", "plan_follow_up", "nominate"]
    : [
        ...(owned ? [] : ["take_case"]), "reply", "make_promise", "owe_answer", "plan_follow_up", "give_feedback", "state_liability", "ask_outside", "record_need",
        "ask_transfer", "hand_over_case", "verify", "reclassify", "judge_unreasonable", "nominate",
      ];
  return found.filter((command) => may(command, role));
}
