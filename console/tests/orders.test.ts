import { describe, expect, it } from "vitest";
import { stepsOf } from "@/components/orders/moves";
import type { Order } from "@/api/orders";

const waiting = { state: "approval", data: { exceptions: [], serve_first: false } } as unknown as Order;

describe("an order that waits for approval", () => {
  it("shows a seat the two buttons of a signature only while it is named for the day", () => {
    expect(stepsOf(waiting, { role: "seat", may_sign: false })).toEqual(["cancel_order"]);
    expect(stepsOf(waiting, { role: "seat", may_sign: true })).toEqual(["approve_order", "refuse_order", "cancel_order"]);
    expect(stepsOf(waiting, { role: "department_head", may_sign: true }).slice(0, 2)).toEqual(["approve_order", "refuse_order"]);
    expect(stepsOf(waiting, null)).toEqual([]);
  });
});
