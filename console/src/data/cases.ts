/** `case`: the cases that are this seat's own. One of them is the pop. */
import type { CaseDetail, Offer } from "@/api/cases";
import { defineStore } from "pinia";
import { computed, ref } from "vue";
import { useEntities } from "./entities";
import { useMeta } from "./meta";
import { useSession } from "./session";

/** The case rings this seat: as the first one, because the ladder rings it beside the first, or because a colleague hands it over. */
export function offerTo(item: CaseDetail, seat: string | null): Offer | null {
  if (!seat) return null;
  const transfer = item.transfer;
  if (transfer?.state === "ringing" && transfer.to === `seat:${seat}`) {
    const ring = useMeta().meta?.figures.ring_seconds ?? 0;
    return { id: item.id, seat, since: transfer.since, ring_until: new Date(Date.parse(transfer.since) + ring * 1000).toISOString(), count: 1 };
  }
  return item.offer?.seat === seat ? item.offer : (item.alarms?.find((alarm) => alarm.seat === seat) ?? null);
}

/** What a seat does first when it holds more than one case: answer, then speak, then write. */
function urgency(item: CaseDetail, seat: string | null): number {
  if (offerTo(item, seat)) return 0;
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
  const offered = computed(() => mine.value.find((item) => offerTo(item, session.me?.seat ?? null)) ?? null);
  /** A ringing offer always comes to the front, whatever the person was looking at. */
  const current = computed(
    () => offered.value ?? mine.value.find((item) => item.id === chosen.value) ?? mine.value[0] ?? null,
  );

  return { ...entities, mine, offered, current, chosen };
});
