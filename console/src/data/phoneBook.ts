/** Whom a seat may phone for a case or a member, as the server allows it. */
import { http, query } from "@/api/http";

export interface PhoneEntry {
  target: string;
  kind: "own" | "contact" | "duty";
  name: string;
  relation: string;
  /** Empty: a terminal, which has no number. */
  number: string;
}

export const fetchPhoneBook = (of: { case?: string; member?: string }) => http.get<PhoneEntry[]>(`/api/phone-book${query(of)}`);
