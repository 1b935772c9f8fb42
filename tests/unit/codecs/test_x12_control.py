"""Control numbers go up by one for each partner, survive, are given once, and wrap."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

from runtime.codecs.x12 import MemoryControlNumbers, StoredControlNumbers
from runtime.codecs.x12.control import HIGHEST, ControlNumbers

TAKE = """
import sys
from runtime.codecs.x12 import StoredControlNumbers
numbers = StoredControlNumbers(sys.argv[1])
print(*[numbers.next("partner", "ISA") for _ in range(100)])
"""


def test_numbers_count_for_each_partner_and_kind(tmp_path: Path) -> None:
    kept: list[ControlNumbers] = [MemoryControlNumbers(), StoredControlNumbers(tmp_path / "numbers.db")]
    for numbers in kept:
        assert [numbers.next("a", "ISA") for _ in range(3)] == [1, 2, 3]
        assert numbers.next("b", "ISA") == 1
        assert numbers.next("a", "GS") == 1
        assert numbers.next("a", "ISA") == 4


def test_stored_numbers_go_on_and_wrap(tmp_path: Path) -> None:
    path = tmp_path / "numbers.db"
    assert StoredControlNumbers(path).next("a", "ST") == 1
    assert StoredControlNumbers(path).next("a", "ST") == 2
    with sqlite3.connect(path) as connection:
        connection.execute("update control_number set last = ?", (HIGHEST - 1,))
    connection.close()
    numbers = StoredControlNumbers(path)
    assert [numbers.next("a", "ST") for _ in range(2)] == [HIGHEST, 1]


def test_two_processes_never_get_the_same_number(tmp_path: Path) -> None:
    path = str(tmp_path / "numbers.db")
    StoredControlNumbers(path)
    running = [
        subprocess.Popen([sys.executable, "-c", TAKE, path], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    taken = [int(each) for process in running for each in process.communicate(timeout=60)[0].split()]
    assert sorted(taken) == list(range(1, 201))
