"""pgbench on both sides: a script that walks through tiles, and its rate once everything is warm."""

import shlex
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from data.bench import Reader, as_pgbench
from layers.tiles import TileAddress
from scripts.bench.world import World, run_time_files

STRIDE: Final = 7
"""How many tiles apart the clients of one run begin."""


@dataclass(frozen=True, kw_only=True)
class Script:
    """A file for pgbench that asks one tile a transaction, and walks through `tiles` of them."""

    file: Path
    database: str
    tiles: int

    def command(self, clients: int, transactions: int) -> list[str]:
        """Return the command, but for where it logs; the connection string is its last word."""
        words = ["pgbench", "--no-vacuum", "--protocol=prepared", f"--file={self.file}"]
        words += [f"--client={clients}", f"--transactions={transactions}", "--define=step=0"]
        return [*words, self.database]

    def shown(self, clients: int) -> str:
        """Return the command as one would type it, without the connection."""
        return shlex.join(self.command(clients, self.tiles)[:-1])

    def rate(self, clients: int, passes: int) -> float:
        """Return transactions a second over `passes` passes by each client, after a first one to warm up."""
        log = run_time_files() / "pgbench_log"
        for old in log.parent.glob(f"{log.name}.*"):
            old.unlink()
        command = self.command(clients, self.tiles * (passes + 1))
        command[1:1] = ["--log", f"--log-prefix={log}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0 or "aborted" in done.stderr:
            raise click.ClickException(f"pgbench failed: {done.stderr.strip()[-500:]}")
        return _warm_rate(log.parent.glob(f"{log.name}.*"), self.tiles)


def our_script(world: World, reader: Reader, tiles: Sequence[TileAddress]) -> Script:
    """Return the script of the secured tile: one call that carries the token and answers."""
    cells = _pick([f"{{{','.join(map(str, tile.cells or ()))}}}" for tile in tiles])
    text = as_pgbench("our_tile").replace(":cells", cells).replace(":looks", cells)
    text = text.replace(":token", f"'{reader.token}'")
    numbers = {name: [getattr(tile, name) for tile in tiles] for name in ("z", "x", "y", "first", "last")}
    return _script(f"our_{reader.name}_{tiles[0].z}", world.application, numbers, text)


def canonical_script(world: World, reader: Reader, tiles: Sequence[TileAddress]) -> Script:
    """Return the script of the canonical tile: GiST, envelope hoisted, no security."""
    numbers = {name: [getattr(tile, name) for tile in tiles] for name in ("z", "x", "y")}
    return _script(f"canonical_{reader.name}_{tiles[0].z}", world.rival(reader), numbers, as_pgbench("canonical_tile"))


def _script(name: str, database: str, numbers: Mapping[str, Sequence[int]], text: str) -> Script:
    count = len(next(iter(numbers.values())))
    lines = [f"\\set step (:step + 1) % {count}", f"\\set turn (:step + :client_id * {STRIDE}) % {count}"]
    lines += [f"\\set {variable} {_chosen(values, 0)}" for variable, values in numbers.items()]
    file = run_time_files() / f"{name}.sql"
    file.write_text("\n".join([*lines, " ".join(text.split()), ""]))
    return Script(file=file, database=database, tiles=count)


def _chosen(values: Sequence[int], first: int) -> str:
    """Return an expression of pgbench for the value at `turn`, found by halving."""
    if len(set(values)) == 1:
        return str(values[0])
    half = len(values) // 2
    low, high = _chosen(values[:half], first), _chosen(values[half:], first + half)
    return f"CASE WHEN :turn < {first + half} THEN {low} ELSE {high} END"


def _pick(arrays: Sequence[str]) -> str:
    quoted = ", ".join(f"'{array}'" for array in arrays)
    return f"(ARRAY[{quoted}]::text [])[:turn + 1]"


def _warm_rate(logs: Iterable[Path], tiles: int) -> float:
    """Return the rate between the slowest client's first pass and the quickest client's end."""
    ends: dict[str, list[float]] = {}
    for log in logs:
        for line in log.read_text().splitlines():
            client, _, _, _, seconds, microseconds, *_ = line.split()
            ends.setdefault(client, []).append(int(seconds) + int(microseconds) / 1e6)
    warm = max(times[tiles - 1] for times in ends.values())
    last = min(times[-1] for times in ends.values())
    return sum(warm < time <= last for times in ends.values() for time in times) / (last - warm)
