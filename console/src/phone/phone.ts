/**
 * The telephone in this tab, as the screens see it. The service decides who rings when, and which device rings; here is only
 * the line, the microphone, and whether this tab is the one that has the phone.
 */
import { http } from "@/api/http";
import { i18n } from "@/i18n";
import { useLive } from "@/data/live";
import { useSeats } from "@/data/seats";
import { useSession } from "@/data/session";
import { steadyTimeout } from "@/composables/steady";
import { defineStore } from "pinia";
import { computed, markRaw, ref, shallowRef, watch } from "vue";
import type { Call, Credentials, Line } from "./line";
import { useMicrophone } from "./microphone";
import { keep, kept } from "./storage";

export type LineState = "off" | "connecting" | "registered" | "lost" | "refused";

/** Held by the tab in which a call is spoken: a page that is loaded anew sees whether another tab has it. */
const LOCK = "callcenter-call";
const AGAIN_AFTER = 3_000;
const REPORT_WITHIN = 1_000;
/** The exchange's own word that a call is over comes sooner than this, or not at all. */
const BYE_WITHIN = 1_500;

export const usePhone = defineStore("phone", () => {
  const session = useSession();
  const seats = useSeats();
  const live = useLive();

  const line = ref<LineState>("off");
  const call = shallowRef<Call | null>(null);
  const ringing = ref(false);
  const talking = computed(() => call.value !== null && !ringing.value);
  const muted = ref(false);
  const speaker = ref(kept("speaker") ?? "");
  /** The call of this seat is spoken in another tab of this browser. */
  const elsewhere = ref(false);

  const microphone = useMicrophone((track) => {
    track.enabled = !muted.value;
    void call.value?.speakInto(track);
  });

  const wanted = computed(() => session.me?.seat != null && seats.own?.device === "browser" && live.status !== "other_tab" && live.status !== "logged_out");
  let current: Line | null = null;
  let stopAgain = () => {};
  let fresh = true;
  let letGo: (() => void) | null = null;

  async function start(): Promise<void> {
    stopAgain();
    if (current) return;
    line.value = "connecting";
    void microphone.start();
    let credentials: Credentials;
    let sip: typeof import("./line");
    try {
      // SIP is loaded where it is used: not for those with a phone on the desk.
      [credentials, sip] = await Promise.all([http.get<Credentials>("/api/softphone"), import("./line")]);
    } catch {
      if (wanted.value) retry("lost");
      return;
    }
    if (!wanted.value || current) return;
    const made = new sip.Line(credentials, {
      onState: (state) => {
        if (made !== current) return;
        if (state === "refused") renew();
        else line.value = state;
        if (state === "registered") void foundAgain();
      },
      onRing: (rings, byItself) => ring(rings, byItself),
    });
    made.speaker = speaker.value;
    current = made;
    made.start();
  }

  function retry(state: LineState): void {
    line.value = state;
    stopAgain();
    stopAgain = steadyTimeout(() => {
      if (wanted.value) void start();
    }, AGAIN_AFTER);
  }

  /** The password was made new: this log-in's is fetched again. */
  function renew(): void {
    if (!call.value) current?.stop();
    current = null;
    retry("refused");
  }

  function stop(): void {
    stopAgain();
    const leaving = current;
    current = null;
    line.value = "off";
    if (call.value && !ringing.value) {
      // The next ring goes elsewhere; who is being spoken with stays.
      leaving?.retire();
      retired = leaving;
    } else {
      leaving?.stop();
      if (!call.value) microphone.stop();
    }
  }
  let retired: Line | null = null;

  function ring(rings: Call, byItself: boolean): void {
    call.value = rings;
    ringing.value = true;
    rings.onUp = () => {
      ringing.value = false;
      void hold();
    };
    rings.onOver = () => {
      if (call.value !== rings) return;
      call.value = null;
      ringing.value = false;
      mute(false);
      letGo?.();
      letGo = null;
      retired?.stop();
      retired = null;
      if (!current) microphone.stop();
    };
    if (byItself) answer();
    else if (document.hidden) notify(rings);
  }

  /** Who works in another window hears the ring, and sees it too. */
  function notify(rings: Call): void {
    if (typeof Notification === "undefined" || Notification.permission !== "granted") return;
    const notice = new Notification(i18n.global.t("phone.notice"), { tag: LOCK, requireInteraction: true });
    notice.onclick = () => window.focus();
    const close = watch([call, ringing], ([now, still]) => {
      if (now === rings && still) return;
      notice.close();
      close();
    });
  }

  function answer(): void {
    const stream = microphone.stream.value;
    if (call.value && ringing.value && stream) call.value.answer(stream);
  }

  function mute(on: boolean): void {
    muted.value = on;
    for (const track of microphone.stream.value?.getAudioTracks() ?? []) track.enabled = !on;
  }

  function chooseSpeaker(id: string): void {
    speaker.value = id;
    keep("speaker", id);
    if (current) current.speaker = id;
    void call.value?.useSpeaker(id);
  }

  /** While a call is spoken this tab says so to the others, for as long as it lives. */
  function hold(): Promise<void> {
    return navigator.locks
      .request(LOCK, { ifAvailable: true }, (lock) => (lock && call.value ? new Promise<void>((done) => (letGo = done)) : undefined))
      .then(() => undefined);
  }

  /** After a reload: what this seat was speaking has lost its phone. Unless it is spoken in another tab. */
  async function foundAgain(): Promise<void> {
    if (!fresh) return;
    fresh = false;
    const held = (await navigator.locks.query()).held ?? [];
    if (held.some((lock) => lock.name === LOCK)) {
      elsewhere.value = true;
      void navigator.locks.request(LOCK, () => {
        elsewhere.value = false;
      });
    } else if (!call.value) {
      await live.command("phone_restarted", {}).catch(() => undefined); // its silence tells it a little later
    }
  }

  watch(wanted, (now) => (now ? void start() : stop()), { immediate: true });
  // After the service was away, the exchange's "over" goes to a connection that is no more: the line would stay busy for ever.
  watch(
    () => seats.own?.presence,
    (now, before) => {
      const held = call.value;
      if (before !== "talking" || now !== "wrap_up" || !held || ringing.value) return;
      steadyTimeout(() => {
        if (call.value === held) held.end();
      }, BYE_WITHIN);
    },
  );
  /** What was last said of the microphone has been heard, or is taken for lost: "ready" that overtakes it would be refused. */
  let report: Promise<unknown> = Promise.resolve();
  const reported = () => Promise.race([report, new Promise<void>((done) => setTimeout(done, REPORT_WITHIN))]);
  // A call that rings is told by the service too; its tab may be in the background.
  watch(
    [wanted, microphone.state, () => seats.own?.microphone, () => seats.own?.presence, () => live.status],
    () => {
      const own = seats.own;
      if (!wanted.value || !own || live.status !== "online" || microphone.state.value === "closed") return;
      const ok = microphone.state.value === "ok";
      if (own.microphone !== ok || (!ok && own.presence === "ready")) report = live.command("report_microphone", { ok }).catch(() => undefined);
    },
    { immediate: true },
  );

  return { line, call, ringing, talking, muted, speaker, elsewhere, wanted, microphone: markRaw(microphone), answer, mute, chooseSpeaker, reported };
});
