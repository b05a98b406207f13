"""Longitude and latitude to the British National Grid and back, to the millimetre.

The transformation is OSTN15, Ordnance Survey's definitive one between ETRS89 and OSGB36
(EPSG:27700), through the compiled package ``convertbng``. WGS84 and ETRS89 are taken as one, as
Ordnance Survey does; they drift apart by about 2.5 cm a year.

From the grid, OSTN15 answers for eastings 0 to 700,000 and northings 0 to 1,250,000, give or take
100 m. To the grid, ``convertbng`` answers for longitudes -8.579 to 1.78 and latitudes 49.922 to
60.84, which leaves out the southernmost of the Isles of Scilly and the northern tip of Unst. Either
takes in much of Ireland: a finite answer does not mean "in Britain". Elsewhere, and for NaN and
infinite input, both coordinates are NaN; one bad row never spoils the others.

``convertbng`` lets go of the interpreter lock and runs on its own pool of threads, so it may be
called from any thread. That pool does not survive ``os.fork``: a process forked after the first
conversion hangs in its own first one. Start workers with ``spawn`` or ``exec``.
"""

import numpy as np
from convertbng import cutil

from geo.arrays import Floats, Numbers

EASTING_LIMIT = 700_000
NORTHING_LIMIT = 1_250_000


def to_grid(longitude: Numbers, latitude: Numbers) -> tuple[Floats, Floats]:
    """Return easting and northing in metres (EPSG:27700), rounded to the millimetre.

    Degrees of WGS84 (EPSG:4326) in, of any one shape, a single number too; the answers have that
    shape. NaN outside the limits above. Raises ``ValueError`` if the shapes differ.

    Source: Ordnance Survey, Transformations and OSGM15 user guide (2016).
    """
    longitude, latitude, shape = _paired(longitude, latitude)
    easting, northing = cutil.convert_bng(longitude, latitude)
    return easting.reshape(shape), northing.reshape(shape)


def to_wgs84(easting: Numbers, northing: Numbers) -> tuple[Floats, Floats]:
    """Return longitude and latitude in degrees (EPSG:4326), good to a tenth of a millimetre.

    Metres of the National Grid (EPSG:27700) in, of any one shape, a single number too; the answers
    have that shape. NaN outside the limits above. Raises ``ValueError`` if the shapes differ.
    """
    easting, northing, shape = _paired(easting, northing)
    longitude, latitude = cutil.convert_lonlat(easting, northing)
    return longitude.reshape(shape), latitude.reshape(shape)


def _paired(first: Numbers, second: Numbers) -> tuple[Floats, Floats, tuple[int, ...]]:
    first = np.asarray(first, dtype=np.float64)
    second = np.asarray(second, dtype=np.float64)
    if first.shape != second.shape:
        message = (
            f"The two coordinates have different shapes, {first.shape} and {second.shape}; "
            "each position needs one of both."
        )
        raise ValueError(message)
    return np.ravel(first), np.ravel(second), first.shape
