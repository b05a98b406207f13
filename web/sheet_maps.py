"""The folium map of a sheet: numbered points over the outlines, every asset local, its script a file of its own.

folium takes nothing that people typed: it is given positions and numbers. Its elements get names in order instead
of random ones, so that the page and the script, which leave in two answers, speak of the same map.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

import folium
from branca.element import Element, Figure

MAP_ID: Final = "map_sheet_0"
NUMBER: Final = 30
"""Pixels across a number's disc."""
_CONTROLS: Final = (72, NUMBER)
"""Pixels on the left that the zoom buttons take, and half a disc above."""
_MARGIN: Final = 0.004
_OUTLINE: Final = {
    "boroughs": {"color": "#46525b", "weight": 2, "fill": False},
    "wards": {"color": "#9aa7b0", "weight": 1, "fill": False},
}


class LocalMap(folium.Map):
    """A map of folium's that loads nothing by itself: the page names Leaflet's files, which are ours."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - folium's own attribute, which is not a ClassVar
    default_css: list[tuple[str, str]] = []  # noqa: RUF012 - as above


def sheet_script(
    numbered: Mapping[int, tuple[float, float]], outlines: Mapping[str, Sequence[Mapping[str, Any]]]
) -> str:
    """Return the script that draws a map in the element MAP_ID.

    `numbered` are longitude and latitude by number, `outlines` GeoJSON features by layer.
    """
    drawn = LocalMap(
        location=[52.48, -1.9], zoom_start=10, tiles=None, control_scale=True, max_zoom=17, attribution_control=False
    )
    folium.map.CustomPane("outlines", z_index=150).add_to(drawn)
    for name, features in outlines.items():
        style = _OUTLINE[name]
        shapes = [{"type": "Feature", "properties": {}, "geometry": one["geometry"]} for one in features]
        layer_of(shapes, style_function=lambda _, style=style: style, pane="outlines").add_to(drawn)
    points = [point_of(str(int(number)), position) for number, position in numbered.items()]
    if points:
        discs_of(points).add_to(drawn)
        drawn.fit_bounds(
            _bounds(numbered.values()), max_zoom=15, padding_top_left=_CONTROLS, padding_bottom_right=(NUMBER, NUMBER)
        )
    return script_of(drawn)


def script_of(drawn: folium.Map) -> str:
    """Return the script that draws a map in the element MAP_ID; the same map, the same script."""
    _name_in_order(drawn)
    figure = cast(Figure, drawn.get_root())
    figure.render()
    return str(figure.script.render())


def layer_of(features: Sequence[Mapping[str, Any]], **how: Any) -> folium.GeoJson:  # noqa: ANN401 - folium's options
    """Return a layer of GeoJSON features."""
    return folium.GeoJson({"type": "FeatureCollection", "features": list(features)}, **how)


def discs_of(points: Sequence[Mapping[str, Any]]) -> folium.GeoJson:
    """Return a layer of points as discs, each with its sign."""
    disc = folium.Marker(icon=folium.DivIcon(class_name="sheet-number", icon_size=(NUMBER, NUMBER)))
    return layer_of(points, marker=disc, style_function=lambda one: {"html": one["properties"]["number"]})


def point_of(sign: str, position: tuple[float, float]) -> dict[str, Any]:
    """Return a point with a sign, which is HTML, to be drawn as a disc with that sign."""
    geometry = {"type": "Point", "coordinates": [round(degrees, 6) for degrees in position]}
    return {"type": "Feature", "properties": {"number": sign}, "geometry": geometry}


def _bounds(positions: Any) -> list[list[float]]:  # noqa: ANN401 - any collection of pairs
    longitudes, latitudes = zip(*positions, strict=True)
    return [
        [min(latitudes) - _MARGIN, min(longitudes) - _MARGIN],
        [max(latitudes) + _MARGIN, max(longitudes) + _MARGIN],
    ]


def _name_in_order(top: Element) -> None:
    waiting, number = [top], 0
    while waiting:
        one = waiting.pop(0)
        one._id = f"sheet_{number}"  # noqa: SLF001 - branca offers no other way to name an element
        number += 1
        inner = [getattr(one, name, None) for name in ("marker", "icon")]
        waiting += [*one._children.values(), *(part for part in inner if isinstance(part, Element))]  # noqa: SLF001
