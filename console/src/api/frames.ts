/** The frames of `/ws`, and the one place where raw text becomes a frame or is refused. */
import type { Problem } from "./basics";

export interface Entity {
  noun: string;
  id: string;
  version: number;
  data: unknown;
}
export type ServerFrame =
  | { type: "snapshot"; epoch: string; seq: number; entities: Entity[] }
  | { type: "resumed"; epoch: string; seq: number }
  | ({ type: "change"; seq: number } & Entity)
  | { type: "changes"; seq: number; changes: Entity[] }
  | { type: "result"; id: string; ok: true; data: unknown }
  | { type: "result"; id: string; ok: false; problem: Problem }
  | { type: "pong"; at: string }
  | { type: "error"; problem: Problem };

const KNOWN = new Set(["snapshot", "resumed", "change", "changes", "result", "pong", "error"]);

/** A frame of a kind we do not know is left aside, so that an older console survives a newer service. */
export function readFrame(text: string): ServerFrame | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || !("type" in value)) return null;
  return typeof value.type === "string" && KNOWN.has(value.type) ? (value as ServerFrame) : null;
}
