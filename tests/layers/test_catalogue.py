"""The catalogue, held against the queries and the database functions that it names."""

import pytest

from data.database import queries
from data.reading import feature_queries
from layers.catalogue import ATTEND_RULES, COUNTS, EVERYBODY, KNOWERS, LAYERS, NoSuchLayer, layer_named, offered


def test_every_query_that_a_layer_names_exists() -> None:
    for layer in LAYERS:
        assert layer.tile_query in queries("tiles")
        for part in layer.parts:
            assert part.query in feature_queries()
            assert part.one_query is None or part.one_query in feature_queries()
            assert (part.one_query is None) == (part.shape == "cell")


def test_a_layer_is_found_by_its_name_and_by_no_other() -> None:
    for layer in LAYERS:
        assert layer_named(layer.name) is layer
    for name in ("", "Places", "place", "places ", "\x00"):
        with pytest.raises(NoSuchLayer):
            layer_named(name)


def test_protected_layers_are_offered_for_the_purposes_that_may_know_places() -> None:
    for layer in LAYERS:
        own = ("analysis",) if layer.kind == COUNTS else KNOWERS
        assert layer.purposes == (EVERYBODY if layer.kind is None else own)
    assert {layer.kind for layer in LAYERS} == {0, 1, 2, COUNTS, None}
    assert [layer.name for layer in offered("audit")] == ["sites", "boroughs", "wards"]
    assert offered("no purpose") == ()


def test_coarse_parts_carry_no_names_and_no_counts() -> None:
    allowed = {"size", "attend_rule", "category", "severity", "visited_month"}
    for layer in (one for one in LAYERS if one.kind != COUNTS):
        for part in layer.parts:
            if part.shape == "cell":
                assert set(part.columns) <= allowed


def test_the_legend_of_places_is_in_the_order_of_attend_rules() -> None:
    assert tuple(value for value, _ in layer_named("places").legend) == ATTEND_RULES
