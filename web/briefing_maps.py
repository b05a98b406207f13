"""The folium map beside a briefing: boroughs in the shade of their published value, every asset local."""

import html
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from geo.national_grid import to_wgs84
from web.briefing_views import Borough
from web.sheet_maps import LocalMap, discs_of, layer_of, point_of, script_of

_FILL: Final = {"none": "#ffffff", "some": "#d9e4ee", "more": "#a9c1d8", "most": "#7fa1c2"}
_MARGIN: Final = 0.09


def briefing_script(boroughs: Sequence[Borough], outlines: Sequence[Mapping[str, Any]]) -> str:
    """Return the script that draws boroughs with their values; `outlines` are GeoJSON features with a name each."""
    by_name = {one.name: one for one in boroughs}
    shapes = [
        _shape(feature, by_name[feature["properties"]["name"]])
        for feature in outlines
        if feature["properties"].get("name") in by_name
    ]
    drawn = LocalMap(
        location=[52.48, -1.9], zoom_start=9, tiles=None, control_scale=True, max_zoom=13, attribution_control=False
    )
    layer_of(shapes, style_function=_style).add_to(drawn)
    places = [_position(one) for one in boroughs]
    discs_of([point_of(html.escape(one.sign), at) for one, at in zip(boroughs, places, strict=True)]).add_to(drawn)
    if places:
        drawn.fit_bounds([_corner(places, min, -_MARGIN), _corner(places, max, _MARGIN)])
    return script_of(drawn)


def _shape(feature: Mapping[str, Any], one: Borough) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"shade": one.shade}, "geometry": feature["geometry"]}


def _style(feature: Mapping[str, Any]) -> dict[str, Any]:
    shade = _FILL[feature["properties"]["shade"]]
    return {"color": "#12181d", "weight": 1.5, "fillColor": shade, "fillOpacity": 0.85}


def _position(one: Borough) -> tuple[float, float]:
    """Return longitude and latitude of the point inside a borough, which its document keeps in tens of metres."""
    longitude, latitude = to_wgs84(one.x * 10.0, -one.y * 10.0)
    return float(longitude), float(latitude)


def _corner(places: Sequence[tuple[float, float]], of: Callable[..., float], margin: float) -> list[float]:
    """Return latitude and longitude of a corner around all places."""
    return [round(of(place[axis] for place in places) + margin, 4) for axis in (1, 0)]
