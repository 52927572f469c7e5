/** Quality reviews, contributions and the rules' text, as the service sends them (docs/api.md, Conduct). */
import type { Iso, Role } from "./basics";

export interface RubricItem { id: string; most: number; zh: string; en: string }
export interface Rubric { version: number; items: RubricItem[]; note: string; saved_at: Iso | null }
export interface Review {
  id: string; recording_id: string; case_id: string; case_number: string; agent_id: string; agent: string; rubric_version: number; scores: Record<string, number>; total: number; most: number;
  comment: string; reviewer: string; reviewed_at: Iso; answer: string; answered_at: Iso | null; started_at: Iso; seconds: number | null;
}
export interface ToReview { recording_id: string; case_id: string; case_number: string; kind: string; agent_id: string; agent: string; started_at: Iso; seconds: number }
export interface QualityWeek { agent_id: string; agent: string; week: string; share: number; count: number }
export interface QualityPage { rubric: Rubric; reviews: Review[]; trend: QualityWeek[]; to_review: ToReview[] }
export interface Contribution {
  id: string; kind: "key_number" | "resource" | "script"; title: string; text: string; number: string; state: "proposed" | "accepted" | "refused"; by: string; at: Iso;
  decided_by: string | null; decided_at: Iso | null; reason: string; record: string;
}
export interface RulesVersion { version: number; title: string; text: string; valid_from: string; by: string; at: Iso; signatures: number }
export interface RulesTextPage { current: number | null; signed_at: Iso | null; versions: RulesVersion[]; missing: { id: string; name: string; role: Role }[] }
