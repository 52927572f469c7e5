/** How numbers and Chinese sentences are set, whatever way they were typed. */

const WIDE: Record<string, string> = { ",": "，", ";": "；", ":": "：", "!": "！", "?": "？" };

/** Half-width marks between Chinese characters become Chinese marks; figures, times and English keep theirs. */
export function chineseMarks(text: string): string {
  return text.replace(/(?<=[\u4e00-\u9fff”）])[,;:!?](?!\d)\s?/g, (mark) => WIDE[mark.trim()] ?? mark);
}

/** As people there read and dial it: 138 0013 8000, 0797-6221234. What is no Chinese number stays as it is. */
export function phoneText(number: string | null): string {
  if (!number) return "";
  const local = number.replace(/^\+86/, "");
  const mobile = /^(1[3-9]\d)(\d{4})(\d{4})$/.exec(local);
  if (mobile) return mobile.slice(1).join(" ");
  // Masked: the stars stay where the digits were.
  if (local.includes("*")) return local;
  const fixed = /^0?(10|2\d|[3-9]\d{2})(\d{7,8})$/.exec(local);
  return fixed && (number !== local || number.startsWith("0")) ? `0${fixed[1]}-${fixed[2]}` : number;
}

/** A sentence with the numbers in it as people read them. */
export const phonesIn = (text: string): string => text.replace(/\+86\d{9,11}/g, phoneText);

/** Pieces of a number's digits, as [begin, end), as pieces of the number as it is written: 0797-6221234. */
export function phoneSpans(number: string, spans: number[][]): number[][] {
  const text = phoneText(number);
  const places = [...text].flatMap((sign, index) => (/\d/.test(sign) ? [index] : []));
  const shift = places.length - number.replace(/\D/g, "").length;
  return spans.flatMap(([begin = 0, end = 0]) => {
    const first = places[Math.max(0, begin + shift)];
    const last = places[end + shift - 1];
    return first === undefined || last === undefined ? [] : [[first, last + 1]];
  });
}
