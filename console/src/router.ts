/** Which pages there are and who sees them. The server decides what anybody may do; this only keeps menus honest. */
import { createRouter, createWebHistory, type RouteRecordRaw } from "vue-router";
import { ROLES, type Role } from "./api/types";
import { useSession } from "./data/session";

declare module "vue-router" {
  interface RouteMeta {
    roles?: Role[];
    nav?: "desk" | "board" | "wall" | "cases" | "members" | "agents" | "seats" | "import" | "policy" | "inbox";
    dark?: boolean;
  }
}

const page = (path: string, nav: NonNullable<RouteRecordRaw["meta"]>["nav"], roles: Role[], component: RouteRecordRaw["component"], dark = false) =>
  ({ path, component, meta: { nav, roles, dark } }) as RouteRecordRaw;

export const PAGES: RouteRecordRaw[] = [
  page("/desk", "desk", ["seat"], () => import("./views/WorkbenchView.vue")),
  page("/board", "board", ["supervisor"], () => import("./views/BoardView.vue"), true),
  page("/wall", "wall", ["supervisor"], () => import("./views/WallView.vue"), true),
  page("/inbox", "inbox", ROLES.filter((role) => !["seat", "supervisor", "administrator"].includes(role)), () => import("./views/InboxView.vue")),
  page("/cases", "cases", ["seat", "supervisor"], () => import("./views/CasesView.vue")),
  page("/members", "members", ["supervisor"], () => import("./views/MembersView.vue")),
  page("/policy", "policy", ["supervisor", "administrator"], () => import("./views/PolicyView.vue")),
  page("/admin/agents", "agents", ["administrator"], () => import("./views/AgentsView.vue")),
  page("/admin/seats", "seats", ["administrator"], () => import("./views/SeatsView.vue")),
  page("/admin/import", "import", ["administrator"], () => import("./views/ImportView.vue")),
];

export const HOME: Record<Role, string> = {
  seat: "/desk", dispatcher: "/inbox", group_leader: "/inbox", supervisor: "/board", department_head: "/inbox",
  business_development: "/inbox", finance: "/inbox", auditor: "/inbox", administrator: "/admin/agents",
};

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: "/login", component: () => import("./views/LoginView.vue") },
    ...PAGES,
    { path: "/cases/:id/report", component: () => import("./views/ReportView.vue"), meta: { roles: ["seat", "supervisor"] } },
    { path: "/:rest(.*)*", redirect: "/" },
    { path: "/", redirect: () => HOME[useSession().me?.role ?? "seat"] },
  ],
});

router.beforeEach(async (to) => {
  const session = useSession();
  // An unreachable service is told by the log-in page itself, which can then try again.
  await session.resume().catch(() => undefined);
  if (!session.me) return to.path === "/login" ? true : { path: "/login" };
  if (to.path === "/login") return { path: HOME[session.me.role] };
  const roles = to.meta.roles;
  return !roles || roles.includes(session.me.role) ? true : { path: HOME[session.me.role] };
});
