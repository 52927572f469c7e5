/** One action of a person: busy while it is on its way, and the server's refusal in words when it is refused. */
import { toProblem } from "@/api/http";
import type { Problem } from "@/api/basics";
import { useLive } from "@/data/live";
import { ref } from "vue";

export function useAction() {
  const busy = ref(false);
  const problem = ref<Problem | null>(null);

  /** True when it was done; the caller clears its form only then. */
  async function run(work: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    problem.value = null;
    try {
      await work();
      return true;
    } catch (error) {
      problem.value = toProblem(error);
      return false;
    } finally {
      busy.value = false;
    }
  }

  return { busy, problem, run };
}

export function useCommand() {
  const live = useLive();
  const action = useAction();
  /** `kept`: what a person has written; it waits for the connection instead of giving up after 8 s. */
  const send = (name: string, args: object, kept = false) => action.run(() => live.command(name, args, kept));
  return { ...action, send };
}
