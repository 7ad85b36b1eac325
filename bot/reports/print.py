"""Printing: a document as a PDF of A4 pages, the same file for the same words.

Text is drawn as it is, never read as markup, so that nothing a user typed can break it. This module
is imported with the first PDF: reportlab takes a third of a second.
"""

import io
from collections.abc import Iterator, Sequence
from typing import Final

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from bot.domain.printed import Printed
from bot.reports.print_fonts import printable, runs_of, width_of
from bot.reports.right_to_left import as_drawn

_WIDTH, _HEIGHT = A4
_MARGIN: Final = 45.0
_SIZE, _TITLE_SIZE, _SMALL = 9.0, 16.0, 8.0
_LEADING: Final = 12.5
_GAP: Final = 6.0
_INNER: Final = _WIDTH - 2 * _MARGIN


def write_pdf(printed: Printed) -> bytes:
    """Return the file; it takes a thread of its own."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, invariant=True, pageCompression=True)
    canvas.setTitle(printable(printed.title))
    _Press(canvas, printed).print()
    canvas.save()
    return file.getvalue()


class _Press:
    """Draws a document from the top of the first page to the end of the last."""

    def __init__(self, canvas: Canvas, printed: Printed) -> None:
        self._canvas, self._printed = canvas, printed
        shares = sum(column.share for column in printed.columns)
        self._widths = [_INNER * column.share / shares for column in printed.columns]
        self._page, self._y = 1, _HEIGHT - _MARGIN

    def print(self) -> None:
        """Draw all of it."""
        printed = self._printed
        self._paragraph(printed.title, _TITLE_SIZE)
        for fact in printed.facts:
            self._paragraph(fact, _SIZE)
        self._y -= _LEADING
        self._headings()
        for row in printed.rows:
            self._row(row)
        self._rule()
        for total in printed.totals:
            self._need(_LEADING)
            self._draw(total, _WIDTH - _MARGIN, self._y, is_figure=True)
            self._y -= _LEADING
        self._finish_page()

    def _paragraph(self, text: str, size: float) -> None:
        for line in wrap(text, _INNER, size):
            self._need(size * 1.4)
            self._y -= size
            self._draw(line, _MARGIN, self._y, size=size)
            self._y -= size * 0.4

    def _headings(self) -> None:
        self._cells([column.heading for column in self._printed.columns])
        self._rule()

    def _row(self, cells: Sequence[str]) -> None:
        height = _LEADING * max(len(lines) for lines in self._wrapped(cells))
        if self._y - height < _MARGIN + _LEADING:
            self._turn_page()
            self._headings()
        self._cells(cells)

    def _cells(self, cells: Sequence[str]) -> None:
        wrapped = self._wrapped(cells)
        left = _MARGIN
        for column, width, lines in zip(self._printed.columns, self._widths, wrapped, strict=True):
            x = left + width - _GAP if column.is_figure else left
            for at, line in enumerate(lines, start=1):
                self._draw(line, x, self._y - at * _LEADING, is_figure=column.is_figure)
            left += width
        self._y -= _LEADING * max(map(len, wrapped))

    def _wrapped(self, cells: Sequence[str]) -> list[list[str]]:
        return [
            list(wrap(cell, width - _GAP, _SIZE)) or [""]
            for cell, width in zip(cells, self._widths, strict=True)
        ]

    def _rule(self) -> None:
        self._y -= 4
        self._canvas.line(_MARGIN, self._y, _WIDTH - _MARGIN, self._y)
        self._y -= _LEADING

    def _draw(
        self, text: str, x: float, y: float, *, size: float = _SIZE, is_figure: bool = False
    ) -> None:
        text = as_drawn(printable(text))
        if is_figure:
            x -= width_of(text, size)
        for font, part in runs_of(text):
            self._canvas.setFont(font, size)
            self._canvas.drawString(x, y, part)
            x += width_of(part, size)

    def _need(self, height: float) -> None:
        if self._y - height < _MARGIN + _LEADING:
            self._turn_page()

    def _turn_page(self) -> None:
        self._finish_page()
        self._page, self._y = self._page + 1, _HEIGHT - _MARGIN

    def _finish_page(self) -> None:
        said = self._printed.page.format(number=self._page)
        self._draw(f"{self._printed.title} · {said}", _MARGIN, _MARGIN - _LEADING, size=_SMALL)
        self._canvas.showPage()


def wrap(text: str, width: float, size: float) -> Iterator[str]:
    """Break text into lines that fit, at blanks where there are any."""
    line = ""
    for word in printable(text).split(" "):
        wanted = f"{line} {word}" if line else word
        if width_of(wanted, size) <= width:
            line = wanted
            continue
        if line:
            yield line
        line = ""
        for sign in word:
            if line and width_of(line + sign, size) > width:
                yield line
                line = ""
            line += sign
    if line:
        yield line
