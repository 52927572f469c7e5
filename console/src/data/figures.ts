/** `figures`: today's numbers as the server counts them. */
import type { Figures } from "@/api/room";
import { defineStore } from "pinia";
import { computed } from "vue";
import { useEntities } from "./entities";

export const useFigures = defineStore("figures", () => {
  const entities = useEntities<Figures>();
  const today = computed(() => entities.byId.get("today") ?? null);
  /** Of the calls that were answered or given up, how many were answered in time; null while there are none. */
  const answeredInTime = computed(() => {
    const figures = today.value;
    const settled = figures ? figures.answered + figures.abandoned : 0;
    return figures && settled > 0 ? figures.answered_in_15s / settled : null;
  });
  return { ...entities, today, answeredInTime };
});
