/** Lists and figures the server owns: categories, dispositions, pause reasons, the centre's name and time zone. */
import { http } from "@/api/http";
import type { Labelled } from "@/api/basics";
import type { Centre, Meta } from "@/api/meta";
import { defineStore } from "pinia";
import { computed, ref } from "vue";

/** Ids are unique within their list only: "false_alarm" and "other" stand in several. */
export type List = "category" | "unreasonable" | "disposition" | "settle" | "pause" | "task" | `sub ${string}`;

export const useMeta = defineStore("meta", () => {
  const meta = ref<Meta | null>(null);
  const known = ref<Centre | null>(null);
  const centre = computed(() => meta.value?.centre ?? known.value);

  async function load(): Promise<void> {
    meta.value = await http.get<Meta>("/api/meta");
  }
  /** What may be known before anybody has logged in. */
  async function loadCentre(): Promise<void> {
    known.value = await http.get<Centre>("/api/centre");
  }

  const labels = computed(() => {
    const map = new Map<string, Labelled>();
    const lists = meta.value;
    if (!lists) return map;
    const put = (list: List, items: Labelled[]) => items.forEach((item) => map.set(`${list}/${item.id}`, item));
    put("category", lists.categories);
    for (const category of lists.categories) put(`sub ${category.id}`, category.children);
    put("unreasonable", lists.unreasonable);
    put("disposition", lists.dispositions);
    put("settle", lists.settle_outcomes);
    put("pause", [...lists.pause_reasons, ...lists.system_pauses]);
    put("task", lists.task_outcomes);
    return map;
  });

  return { meta, centre, load, loadCentre, labels };
});
