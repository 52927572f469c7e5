/** Long tables: only the rows that can be seen are in the page, the others are two empty rows of their height. */
import { computed, nextTick, onBeforeUnmount, onMounted, ref, type Ref, watch } from "vue";

/** Rows beyond what is seen, at each end: what leaves and comes while one scrolls is made and thrown away, so no more than are needed. */
const SPARE = 4;

/** `box`: the table; what scrolls is around it. All rows are of one height, which is measured. */
export function useWindowed<T>(box: Ref<HTMLElement | null>, rows: () => readonly T[], least = 60) {
  const top = ref(0);
  const height = ref(800);
  const row = ref(44);
  let scroller: HTMLElement | null = null;
  let watcher: ResizeObserver | null = null;

  function look(): void {
    if (!scroller) return;
    top.value = scroller.scrollTop;
  }
  /** Only when the room has another size: to measure after each step of the wheel makes the browser lay out the page twice. */
  function measure(): void {
    if (!scroller) return;
    height.value = scroller.clientHeight;
    const one = box.value?.querySelector<HTMLElement>("tbody tr[tabindex]");
    if (one) row.value = one.offsetHeight || row.value;
    look();
  }
  onMounted(() => {
    scroller = box.value?.closest<HTMLElement>(".scroll") ?? null;
    scroller?.addEventListener("scroll", look, { passive: true });
    if (scroller) (watcher = new ResizeObserver(measure)).observe(scroller);
    measure();
  });
  onBeforeUnmount(() => {
    scroller?.removeEventListener("scroll", look);
    watcher?.disconnect();
  });

  // The table was empty when it was looked at first.
  watch(() => rows().length > 0, (some) => some && void nextTick(measure), { flush: "post" });

  const range = computed(() => {
    const all = rows().length;
    if (all <= least) return { from: 0, to: all };
    const from = Math.max(0, Math.min(all - 1, Math.floor(top.value / row.value)) - SPARE);
    return { from, to: Math.min(all, from + Math.ceil(height.value / row.value) + 2 * SPARE) };
  });
  return {
    shown: computed(() => rows().slice(range.value.from, range.value.to)),
    before: computed(() => range.value.from * row.value),
    after: computed(() => (rows().length - range.value.to) * row.value),
  };
}
