#!/usr/bin/env python3
"""Every relative link of every document leads to a file that is there, and every folder of the product has a README.

use: links.py REPOSITORY
"""

import pathlib
import re
import sys

import snippets

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")


def problems(root):
    for document in snippets.documents(root):
        text = re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL)
        for target in LINK.findall(text):
            if "://" in target or target.startswith("mailto:"):
                continue
            if not (document.parent / target).exists():
                yield f"{document.relative_to(root)}: nothing is at {target}"
    for folder in sorted(root.glob("src/**/CMakeLists.txt")):
        if folder.parent != root / "src" and not (folder.parent / "README.md").is_file():
            yield f"{folder.parent.relative_to(root)}: has no README.md"


def main():
    found = list(problems(pathlib.Path(sys.argv[1]).resolve()))
    print("\n".join(found) or "every link leads somewhere")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
