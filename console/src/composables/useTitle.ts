/** The tab's title: it flashes while a call is offered, so that a person in another window sees it in the task bar. */
import { onScopeDispose, watch } from "vue";
import { afterPaint } from "./afterPaint";
import { steadyInterval } from "./steady";

export function useTitle(calm: () => string, flash: () => string | null): void {
  let stop = () => {};
  let cancelLater = () => {};
  watch(
    [calm, flash],
    ([title, alarm]) => {
      stop();
      // A title costs the browser some milliseconds: who calls stands on the page first.
      cancelLater();
      cancelLater = afterPaint(() => (document.title = alarm ?? title));
      if (!alarm) return;
      let on = true;
      stop = steadyInterval(() => {
        on = !on;
        document.title = on ? alarm : title;
      }, 700);
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    stop();
    cancelLater();
  });
}
