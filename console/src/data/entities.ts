/** What every noun's store is made of: the entities by id, put there by the feed and by nothing else. */
import { computed, shallowReactive } from "vue";

export function useEntities<T>() {
  // Shallow: each change brings the whole new state of an entity, so nothing inside one ever changes.
  const byId = shallowReactive(new Map<string, T>());
  const all = computed(() => [...byId.values()]);
  const entries = computed(() => [...byId.entries()].map(([id, value]) => ({ id, value })));

  function apply(id: string, data: T | null): void {
    if (data === null) byId.delete(id);
    else byId.set(id, data);
  }

  return { byId, all, entries, apply };
}
