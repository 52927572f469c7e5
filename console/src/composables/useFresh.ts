/** Read when a page comes up, and again when the connection is back: what changed meanwhile was told to nobody. */
import { useLive } from "@/data/live";
import { onMounted, watch } from "vue";

export function useFresh(read: () => unknown): void {
  const live = useLive();
  onMounted(() => void read());
  watch(() => live.returns, () => void read());
}
