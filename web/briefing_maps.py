"""The folium map beside a briefing: boroughs in the shade of their published value, every asset local."""

import html
from collections.abc import Mapping, Sequence
from typing import Any, Final

import folium

from web.briefing_views import Borough
from web.sheet_maps import LocalMap, script_of

_FILL: Final = {"none": "#ffffff", "some": "#d9e4ee", "more": "#a9c1d8", "most": "#7fa1c2"}


def briefing_script(boroughs: Sequence[Borough], outlines: Sequence[Mapping[str, Any]]) -> str:
    """Return the script that draws boroughs with their values; `outlines` are GeoJSON features with a name each."""
    by_name = {one.name: one for one in boroughs}
    shapes = [
        _shape(feature, by_name[feature["properties"]["name"]])
        for feature in outlines
        if feature["properties"].get("name") in by_name
    ]
    drawn = LocalMap(
        location=[52.48, -1.9], zoom_start=10, tiles=None, control_scale=True, max_zoom=13, attribution_control=False
    )
    tooltip = folium.GeoJsonTooltip(fields=["says"], labels=False, sticky=False)
    folium.GeoJson(
        {"type": "FeatureCollection", "features": shapes}, style_function=_style, tooltip=tooltip
    ).add_to(drawn)  # fmt: skip
    return script_of(drawn)


def _shape(feature: Mapping[str, Any], one: Borough) -> dict[str, Any]:
    says = html.escape(f"{one.name}: {one.value}")
    return {"type": "Feature", "properties": {"says": says, "shade": one.shade}, "geometry": feature["geometry"]}


def _style(feature: Mapping[str, Any]) -> dict[str, Any]:
    shade = _FILL[feature["properties"]["shade"]]
    return {"color": "#12181d", "weight": 1.5, "fillColor": shade, "fillOpacity": 0.85}
