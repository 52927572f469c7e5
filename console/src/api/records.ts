/** Tables of the catalogue and of the centre's places, and the directory that is searched in a call. */
import type { Labelled } from "./basics";

export interface RecordColumn {
  key: string;
  zh: string;
  en: string;
  kind: "text" | "long" | "list" | "choice" | "yes" | "day" | "number" | "money" | "count";
  required: boolean;
  fixed: boolean;
  wide: boolean;
  offers: string;
  note_zh: string;
  note_en: string;
  words: { zh: string; en: string }[];
}
export interface RecordItem {
  id: string;
  version: number;
  cells: Record<string, string>;
  extra: Record<string, unknown> | null;
}
export interface RecordTable {
  title: string;
  title_en: string;
  columns: RecordColumn[];
  items: RecordItem[];
  offers: Record<string, string[]>;
  may_edit: boolean;
}
export interface RecordVersion {
  version: number;
  at: string;
  by: string | null;
  kind: "found" | "add" | "edit" | "import";
  changed: { field: string; before: string; after: string }[];
}

export type EntryKind = "service" | "key_number" | "resource" | "partner" | "department";
export interface DirectoryEntry {
  kind: EntryKind;
  id: string;
  ref: string;
  name: string;
  matched: number[][];
  category?: string;
  number?: string | null;
  second_number?: string | null;
  district?: string | null;
  districts?: string[];
  address?: string;
  hours?: string;
  remarks?: string;
  price?: string | null;
  unit?: string;
  standards?: string;
  process?: string;
  eligibility?: string;
  special?: boolean;
  minutes?: number | null;
  changes_on?: string | null;
  owner?: string;
  place?: string;
  schedule?: string;
  description?: string;
  contact?: string;
  services?: { name: string; price: string | null; unit: string }[];
  under_contract?: boolean;
  ours?: boolean;
}
export interface Area {
  district: string;
  ours: boolean;
  department: { id: string; name: string; number: string; address: string };
}
export interface Question {
  id: string;
  case_id: string;
  case_number: string;
  who: string;
  opened_by: string | null;
  opened_at: string;
  data: { text: string; answer: string };
}
export type { Labelled };
