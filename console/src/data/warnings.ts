/** `warning`: wrong passwords, scans, safe mode, lost audio; newest first. */
import type { Warning } from "@/api/room";
import { defineStore } from "pinia";
import { computed } from "vue";
import { useEntities } from "./entities";

export const useWarnings = defineStore("warnings", () => {
  const entities = useEntities<Warning>();
  const newest = computed(() => [...entities.entries.value].sort((a, b) => b.value.at.localeCompare(a.value.at)));
  return { ...entities, newest };
});
