/** A report's cells in words: shares as percent, money in yuan, times in the centre's zone. */
import type { ReportColumn, ReportRow } from "@/api/reports";
import { useWords } from "./useWords";

export function useFigures() {
  const { t, chinese, shortDateTime } = useWords();
  function cell(column: ReportColumn, row: ReportRow): string {
    const value = (!chinese.value && row[`${column.key}_en`]) || row[column.key];
    if (value === null || value === undefined || value === "") return column.kind === "text" || column.kind === "long" ? "" : "—";
    if (column.kind === "share") return `${(Number(value) * 100).toFixed(1)}%`;
    if (column.kind === "money") return (Number(value) / 100).toFixed(2);
    if (column.kind === "time") return shortDateTime(String(value));
    return String(value);
  }
  const isNumber = (column: ReportColumn) => ["count", "share", "seconds", "money"].includes(column.kind);
  /** A share below what the field demands. */
  const below = (column: ReportColumn, row: ReportRow, goals: Record<string, number> | undefined) => {
    const goal = goals?.[column.key];
    const value = row[column.key];
    return goal !== undefined && typeof value === "number" && value < goal;
  };
  return { t, cell, isNumber, below };
}
