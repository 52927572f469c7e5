/**
 * The browser's microphone, held open for the whole shift: so it is known at any moment whether it works, and answering
 * a call does not wait for it. A headset that is unplugged is told at once, and found again when it is back.
 */
import { ref, shallowRef } from "vue";
import { steadyTimeout } from "@/composables/steady";
import { keep, kept } from "./storage";

const AGAIN_AFTER = 3_000;

export type MicrophoneState = "closed" | "ok" | "lost" | "denied" | "unsupported";

export interface Device {
  id: string;
  name: string;
}

export function useMicrophone(onTrack: (track: MediaStreamTrack) => void) {
  const state = ref<MicrophoneState>("closed");
  const stream = shallowRef<MediaStream | null>(null);
  const inputs = ref<Device[]>([]);
  const outputs = ref<Device[]>([]);
  const chosen = ref(kept("microphone") ?? "");
  /** Echo, noise and loudness are dealt with by the browser; some headsets do it themselves, and better. */
  const processing = ref(kept("processing") !== "off");
  let stopAgain = () => {};
  let opening = 0;
  let open = false;

  function constraints(device: string): MediaStreamConstraints {
    const work = processing.value;
    const audio: MediaTrackConstraints = { echoCancellation: work, noiseSuppression: work, autoGainControl: work };
    return { audio: device ? { ...audio, deviceId: { exact: device } } : audio };
  }

  async function take(): Promise<MediaStream> {
    try {
      return await navigator.mediaDevices.getUserMedia(constraints(chosen.value));
    } catch (error) {
      // The one that was chosen is not plugged in: better another than none.
      if (!chosen.value || (error instanceof DOMException && error.name === "NotAllowedError")) throw error;
      return navigator.mediaDevices.getUserMedia(constraints(""));
    }
  }

  async function start(): Promise<void> {
    open = true;
    stopAgain();
    if (!navigator.mediaDevices) {
      state.value = "unsupported"; // only pages by HTTPS, or of this very machine, may hear
      return;
    }
    const turn = ++opening;
    try {
      const taken = await take();
      if (turn !== opening || !open) return end(taken);
      end(stream.value);
      stream.value = taken;
      state.value = "ok";
      const track = taken.getAudioTracks()[0];
      if (track) {
        track.onended = () => lost(taken, "lost");
        onTrack(track);
      }
    } catch (error) {
      if (turn === opening) lost(stream.value, error instanceof DOMException && error.name === "NotAllowedError" ? "denied" : "lost");
    }
    await list();
  }

  function lost(which: MediaStream | null, why: MicrophoneState): void {
    if (which !== stream.value || !open) return;
    end(stream.value);
    stream.value = null;
    state.value = why;
    stopAgain();
    stopAgain = steadyTimeout(() => void start(), AGAIN_AFTER);
  }

  function end(which: MediaStream | null): void {
    for (const track of which?.getTracks() ?? []) {
      track.onended = null;
      track.stop();
    }
  }

  function stop(): void {
    open = false;
    opening += 1;
    stopAgain();
    end(stream.value);
    stream.value = null;
    state.value = "closed";
  }

  async function list(): Promise<void> {
    const all = await navigator.mediaDevices.enumerateDevices();
    const of = (kind: MediaDeviceKind) => all.filter((one) => one.kind === kind && one.deviceId).map((one) => ({ id: one.deviceId, name: one.label }));
    inputs.value = of("audioinput");
    outputs.value = of("audiooutput");
  }

  function choose(id: string): void {
    chosen.value = id;
    keep("microphone", id);
    void start();
  }

  function process(on: boolean): void {
    processing.value = on;
    keep("processing", on ? "on" : "off");
    void start();
  }

  navigator.mediaDevices?.addEventListener("devicechange", () => {
    if (!open) return;
    if (state.value === "ok") void list();
    else void start();
  });

  return { state, stream, inputs, outputs, chosen, processing, start, stop, choose, process };
}
