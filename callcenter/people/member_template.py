"""The file that people fill in: headings, one example, lists to choose from, and what each column means."""

from __future__ import annotations

import io
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from callcenter.people.member_columns import COLUMNS, EXAMPLE_REF, Column
from callcenter.people.member_file import SHEET

FILE_NAME = "老人档案导入模板.xlsx"
CHOICES = "选项"
NOTES = "说明"
LAST_ROW = 5000
REQUIRED = PatternFill("solid", fgColor="FFE0E0")
OPTIONAL = PatternFill("solid", fgColor="E8EEF7")


def make_template(districts: Sequence[str]) -> bytes:
    """The template as .xlsx; ``districts`` are offered for 区域, others may be written."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = SHEET
    choices = book.create_sheet(CHOICES)
    for place, column in enumerate(COLUMNS, 1):
        _head(sheet, place, column)
        offered = tuple(districts) if column.key == "district" else column.choices
        if offered:
            _offer(sheet, choices, place, column, offered)
    sheet.freeze_panes = "C2"
    _explain(book.create_sheet(NOTES))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _head(sheet: Worksheet, place: int, column: Column) -> None:
    letter = get_column_letter(place)
    cell = sheet.cell(1, place, column.heading)
    cell.font = Font(bold=True)
    cell.fill = REQUIRED if column.required else OPTIONAL
    sheet.cell(2, place, column.example).font = Font(italic=True, color="808080")
    sheet.column_dimensions[letter].width = max(10, 2 * len(column.heading) + 2, 1.2 * len(column.example))
    for row in range(2, 202):
        sheet.cell(row, place).number_format = "@"  # text: Excel keeps the leading 0 of a number


def _offer(sheet: Worksheet, choices: Worksheet, place: int, column: Column, offered: Sequence[str]) -> None:
    letter = get_column_letter(place)
    choices.cell(1, place, column.heading).font = Font(bold=True)
    for row, word in enumerate(offered, 2):
        choices.cell(row, place, word)
    source = f"{CHOICES}!${letter}$2:${letter}${len(offered) + 1}"
    rule = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=True)
    rule.errorStyle = "warning" if column.key == "district" else "stop"
    rule.error = f"请从列表中选择。{column.note_zh}"
    sheet.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{LAST_ROW}")


def _explain(sheet: Worksheet) -> None:
    for place, (heading, width) in enumerate((("列", 18), ("说明", 48), ("Column", 48)), 1):
        sheet.cell(1, place, heading).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = width
    rows = [(column.heading, column.note_zh, column.note_en) for column in COLUMNS]
    rows += [
        ("示例行", f"编号以“{EXAMPLE_REF}”开头的行不会导入。", f"Rows whose 编号 begins with {EXAMPLE_REF} are left out."),
        (
            "再次导入",
            "按编号更新;文件中没有的列保持不变,空单元格会清空原内容。",
            "Updates by 编号; absent columns stay, empty cells clear.",
        ),
        ("终端", "只会新增或转给此人,不会解除;解除请联系管理员。", "Terminals are added or moved to the member, never taken away."),
        ("出错", "只要有一处错误,整个文件都不导入。", "One mistake, and nothing of the file is taken over."),
    ]
    for number, row in enumerate(rows, 2):
        for place, text in enumerate(row, 1):
            sheet.cell(number, place, text).alignment = Alignment(wrap_text=True, vertical="top")
