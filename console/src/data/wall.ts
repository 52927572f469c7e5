/** `alarms`, `trend`, `probe`: what only the wall shows. */
import type { Alarm, Probe, Trend } from "@/api/room";
import { defineStore } from "pinia";
import { computed } from "vue";
import { useEntities } from "./entities";

export const useAlarms = defineStore("alarms", () => {
  const entities = useEntities<Alarm[]>();
  return { ...entities, all: computed(() => entities.byId.get("today") ?? []) };
});
export const useTrend = defineStore("trend", () => {
  const entities = useEntities<Trend>();
  return { ...entities, hours: computed(() => entities.byId.get("today")?.hours ?? []) };
});
export const useProbe = defineStore("probe", () => {
  const entities = useEntities<Probe>();
  return { ...entities, now: computed(() => entities.byId.get("latest") ?? null) };
});
