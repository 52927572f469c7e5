/**
 * A long list read page by page, kept true as `useReading` keeps things: what is shown are the first so many pages as they are
 * now, read again together, so that a row which moved is neither lost nor shown twice.
 */
import { http } from "@/api/http";
import { useReading } from "@/composables/useReading";
import { computed, ref, watch } from "vue";

interface Page { items: { id: string }[] }

/** `address`: what to ask, with its query and without `limit` and `offset`. `size`: rows of a page, at most what the interface allows. */
export function usePages<T extends Page>(address: () => string, size: number, changes: () => unknown[] = () => []) {
  const pages = ref(1);

  async function read(wanted: string): Promise<T & { further: boolean }> {
    const joint = wanted.includes("?") ? "&" : "?";
    const found = await Promise.all(Array.from({ length: pages.value }, (_, page) => http.get<T>(`${wanted}${joint}limit=${size}&offset=${page * size}`)));
    const items = [...new Map(found.flatMap((one) => one.items).map((item) => [item.id, item])).values()];
    return { ...found[0]!, items, further: found.at(-1)!.items.length === size };
  }
  const reading = useReading(address, changes, read);
  watch(address, () => (pages.value = 1), { flush: "sync" });

  return {
    ...reading,
    items: computed<T["items"]>(() => reading.value.value?.items ?? []),
    /** Whether there may be rows after those shown. */
    further: computed(() => reading.value.value?.further ?? false),
    more: (): Promise<void> => { pages.value += 1; return reading.load(); },
  };
}
