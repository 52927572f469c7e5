/** A call that I begin beside my paperwork: my own phone rings first, then theirs. It is a case of its own until it is written up. */
import type { CaseDetail } from "@/api/cases";
import { useCases } from "@/data/cases";
import { useLive } from "@/data/live";
import { computed, ref } from "vue";
import { useAction } from "./useCommand";

export function useOwnCall() {
  const live = useLive();
  const cases = useCases();
  const { busy, problem, run } = useAction();
  const id = ref<string | null>(null);
  const item = computed<CaseDetail | null>(() => (id.value ? (cases.byId.get(id.value) ?? null) : null));

  const dial = (memberId: string | null | undefined, target: string) => run(async () => {
    const made = (await live.command("call_out", { member_id: memberId, target })) as { case_id: string };
    id.value = made.case_id;
  });
  const hangUp = () => run(() => live.command("hang_up", { case_id: id.value }));
  const forget = () => (id.value = null);
  return { busy, problem, run, id, item, dial, hangUp, forget };
}
