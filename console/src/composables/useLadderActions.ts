/** What a person does about an emergency, each in one step: nothing here asks back, the server refuses what must not be. */
import type { Attempt, Callable, LadderBoard, PublicCode } from "@/api/ladder";
import { useSession } from "@/data/session";
import { computed, type Ref, ref } from "vue";
import { canJoin, contactsOf, firstFamily, openTo, publicOf } from "./ladder";
import { useCommand } from "./useCommand";
import { NOTE_FALSE_ALARM, NOTE_SAFE } from "./useLadderWords";

export function useLadderActions(ladder: Ref<LadderBoard>) {
  const session = useSession();
  // Several things are done at once here: each has its own way, so that joining never waits for a call to go out.
  const calls = useCommand();
  const lines = useCommand();
  const ends = useCommand();
  const problem = computed(() => ends.problem.value ?? calls.problem.value ?? lines.problem.value);
  const case_id = computed(() => ladder.value.case_id);
  /** The public number whose card lies open. */
  const reading = ref<PublicCode | null>(null);

  const over = computed(() => ladder.value.state === "ended");
  const may = computed(() => !over.value && ladder.value.can_call !== undefined);
  const family = computed(() => firstFamily(ladder.value));
  const contacts = computed(() => contactsOf(ladder.value));
  const waiting = computed(() => (ladder.value.drill ? [] : ladder.value.attempts.filter(canJoin)));
  const joined = computed(() => ladder.value.attempts.filter((attempt) => attempt.joined && attempt.state === "answered" && attempt.kind !== "terminal" && attempt.kind !== "landline"));
  const mine = computed(() => ladder.value.acknowledgements.some((one) => one.active && (one.name === session.me?.seat || one.name === session.me?.name)));

  const call = (one: Callable | null) => void (one && may.value && !openTo(ladder.value, one.target) && calls.send("call_contact", { case_id: case_id.value, target: one.target }));
  /** The card opens with the call: it is wanted the moment somebody answers. */
  function callPublic(code: PublicCode): void {
    if (!may.value || !publicOf(ladder.value, code)) return;
    reading.value = code;
    call(publicOf(ladder.value, code));
  }
  const read = (code: PublicCode | null) => (reading.value = code);
  const join = (attempt: Attempt) => void lines.send("join_attempt", { case_id: case_id.value, attempt_id: attempt.id });
  const drop = (attempt: Attempt) => void lines.send("drop_attempt", { case_id: case_id.value, attempt_id: attempt.id });
  async function joinAll(): Promise<void> {
    for (const attempt of waiting.value) if (!(await lines.send("join_attempt", { case_id: case_id.value, attempt_id: attempt.id }))) return;
  }
  const takeCharge = () => void (over.value || mine.value || ladder.value.drill || ends.send("take_charge", { case_id: case_id.value }));
  const settle = (outcome: string, note: string) => void (over.value || ladder.value.drill || ends.send("settle", { case_id: case_id.value, outcome, note }, true));
  const safe = () => settle("safe", NOTE_SAFE);
  const falseAlarm = () => settle("false_alarm", NOTE_FALSE_ALARM);
  const stopDrill = () => void (over.value || !ladder.value.drill || ends.send("stop_drill", { case_id: case_id.value }));
  const noteReference = (attempt: Attempt, reference: string) => lines.send("note_reference", { case_id: case_id.value, attempt_id: attempt.id, reference }, true);

  const busy = computed(() => calls.busy.value || ends.busy.value);
  return { problem, busy, over, may, family, contacts, waiting, joined, mine, reading, read, call, callPublic, join, drop, joinAll, takeCharge, safe, falseAlarm, stopDrill, noteReference };
}
export type LadderActions = ReturnType<typeof useLadderActions>;
