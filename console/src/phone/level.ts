/** How loud the microphone hears: 0 to 1, for the meter. Measured only while somebody looks. */
import { onScopeDispose, ref, watch, type Ref } from "vue";

const EVERY = 80;
/** Speech into a headset lies around a tenth of full scale; the meter is full at three tenths. */
const FULL = 0.3;

export function useLevel(stream: Ref<MediaStream | null>) {
  const level = ref(0);
  let context: AudioContext | null = null;
  let timer: ReturnType<typeof setInterval> | undefined;

  function stop(): void {
    clearInterval(timer);
    void context?.close();
    context = null;
    level.value = 0;
  }

  watch(
    stream,
    (now) => {
      stop();
      if (!now) return;
      context = new AudioContext();
      const analyser = context.createAnalyser();
      context.createMediaStreamSource(now).connect(analyser);
      const samples = new Float32Array(analyser.fftSize);
      timer = setInterval(() => {
        analyser.getFloatTimeDomainData(samples);
        const rms = Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);
        // Falls slowly, as the eye likes it.
        level.value = Math.max(Math.min(1, rms / FULL), level.value * 0.82);
      }, EVERY);
    },
    { immediate: true },
  );
  onScopeDispose(stop);
  return level;
}
