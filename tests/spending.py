"""What each file of tests costs: seconds on the wall, and of the processors, with its servers and browsers."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

SLOWEST = 10
_TICKS = os.sysconf("SC_CLK_TCK")


class Cost(NamedTuple):
    """Seconds on the wall, and of the processors."""

    wall: float
    processors: float


def processor_seconds(*roots: int) -> float:
    """Return what these processes and all that live below them have used of the processors, with what ended there."""
    used: dict[int, float] = {}
    below: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (said := _stat(folder)):
            used[int(folder.name)] = sum(map(int, said[11:15])) / _TICKS
            below.setdefault(int(said[1]), []).append(int(folder.name))
    found, waiting = 0.0, list(roots)
    while waiting:
        process = waiting.pop()
        found += used.get(process, 0.0)
        waiting += below.get(process, [])
    return found


def _stat(folder: Path) -> list[str]:
    """Return the fields of /proc/N/stat after the name of the program; none for a process that has just ended."""
    try:
        return (folder / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


class Spending:
    """Adds up what files cost in this process, collects it from xdist's workers, and says it at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.roots = [os.getpid()]
        self.files: dict[str, Cost] = {}
        self.began = self._now()

    def pytest_collection_finish(self) -> None:
        """Count from the first test."""
        self.began = self._now()

    def watch(self, process: int) -> None:
        """Count what a server uses that is no child of this process."""
        self.roots.append(process)

    def _now(self) -> Cost:
        return Cost(time.monotonic(), processor_seconds(*self.roots))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
        done = yield
        if nextitem is None or nextitem.path != item.path:
            self._add(item.nodeid.partition("::")[0])
        return done

    def _add(self, file: str) -> None:
        now, before = self._now(), self.files.get(file, Cost(0, 0))
        # A browser's processes that ended unseen take with them what they had used: then less is told.
        spent = (max(0.0, here - there) for here, there in zip(now, self.began, strict=True))
        self.files[file] = Cost(*(old + more for old, more in zip(before, spent, strict=True)))
        self.began = now

    def pytest_sessionfinish(self) -> None:
        if hasattr(self.config, "workeroutput"):
            self.config.workeroutput["spending"] = {file: tuple(spent) for file, spent in self.files.items()}

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what a worker of xdist adds up to."""
        for file, spent in getattr(node, "workeroutput", {}).get("spending", {}).items():
            before = self.files.get(file, Cost(0, 0))
            self.files[file] = Cost(before.wall + spent[0], before.processors + spent[1])

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """List the files that took longest."""
        if len(self.files) < 2:
            return
        terminalreporter.section(f"{SLOWEST} slowest of {len(self.files)} files")
        slowest = sorted(self.files.items(), key=lambda one: one[1], reverse=True)
        for file, spent in slowest[:SLOWEST]:
            terminalreporter.write_line(f"{spent.wall:5.0f} s, {spent.processors:5.0f} s of the processors: {file}")
        total = Cost(*map(sum, zip(*self.files.values(), strict=True)))
        terminalreporter.write_line(f"{total.wall:5.0f} s, {total.processors:5.0f} s of the processors: all of them")
