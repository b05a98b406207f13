"""What the service is made of: the parts that requests share."""

from dataclasses import dataclass, field

from api.plan_searches import PlanSearches
from api.settings import Settings
from data.database import Pool, open_pool
from data.road_times import RoadTimes
from data.tile_line import TileLine
from data.vault import Vault, load_master_key
from layers.hotspot_desk import HotspotDesk
from layers.tile_cache import TileCache
from layers.tiles import TileMaker


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
        self.line.close()
        self.pool.close()


def open_backing(settings: Settings) -> Backing:
    """Return the service, connected."""
    vault = Vault(load_master_key(settings.master_key))
    pool = open_pool(settings.database, size=settings.connections)
    maker = TileMaker(pool, vault, TileCache(most_bytes=settings.tile_cache_bytes))
    roads = RoadTimes(settings.roads) if settings.roads else None
    return Backing(settings, pool, vault, maker, TileLine(pool), roads=roads)
