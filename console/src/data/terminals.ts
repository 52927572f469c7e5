/** `terminal`: one-key terminals that register by SIP, and whether they still do. */
import type { Terminal } from "@/api/room";
import { defineStore } from "pinia";
import { computed } from "vue";
import { useEntities } from "./entities";

export const useTerminals = defineStore("terminals", () => {
  const entities = useEntities<Terminal>();
  const isThere = (terminal: Terminal) => terminal.registered && terminal.reachable;
  /** Who went away last stands first; those that have never been there come at the end. */
  const silent = computed(() =>
    entities.all.value.filter((terminal) => !isThere(terminal)).sort((a, b) => (b.changed_at ?? "").localeCompare(a.changed_at ?? "")),
  );
  const present = computed(() => entities.all.value.length - silent.value.length);
  return { ...entities, silent, present };
});
