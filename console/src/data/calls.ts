/** `call`: waiting, live and red cases as rows, for the board and for the seats' waiting list. */
import type { CallRow } from "@/api/cases";
import { defineStore } from "pinia";
import { computed } from "vue";
import { useEntities } from "./entities";

const start = (row: CallRow) => row.waiting_since ?? row.opened_at;
/** Times of one kind sort as plain text; by the rules of a language it would take thirty times as long, for five hundred who wait. */
const earlier = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const byUrgency = (a: CallRow, b: CallRow) => Number(b.red) - Number(a.red) || b.level - a.level || earlier(start(a), start(b));

export const useCalls = defineStore("calls", () => {
  const entities = useEntities<CallRow>();
  const sorted = computed(() => [...entities.all.value].sort(byUrgency));
  const red = computed(() => sorted.value.filter((row) => row.red));
  const waiting = computed(() => sorted.value.filter((row) => row.state === "waiting"));
  /** What a seat should see (no drills): whoever waits and can be taken, and red cases that nobody is speaking with. */
  const pressing = computed(() => sorted.value.filter((row) => row.source !== "drill").filter((row) => row.state === "waiting" || (row.red && row.state !== "talking")));
  /** Emergencies that ring nowhere: everybody at a seat is to see and hear them. */
  const alarms = computed(() => sorted.value.filter((row) => row.alarm));
  const live = computed(() => sorted.value.filter((row) => ["waiting", "talking", "wrap_up"].includes(row.state)));
  return { ...entities, sorted, red, waiting, pressing, alarms, live };
});
