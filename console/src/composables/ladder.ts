/** Questions about a ladder that have nothing to do with how it is shown. */
import type { CaseDetail } from "@/api/cases";
import type { Attempt, Callable, Ladder, LadderBoard, LadderRung, PublicCode } from "@/api/ladder";

export const PUBLIC: PublicCode[] = ["120", "110", "119"];
export const isPublic = (kind: string): kind is PublicCode => (PUBLIC as string[]).includes(kind);

export const isOpen = (attempt: Attempt) => attempt.state !== "done" && attempt.state !== "void";
/** On the line and to be joined. Who has said that they cannot come is being seen off. */
export const canJoin = (attempt: Attempt) => attempt.state === "answered" && !attempt.joined && (attempt.result === null || attempt.result === "going");
export const canDrop = (attempt: Attempt) => isOpen(attempt) && attempt.state !== "intent";

export type Phase = "dialling" | "ringing" | "listening" | "online" | "joined" | "leaving" | "over";

export function phaseOf(attempt: Attempt): Phase {
  if (!isOpen(attempt)) return "over";
  if (attempt.state === "ringing") return "ringing";
  if (attempt.state !== "answered") return "dialling";
  if (attempt.joined) return "joined";
  if (attempt.result !== null) return "leaving";
  return attempt.asked || isPublic(attempt.kind) ? "online" : "listening";
}

const byTime = (a: Attempt, b: Attempt) => a.created_at.localeCompare(b.created_at);

/** `Attempt.rung` of what is no rung's: -1 phoned back, -2 asked for, -3 a page, -4 made while the service was away. */
const SAFE_MODE = -4;

export interface Groups {
  /** By the rung's place, of this round. */
  rungs: Map<number, Attempt[]>;
  asked: Attempt[];
  callBack: Attempt[];
  page: Attempt[];
  safeMode: Attempt[];
  earlier: Attempt[];
}

/** Each call where a person looks for it: at its rung, or with what was asked for, phoned back, paged. */
export function groupsOf(ladder: LadderBoard): Groups {
  const groups: Groups = { rungs: new Map(), asked: [], callBack: [], page: [], safeMode: [], earlier: [] };
  for (const attempt of [...ladder.attempts].sort(byTime)) {
    if (attempt.asked) groups.asked.push(attempt);
    else if (attempt.kind === "terminal" || attempt.kind === "landline") groups.callBack.push(attempt);
    else if (attempt.rung === SAFE_MODE) groups.safeMode.push(attempt);
    else if (attempt.rung < 1 || attempt.rung > ladder.rungs.length) groups.page.push(attempt);
    else if (attempt.round !== ladder.round && !isOpen(attempt)) groups.earlier.push(attempt);
    else groups.rungs.set(attempt.rung, [...(groups.rungs.get(attempt.rung) ?? []), attempt]);
  }
  return groups;
}

export const nextRung = (ladder: Ladder): LadderRung | null => ladder.rungs.find((rung) => rung.state === "next") ?? null;
export const openTo = (ladder: LadderBoard, target: string): Attempt | null => ladder.attempts.find((attempt) => attempt.target === target && isOpen(attempt)) ?? null;
const isComing = (ladder: LadderBoard, target: string) => ladder.attempts.some((attempt) => attempt.target === target && attempt.result === "going");

/** The first of the family whom a click would really phone: not on a line of ours, not on the way already. */
export function firstFamily(ladder: LadderBoard): Callable | null {
  const family = (ladder.can_call ?? []).filter((one) => one.kind === "family" && !openTo(ladder, one.target));
  return family.find((one) => !isComing(ladder, one.target)) ?? family[0] ?? null;
}
export const contactsOf = (ladder: LadderBoard): Callable[] => (ladder.can_call ?? []).filter((one) => !isPublic(one.kind));
export const publicOf = (ladder: LadderBoard, code: PublicCode): Callable | null => (ladder.can_call ?? []).find((one) => one.kind === code) ?? null;

/** Seats that ring for a case, as far as this console is told. */
export function ringingSeats(item: CaseDetail | null, now: number): string[] {
  const offers = [item?.offer, ...(item?.alarms ?? [])];
  return offers.flatMap((offer) => (offer && Date.parse(offer.ring_until) > now ? [offer.seat] : []));
}

/** How the one who is in charge stands in `CallRow`: some services give the name only. */
export const ownerName = (owner: { name: string } | string | null): string | null => (typeof owner === "object" ? (owner?.name ?? null) : owner);
