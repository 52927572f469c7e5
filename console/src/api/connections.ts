/** Other systems, as the service tells of them (docs/connections.md); and an elder's consents. */
import type { Iso, Labelled, Role } from "./basics";

export const SCOPES = ["read", "write"] as const;
export interface ApiKey {
  id: string; name: string; role: Role; hint: string; scopes: (typeof SCOPES)[number][]; per_minute: number; expires_at: Iso | null;
  created_at: Iso; created_by: string; revoked_at: Iso | null; last_used_at: Iso | null;
}
export interface Webhook {
  id: string; name: string; url: string; events: string[]; persons: boolean; active: boolean; off_reason: string; version: number;
  pending: number; dead: number; created_at: Iso; created_by: string; failing_since: Iso | null; delivered_at: Iso | null; old_secret_until: Iso | null;
}
export interface WebhookPage { webhooks: Webhook[]; events: Labelled[]; private: boolean; secret?: string | null }
export interface Delivery {
  id: string; event: string; case_id: string | null; seq: number; state: "pending" | "delivered" | "dead"; tries: number;
  created_at: Iso; next_at: Iso | null; tried_at: Iso | null; delivered_at: Iso | null; status: number | null; error: string;
}
export interface ConsentVersion {
  id: number; kind: string; version: number; given: boolean; at: Iso; by_whom: string; how: string; note: string; scan: string | null;
  recorded_by: string; recorded_at: Iso;
}
export interface ConsentPage { kinds: Labelled[]; ways: Labelled[]; history: ConsentVersion[] }
