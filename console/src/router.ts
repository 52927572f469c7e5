/** Which pages there are and who sees them. The server decides what anybody may do; this only keeps menus honest. */
import { Avatar, Calendar, ChatDotRound, Collection, Connection, DataLine, EditPen, Guide, Headset, Iphone, Key, Medal, MessageBox, Monitor, Notebook, OfficeBuilding, Opportunity, Phone, Share, Shop, Stamp, TrendCharts, Upload, User, Van, Wallet } from "@element-plus/icons-vue";
import type { Component } from "vue";
import { createRouter, createWebHistory, type RouteMeta, type RouteRecordRaw } from "vue-router";
import { REPORT_ROLES } from "./api/reports";
import { ROLES, type Role } from "./api/basics";
import { CARE, DISPATCH, DUTY, KEEPERS, READERS, SEATED } from "./api/roles";
import { useSession } from "./data/session";

export const GROUPS = ["work", "live", "people", "service", "duty", "figures", "money", "setup"] as const;

declare module "vue-router" {
  interface RouteMeta {
    roles?: readonly Role[];
    nav?: string;
    group?: (typeof GROUPS)[number];
    order?: number;
    icon?: Component;
    dark?: boolean;
    seated?: boolean;
  }
}

/** How a page stands in the navigation. `order` within its group, ten apart; `dark`: read from across a room, at night; `seated`: only for who sits at a seat with a phone. */
type Place = { group: (typeof GROUPS)[number]; order: number; icon: Component; dark?: boolean; seated?: boolean };

/** One page. Its name stands in `nav.<name>` of the words of both languages; nothing else is needed for the navigation. */
const page = (path: string, nav: string, roles: readonly Role[], component: RouteRecordRaw["component"], place: Place) =>
  ({ path, component, meta: { nav, roles, ...place } }) as RouteRecordRaw;


export const PAGES: RouteRecordRaw[] = [
  page("/desk", "desk", SEATED, () => import("./views/WorkbenchView.vue"), { group: "work", order: 10, icon: Headset, seated: true }),
  page("/inbox", "inbox", READERS, () => import("./views/InboxView.vue"), { group: "work", order: 20, icon: MessageBox }),
  page("/follow-ups", "followUps", CARE, () => import("./views/FollowUpsView.vue"), { group: "work", order: 25, icon: ChatDotRound }),
  page("/quality", "quality", ["seat", "supervisor", "department_head", "auditor"], () => import("./views/QualityView.vue"), { group: "figures", order: 50, icon: Medal }),
  page("/contributions", "contributions", ROLES, () => import("./views/ContributionsView.vue"), { group: "service", order: 60, icon: Opportunity }),
  page("/register", "register", CARE, () => import("./views/RegisterView.vue"), { group: "work", order: 30, icon: EditPen }),
  page("/dispatch", "dispatch", DISPATCH, () => import("./views/DispatchView.vue"), { group: "work", order: 15, icon: Van }),
  page("/fees", "fees", ["finance", "department_head", "auditor"], () => import("./views/FeesView.vue"), { group: "money", order: 10, icon: Wallet }),
  page("/rules", "rules", ROLES, () => import("./views/RulesView.vue"), { group: "setup", order: 5, icon: Notebook }),
  page("/board", "board", ["supervisor"], () => import("./views/BoardView.vue"), { group: "live", order: 10, icon: Monitor, dark: true }),
  page("/wall", "wall", ["supervisor"], () => import("./views/WallView.vue"), { group: "live", order: 20, icon: DataLine, dark: true }),
  page("/duty", "duty", ROLES, () => import("./views/DutyView.vue"), { group: "duty", order: 10, icon: Calendar }),
  page("/cases", "cases", READERS, () => import("./views/CasesView.vue"), { group: "people", order: 10, icon: Phone }),
  page("/emergency-access", "emergencyAccess", ["seat"], () => import("./views/EmergencyAccessView.vue"), { group: "people", order: 90, icon: Key }),
  page("/audit", "audit", ["auditor", "supervisor", "department_head"], () => import("./views/AuditView.vue"), { group: "figures", order: 90, icon: Stamp }),
  page("/reports", "reports", REPORT_ROLES, () => import("./views/ReportsView.vue"), { group: "figures", order: 10, icon: TrendCharts }),
  page("/members", "members", KEEPERS, () => import("./views/MembersView.vue"), { group: "people", order: 20, icon: User }),
  page("/catalogue", "catalogue", ROLES, () => import("./views/CatalogueView.vue"), { group: "service", order: 10, icon: Collection }),
  page("/partners", "partners", ROLES, () => import("./views/PartnersView.vue"), { group: "service", order: 20, icon: Shop }),
  page("/policy", "policy", KEEPERS, () => import("./views/PolicyView.vue"), { group: "setup", order: 10, icon: Share }),
  page("/routing", "routing", KEEPERS, () => import("./views/RoutingView.vue"), { group: "setup", order: 15, icon: Guide }),
  page("/admin/agents", "agents", ["administrator"], () => import("./views/AgentsView.vue"), { group: "setup", order: 20, icon: Avatar }),
  page("/admin/places", "places", KEEPERS, () => import("./views/PlacesView.vue"), { group: "setup", order: 25, icon: OfficeBuilding }),
  page("/admin/seats", "seats", ["administrator"], () => import("./views/SeatsView.vue"), { group: "setup", order: 30, icon: Iphone }),
  page("/admin/connections", "connections", ["administrator"], () => import("./views/ConnectionsView.vue"), { group: "setup", order: 35, icon: Connection }),
  page("/admin/import", "import", ["administrator"], () => import("./views/ImportView.vue"), { group: "setup", order: 40, icon: Upload }),
];

/** Whether somebody may open a page. A seat's workbench is the seat's own also while it has nowhere to sit: it says what to do. */
const may = (meta: RouteMeta | undefined, role: Role, seat: string | null) => !meta?.roles || (meta.roles.includes(role) && (!meta.seated || seat !== null || role === "seat"));

/** What this role finds in the navigation: its groups in their order, each with its pages. */
export function navigation(role: Role, seat: string | null): { group: (typeof GROUPS)[number]; pages: RouteRecordRaw[] }[] {
  const own = PAGES.filter((one) => may(one.meta as RouteMeta, role, seat));
  return GROUPS.map((group) => ({
    group,
    pages: own.filter((one) => one.meta?.group === group).sort((a, b) => (a.meta?.order ?? 0) - (b.meta?.order ?? 0)),
  })).filter(({ pages }) => pages.length > 0);
}

export const HOME: Record<Role, string> = {
  seat: "/desk", dispatcher: "/dispatch", group_leader: "/dispatch", supervisor: "/board", department_head: "/inbox",
  business_development: "/inbox", finance: "/fees", auditor: "/inbox", administrator: "/admin/agents",
};

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: "/login", component: () => import("./views/LoginView.vue") },
    ...PAGES,
    { path: "/duty/shifts/:id", component: () => import("./views/DutySheetView.vue"), meta: { roles: DUTY } },
    { path: "/ask", component: () => import("./views/AskView.vue") },
    { path: "/orders/:id", component: () => import("./views/OrderView.vue"), meta: { roles: READERS.filter((role) => role !== "business_development") } },
    { path: "/orders/:id/print", component: () => import("./views/OrderPrintView.vue"), meta: { roles: READERS.filter((role) => role !== "business_development") } },
    { path: "/cases/:id", component: () => import("./views/CaseView.vue"), meta: { roles: READERS } },
    { path: "/cases/:id/audit", component: () => import("./views/CaseAuditView.vue"), meta: { roles: READERS } },
    { path: "/cases/:id/report", component: () => import("./views/ReportView.vue"), meta: { roles: SEATED } },
    { path: "/reports/print/:kind", component: () => import("./views/ReportsPrintView.vue"), meta: { roles: REPORT_ROLES } },
    { path: "/reports/weeks/:week", component: () => import("./views/ReportsPrintView.vue"), meta: { roles: REPORT_ROLES } },
    { path: "/:rest(.*)*", redirect: "/" },
    { path: "/", redirect: () => HOME[useSession().me?.role ?? "seat"] },
  ],
});

router.beforeEach(async (to) => {
  if (to.path === "/ask") return true; // the public's page: nobody is logged in
  const session = useSession();
  // An unreachable service is told by the log-in page itself, which can then try again.
  await session.resume().catch(() => undefined);
  if (!session.me) return to.path === "/login" ? true : { path: "/login" };
  if (to.path === "/login") return { path: HOME[session.me.role] };
  return may(to.meta, session.me.role, session.me.seat) ? true : { path: HOME[session.me.role] };
});
