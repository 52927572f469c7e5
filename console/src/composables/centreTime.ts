/**
 * The one place that turns moments into what the clock and the calendar at the centre show, and back. A computer may stand in
 * another zone and its clock may be wrong: the zone is the centre's, and now is the server's now.
 */
import { useLive } from "@/data/live";
import { useMeta } from "@/data/meta";
import { computed } from "vue";

const DAY = 86_400_000;
const UNTIL_KNOWN = "Asia/Shanghai";
/** Made once for each zone and manner: making one costs more than fifty uses of it. */
const formats = new Map<string, Intl.DateTimeFormat>();

export function formatOf(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options);
  const found = formats.get(key) ?? new Intl.DateTimeFormat(language, options);
  formats.set(key, found);
  return found;
}

/** What a `datetime-local` field holds when the clock of the zone shows this moment. */
export function localTime(at: number, zone: string): string {
  const options = { timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" } as const;
  const parts = Object.fromEntries(formatOf("en-GB", options).formatToParts(new Date(at)).map((part) => [part.type, part.value]));
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

/** The day there, as a `date` field holds it. */
export const localDay = (at: number, zone: string): string => localTime(at, zone).slice(0, 10);

/** The moment at which the clock there shows this; null for what is no time. */
export function zonedIso(local: string, zone: string): string | null {
  const wanted = Date.parse(`${local}Z`);
  if (Number.isNaN(wanted)) return null;
  let at = wanted;
  // Twice: at a change of the clocks the first guess may lie on the other side of it.
  for (let round = 0; round < 2; round++) at += wanted - Date.parse(`${localTime(at, zone)}Z`);
  return new Date(at).toISOString();
}

/** So many days later in the calendar, which knows no zones. */
export const addDays = (day: string, days: number): string => new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);

/** The last moment of a day there; null for what is no day. */
export function endOfDay(day: string, zone: string): string | null {
  if (Number.isNaN(Date.parse(`${day}T00:00:00Z`))) return null;
  const next = zonedIso(`${addDays(day, 1)}T00:00`, zone);
  return next && new Date(Date.parse(next) - 1000).toISOString();
}

export function useCentreTime() {
  const live = useLive();
  const meta = useMeta();
  const zone = computed(() => meta.centre?.time_zone ?? UNTIL_KNOWN);
  /** The server's clock, now. */
  const nowThere = () => Date.now() + live.clockOffset;
  return {
    zone, nowThere,
    today: () => localDay(nowThere(), zone.value),
    /** For a `datetime-local` field; without a moment, now. */
    fieldOf: (at: string | null = null) => localTime(at ? Date.parse(at) : nowThere(), zone.value),
    isoOf: (field: string) => zonedIso(field, zone.value),
    endOf: (day: string) => endOfDay(day, zone.value),
  };
}
