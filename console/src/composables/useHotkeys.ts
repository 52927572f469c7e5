/** Keys for actions. Written as "F2", "Ctrl+Enter", "Alt+N"; chosen so that no browser has its own use for them. */
import { onBeforeUnmount, onMounted } from "vue";

export type Keys = Record<string, () => void>;

export function keyName(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  // On a Mac, Alt changes the letter itself; the physical key is what the hint names.
  const named = event.altKey && /^Key[A-Z]$/.test(event.code) ? event.code.slice(3) : key;
  return [event.ctrlKey ? "Ctrl" : "", event.altKey ? "Alt" : "", event.shiftKey && key.length > 1 ? "Shift" : "", named]
    .filter(Boolean)
    .join("+");
}

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** Single letters and digits are left to text fields; keys with Ctrl, Alt or F work everywhere. */
export function useHotkeys(keys: () => Keys): void {
  function onKey(event: KeyboardEvent): void {
    if (event.repeat || event.isComposing) return;
    const name = keyName(event);
    const action = keys()[name];
    if (!action || (name.length === 1 && isTyping(event.target))) return;
    event.preventDefault();
    action();
  }
  onMounted(() => window.addEventListener("keydown", onKey));
  onBeforeUnmount(() => window.removeEventListener("keydown", onKey));
}
