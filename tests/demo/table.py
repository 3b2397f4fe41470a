"""table.py FILE ROWS DATE LABEL: prints the first rows of a sheet kept as CSV as an aligned table, and how many there are.

DATE names the column of dates: a sheet keeps the number of days since 1899-12-30 and only shows a date.
SPDX-License-Identifier: GPL-3.0-or-later
"""
import csv
import datetime
import re
import shutil
import sys
import unicodedata

WIDEST = 34  # columns of one cell


def width(text):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def fit(text):
    text = " ".join(text.split())
    while width(text) > WIDEST:
        text = text[:-2] + "…"
    return text


def align_points(column):
    digits = [len(cell.partition(".")[2]) for cell in column[1:]]
    most = max(digits, default=0)
    return column[:1] + [cell + " " * (most - n + (most > n == 0)) for cell, n in zip(column[1:], digits)]


def show_date(cell):
    return (datetime.date(1899, 12, 30) + datetime.timedelta(days=int(cell))).strftime("%d/%m/%Y")


def main(path, limit, date, label):
    with open(path, encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    columns = [[fit(cell) for cell in column] for column in zip(header, *rows[:limit])]
    columns = [column[:1] + [show_date(cell) for cell in column[1:]] if column[0] == date else column for column in columns]
    numeric = [all(re.fullmatch(r"(-?\d+(\.\d+)?)?", cell) for cell in column[1:]) for column in columns]
    columns = [align_points(column) if right else column for column, right in zip(columns, numeric)]
    cells = list(zip(*columns))
    widths = [max(map(width, column)) for column in columns]

    def line(row):
        padded = ((cell, " " * (widths[i] - width(cell)), numeric[i]) for i, cell in enumerate(row))
        return "  ".join(space + cell if right else cell + space for cell, space, right in padded).rstrip()

    print(line(cells[0]), "  ".join("─" * w for w in widths), *map(line, cells[1:]), sep="\n")
    if len(rows) > limit:
        print("…")
    print(len(rows), label)


main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
