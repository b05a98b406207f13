"""What the service is made of: settings read once, and the parts that requests share."""

from dataclasses import dataclass, field
from pathlib import Path

from api.plan_searches import PlanSearches
from data.database import Pool, open_pool
from data.road_times import RoadTimes
from data.tile_line import TileLine
from data.vault import Vault, load_master_key
from layers.hotspot_desk import HotspotDesk
from layers.tile_cache import TileCache
from layers.tiles import TileMaker


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an operator may set. `database` is the service role's connection string; no tile is kept in 0 bytes.

    `backdrops` is the folder in which an administrator may lay a base map, `roads` that of the road map. A shift is
    planned for some seconds, or, where answers must be the same each time, for `plan_iterations`.
    """

    database: str
    master_key: Path
    uploads: Path
    connections: int = 8
    tile_cache_bytes: int = 64 * 1024 * 1024
    backdrops: Path | None = None
    roads: Path | None = None
    plan_iterations: int | None = None


@dataclass(frozen=True)
class Backing:
    """What requests of one process share: connections, vault, tiles with cache and line, hotspot maps, searches."""

    settings: Settings
    pool: Pool
    vault: Vault
    tiles: TileMaker
    line: TileLine
    hotspots: HotspotDesk = field(default_factory=HotspotDesk)
    roads: RoadTimes | None = None
    searches: PlanSearches = field(default_factory=PlanSearches)

    def close(self) -> None:
        """Stop what runs, and give the connections back."""
        self.hotspots.close()
        self.searches.close()
        self.pool.close()


def open_backing(settings: Settings) -> Backing:
    """Return the service, connected."""
    vault = Vault(load_master_key(settings.master_key))
    pool = open_pool(settings.database, size=settings.connections)
    maker = TileMaker(pool, vault, TileCache(most_bytes=settings.tile_cache_bytes))
    roads = RoadTimes(settings.roads) if settings.roads else None
    return Backing(settings, pool, vault, maker, TileLine(pool), roads=roads)
