#!/usr/bin/env python3
"""Holds docs/reference to the headers it describes.

errors.md     its table is that of include/evd/error.hpp, row by row
configuration.md  names every variable (EVD_*, OTEL_*) that the source reads, and none that it does not

use: reference.py REPOSITORY [--update]     --update writes the table of errors anew
"""

import pathlib
import re
import sys

ROW = re.compile(r'ROW\((\w+), (\d+), (\w+), "([^"]*)"\)')
BEGIN, END = "<!-- errors: from include/evd/error.hpp -->\n", "<!-- errors end -->\n"
REMEDY = {"retry": "repeat the call", "fix_caller": "fix the call", "fix_environment": "fix the environment"}


def errors(root, update):
    page = root / "docs/reference/errors.md"
    rows = ROW.findall((root / "include/evd/error.hpp").read_text())
    table = "| error | HTTP status | what to do | meaning |\n|---|---|---|---|\n" + "".join(
        f"| `{name}` | {status} | {REMEDY[remedy]} | {text} |\n" for name, status, remedy, text in rows)
    text = page.read_text()
    before, rest = text.split(BEGIN)
    there, after = rest.split(END)
    if update:
        page.write_text(before + BEGIN + table + END + after)
    elif there != table:
        yield "docs/reference/errors.md differs from error.hpp; write it anew with tests/architecture/reference.py . --update"


def configuration(root):
    files = [f for top in ("include", "src", "apps") for f in (root / top).rglob("*.?pp")]
    code = "\n".join(f.read_text() for f in files)
    read = set(re.findall(r'"((?:EVD|OTEL)_[A-Z_]+)"', code))
    page = (root / "docs/reference/configuration.md").read_text()
    named = set(re.findall(r"`((?:EVD|OTEL)_[A-Z_]+)`", page))
    for name in sorted(read - named):
        yield f"docs/reference/configuration.md does not name {name}"
    for name in sorted(named - read):
        yield f"docs/reference/configuration.md names {name}, which nothing reads"


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    found = [*errors(root, "--update" in sys.argv), *configuration(root)]
    print("\n".join(found) or "the reference is that of the headers")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
