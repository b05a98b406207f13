"""What columns are called, and what their values mean: the words met in real files."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Words:
    """The names of columns for one thing, best first; `pattern` takes further ones, `never` refuses some."""

    names: tuple[str, ...]
    pattern: str = r"(?!)"
    never: str = r"(?!)"

    def fit(self, column: str) -> int | None:
        """Return how well a column's name fits, 0 best; None when it does not."""
        name = plain(column)
        if re.search(self.never, name):
            return None
        if name in self.names:
            return self.names.index(name)
        return len(self.names) if re.search(self.pattern, name) else None


def plain(name: str) -> str:
    """Return a column's name in small letters, single spaces between words and numbers."""
    return " ".join(re.findall(r"[^\W_]+", name.lower()))


_GEOGRAPHY = (
    r"^(la|lad|lsoa|msoa|ward|area|region|country|district|county|parish|ltla|utla|force|borough|ccg|icb)\d*\b"
    r"|(authority|ward|lsoa|msoa|borough|county|district) name|layer name|file name|contact|person|manager"
)

NAME = Words(
    names=(
        "name", "place name", "site name", "premises name", "business name", "trading name", "title", "place",
        "premises", "organisation name", "distinctive name", "distname", "station", "site",
    ),
    pattern=r"\bname$",
    never=_GEOGRAPHY,
)  # fmt: skip
CATEGORY = Words(names=("crime type", "classification", "classifica", "category", "type", "fclass", "kind", "class"))
ADDRESS = Words(
    names=("address", "full address", "location"),
    pattern=r"\baddress( line)? ?\d*$|^address|^street( name)?$|^road$|^town( city)?$|^city$|^locality$",
    never=r"mail|web|url|ip address",
)
POSTCODE = Words(names=("postcode", "post code", "pcd", "pcds", "pc", "postal code", "zip"), pattern=r"\bpost ?code$")
SOURCE_ID = Words(
    names=(
        "source id", "id", "uid", "uuid", "reference", "ref", "unique reference number", "urn", "organisation code",
        "organisation data service code", "ods code", "osm id", "toid", "fhrsid", "crime id", "uprn",
        "unique property reference number", "establishment number", "fid", "objectid",
    ),
    pattern=r"^(\w+ )?id$",
    never=r"(lad|lsoa|ward|area) id",
)  # fmt: skip
KIND = Words(names=("kind", "type", "site kind", "category", "classification", "classifica", "fclass", "business type"))
ATTEND_RULE = Words(names=("attend rule", "attendance rule", "attend", "visit rule"))
STATUS = Words(names=("status", "state", "open status", "operational status"))
CLOSED = Words(names=("year closed", "date closed", "close date", "closed", "closed on", "closing date"))
SENSITIVITY = Words(names=("sensitivity",))
HOURS = Words(names=("opening hours", "open hours", "hours", "opening times"))

LONGITUDE = Words(names=("longitude", "lon", "long", "lng", "x lon"), pattern=r"^(long|lon|lng)\b|\blongitude$")
LATITUDE = Words(names=("latitude", "lat", "y lat"), pattern=r"^lat\b|\blatitude$", never=r"^lat(e|est)")
EASTING = Words(names=("easting", "eastings", "east", "ea", "oseast1m", "x coordinate"), pattern=r"\beastings?$")
NORTHING = Words(names=("northing", "northings", "north", "no", "osnrth1m", "y coordinate"), pattern=r"\bnorthings?$")
X = Words(names=("x", "coord x", "point x", "geo x", "e"))
Y = Words(names=("y", "coord y", "point y", "geo y", "n"))
GRID_REFERENCE = Words(
    names=("grid reference", "grid ref", "gridref", "gridreference", "ngr", "os grid reference", "os grid ref")
)
WKT = Words(names=("wkt", "geometry", "geom", "the geom", "wkt geom", "shape"))

# Words in the kind column, tried in order; the first that occurs decides.
KIND_WORDS = (
    ("nail", "nail_bar"),
    ("car wash", "car_wash"),
    ("carwash", "car_wash"),
    ("massage", "massage_premises"),
    ("farm", "farm"),
    ("construction", "building_site"),
    ("building site", "building_site"),
    ("takeaway", "restaurant"),
    ("restaurant", "restaurant"),
    ("cafe", "restaurant"),
    ("fast food", "restaurant"),
    ("hotel", "hotel"),
    ("hostel", "hotel"),
    ("pub", "bar"),
    ("bar", "bar"),
    ("nightclub", "bar"),
    ("library", "public_building"),
    ("school", "public_building"),
    ("hospital", "public_building"),
    ("factory", "factory"),
    ("warehouse", "factory"),
    ("shop", "shop"),
    ("supermarket", "shop"),
    ("retail", "shop"),
    ("convenience", "shop"),
    ("pharmacy", "shop"),
    ("house", "home"),
    ("flat", "home"),
    ("street", "street"),
)
ATTEND_RULES = {
    "ok": 0,
    "0": 0,
    "two_people": 1,
    "two people": 1,
    "1": 1,
    "contact_owner_first": 2,
    "contact owner first": 2,
    "2": 2,
    "do_not_attend": 3,
    "do not attend": 3,
    "3": 3,
}
STATUSES = {
    **dict.fromkeys(("", "active", "a", "open", "yes", "live"), 0),
    **dict.fromkeys(("unconfirmed", "p", "proposed", "unknown"), 1),
    **dict.fromkeys(("closed", "c", "d", "dormant", "inactive", "no"), 2),
}
NOTHING = ("", "NA", "N/A", "n/a", "NULL", "null", "None", "#N/A", "nan", "???", "-")
NO_NAME = (*NOTHING, "Unknown", "unknown", "UNKNOWN")
