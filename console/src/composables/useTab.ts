/** The tab one is on, kept in the address: a link and a reload keep it, and the first needs no word there. */
import { computed, type WritableComputedRef } from "vue";
import { useRoute, useRouter } from "vue-router";

export function useTab<T extends string>(tabs: () => readonly T[]): WritableComputedRef<T> {
  const route = useRoute();
  const router = useRouter();
  return computed({
    get: () => tabs().find((one) => one === route.query.tab) ?? tabs()[0]!,
    set: (one) => void router.replace({ query: { ...route.query, tab: one === tabs()[0] ? undefined : one } }),
  });
}
