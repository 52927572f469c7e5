/** Work orders as the server tells them. Money in fen. */
import type { Role } from "./basics";

export const ORDER_STATES = ["owed", "asked", "approval", "assigned", "printed", "under_way", "serving", "completed"] as const;

export interface Incident { at: string; by: string; text: string; urgent: boolean; measures: string; measures_at: string | null; measures_by: string | null }
export interface ReturnedCopy { at: string; by: string; note: string; lost: boolean }
export interface Receipt { number: string; amount: number; way: string; at: string; by: string; voided: string }
export interface OrderData {
  number: string; service_id: string; service: string; unit: string; special: boolean; supplies: string[]; minutes: number | null; standards: string; text: string;
  source: "request" | "assignment"; scheduled_for: string; serve_first: boolean; why_first: string; back_filled_at: string | null;
  provider_id: string | null; worker_id: string | null; provider: string; worker: string; assigned_by: string | null; assigned_at: string | null; place: number | null;
  why_zh: string; why_en: string; override_reason: string; revision: number; dispatched_at: string | null;
  approval: { kind: "head" | "delegate" | "spoken"; name: string; at: string; recorded_by: string; text: string } | null;
  printed_at: string | null; printed_by: string | null; prints: number; picked_up_at: string | null; signature: string; arrived_at: string | null; delay: string;
  late_assign: boolean; late_pick_up: boolean; late_arrive: boolean; exceptions: Incident[]; completed_at: string | null; completed_by: string | null; result: string;
  original: ReturnedCopy | null; copy: ReturnedCopy | null; price: number | null; fee: number | null; fee_state: "" | "none" | "posted" | "paid";
  receipts: Receipt[]; receipt_number: string; archived_in: string; cancelled: string;
}
export interface Order {
  id: string; case_id: string; state: string; unfinished: boolean; opened_at: string; due_at: string | null; overdue: boolean; version: number;
  opened_by: string | null; done_at: string | null; case_number: string; case_state: string; who: string; address: string; names: Record<string, string>; data: OrderData;
}
export interface WholeOrder extends Order {
  about: { member_id: string; name: string; gender: string; address: string; phones: string[]; card: string | null; remarks: string } | null;
}
export interface OrderPage { items: Order[]; counts: Record<string, number> }
export interface Candidate {
  id: string; ref: string; name: string; kind: "partner" | "worker"; place: number | null; possible: boolean;
  reasons: { code: string; zh: string; en: string; stops: boolean }[];
}
export interface OrderChoice { candidates: Candidate[]; leaders: { id: string; name: string; role: Role }[]; special: boolean }
export interface MissingOrders {
  cases: { id: string; number: string; opened_at: string; subcategory: string | null; text: string; who: string }[];
  owed: Order[];
}
export interface OrderAlerts { waiting: string[]; urgent: { id: string; case_id: string; number: string; who: string; text: string }[] }
export interface OrderSums { count: number; completed: number; cancelled: number; settled: number; archived: number; late: number; served_first: number; overridden: number; incidents: number; fee: number }
export interface OrderMonth { month: string; total: OrderSums; services: (OrderSums & { service: string })[]; providers: (OrderSums & { who: string; outside: boolean })[] }
export interface Concentration { agent: string; who: string; count: number; overridden: number; share: number; usual: number | null; suspicious: boolean }
export interface FeeSums { count: number; posted: number; paid: number }
export interface Fees { first: string; last: string; items: Order[]; total: FeeSums; days: (FeeSums & { day: string })[]; providers: (FeeSums & { who: string; outside: boolean })[] }

/** Fen as yuan, as people there write it. */
export const yuan = (fen: number | null | undefined) => (fen == null ? "" : (fen / 100).toFixed(2));
/** Yuan as typed, in fen; null when it is no amount. */
export const fen = (text: string) => (/^\d{1,6}(\.\d{1,2})?$/.test(text.trim()) ? Math.round(Number(text) * 100) : null);
