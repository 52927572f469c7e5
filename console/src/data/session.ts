/** Who is at this browser. Logging out takes everything personal with it. */
import { http, onLoggedOut, ProblemError } from "@/api/http";
import type { Me } from "@/api/basics";
import { defineStore } from "pinia";
import { ref } from "vue";

export const useSession = defineStore("session", () => {
  const me = ref<Me | null>(null);
  /** False until the first GET /api/me has answered: the router waits for it. */
  const known = ref(false);
  /** The session ended without the person asking for it; the log-in page says so. */
  const ended = ref(false);
  const leaving: (() => void)[] = [];

  /** Stores that hold personal data say here how they forget it. */
  function onLeave(forget: () => void): void {
    leaving.push(forget);
  }

  async function resume(): Promise<void> {
    if (known.value) return;
    try {
      me.value = await http.get<Me>("/api/me");
    } catch (error) {
      if (!(error instanceof ProblemError) || error.problem.code !== "not_logged_in") throw error;
    }
    known.value = true;
  }

  /** Who may sign changes during a day: read anew where somebody waits for a signature. */
  async function refresh(): Promise<void> {
    if (me.value) me.value = await http.get<Me>("/api/me");
  }

  async function login(user: string, password: string, seat: string | null): Promise<Me> {
    me.value = await http.post<Me>("/api/login", seat ? { user, password, seat } : { user, password });
    known.value = true;
    ended.value = false;
    return me.value;
  }

  function leave(): void {
    for (const forget of leaving) forget();
    me.value = null;
  }

  async function logout(): Promise<void> {
    try {
      await http.post("/api/logout");
    } finally {
      leave();
    }
  }

  onLoggedOut(() => {
    known.value = true;
    if (!me.value) return;
    ended.value = true;
    // Not `leave()`: the person did not ask to go, what they have written must still be there after the next log-in.
    me.value = null;
  });

  return { me, known, ended, onLeave, resume, refresh, login, logout };
});
