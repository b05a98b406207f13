import uuid

import psycopg
import pytest

from data.agreements import draft_agreement, list_agreements, sign_agreement, suspend_agreement
from data.cluster import Cluster
from data.database import enter
from tests.data.partners import a_member, a_token, act, an_organisation, terms

PROVIDER, RECIPIENT = "Harbour Aid", "County Police"
ADA, BEN = ("ada@example.org", PROVIDER), ("ben@example.org", RECIPIENT)


@pytest.fixture
def shared(cluster: Cluster, database: str) -> uuid.UUID:
    with psycopg.connect(cluster.url(database=database)) as conn:
        uids = {name: an_organisation(conn, name, kind) for (_, name), kind in ((ADA, "charity"), (BEN, "police"))}
        a_member(conn, *ADA)
        a_member(conn, *BEN)
        a_member(conn, "eve@example.org", RECIPIENT, "outreach")
        act(conn, *ADA)
        agreed = draft_agreement(conn, provider=uids[PROVIDER], recipient=uids[RECIPIENT], terms=terms())
        for who in (ADA, BEN):
            act(conn, *who)
            sign_agreement(conn, agreed, terms_hash=list_agreements(conn)[0].terms_hash)
        conn.execute("RESET ROLE")
        row = conn.execute(
            "INSERT INTO access.label (owner_id, sensitivity, area_id, collected_for, handling_id) "
            "SELECT id, 1, 901, 'safeguarding', 0 FROM access.organisation WHERE name = %s RETURNING id, owner_id",
            (PROVIDER,),
        ).fetchone()
        assert row is not None
        conn.execute(
            "INSERT INTO store.place_point VALUES (%s, access.lock_of(%s, 0, 4), access.shelf_of(%s, 1), "
            "1, 0, 1, 1, 0, -1.9, 52.5, 406825.0, 286875.0)",
            (uuid.uuid4(), *row),
        )
    return agreed


@pytest.mark.proof
def test_suspending_works_on_the_next_statement_of_an_open_session(
    cluster: Cluster, database: str, shared: uuid.UUID
) -> None:
    with (
        psycopg.connect(cluster.url(database=database)) as office,
        psycopg.connect(cluster.url("waymark_app", database)) as street,
    ):
        token = a_token(office, "eve@example.org", RECIPIENT, "visit")
        office.commit()
        enter(street, token)
        cells = "SELECT count(*) FROM store.place_cell"
        assert street.execute(cells).fetchone() == (3,), "5 km, 1 km and 500 m, as agreed"
        act(office, *ADA)
        suspend_agreement(office, shared)
        assert street.execute(cells).fetchone() == (3,), "not committed yet"
        office.commit()
        assert street.execute(cells).fetchone() == (0,), "the same transaction, the next statement"
