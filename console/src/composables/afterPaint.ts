/** The id for which something may be shown that is not needed at the first glance: it follows when the first picture stands. */
import { onScopeDispose, ref, type Ref, watch } from "vue";

export function useAfterPaint(id: () => string | null): Ref<string | null> {
  const shown = ref<string | null>(null);
  let frame = 0;
  watch(
    id,
    (now) => {
      cancelAnimationFrame(frame);
      // In a tab that nobody looks at no frame is drawn.
      if (now === null || document.hidden) shown.value = now;
      else frame = requestAnimationFrame(() => (frame = requestAnimationFrame(() => (shown.value = id()))));
    },
    { immediate: true },
  );
  onScopeDispose(() => cancelAnimationFrame(frame));
  return shown;
}
