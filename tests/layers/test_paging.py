"""Page references: opaque, the same each time, and good for one layer only."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.vault import Vault
from geo.tile_keys import Bounds
from layers.catalogue import LAYERS, Part, layer_named
from layers.paging import NotAPage, opened_reference, reference, window

VAULT = Vault(bytes(32))
INTS = st.integers(0, 2**31 - 1)


def a_row(part: Part, numbers: list[int], id: UUID) -> dict[str, Any]:
    if part.shape == "outline":
        return {"id": f"E{numbers[0]:08}"}
    if part.shape == "cell":
        names = ("step", "easting", "northing", "code")
        return dict(zip(names, numbers, strict=True))
    return {"sort_key": numbers[0] << 31 | numbers[1], "id": id}


@given(numbers=st.lists(INTS, min_size=4, max_size=4), id=st.uuids())
def test_a_page_begins_after_the_row_that_its_reference_names(numbers: list[int], id: UUID) -> None:
    for layer in LAYERS:
        for index, part in enumerate(layer.parts):
            row = a_row(part, numbers, id)
            text = reference(VAULT, layer, index, row)
            assert text == reference(VAULT, layer, index, row)
            at, last = opened_reference(VAULT, layer, text)
            values = window(part, None, last)
            after = {name: value for name, value in values.items() if name.startswith("after")}
            assert at == index
            assert list(after.values()) == list(row.values())


def test_a_reference_to_a_parts_start_begins_there() -> None:
    layer = layer_named("places")
    at, last = opened_reference(VAULT, layer, reference(VAULT, layer, 1, None))
    assert (at, last) == (1, b"")
    assert opened_reference(VAULT, layer, None) == (0, b"")


@given(text=st.text(max_size=100))
def test_a_text_that_nobody_gave_out_is_no_reference(text: str) -> None:
    with pytest.raises(NotAPage):
        opened_reference(VAULT, layer_named("places"), text)


def test_a_reference_is_of_one_layer_and_one_key() -> None:
    text = reference(VAULT, layer_named("risks"), 0, None)
    with pytest.raises(NotAPage):
        opened_reference(VAULT, layer_named("places"), text)
    with pytest.raises(NotAPage):
        opened_reference(Vault(bytes(31) + b"1"), layer_named("risks"), text)


def test_a_window_of_a_box_holds_its_edges_and_cells() -> None:
    box = Bounds(-1.92, 52.47, -1.90, 52.48)
    points, cells = layer_named("places").parts
    assert window(cells, box, b"")["near"] == [810057]
    values = window(points, box, b"")
    assert len(values["firsts"]) == len(values["lasts"]) <= 16
    assert values["west"] < values["east"]
    assert values["north"] < values["south"]
