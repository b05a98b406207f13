"""tipg from PyPI, in a virtual environment of its own, over the rivals' table, without security."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from data.bench import EVERYTHING
from layers.tiles import TileAddress
from scripts.bench.load import Walk
from scripts.bench.processes import free_port, running
from scripts.bench.rivals import programs
from scripts.bench.world import RIVAL, World, run_time_files


@dataclass(frozen=True, kw_only=True)
class Tipg:
    """A running tipg, at `base`, with its table's name."""

    base: str
    table: str
    shown: str

    def tiles(self, tiles: Sequence[TileAddress]) -> Walk:
        """Return the walk through tiles."""
        asked = f"/collections/{self.table}/tiles/WebMercatorQuad/{{z}}/{{x}}/{{y}}"
        paths = [asked.format(z=tile.z, x=tile.x, y=tile.y) for tile in tiles]
        return Walk(base=self.base, paths=paths, file=run_time_files() / "tipg_tiles.txt")


@contextlib.contextmanager
def tipg(world: World) -> Iterator[Tipg]:
    """Give a running tipg over the table of the session that sees everything."""
    program = programs() / "uvicorn"
    port, schema = free_port(), world.readers[EVERYTHING].schema
    password = world.cluster.password(RIVAL)
    address = f"postgresql://{RIVAL}:{password}@127.0.0.1:{world.cluster.port}/{world.database}"
    environment = {
        "DATABASE_URL": address,
        "TIPG_DB_SCHEMAS": f'["{schema}"]',
        "TIPG_DB_SPATIAL_EXTENT": "false",
        "TIPG_TILE_BUFFER": "0",
        "TIPG_MAX_FEATURES_PER_TILE": "1000000",
    }
    command = [str(program), "tipg.main:app", "--host", "127.0.0.1", "--port", str(port), "--no-access-log"]
    with running(command, log=run_time_files() / "tipg.log", port=port, environment=environment):
        yield Tipg(
            base=f"http://127.0.0.1:{port}", table=f"{schema}.place", shown="uvicorn tipg.main:app --no-access-log"
        )
