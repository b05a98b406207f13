"""The signs of the map by layer, for its legend: pictures of web/static/img, with the catalogue's words."""

from dataclasses import dataclass

from layers.catalogue import Layer
from layers.release_layers import drawing_of


@dataclass(frozen=True, kw_only=True)
class Sign:
    """A picture and what it means."""

    sign: str
    words: str


_OF_ITS_OWN = {
    "places": (
        Sign(sign="square", words="Somewhere in this square; its size is written in it"),
        Sign(sign="counted", words="So many places in this square: move closer"),
    ),
    "risks": (Sign(sign="risk", words="The number is the severity, 1 to 5"),),
    "visits": (Sign(sign="visit", words="A visit; a faint one is planned"),),
    "plan": (Sign(sign="counted", words="A stop of your next shift, by its number"),),
    "hotspots": (Sign(sign="counted", words="So many notes of so many visits, in twelve months"),),
    "coverage": (Sign(sign="counted", words="At least so many days since a visit, or never"),),
    "sites": (Sign(sign="site", words="A site"),),
    "boroughs": (Sign(sign="outline", words="A borough"),),
    "wards": (Sign(sign="outline", words="A ward"),),
    "released_counts": (Sign(sign="counted", words="About so many places in this square; the fuller, the more"),),
    "released_hotspots": (
        Sign(sign="hot", words="Hot: more was noted than the visits there explain"),
        Sign(sign="no_excess", words="No clear excess"),
        Sign(sign="too_few", words="Too few to say, which is not the same as quiet"),
    ),
}


def legend(layer: Layer) -> tuple[Sign, ...]:
    """Return the legend of a layer; attend rules have a sign each, everything else one for the layer."""
    rules = layer.legend if layer.name == "places" else ()
    return (
        *(Sign(sign=rule, words=words) for rule, words in rules),
        *_OF_ITS_OWN.get(drawing_of(layer) or layer.name, ()),
    )
