#!/usr/bin/env python3
"""Compares every #include of the product with the dependency table in ARCHITECTURE.md.

use: include_graph.py REPOSITORY
"""

import pathlib
import re
import sys

# The beginning of a header's path, and the library's name in the table's last column.
LIBRARIES = [
    ("boost/asio", "Boost.Asio"),
    ("boost/beast", "Boost.Beast"),
    ("boost/describe", "Boost.Describe"),
    ("boost/mp11", "Boost.Describe"),
    ("boost/json", "Boost.JSON"),
    ("boost/url", "Boost.URL"),
    ("boost/stacktrace", "Boost.Stacktrace"),
    ("boost/", "Boost"),
    ("sqlite3", "SQLite"),
    ("sodium", "libsodium"),
    ("jwt", "libjwt"),
    ("simdjson", "simdjson"),
    ("spdlog", "spdlog"),
    ("fmt", "fmt"),
    ("CLI/", "CLI11"),
    ("gtest", "GoogleTest"),
    ("gmock", "GoogleTest"),
    ("toml++", "toml++"),
    ("nats", "nats.c"),
    ("mongoc/", "libmongoc"),
    ("bson/", "libmongoc"),
    ("curl", "libcurl"),
    ("prometheus/", "prometheus-cpp"),
]
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def read_table(text):
    """Folder -> (folders it may include, libraries it may include)."""
    rows = {}
    for line in text.split("| folder |", 1)[1].splitlines()[2:]:
        if not line.startswith("|"):
            break
        folder, _, folders, libraries = (cell.strip() for cell in line.strip("|\n").split("|"))
        rows[folder] = tuple({part.strip() for part in cell.split(",") if part.strip()} for cell in (folders, libraries))
    return rows


def owner(path, rows):
    """The longest row of the table that is or holds `path`."""
    return max((row for row in rows if (path + "/").startswith(row + "/")), key=len, default=None)


def allows(folders, there):
    """Whether one of `folders` (`src/*`: all below src) is or holds the row `there`."""
    return any(((there or "") + "/").startswith(folder.removesuffix("*").rstrip("/") + "/") for folder in folders)


def target(root, including, folder, quote, header):
    """Repository path of an included header of ours, or None."""
    places = [root / "include", root / "testing/include", root / "src", root / folder]
    if quote == '"':
        places.insert(0, (root / including).parent)
    for place in places:
        if (place / header).is_file():
            return (place / header).resolve().relative_to(root).as_posix()
    return None


def problems(root):
    rows = read_table((root / "ARCHITECTURE.md").read_text())
    for row in rows:
        if not (root / row).exists():
            yield f"ARCHITECTURE.md: the table names {row}, which is not there"
    files = sorted(f for top in ("include", "src", "testing", "apps", "examples") for f in (root / top).rglob("*.?pp"))
    for file in files:
        path = file.relative_to(root).as_posix()
        folder = owner(path, rows)
        if folder is None:
            yield f"{path}: its folder is not in the table"
            continue
        folders, libraries = rows[folder]
        for number, line in enumerate(file.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            quote, header = match.groups()
            ours = target(root, path, folder, quote, header)
            if ours:
                there = owner(ours, rows)
                if there != folder and not allows(folders, there):
                    yield f"{path}:{number}: {folder} may not include {there or ours} ({header})"
                continue
            library = next((name for start, name in LIBRARIES if header.startswith(start)), None)
            if library and library not in libraries:
                yield f"{path}:{number}: {folder} may not include {library} ({header})"
            if quote == '"' and library is None:
                yield f"{path}:{number}: nothing is found at \"{header}\""


def main():
    found = list(problems(pathlib.Path(sys.argv[1]).resolve()))
    print("\n".join(found) or "every include is in the table")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
