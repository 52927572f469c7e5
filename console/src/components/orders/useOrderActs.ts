/** What a click on an order does, wherever orders are shown: done at once, asked for in a dialog, or printed. */
import { ref } from "vue";
import { useRouter } from "vue-router";
import type { Order } from "@/api/orders";
import { useCommand } from "@/composables/useCommand";
import { AT_ONCE } from "./moves";

export function useOrderActs(done: () => void) {
  const router = useRouter();
  const command = useCommand();
  const asking = ref<{ command: string; order: Order } | null>(null);
  const assigning = ref<Order | null>(null);
  async function act(name: string, order: Order): Promise<void> {
    if (name === "print") void router.push(`/orders/${order.id}/print`);
    else if (name === "assign") assigning.value = order;
    else if (AT_ONCE.has(name)) { if (await command.send(name, { case_id: order.case_id, paper_id: order.id })) done(); }
    else asking.value = { command: name, order };
  }
  function over(): void {
    asking.value = assigning.value = null;
    done();
  }
  return { act, asking, assigning, over, problem: command.problem };
}
