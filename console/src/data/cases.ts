/** `case`: the cases that are this seat's own. One of them is the pop. */
import type { CaseDetail } from "@/api/types";
import { defineStore } from "pinia";
import { computed, ref } from "vue";
import { useEntities } from "./entities";
import { useSession } from "./session";

/** What a seat does first when it holds more than one case: answer, then speak, then write. */
function urgency(item: CaseDetail, seat: string | null): number {
  if (item.offer && item.offer.seat === seat) return 0;
  return { talking: 1, wrap_up: 2, waiting: 3, callback: 4, open: 5, closed: 6 }[item.state];
}

export const useCases = defineStore("cases", () => {
  const entities = useEntities<CaseDetail>();
  const session = useSession();
  const chosen = ref<string | null>(null);

  const mine = computed(() => {
    const seat = session.me?.seat ?? null;
    return [...entities.all.value].sort((a, b) => urgency(a, seat) - urgency(b, seat) || a.opened_at.localeCompare(b.opened_at));
  });
  const offered = computed(() => mine.value.find((item) => item.offer && item.offer.seat === session.me?.seat) ?? null);
  /** A ringing offer always comes to the front, whatever the person was looking at. */
  const current = computed(
    () => offered.value ?? mine.value.find((item) => item.id === chosen.value) ?? mine.value[0] ?? null,
  );

  return { ...entities, mine, offered, current, chosen };
});
