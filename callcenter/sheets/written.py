"""Tables made in a thread of their own: neither the making nor the loading of the library for it holds up a call."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from callcenter.sheets.page import Page
from callcenter.sheets.sheet import Row, Sheet


async def template_of(sheet: Sheet, offered: Mapping[str, Sequence[str]]) -> bytes:
    """See ``template.make_template``."""

    def make() -> bytes:
        from callcenter.sheets.template import make_template

        return make_template(sheet, offered)

    return await asyncio.to_thread(make)


async def export_of(sheet: Sheet, rows: Iterable[Row]) -> bytes:
    """See ``template.make_export``."""

    def make() -> bytes:
        from callcenter.sheets.template import make_export

        return make_export(sheet, rows)

    return await asyncio.to_thread(make)


async def book_of(pages: Iterable[Page]) -> bytes:
    """See ``template.make_book``."""

    def make() -> bytes:
        from callcenter.sheets.template import make_book

        return make_book(pages)

    return await asyncio.to_thread(make)
