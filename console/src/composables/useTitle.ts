/** The tab's title: it flashes while a call is offered, so that a person in another window sees it in the task bar. */
import { onScopeDispose, watch } from "vue";
import { steadyInterval } from "./steady";

export function useTitle(calm: () => string, flash: () => string | null): void {
  let stop = () => {};
  watch(
    [calm, flash],
    ([title, alarm]) => {
      stop();
      document.title = alarm ?? title;
      if (!alarm) return;
      let on = true;
      stop = steadyInterval(() => {
        on = !on;
        document.title = on ? alarm : title;
      }, 700);
    },
    { immediate: true },
  );
  onScopeDispose(() => stop());
}
