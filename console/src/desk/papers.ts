/** Papers, as the service sends them. The feed says only that one has changed (`paper`); then whoever shows papers reads them anew. */
export interface Paper {
  id: string; case_id: string; noun: string; state: string; unfinished: boolean; opened_at: string; due_at: string | null; done_at: string | null;
  overdue: boolean; owner_id: string | null; owner: string | null; opened_by: string | null; done_by: string | null; data: Record<string, unknown>; version: number;
}
export interface InboxPaper extends Paper {
  case_number: string; case_state: string; who: string; category: string | null; subcategory: string | null; source: string; case_owner: string | null;
}
export interface Finding { rule: string; ok: boolean; zh: string; en: string; remedy_zh: string; remedy_en: string; from?: string | null; to?: string }

export interface Closing { open: boolean; may: boolean; findings: Finding[] }
export const papersOf = (caseId: string) => `/api/cases/${caseId}/papers`;
export const closingOf = (caseId: string) => `/api/cases/${caseId}/closing`;
