/** To the clipboard, and whether it is there. A console that is opened over plain http has no clipboard of its own: then the old way. */
import { ref } from "vue";

function byHand(text: string): boolean {
  const field = document.createElement("textarea");
  field.value = text;
  field.setAttribute("aria-hidden", "true");
  (document.activeElement?.closest("[role=dialog]") ?? document.body).append(field); // a dialog lets no focus out
  const before = document.activeElement as HTMLElement | null;
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  before?.focus();
  return done;
}

export function useCopy() {
  const copied = ref<boolean | null>(null);
  async function copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      copied.value = true;
    } catch {
      copied.value = byHand(text);
    }
  }
  return { copied, copy };
}
