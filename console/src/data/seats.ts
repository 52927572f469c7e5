/** `seat`: every place in the room, what its person is doing and whether its phone is there. */
import type { Seat } from "@/api/room";
import { defineStore } from "pinia";
import { computed } from "vue";
import { useEntities } from "./entities";
import { useSession } from "./session";

export const useSeats = defineStore("seats", () => {
  const entities = useEntities<Seat>();
  const session = useSession();
  const own = computed(() => (session.me?.seat ? (entities.byId.get(session.me.seat) ?? null) : null));
  const sorted = computed(() => [...entities.all.value].sort((a, b) => a.extension.localeCompare(b.extension)));
  return { ...entities, own, sorted };
});
