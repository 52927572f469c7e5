/** `health`: asterisk, ami, database. */
import type { Health } from "@/api/types";
import { defineStore } from "pinia";
import { computed } from "vue";
import { useEntities } from "./entities";

export const useHealth = defineStore("health", () => {
  const entities = useEntities<Health>();
  const down = computed(() => entities.entries.value.filter(({ value }) => !value.up));
  return { ...entities, down };
});
