/** Which part of the policy a refusal speaks of, so that it stands beside it. The service names the rung in its sentence. */
import type { Problem } from "@/api/basics";

export function rungOf(problem: Problem | null): number | null {
  if (!problem) return null;
  const place = "rung" in problem && typeof problem.rung === "number" ? String(problem.rung) : /^第\s*(\d+)\s*级/.exec(problem.zh)?.[1];
  return place ? Number(place) : null;
}

export function placeOf(problem: Problem | null): "rung" | "public" | "figures" | "page" | null {
  if (!problem) return null;
  if (rungOf(problem) !== null) return "rung";
  if (problem.code === "policy_public_disabled" || problem.code === "policy_drill_on_trunk") return "public";
  return problem.code === "policy_figure" ? "figures" : "page";
}
