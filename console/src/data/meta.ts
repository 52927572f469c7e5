/** Lists and figures the server owns: categories, dispositions, pause reasons, the centre's name and time zone. */
import { http } from "@/api/http";
import type { Labelled, Meta } from "@/api/types";
import { defineStore } from "pinia";
import { computed, ref } from "vue";

export const useMeta = defineStore("meta", () => {
  const meta = ref<Meta | null>(null);

  async function load(): Promise<void> {
    meta.value = await http.get<Meta>("/api/meta");
  }

  /** Every id of every list with its words, so that a timeline sentence can name what it speaks of. */
  const labels = computed(() => {
    const map = new Map<string, Labelled>();
    const lists = meta.value;
    if (!lists) return map;
    const groups: Labelled[][] = [lists.categories, lists.unreasonable, lists.dispositions, lists.settle_outcomes];
    groups.push(lists.pause_reasons, lists.task_outcomes, ...lists.categories.map((category) => category.children));
    for (const item of groups.flat()) map.set(item.id, item);
    return map;
  });

  return { meta, load, labels };
});
