/** What can be done with an order in a state, and by whom; the server refuses what it does not allow. */
import type { Order } from "@/api/orders";
import type { Me, Role } from "@/api/basics";
import { CARE, DISPATCH } from "@/api/roles";

const SIGNERS: readonly Role[] = ["department_head"];
const FINANCE: readonly Role[] = ["finance"];

/** The next step first: it is the large button (of an approval: for who signs; a delegate of the day may be anybody). `assign` opens the list of who may be sent, `print` the two copies. */
const STEPS: Record<string, [string, readonly Role[]][]> = {
  owed: [["assign", DISPATCH], ["cancel_order", CARE]],
  asked: [["assign", DISPATCH], ["cancel_order", CARE]],
  approval: [["approve_order", SIGNERS], ["refuse_order", SIGNERS], ["approve_order_aloud", DISPATCH], ["approve_order", DISPATCH], ["take_back_order", DISPATCH], ["cancel_order", CARE]],
  assigned: [["print", CARE], ["take_back_order", DISPATCH], ["cancel_order", CARE]],
  printed: [["pick_up_order", CARE], ["print", CARE], ["take_back_order", DISPATCH], ["cancel_order", CARE]],
  under_way: [["arrive_order", CARE], ["complete_order", CARE], ["delay_order", CARE], ["report_incident", CARE], ["take_back_order", DISPATCH], ["cancel_order", CARE]],
  serving: [["complete_order", CARE], ["report_incident", CARE]],
  completed: [["return_original", DISPATCH], ["return_copy", CARE], ["receive_fee", FINANCE], ["void_receipt", FINANCE], ["correct_fee", DISPATCH], ["report_incident", CARE]],
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
  if (data.serve_first && ["assigned", "printed"].includes(order.state) && role && CARE.includes(role)) steps.unshift("complete_order");
  if (data.exceptions.some((one) => !one.measures) && role && DISPATCH.includes(role)) steps.unshift("record_measures");
  return steps;
}
