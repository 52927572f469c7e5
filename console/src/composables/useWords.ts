/** Words and figures in the chosen language: the server's labels, problems, dates in the centre's time zone. */
import type { Labelled, Problem } from "@/api/basics";
import { type List, useMeta } from "@/data/meta";
import { computed } from "vue";
import { useI18n } from "vue-i18n";
import { formatOf, useCentreTime } from "./centreTime";
import { chineseMarks, phoneText } from "./texts";

export function useWords() {
  const { t, te, locale } = useI18n();
  const meta = useMeta();
  const chinese = computed(() => locale.value === "zh-CN");
  const { zone } = useCentreTime();

  const both = (item: { zh: string; en: string }) => (chinese.value ? chineseMarks(item.zh) : item.en);
  const label = (item: Labelled | null | undefined) => (item ? both(item) : "");
  /** An id from one of the server's lists; an unknown one is shown as it is rather than hidden. */
  const labelOf = (list: List, id: string | null | undefined) => (id ? label(meta.labels.get(`${list}/${id}`)) || id : "");
  const categoryOf = (item: { category: string | null; subcategory: string | null }) =>
    [labelOf("category", item.category), labelOf(`sub ${item.category}`, item.subcategory)].filter(Boolean).join(" / ");
  /** Several things in a row, as either language writes them: 甲、乙 or A, B. */
  const listed = (items: readonly (string | null | undefined)[] | null | undefined) => (items ?? []).filter(Boolean).join(chinese.value ? "、" : ", ");
  /** After a name and before what it names. */
  const colon = computed(() => (chinese.value ? "：" : ": "));
  /** A remark on the word before it. */
  const inBrackets = (text: string) => (chinese.value ? `（${text}）` : ` (${text})`);
  const remedy = (problem: Problem) => both({ zh: problem.remedy_zh, en: problem.remedy_en });
  const centreName = computed(() => {
    const centre = meta.centre;
    return centre ? (chinese.value ? centre.name_zh : centre.name_en) : t("app.name");
  });

  function format(iso: string | null, options: Intl.DateTimeFormatOptions): string {
    if (!iso) return "";
    return formatOf(chinese.value ? "zh-CN" : "en-GB", { timeZone: zone.value, hourCycle: "h23", ...options }).format(new Date(iso));
  }
  const time = (iso: string | null) => format(iso, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const dateTime = (iso: string | null) =>
    format(iso, { year: "numeric", month: chinese.value ? "numeric" : "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
  /** Short enough for a list: the year only when it is another one. */
  const shortDateTime = (iso: string | null) => format(iso, { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" });
  const date = (iso: string | null) => format(iso, { year: "numeric", month: chinese.value ? "long" : "short", day: "numeric" });
  const percent = (share: number | null) => (share === null ? "—" : `${Math.round(share * 100)}%`);

  /** Who a row is about; a caller without a number has neither name nor number. */
  const whoOf = (row: { who: string; caller_display: string }) => row.who || phoneText(row.caller_display) || t("person.anonymous");

  return { t, te, whoOf, locale, chinese, zone, label, labelOf, categoryOf, listed, colon, inBrackets, both, remedy, centreName, format, time, dateTime, shortDateTime, date, percent };
}
