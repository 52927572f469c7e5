/** The fields of a profile and what stands in them, in words. */
import { phoneText } from "./texts";
import { useWords } from "./useWords";

export function useProfileWords() {
  const words = useWords();
  const { t, te, listed } = words;
  const fieldName = (field: string) => (te(`profile.f_${field}`, "zh-CN") ? t(`profile.f_${field}`) : field);

  function valueText(value: unknown): string {
    if (value === null || value === undefined || value === "") return t("profile.empty");
    if (typeof value === "boolean") return t(value ? "profile.yes" : "profile.no");
    if (Array.isArray(value)) return value.length ? listed(value.map(valueText)) : t("profile.empty");
    if (typeof value === "object") {
      const { name, relation, number, valid_until } = value as Record<string, string | undefined>;
      return [name, relation, phoneText(number ?? null), valid_until].filter(Boolean).join(" ");
    }
    const text = String(value);
    if (te(`profile.v_${text}`, "zh-CN")) return t(`profile.v_${text}`);
    return text.startsWith("+") ? phoneText(text) : text;
  }
  return { ...words, fieldName, valueText };
}
