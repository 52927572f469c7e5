/** Why no call can ring at this seat, in one word: the phone on the desk as the exchange sees it, this browser's as it knows itself. */
import { useHealth } from "@/data/health";
import { useSeats } from "@/data/seats";
import { useWords } from "@/composables/useWords";
import { computed, type ComputedRef } from "vue";
import { usePhone } from "./phone";

export interface PhoneTrouble {
  /** Null while it rings; a word below `phone.` otherwise. */
  trouble: ComputedRef<string | null>;
  /** What to do about it; null while it rings, or will in a moment. */
  help: ComputedRef<string | null>;
}

export function usePhoneTrouble(): PhoneTrouble {
  const { t, listed } = useWords();
  const seats = useSeats();
  const health = useHealth();
  const phone = usePhone();
  const trouble = computed(() => {
    const own = seats.own;
    if (!own) return null;
    if (own.device === "browser") {
      if (["lost", "denied", "unsupported"].includes(phone.microphone.state.value)) return `microphone_${phone.microphone.state.value}`;
      if (phone.line !== "registered") return phone.line === "connecting" || phone.line === "off" ? "line_connecting" : "line_lost";
    }
    if (own.phone.registered && own.phone.reachable) return null;
    return own.device === "browser" ? "line_lost" : own.phone.registered ? "desk_silent" : "desk_gone";
  });
  const help = computed(() => {
    if (!trouble.value || trouble.value === "line_connecting") return null;
    const names = listed(health.lostNodes); // then it is not the cable
    return t(names && trouble.value === "desk_gone" ? "phone.help_node" : `phone.help_${trouble.value}`, { names });
  });
  return { trouble, help };
}
