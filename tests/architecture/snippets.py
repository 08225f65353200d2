#!/usr/bin/env python3
"""Holds the documents' C++ to what is compiled.

A ```cpp block stands below a line naming where it comes from,

    <!-- from: docs/snippets/first_module.cpp#events -->

and is, word for word, the part of that file between `// [events]` and `// [/events]`, unindented. The file is compiled by
the build of the tests. A block that is no C++ of ours stands below `<!-- not compiled: why -->`.

use: snippets.py REPOSITORY            reports every block that differs, exit 1
     snippets.py REPOSITORY --update   writes the files' text into the documents
"""

import pathlib
import re
import sys
import textwrap

BLOCK = re.compile(r"(?P<head>(?:<!-- (?P<mark>[^>]*) -->\n)?)```cpp\n(?P<text>.*?)```", re.DOTALL)


def region(path, name):
    """The text between the marks of `name`, unindented; None when there are no such marks."""
    text = path.read_text()
    found = re.search(rf"^[ \t]*// \[{re.escape(name)}\]\n(.*?)^[ \t]*// \[/{re.escape(name)}\]", text, re.DOTALL | re.MULTILINE)
    if not found:
        return None
    lines = [line for line in found.group(1).splitlines() if not re.match(r"\s*// \[/?\w+\]$", line)]
    return textwrap.dedent("\n".join(lines)) + "\n"


def checked(root, document, update):
    """The problems of one document; with `update` its blocks are made equal to their files first."""
    problems = []
    original = document.read_text()

    def one(match):
        line = original.count("\n", 0, match.start()) + 1
        place = f"{document.relative_to(root)}:{line}"
        mark = match.group("mark") or ""
        if mark.startswith("not compiled: "):
            return match.group(0)
        if not mark.startswith("from: "):
            problems.append(f"{place}: a block without a line that says where it comes from")
            return match.group(0)
        file, _, name = mark.removeprefix("from: ").partition("#")
        text = region(root / file, name) if (root / file).is_file() else None
        if text is None:
            problems.append(f"{place}: there is no {file}#{name}")
            return match.group(0)
        if text != match.group("text") and not update:
            problems.append(f"{place}: differs from {file}#{name}; write it anew with tests/architecture/snippets.py . --update")
        return f"{match.group('head')}```cpp\n{text}```"

    changed = BLOCK.sub(one, original)
    if update and changed != original:
        document.write_text(changed)
    return problems


def documents(root):
    skipped = {"build", ".git", "node_modules"}
    return sorted(d for d in root.rglob("*.md") if not skipped.intersection(d.relative_to(root).parts)
                  and not d.relative_to(root).parts[0].startswith("build"))


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    problems = [p for d in documents(root) for p in checked(root, d, "--update" in sys.argv)]
    print("\n".join(problems) or "every block is compiled text")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
