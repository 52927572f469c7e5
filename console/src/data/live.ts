/** The live connection as the screens see it: its state, the server's clock, commands, and which store holds which noun. */
import { Feed, type FeedStatus, type Socket } from "@/api/feed";
import { defineStore } from "pinia";
import { ref } from "vue";
import { useCalls } from "./calls";
import { useCases } from "./cases";
import { useDuty } from "./duty";
import { useFigures } from "./figures";
import { useHealth } from "./health";
import { useLadders } from "./ladders";
import { usePapers } from "./papers";
import { useSeats } from "./seats";
import { useSession } from "./session";
import { useTasks } from "./tasks";
import { useTerminals } from "./terminals";
import { useAlarms, useProbe, useTrend } from "./wall";
import { useWarnings } from "./warnings";

interface NounStore {
  apply(id: string, data: unknown): void;
}

function openSocket(): Socket {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return new WebSocket(`${scheme}://${location.host}/ws`) as unknown as Socket;
}

export const useLive = defineStore("live", () => {
  const session = useSession();
  const status = ref<FeedStatus>("idle");
  const retryAt = ref<number | null>(null);
  const lostAt = ref<number | null>(null);
  /** How often the connection has come back: what is read by HTTP is read again. */
  const returns = ref(0);
  /** Server's clock minus this computer's, in milliseconds. */
  const clockOffset = ref(0);

  const nouns: Record<string, NounStore> = {
    case: useCases() as NounStore,
    call: useCalls() as NounStore,
    ladder: useLadders() as NounStore,
    seat: useSeats() as NounStore,
    task: useTasks() as NounStore,
    health: useHealth() as NounStore,
    terminal: useTerminals() as NounStore,
    warning: useWarnings() as NounStore,
    figures: useFigures() as NounStore,
    alarms: useAlarms() as NounStore,
    trend: useTrend() as NounStore,
    probe: useProbe() as NounStore,
    paper: usePapers() as NounStore,
    duty: useDuty() as NounStore,
  };

  const feed = new Feed({
    connect: openSocket,
    // A noun this console does not know belongs to a newer service: leave it.
    onEntity: (noun, id, data) => nouns[noun]?.apply(id, data),
    onClock: (offset) => (clockOffset.value = offset),
    onStatus: (next, retry) => {
      status.value = next;
      retryAt.value = retry;
      if (next === "lost") lostAt.value ??= Date.now();
      if (next === "online" && lostAt.value !== null) {
        lostAt.value = null;
        returns.value += 1;
      }
      if (next === "logged_out" && session.me) {
        session.ended = true;
        session.me = null;
      }
    },
  });
  session.onLeave(() => feed.shut());

  return {
    status, retryAt, lostAt, returns, clockOffset,
    open: () => feed.open(),
    shut: () => feed.shut(),
    retryNow: () => feed.retryNow(),
    command: (name: string, args: object, kept = false) => feed.command(name, args, kept),
  };
});
