"""What an operator may set, read once; apart from the service, whose parts commands need not load."""

from dataclasses import dataclass
from pathlib import Path


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
