/** What can be done with an order in a state, and by whom; the server refuses what it does not allow. */
import type { Order } from "@/api/orders";
import type { Me, Role } from "@/api/basics";

const GROUP: Role[] = ["dispatcher", "group_leader", "supervisor", "department_head"];
const DESK: Role[] = ["seat", ...GROUP];
const SIGNERS: Role[] = ["department_head"];
const FINANCE: Role[] = ["finance"];

/** The next step first: it is the large button (of an approval: for who signs; a delegate of the day may be anybody). `assign` opens the list of who may be sent, `print` the two copies. */
const STEPS: Record<string, [string, Role[]][]> = {
  owed: [["assign", GROUP], ["cancel_order", DESK]],
  asked: [["assign", GROUP], ["cancel_order", DESK]],
  approval: [["approve_order", SIGNERS], ["refuse_order", SIGNERS], ["approve_order_aloud", GROUP], ["approve_order", GROUP], ["take_back_order", GROUP], ["cancel_order", DESK]],
  assigned: [["print", DESK], ["take_back_order", GROUP], ["cancel_order", DESK]],
  printed: [["pick_up_order", DESK], ["print", DESK], ["take_back_order", GROUP], ["cancel_order", DESK]],
  under_way: [["arrive_order", DESK], ["complete_order", DESK], ["delay_order", DESK], ["report_incident", DESK], ["take_back_order", GROUP], ["cancel_order", DESK]],
  serving: [["complete_order", DESK], ["report_incident", DESK]],
  completed: [["return_original", GROUP], ["return_copy", DESK], ["receive_fee", FINANCE], ["void_receipt", FINANCE], ["correct_fee", GROUP], ["report_incident", DESK]],
  settled: [["void_receipt", FINANCE]],
};
/** Done by one click: nothing is asked. */
export const AT_ONCE = new Set(["arrive_order"]);

export function stepsOf(order: Pick<Order, "state" | "data">, me: Pick<Me, "role" | "may_sign"> | null): string[] {
  const data = order.data;
  const role = me?.role;
  const signs = (name: string) => !!me?.may_sign && ["approve_order", "refuse_order"].includes(name);
  const steps = (STEPS[order.state] ?? []).filter(([name, roles]) => {
    if (!role || !(roles.includes(role) || signs(name))) return false;
    if (name === "return_original") return !data.original;
    if (name === "return_copy") return !data.copy;
    if (name === "receive_fee") return data.fee_state === "posted";
    if (name === "correct_fee") return data.fee_state !== "paid";
    if (name === "void_receipt") return data.fee_state === "paid";
    return true;
  }).map(([name]) => name).filter((name, place, all) => all.indexOf(name) === place);
  if (data.serve_first && ["assigned", "printed"].includes(order.state) && role && DESK.includes(role)) steps.unshift("complete_order");
  if (data.exceptions.some((one) => !one.measures) && role && GROUP.includes(role)) steps.unshift("record_measures");
  return steps;
}
