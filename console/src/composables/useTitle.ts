/** The tab's title: it flashes while a call is offered, so that a person in another window sees it in the task bar. */
import { onScopeDispose, watch } from "vue";

export function useTitle(calm: () => string, flash: () => string | null): void {
  let timer: ReturnType<typeof setInterval> | undefined;
  watch(
    [calm, flash],
    ([title, alarm]) => {
      clearInterval(timer);
      document.title = alarm ?? title;
      if (!alarm) return;
      let on = true;
      timer = setInterval(() => {
        on = !on;
        document.title = on ? alarm : title;
      }, 700);
    },
    { immediate: true },
  );
  onScopeDispose(() => clearInterval(timer));
}
