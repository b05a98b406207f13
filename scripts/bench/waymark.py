"""Waymark's own service, as `waymark serve` starts it, on the benchmarks' database."""

import contextlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from data.bench import Reader
from layers.tiles import TileAddress
from scripts.bench.load import Walk
from scripts.bench.processes import cpu_seconds, free_port, running
from scripts.bench.world import APPLICATION, World, run_time_files

CONNECTIONS: Final = 8
Box = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class Waymark:
    """The running service, at `base`."""

    base: str
    pid: int

    def tiles(self, reader: Reader, tiles: Sequence[TileAddress], *, headers: Sequence[str] = ()) -> Walk:
        """Return the walk through tiles of places for a session."""
        asked = "/api/collections/places/tiles/WebMercatorQuad/{z}/{y}/{x}"
        return self._walk(reader, [asked.format(x=t.x, y=t.y, z=t.z) for t in tiles], headers)

    def items(self, reader: Reader, boxes: Sequence[Box], limit: int) -> Walk:
        """Return the walk through boxes of longitude and latitude, for a session."""
        asked = f"/api/collections/places/items?limit={limit}&bbox="
        return self._walk(reader, [asked + ",".join(map(str, box)) for box in boxes])

    def cpu_seconds(self) -> float:
        """Return the processor time that the service has used."""
        return cpu_seconds(self.pid)

    def _walk(self, reader: Reader, paths: Sequence[str], headers: Sequence[str] = ()) -> Walk:
        file = run_time_files() / "service.txt"
        said = (f"authorization: Bearer {reader.token}", *headers)
        return Walk(base=self.base, paths=paths, file=file, headers=said)


@contextlib.contextmanager
def waymark(world: World, *, tile_cache: int) -> Iterator[Waymark]:
    """Give the running service, which keeps made tiles in `tile_cache` MiB."""
    folder, port = run_time_files() / "service", free_port()
    (folder / "keys").mkdir(mode=0o711, parents=True, exist_ok=True)
    secret = folder / "keys" / "application.password"
    secret.touch(mode=0o600)
    secret.write_text(world.cluster.password(APPLICATION))
    environment = {
        "WAYMARK_DATABASE_URL": world.operator,
        "WAYMARK_VAR": str(folder),
        "WAYMARK_MASTER_KEY": str(run_time_files() / "master.key"),
        "WAYMARK_TILE_CACHE": str(tile_cache),
        "WAYMARK_CONNECTIONS": str(CONNECTIONS),
    }
    command = [sys.executable, "-m", "scripts.cli", "serve", "--no-demo", f"--port={port}"]
    with running(command, log=folder / "log", port=port, environment=environment) as process:
        yield Waymark(base=f"http://127.0.0.1:{port}", pid=process.pid)
