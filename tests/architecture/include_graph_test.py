#!/usr/bin/env python3
"""The include check reports what the table does not allow, and nothing else."""

import pathlib
import tempfile
import unittest

import include_graph

TABLE = """
| folder | what it holds | may include | libraries |
|---|---|---|---|
| include/evd | contracts | | |
| include/evd/coroutine.hpp | coroutines | include/evd | Boost.Asio |
| src/core | decisions | include/evd | fmt |
| src/sqlite | leaf | include/evd, src/core | SQLite |
"""


class IncludeGraph(unittest.TestCase):
    def report(self, files):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder).resolve()
            files = {"ARCHITECTURE.md": TABLE, "include/evd/id.hpp": "",
                     "include/evd/coroutine.hpp": "#include <boost/asio.hpp>\n#include <evd/id.hpp>\n", "src/core/a.hpp": "", "src/sqlite/b.hpp": "",
                     **files}
            for path, text in files.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text)
            return list(include_graph.problems(root))

    def test_what_the_table_allows_passes(self):
        files = {"src/sqlite/x.cpp": '#include <evd/id.hpp>\n#include "core/a.hpp"\n#include <sqlite3.h>\n#include <vector>\n'}
        self.assertEqual(self.report(files), [])

    def test_a_folder_that_may_not_be_included_is_reported_with_its_line(self):
        found = self.report({"src/core/x.cpp": '\n#include "sqlite/b.hpp"\n'})
        self.assertEqual(found, ["src/core/x.cpp:2: src/core may not include src/sqlite (sqlite/b.hpp)"])

    def test_a_library_that_may_not_be_included_is_reported(self):
        found = self.report({"include/evd/x.hpp": "#include <boost/asio.hpp>\n"})
        self.assertEqual(found, ["include/evd/x.hpp:1: include/evd may not include Boost.Asio (boost/asio.hpp)"])

    def test_a_file_with_a_row_of_its_own_is_not_its_folder(self):
        found = self.report({"include/evd/x.hpp": "#include <evd/coroutine.hpp>\n"})
        self.assertEqual(found, ["include/evd/x.hpp:1: include/evd may not include include/evd/coroutine.hpp (evd/coroutine.hpp)"])

    def test_a_folder_outside_the_table_is_reported(self):
        found = self.report({"src/new/x.cpp": ""})
        self.assertEqual(found, ["src/new/x.cpp: its folder is not in the table"])


if __name__ == "__main__":
    unittest.main()
