/** The centre's own lists and figures, as the server owns them. As in docs/api.md. */
import type { Labelled } from "./basics";

export interface Category extends Labelled {
  children: Labelled[];
}
export type CaseKind = "emergency" | "life_help";
export interface Disposition extends Labelled {
  kinds: CaseKind[];
  closes: boolean;
}
export interface PauseReason extends Labelled {
  limit_minutes: number | null;
}
export interface Meta {
  centre: Centre & { lines: { number: string; kind: CaseKind; name: string }[] };
  seats: { extension: string; name: string }[];
  categories: Category[];
  unreasonable: Labelled[];
  dispositions: Disposition[];
  settle_outcomes: Labelled[];
  pause_reasons: PauseReason[];
  /** Reasons only the system gives. */
  system_pauses: Labelled[];
  task_outcomes: Labelled[];
  figures: {
    ring_seconds: number;
    wrap_up_seconds: number;
    answer_within_seconds: number;
    answer_target: number;
  };
}
/** What anybody may know before logging in. */
export interface Centre {
  name_zh: string;
  name_en: string;
  time_zone: string;
}
export interface SeatChoice {
  extension: string;
  name: string;
  taken: boolean;
}
