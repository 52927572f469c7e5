/** `task`: call-backs owed to people whose call ended before anybody spoke with them. */
import type { Task } from "@/api/cases";
import { defineStore } from "pinia";
import { computed } from "vue";
import { useEntities } from "./entities";

export const useTasks = defineStore("tasks", () => {
  const entities = useEntities<Task>();
  const open = computed(() =>
    entities.all.value
      .filter((task) => task.state !== "done")
      .sort((a, b) => Number(b.red) - Number(a.red) || a.due_at.localeCompare(b.due_at)),
  );
  return { ...entities, open };
});
