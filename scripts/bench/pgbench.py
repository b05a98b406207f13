"""pgbench on both sides: a script that walks through tiles, and its rate once everything is warm."""

import shlex
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from data.bench import Reader, as_pgbench
from layers.tiles import TileAddress
from scripts.bench.world import World, run_time_files


@dataclass(frozen=True, kw_only=True)
class Script:
    """A file for pgbench that asks one tile a transaction, and walks through `tiles` of them."""

    file: Path
    database: str
    tiles: int

    def command(self, clients: int, passes: int) -> list[str]:
        """Return the command, but for where it logs; the connection string is its last word.

        In a pass the clients walk once through all tiles together, each through a part of its own.
        """
        part = share(self.tiles, clients)
        words = ["pgbench", "--no-vacuum", "--protocol=prepared", f"--file={self.file}"]
        words += [f"--client={clients}", f"--transactions={part * passes}", f"--define=stride={part}"]
        return [*words, "--define=step=0", self.database]

    def shown(self, clients: int) -> str:
        """Return the command as one would type it, without the connection."""
        return shlex.join(self.command(clients, 1)[:-1])

    def rate(self, clients: int, passes: int) -> float:
        """Return transactions a second over `passes` passes, after a first one to warm up."""
        log = run_time_files() / "pgbench_log"
        for old in log.parent.glob(f"{log.name}.*"):
            old.unlink()
        command = self.command(clients, passes + 1)
        command[1:1] = ["--log", f"--log-prefix={log}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0 or "aborted" in done.stderr:
            raise click.ClickException(f"pgbench failed: {done.stderr.strip()[-500:]}")
        return _warm_rate(log.parent.glob(f"{log.name}.*"), share(self.tiles, clients))


def share(tiles: int, clients: int) -> int:
    """Return how many of the tiles each client asks in one pass."""
    return -(-tiles // clients)


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
    lines = [f"\\set step (:step + 1) % {count}", f"\\set turn (:step + :client_id * :stride) % {count}"]
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


def _warm_rate(logs: Iterable[Path], first_pass: int) -> float:
    """Return the sum of the clients' rates, each from the end of its own first pass to its end."""
    ends: dict[str, list[float]] = {}
    for log in logs:
        for line in log.read_text().splitlines():
            client, _, _, _, seconds, microseconds, *_ = line.split()
            ends.setdefault(client, []).append(int(seconds) + int(microseconds) / 1e6)
    return sum((len(times) - first_pass) / (times[-1] - times[first_pass - 1]) for times in ends.values())
