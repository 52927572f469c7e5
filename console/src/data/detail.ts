/** A case read over HTTP, for those it is not pushed to: the supervisor's drawer, a call-back's case. */
import type { CaseDetail } from "@/api/cases";
import { useReading } from "@/composables/useReading";
import { useCalls } from "@/data/calls";
import { useCases } from "@/data/cases";
import { useLadders } from "@/data/ladders";
import type { Ref } from "vue";

export function useDetail(id: Ref<string | null>) {
  const stores = [useCalls(), useLadders(), useCases()];
  const { value: item, problem, load } = useReading<CaseDetail>(
    () => (id.value ? `/api/cases/${id.value}` : null),
    // A live case changes while one looks at it: what the feed tells of it is the sign to read again.
    () => stores.map(({ byId }) => (id.value ? byId.get(id.value) : null)),
  );
  return { item, problem, load };
}
