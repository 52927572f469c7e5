/** `ladder`: who is being phoned for each emergency, live; drills too. */
import type { CaseDetail } from "@/api/cases";
import type { LadderBoard } from "@/api/ladder";
import { defineStore } from "pinia";
import { computed } from "vue";
import { useCases } from "./cases";
import { useEntities } from "./entities";

/** Real before drill; nobody in charge before somebody in charge. */
const WEIGHT = { exhausted: 0, running: 1, acknowledged: 2, ended: 3 };
const weight = (ladder: LadderBoard) => WEIGHT[ladder.state] + (ladder.drill ? 10 : 0);

/** The board of a case that is not pushed any more, or not to this console: what the case itself tells. */
export function boardOf(item: CaseDetail): LadderBoard | null {
  if (!item.ladder) return null;
  const { number, state, opened_at, level, source, member, caller } = item;
  return {
    ...item.ladder, attempts: item.attempts ?? [],
    case: { number, state, opened_at, level, source, who: member?.name ?? caller.display, district: member?.district ?? null },
  };
}

export const useLadders = defineStore("ladders", () => {
  const entities = useEntities<LadderBoard>();
  const cases = useCases();
  const sorted = computed(() => [...entities.all.value].sort((a, b) => weight(a) - weight(b) || a.started_at.localeCompare(b.started_at)));
  const live = computed(() => sorted.value.filter((ladder) => ladder.state !== "ended"));
  /** Those of cases that are not on this seat's own screen. */
  const others = computed(() => live.value.filter((ladder) => !cases.byId.has(ladder.case_id)));
  const of = (item: CaseDetail) => entities.byId.get(item.id) ?? boardOf(item);
  return { ...entities, sorted, live, others, of };
});
