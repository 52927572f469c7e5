/** Papers read over HTTP. The feed says only that one has changed (`paper`); then whoever shows papers reads them anew. */
import { onScopeDispose, ref, watch } from "vue";
import { http, toProblem } from "@/api/http";
import type { Problem } from "@/api/basics";

export interface Paper {
  id: string; case_id: string; noun: string; state: string; unfinished: boolean; opened_at: string; due_at: string | null; done_at: string | null;
  overdue: boolean; owner_id: string | null; owner: string | null; opened_by: string | null; done_by: string | null; data: Record<string, unknown>; version: number;
}
export interface InboxPaper extends Paper {
  case_number: string; case_state: string; who: string; category: string | null; subcategory: string | null; source: string; case_owner: string | null;
}
export interface Finding { rule: string; ok: boolean; zh: string; en: string; remedy_zh: string; remedy_en: string; from?: string | null; to?: string }

/** Something read by HTTP, again after each change of a paper, at most once in half a second. */
export function useReading<T>(read: () => Promise<T>, when: () => unknown) {
  const value = ref<T | null>(null);
  const problem = ref<Problem | null>(null);
  const loading = ref(true);
  let asked = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function load(): Promise<void> {
    const mine = ++asked;
    loading.value = true;
    try {
      const found = await read();
      if (mine !== asked) return;
      value.value = found as typeof value.value;
      problem.value = null;
    } catch (error) {
      if (mine === asked) problem.value = toProblem(error);
    } finally {
      if (mine === asked) loading.value = false;
    }
  }
  watch(when, (_, before) => {
    clearTimeout(timer);
    if (before === undefined) void load();
    else timer = setTimeout(() => void load(), 250);
  }, { immediate: true });
  onScopeDispose(() => clearTimeout(timer));
  return { value, problem, loading, load };
}

export const readPapers = (caseId: string) => http.get<Paper[]>(`/api/cases/${caseId}/papers`);
export const readClosing = (caseId: string) => http.get<{ open: boolean; may: boolean; findings: Finding[] }>(`/api/cases/${caseId}/closing`);
