/** A case read over HTTP, for those it is not pushed to: the supervisor's drawer, a call-back's case. */
import { http, toProblem } from "@/api/http";
import type { Problem } from "@/api/basics";
import type { CaseDetail } from "@/api/cases";
import { useCalls } from "@/data/calls";
import { useCases } from "@/data/cases";
import { useLadders } from "@/data/ladders";
import { onScopeDispose, ref, type Ref, watch } from "vue";

export function useDetail(id: Ref<string | null>) {
  const calls = useCalls();
  const cases = useCases();
  const ladders = useLadders();
  const item = ref<CaseDetail | null>(null);
  const problem = ref<Problem | null>(null);
  let asked = 0;

  async function load(): Promise<void> {
    const wanted = id.value;
    if (!wanted) return;
    const mine = ++asked;
    try {
      const found = await http.get<CaseDetail>(`/api/cases/${wanted}`);
      if (mine !== asked || id.value !== wanted) return;
      item.value = found;
      problem.value = null;
    } catch (error) {
      if (mine === asked) problem.value = toProblem(error);
    }
  }

  watch(id, () => {
    asked += 1;
    item.value = null;
    problem.value = null;
    void load();
  }, { immediate: true });

  // A live case changes while one looks at it: its row arrives by the feed, and is the sign to read again.
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch([() => (id.value ? calls.byId.get(id.value) : null), () => (id.value ? ladders.byId.get(id.value) : null), () => (id.value ? cases.byId.get(id.value) : null)], () => {
    clearTimeout(timer);
    timer = setTimeout(() => void load(), 150);
  });
  onScopeDispose(() => clearTimeout(timer));

  return { item, problem, load };
}
