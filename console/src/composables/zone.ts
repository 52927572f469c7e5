/** `datetime-local` fields speak in wall-clock time; a centre's clock hangs in the centre's zone, not the browser's. */

function wallClock(at: number, zone: string): string {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" })
      .formatToParts(new Date(at)).map((part) => [part.type, part.value]),
  );
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

export const localTime = (at: number, zone: string): string => wallClock(at, zone);

/** The moment at which the clock there shows this; null for what is no time. */
export function zonedIso(local: string, zone: string): string | null {
  const wanted = Date.parse(`${local}Z`);
  if (Number.isNaN(wanted)) return null;
  let at = wanted;
  // Twice: at a change of the clocks the first guess may lie on the other side of it.
  for (let round = 0; round < 2; round++) at += wanted - Date.parse(`${wallClock(at, zone)}Z`);
  return new Date(at).toISOString();
}
