/** `duty now`: who is on duty, and what of the duty room warns. */
import type { DutyState } from "@/api/duty";
import { defineStore } from "pinia";
import { computed } from "vue";
import { useEntities } from "./entities";

export const useDuty = defineStore("duty", () => {
  const entities = useEntities<DutyState>();
  return { ...entities, now: computed(() => entities.byId.get("now") ?? null) };
});
