from data.imports.desk import Desk
from data.imports.publish import commit, undo
from data.imports.stage import stage
from tests.data.imports.conftest import Receive, World

THREE = b"""name,address,postcode,lon,lat,id
Star Car Wash,1 High Street,B1 1AA,-1.9035,52.4766,a
Moon Nails,2 High Street,B1 1AB,-1.9045,52.4776,b
Nowhere,3 High Street,B1 1AC,0,0,c
"""


def test_a_csv_becomes_places_and_can_be_taken_back(world: World, desk: Desk, received: Receive) -> None:
    import_id = received(THREE)
    staged = stage(desk, import_id)
    assert (staged.status, staged.rows_read, staged.good, staged.rejected) == ("staged", 3, 2, 1)
    committed = commit(desk, import_id)
    assert committed.status == "committed"
    assert world.count("store.place") == 2
    assert world.count("store.place_cell") == 5
    undone = undo(desk, import_id)
    assert (undone.status, undone.kept) == ("undone", 0)
    assert world.count("store.place") == world.count("store.place_point") == world.count("store.place_cell") == 0
