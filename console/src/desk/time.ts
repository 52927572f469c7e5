/** A time as a person types it at the centre, whatever zone this computer thinks it is in. */
export function toIso(local: string, zone: string): string {
  const asUtc = Date.parse(`${local}Z`);
  const shown = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" }).format(new Date(asUtc));
  return new Date(2 * asUtc - Date.parse(`${shown.replace(" ", "T")}Z`)).toISOString();
}
