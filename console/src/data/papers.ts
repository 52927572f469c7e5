/** `paper`: which paperwork is new or changed. It says nothing about people: whoever shows papers reads them anew. */
import { defineStore } from "pinia";
import { ref } from "vue";

interface PaperTold {
  case_id: string;
  noun: string;
  unfinished: boolean;
}

export const usePapers = defineStore("papers", () => {
  /** How many changes there were, by noun: something to watch. */
  const changes = ref<Record<string, number>>({});
  /** How many there were at all, and by case. */
  const changed = ref(0);
  const ofCase = ref(new Map<string, number>());
  function apply(_id: string, data: PaperTold | null): void {
    changed.value += 1;
    if (data) ofCase.value.set(data.case_id, (ofCase.value.get(data.case_id) ?? 0) + 1);
    if (data) changes.value = { ...changes.value, [data.noun]: (changes.value[data.noun] ?? 0) + 1 };
  }
  return { changes, changed, ofCase, apply };
});
