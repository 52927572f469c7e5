/** `health`: asterisk, ami, database; `node:<name>` for each Asterisk node of a centre that has several. */
import type { Health } from "@/api/room";
import { defineStore } from "pinia";
import { computed } from "vue";
import { useEntities } from "./entities";

/** The words for a part: a key of the dictionaries and what stands in it. */
export function wordsOf(id: string): [string, Record<string, string>] {
  return id.startsWith("node:") ? ["health.node", { name: id.slice(5) }] : [`health.${id}`, {}];
}

export const useHealth = defineStore("health", () => {
  const entities = useEntities<Health>();
  const down = computed(() => entities.entries.value.filter(({ value }) => !value.up));
  const lostNodes = computed(() => down.value.filter(({ id }) => id.startsWith("node:")).map(({ id }) => id.slice(5)).sort());
  /** What is out of order and has nobody in its place: with several nodes, one of them has. */
  const broken = computed(() => down.value.filter(({ id }) => !id.startsWith("node:")));
  const nodes = computed(() => entities.entries.value.map(({ id }) => id).filter((id) => id.startsWith("node:")).sort());
  return { ...entities, down, broken, nodes, lostNodes };
});
