/** What a ladder says, in words. */
import type { Attempt, LadderBoard, LadderRung, Owner, Rung } from "@/api/ladder";
import { nextRung, phaseOf } from "./ladder";
import { phoneText } from "./texts";
import { clockText, secondsSince, secondsUntil, useNow } from "./useNow";
import { useWords } from "./useWords";

/** The records' language is Chinese, whatever the screen shows. */
export const NOTE_SAFE = "坐席在紧急求助板上一键确认：老人平安。";
export const NOTE_FALSE_ALARM = "坐席在紧急求助板上一键记录：误触。已向老人致谢；本次按键记为终端测试通过。";

export function useLadderWords() {
  const words = useWords();
  const { t, te, chinese, labelOf, listed } = words;
  const now = useNow();
  const known = (path: string, otherwise: string) => (te(path, "zh-CN") ? t(path) : otherwise);

  const targetName = (target: string) => known(`target.${target}`, target);
  const targetsText = (rung: { targets: string[] }) => listed(rung.targets.map(targetName));
  /** 女儿 王芳; in English the name comes first. A duty phone and 120 have no relation. */
  const personText = (one: { name: string; relation: string; kind?: string; number?: string }) => {
    if (one.kind === "terminal" || one.kind === "landline") return targetName(one.kind); // the elder's own: a name in the language shown
    if (!one.name) return [one.relation || (one.kind ? targetName(one.kind) : ""), phoneText(one.number ?? "")].filter(Boolean)[0] ?? "";
    return (chinese.value ? [one.relation, one.name] : [one.name, one.relation && `(${one.relation})`]).filter(Boolean).join(" ");
  };
  const ownerText = (owner: Owner) => t(`ladder.by_${owner.kind}`, { name: owner.name });
  const rungDetail = (rung: Rung) =>
    t("ladder.detail", { order: t(`ladder.order_${rung.order}`), tries: rung.tries, ring: Math.round(rung.ring_seconds) });
  const delayText = (rung: Rung) => (rung.delay_seconds > 0 ? t("ladder.after", { seconds: Math.round(rung.delay_seconds) }) : t("ladder.atOnce"));

  const resultText = (result: string) => known(`result.${result}`, result);
  const keyText = (key: string) => known(`ladder.key_${key}`, key);
  /** What stands beside a call: where it is now, or what came of it. */
  function attemptText(attempt: Attempt): string {
    const phase = phaseOf(attempt);
    if (phase === "over" || phase === "leaving") return attempt.result ? resultText(attempt.result) : t(`ladder.leaving`);
    return t(`ladder.${phase}`);
  }
  const attemptClock = (attempt: Attempt): string => {
    const phase = phaseOf(attempt);
    if (phase === "over") return "";
    const since = phase === "ringing" ? attempt.rang_at : phase === "dialling" ? attempt.created_at : attempt.answered_at;
    return since ? clockText(secondsSince(now.value, since)) : "";
  };

  const countdown = (rung: LadderRung | null) => (rung?.starts_at ? clockText(secondsUntil(now.value, rung.starts_at)) : null);
  function outcomeText(ladder: LadderBoard): string {
    const outcome = ladder.outcome ?? "settled";
    return known(`ladder.ended_${outcome}`, labelOf("settle", outcome));
  }
  /** The one line that matters most, and the one that follows from it. */
  function headline(ladder: LadderBoard): { main: string; more: string } {
    if (ladder.state === "ended") return { main: outcomeText(ladder) || t("ladder.ended"), more: "" };
    if (ladder.state === "exhausted") return { main: t("ladder.exhausted"), more: t("ladder.paging", { n: ladder.pages }) };
    if (ladder.state === "acknowledged") {
      const left = ladder.resolve_by ? secondsUntil(now.value, ladder.resolve_by) : null;
      const more = left === null ? "" : left > 0 ? t("ladder.again", { time: clockText(left) }) : t("ladder.overdue");
      return { main: ladder.owner ? ownerText(ladder.owner) : t("ladder.acknowledged"), more };
    }
    const rests = ["talking", "wrap_up"].includes(ladder.case.state) && !ladder.rungs.some((rung) => rung.state === "running");
    const rung = ladder.rungs[ladder.rung - 1];
    const main = rests ? t("ladder.withSeat") : rung ? `${t("ladder.place", { n: ladder.rung, of: ladder.rungs.length })} · ${targetsText(rung)}` : t("ladder.starting");
    const following = nextRung(ladder);
    const time = countdown(following);
    return { main, more: following && time ? t("ladder.nextIn", { time, targets: targetsText(following) }) : following || rests || ladder.rung < ladder.rungs.length ? "" : t("ladder.lastRung") };
  }

  return { ...words, now, targetName, targetsText, personText, ownerText, rungDetail, delayText, resultText, keyText, attemptText, attemptClock, countdown, headline, outcomeText };
}
