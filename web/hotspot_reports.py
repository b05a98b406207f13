"""The folium map of a hotspot report: squares in five colours over the outlines; given numbers alone, never text."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import folium

from web.sheet_maps import LocalMap, script_of

_RAMP: Final = ("#fde725", "#5ec962", "#21918c", "#3b528b", "#440154")
_HOT: Final = {"color": "#d3001b", "weight": 4, "fillOpacity": 0.75}
_PLAIN: Final = {"color": "#46525b", "weight": 0.5, "fillOpacity": 0.75}
_SILENT: Final = {"color": "#46525b", "weight": 1.5, "dashArray": "4 4", "fill": False}
_OUTLINE: Final = {
    "boroughs": {"color": "#46525b", "weight": 2, "fill": False},
    "wards": {"color": "#9aa7b0", "weight": 1, "fill": False},
}


def report_script(squares: Iterable[Mapping[str, Any]], outlines: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """Return the script that draws a report's map; `squares` and `outlines` are GeoJSON features."""
    drawn = LocalMap(
        location=[52.48, -1.9], zoom_start=10, tiles=None, control_scale=True, max_zoom=14, attribution_control=False
    )
    for name, features in outlines.items():
        _layer(
            ({"type": "Feature", "properties": {}, "geometry": one["geometry"]} for one in features), _OUTLINE[name]
        ).add_to(drawn)
    styles: dict[tuple[tuple[str, Any], ...], list[dict[str, Any]]] = {}
    for one in squares:
        style = tuple(sorted(_style(one["properties"]).items()))
        styles.setdefault(style, []).append({"type": "Feature", "properties": {}, "geometry": one["geometry"]})
    for style, features in sorted(styles.items(), key=str):
        _layer(features, dict(style)).add_to(drawn)
    corners = [
        corner for features in styles.values() for one in features for corner in one["geometry"]["coordinates"][0]
    ]
    if corners:
        longitudes, latitudes = zip(*corners, strict=True)
        drawn.fit_bounds([[min(latitudes), min(longitudes)], [max(latitudes), max(longitudes)]])
    return script_of(drawn)


def _style(row: Mapping[str, Any]) -> dict[str, Any]:
    if row["state"].endswith("busy"):
        colour = _RAMP[4 if row["state"] == "busy" else 1]
    elif row["state"] in {"hidden", "too_few_visits"} or row["class"] is None:
        return _SILENT
    else:
        colour = _RAMP[row["class"]]
    return {**(_HOT if row["state"] in {"hot", "hot_for_team", "busy"} else _PLAIN), "fillColor": colour}


def _layer(features: Iterable[Mapping[str, Any]], style: Mapping[str, Any]) -> folium.GeoJson:
    collection = {"type": "FeatureCollection", "features": list(features)}
    return folium.GeoJson(collection, style_function=lambda _: dict(style))
