/** Which roles belong together. The server decides what each may do; these only say what is worth showing to whom. */
import { type Role, ROLES } from "./basics";

/** Who works on cases (CARE of the service). */
export const CARE: readonly Role[] = ["seat", "dispatcher", "group_leader", "supervisor", "department_head"];
/** Who leads people, and hears of what they report. */
export const LEADERS: readonly Role[] = ["group_leader", "supervisor", "department_head"];
/** Who decides for the whole room: sums up, chooses, publishes. */
export const DECIDERS: readonly Role[] = ["supervisor", "department_head"];
/** The dispatch group with its leaders. */
export const DISPATCH: readonly Role[] = ["dispatcher", ...LEADERS];
/** Who keeps the centre's settings. */
export const KEEPERS: readonly Role[] = ["supervisor", "administrator"];
/** Who sees what happens in the duty room. */
export const DUTY: readonly Role[] = [...KEEPERS, "department_head"];
/** Who takes calls. */
export const SEATED: readonly Role[] = ["seat", "supervisor"];
/** Who works with cases at all; which of them, the server says. */
export const READERS: readonly Role[] = ROLES.filter((role) => role !== "administrator");

export const among = (roles: readonly Role[], role: Role | null | undefined): boolean => !!role && roles.includes(role);
