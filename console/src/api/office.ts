/** What the administrator keeps: people, phones, sheets taken over. As in docs/api.md. */
import type { Role } from "./basics";

export interface Agent {
  id: string;
  user: string;
  name: string;
  role: Role;
  seat: string | null;
  active: boolean;
}
export interface SeatCredentials {
  extension: string;
  password: string;
  server: string;
  port: number;
  transport: string;
}
export interface ImportReport {
  file: string;
  rows: number;
  added: number;
  changed: number;
  unchanged: number;
  bad: { row: number; column: string; value: string; zh: string; en: string }[];
  applied: boolean;
}
