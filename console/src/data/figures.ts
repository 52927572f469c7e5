/** `figures`: today's numbers as the server counts them. */
import type { Figures } from "@/api/room";
import { defineStore } from "pinia";
import { computed } from "vue";
import { useEntities } from "./entities";

export const useFigures = defineStore("figures", () => {
  const entities = useEntities<Figures>();
  const today = computed(() => entities.byId.get("today") ?? null);
  /** Of the calls whose wait is over, how many were answered in time; null while there are none. */
  const answeredInTime = computed(() => {
    const figures = today.value;
    return figures && figures.waited > 0 ? figures.answered_in_15s / figures.waited : null;
  });
  return { ...entities, today, answeredInTime };
});
