/**
 * What the seat is writing. Every key stroke goes to this browser's storage at once and, a moment later, to the server;
 * the local copy goes when the server has acknowledged the same text, and all of them go at log-out (personal data).
 */
import type { CaseDetail, Draft } from "@/api/cases";
import { defineStore } from "pinia";
import { reactive, watch } from "vue";
import { useLive } from "./live";
import { useSession } from "./session";

const PREFIX = "draft:";
const QUIET_FOR = 800;

export type SaveState = "saved" | "saving" | "local";

export function emptyDraft(): Draft {
  return {
    category: null, subcategory: null, is_unreasonable: false, unreasonable: null,
    explanation: "", disposition: null, summary: "", note: "",
  };
}

function readLocal(key: string): Partial<Draft> | null {
  try {
    const text = localStorage.getItem(PREFIX + key);
    return text ? (JSON.parse(text) as Partial<Draft>) : null;
  } catch {
    return null;
  }
}

export const useDrafts = defineStore("drafts", () => {
  const live = useLive();
  const session = useSession();
  const drafts = reactive(new Map<string, Draft>());
  const states = reactive(new Map<string, SaveState>());
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  // The agent's id stands in the key: at a shared desk nobody finds another person's text.
  const keyOf = (caseId: string) => `${session.me?.agent_id ?? "-"}:${caseId}`;

  function initial(item: CaseDetail): Draft {
    const { category, subcategory, unreasonable, disposition, summary } = item;
    const decided = { category, subcategory, unreasonable, is_unreasonable: unreasonable !== null, disposition, summary: summary ?? "" };
    return { ...emptyDraft(), ...decided, ...(item.draft ?? {}), ...(readLocal(keyOf(item.id)) ?? {}) };
  }

  /** The text of a case: what this browser still holds, else what the server kept, else what was decided already. */
  const of = (item: CaseDetail): Readonly<Draft> => drafts.get(item.id) ?? initial(item);

  function change(item: CaseDetail, part: Partial<Draft>): void {
    const draft = { ...of(item), ...part };
    drafts.set(item.id, draft);
    try {
      localStorage.setItem(PREFIX + keyOf(item.id), JSON.stringify(draft));
    } catch {
      // Storage full or forbidden: the server's copy is still on its way.
    }
    schedule(item.id);
  }

  /** After a reload: what was not acknowledged before it goes out again. */
  function restore(item: CaseDetail): void {
    const local = readLocal(keyOf(item.id));
    if (local && !drafts.has(item.id)) change(item, local);
  }

  function schedule(caseId: string): void {
    states.set(caseId, live.status === "online" ? "saving" : "local");
    clearTimeout(timers.get(caseId));
    timers.set(caseId, setTimeout(() => void push(caseId), QUIET_FOR));
  }

  async function push(caseId: string): Promise<void> {
    const sent = JSON.stringify(drafts.get(caseId));
    try {
      await live.command("draft", { case_id: caseId, draft: JSON.parse(sent) as object }, true);
      if (JSON.stringify(drafts.get(caseId)) !== sent) return;
      localStorage.removeItem(PREFIX + keyOf(caseId));
      states.set(caseId, "saved");
    } catch {
      // Refused or unanswered: the local copy stays, and the next key stroke tries again.
      states.set(caseId, "local");
    }
  }

  /** The case is written up, or is no longer this seat's. */
  function drop(caseId: string): void {
    clearTimeout(timers.get(caseId));
    localStorage.removeItem(PREFIX + keyOf(caseId));
    drafts.delete(caseId);
    states.delete(caseId);
  }

  function clearMemory(): void {
    for (const timer of timers.values()) clearTimeout(timer);
    drafts.clear();
    states.clear();
  }

  // The session ended by itself: the next person at this desk starts with nothing in memory; the local copies,
  // which carry their owner's id, wait for the owner.
  watch(() => session.me, (me) => {
    if (!me) clearMemory();
  });

  session.onLeave(() => {
    clearMemory();
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  });

  return { states, of, change, restore, drop };
});
