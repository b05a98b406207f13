"""Choices for columns as a mapping, and a mapping as choices."""

from typing import Any

import pytest

from data.imports.columns import Columns
from data.imports.layout import Layout
from data.imports.mapping import Mapping
from web.import_columns import choices, decided, position_roles

COLUMNS = ("a", "b", "c", "d")


def found(mapping: Mapping, **layout: Any) -> Columns:
    return Columns(layout=Layout(format="csv", columns=COLUMNS, **layout), samples={}, mapping=mapping)


def chosen(columns: Columns, *roles: str) -> dict[str, Any]:
    typed = {f"column-{number}": role for number, role in enumerate(roles)}
    changes, faults = decided(columns, typed)
    assert not faults
    return changes


@pytest.mark.parametrize(
    "mapping",
    [
        Mapping(name="a", position="longitude and latitude", position_columns=("c", "b"), crs="EPSG:4326"),
        Mapping(name="a", address=("d",), position="grid", position_columns=("b", "c"), crs="EPSG:27700"),
        Mapping(name="a", position="grid", position_columns=("b", "c"), crs="EPSG:3857"),
        Mapping(name="a", position="grid reference", position_columns=("b",), crs="EPSG:27700"),
        Mapping(name="a", postcode="b", position="postcode", position_columns=("b",)),
        Mapping(name="a", position="wkt", position_columns=("b",), crs="EPSG:4326", status="c", closed="d"),
    ],
)
def test_a_form_that_nobody_touched_decides_what_was_recognised(mapping: Mapping) -> None:
    columns = found(mapping)
    changes = chosen(columns, *(choice.chosen for choice in choices(columns, {})))
    told = mapping.to_json()
    assert {name: told[name] for name in changes} == changes


def test_a_postcode_says_where_a_place_is_only_when_nothing_else_does() -> None:
    assert chosen(found(Mapping()), "name", "postcode", "", "")["position"] == "postcode"
    both = chosen(found(Mapping()), "name", "postcode", "easting", "northing")
    assert (both["position"], both["position_columns"], both["crs"]) == ("grid", ["c", "d"], "EPSG:27700")
    assert both["postcode"] == "b"


def test_shapes_of_the_file_count_until_columns_are_chosen() -> None:
    columns = found(Mapping(), has_geometry=True, crs="EPSG:27700")
    assert chosen(columns, "name", "", "", "")["crs"] == "EPSG:27700"
    assert chosen(columns, "name", "", "", "")["position"] == "shape"
    assert chosen(columns, "name", "longitude", "latitude", "")["position"] == "longitude and latitude"


def test_another_grid_is_offered_only_where_it_was_recognised() -> None:
    other = Mapping(position="grid", position_columns=("b", "c"), crs="EPSG:3857")
    assert {"x", "y"} <= {role.slug for role in position_roles(other)}
    assert not {"x", "y"} & {role.slug for role in position_roles(Mapping())}


def test_nothing_that_says_a_position_is_left_for_the_check_to_refuse() -> None:
    assert chosen(found(Mapping()), "name", "", "", "")["position"] == "none"
