/** `paper`: which paperwork is new or changed. It says nothing about people: whoever shows papers reads them anew. */
import { defineStore } from "pinia";
import { ref } from "vue";

interface PaperTold {
  noun: string;
  unfinished: boolean;
}

export const usePapers = defineStore("papers", () => {
  /** How many changes there were, by noun: something to watch. */
  const changes = ref<Record<string, number>>({});
  function apply(_id: string, data: PaperTold | null): void {
    if (data) changes.value = { ...changes.value, [data.noun]: (changes.value[data.noun] ?? 0) + 1 };
  }
  return { changes, apply };
});
