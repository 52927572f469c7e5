/** `health`: asterisk, ami, database; `node:<name>`, `instance:<name>` for each Asterisk node and each service instance where there are several. */
import type { Health } from "@/api/room";
import { defineStore } from "pinia";
import { computed } from "vue";
import { useEntities } from "./entities";

/** The words for a part: a key of the dictionaries and what stands in it. */
export function wordsOf(id: string): [string, Record<string, string>] {
  const [kind, name] = id.split(":");
  return name === undefined ? [`health.${id}`, {}] : [`health.${kind}`, { name }];
}

export const useHealth = defineStore("health", () => {
  const entities = useEntities<Health>();
  const down = computed(() => entities.entries.value.filter(({ value }) => !value.up));
  const lostNodes = computed(() => down.value.filter(({ id }) => id.startsWith("node:")).map(({ id }) => id.slice(5)).sort());
  /** What is out of order and has nobody in its place: of several nodes or instances, another has. */
  const broken = computed(() => down.value.filter(({ id }) => !id.includes(":")));
  const several = computed(() => entities.entries.value.map(({ id }) => id).filter((id) => id.includes(":")).sort());
  return { ...entities, down, broken, several, lostNodes };
});
