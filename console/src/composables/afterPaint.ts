/** The id for which something may be shown that is not needed at the first glance: it follows when the first picture stands. */
import { onScopeDispose, ref, type Ref, watch } from "vue";

/** Runs when what is on its way to the screen stands there; at once in a tab that nobody looks at, where no frame is drawn. Gives back how to call it off. */
export function afterPaint(run: () => void): () => void {
  if (document.hidden) {
    run();
    return () => undefined;
  }
  let frame = requestAnimationFrame(() => (frame = requestAnimationFrame(run)));
  return () => cancelAnimationFrame(frame);
}

export function useAfterPaint(id: () => string | null): Ref<string | null> {
  const shown = ref<string | null>(null);
  let cancel = () => {};
  watch(
    id,
    (now) => {
      cancel();
      if (now === null) shown.value = null;
      else cancel = afterPaint(() => (shown.value = id()));
    },
    { immediate: true },
  );
  onScopeDispose(() => cancel());
  return shown;
}
