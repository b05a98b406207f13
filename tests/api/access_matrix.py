"""Who gets what of Amber Yard from every operation: one row per operation, one column per kind of session.

Cells: a status (`401`, `403`, `404`), or for an answer in the 200s what it shows of Amber Yard:
`E` its exact point, its content or its name; `500`, `1000`, `5000` a square of so many metres with it inside,
`#` a square with a count; `-` nothing of it, though other things may be there.

Columns: `stra` no token · `garb` a token that never was · `gone` an ended session · `own` an outreach worker of
the owner visiting, `safe` safeguarding · `part` an outreach worker of a partner under agreement · `none` of an
organisation without one · `enf` police, enforcement · `ana` the owner's analyst, `pana` the partner's · `adm` the
owner's admin · `aud` its auditor · `layr` a layer token of the owner's worker · `excl` a worker of the owner
whom the record excludes · `join` a partner's worker on an open joint visit to it.
"""

ROWS = """
                                      stra garb gone own  safe part none enf  ana  pana adm  aud  layr excl join
GET /api/health                       -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
POST /api/session                     -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
GET /api/session                      401  401  401  -    -    -    -    -    -    -    -    -    -    -    -
DELETE /api/session                   401  401  401  -    -    -    -    -    -    -    -    -    -    -    -
POST /api/session/passkey/options     -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
POST /api/session/passkey             -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
POST /api/account/passkeys/options    401  401  401  -    -    -    -    -    -    -    -    -    403  -    -
POST /api/account/passkeys            401  401  401  422  422  422  422  422  422  422  422  422  403  422  422
GET /api/account/passkeys             401  401  401  -    -    -    -    -    -    -    -    -    403  -    -
DELETE /api/account/passkeys/{id}     401  401  401  404  404  404  404  404  404  404  404  404  403  404  404
GET /api/account/sessions             401  401  401  -    -    -    -    -    -    -    -    -    403  -    -
DELETE /api/account/sessions/{id}     401  401  401  404  404  404  404  404  404  404  404  404  403  404  404
DELETE /api/account/sessions          401  401  401  -    -    -    -    -    -    -    -    -    403  -    -
POST /api/session/tokens              401  401  401  -    -    -    -    -    -    -    -    -    403  -    -
GET /api/                             401  401  401  -    -    -    -    -    -    -    -    -    -    -    -
GET /api/conformance                  401  401  401  -    -    -    -    -    -    -    -    -    -    -    -
GET /api/openapi.json                 401  401  401  -    -    -    -    -    -    -    -    -    -    -    -
GET /api/tileMatrixSets               401  401  401  -    -    -    -    -    -    -    -    -    -    -    -
GET /api/tileMatrixSets/WebMercatorQuad
                                      401  401  401  -    -    -    -    -    -    -    -    -    -    -    -
GET /api/collections                  401  401  401  -    -    -    -    -    -    -    -    -    -    -    -
GET /api/collections/{layer}
  places                              401  401  401  -    -    -    -    -    -    -    404  404  -    -    -
  boroughs                            401  401  401  -    -    -    -    -    -    -    -    -    -    -    -
  release                             401  401  401  404  404  -    404  -    -    -    -    404  404  404  -
  hotspot map                         401  401  401  404  404  -    404  -    -    -    -    404  404  404  -
GET /api/collections/{layer}/queryables
  places                              401  401  401  -    -    -    -    -    -    -    404  404  -    -    -
GET /api/collections/{layer}/tiles
  places                              401  401  401  -    -    -    -    -    -    -    404  404  -    -    -
GET /api/collections/{layer}/tiles/WebMercatorQuad
  places                              401  401  401  -    -    -    -    -    -    -    404  404  -    -    -
GET /api/collections/{layer}/tiles/WebMercatorQuad/{z}/{row}/{column}
  places, zoom 14                     401  401  401  E    E    500  -    5000 500  1000 -    -    E    -    E
  places, zoom 12                     401  401  401  1000# 1000# 1000 -  5000 1000 1000 -    -    1000# -   1000
  places, zoom 9                      401  401  401  5000# 5000# 5000 -  5000 5000 5000 -    -    5000# -   5000
  risks, zoom 14                      401  401  401  E    E    500  -    5000 500  1000 -    -    E    -    E
  risks, zoom 12                      401  401  401  1000 1000 1000 -    5000 1000 1000 -    -    1000 -    1000
  visits, zoom 14                     401  401  401  E    E    500  -    5000 500  1000 -    -    E    -    500
  visits, zoom 9                      401  401  401  5000 5000 5000 -    5000 5000 5000 -    -    5000 -    5000
  hotspots, zoom 14                   401  401  401  -    -    -    -    -    500  -    -    -    -    -    -
  coverage, zoom 9                    401  401  401  -    -    -    -    -    1000 -    -    -    -    -    -
  plan, zoom 14                       401  401  401  -    -    -    -    -    -    -    -    -    -    -    -
  sites, zoom 14                      401  401  401  -    -    -    -    -    -    -    -    -    -    -    -
  boroughs, zoom 9                    401  401  401  -    -    -    -    -    -    -    -    -    -    -    -
  release, zoom 9                     401  401  401  404  404  5000 404  5000 5000 5000 5000 404  404  404  5000
  hotspot map, zoom 9                 401  401  401  404  404  5000 404  5000 5000 5000 5000 404  404  404  5000
  wards, zoom 12                      401  401  401  -    -    -    -    -    -    -    -    -    -    -    -
GET /api/collections/{layer}/items
  places                              401  401  401  E    E    500  -    5000 500  1000 404  404  E    -    E
  risks                               401  401  401  E    E    500  -    5000 500  1000 404  404  E    -    E
  visits                              401  401  401  E    E    500  -    5000 500  1000 404  404  E    -    500
  hotspots                            401  401  401  404  404  404  404  404  500  -    404  404  404  404  404
  coverage                            401  401  401  404  404  404  404  404  500  -    404  404  404  404  404
  plan                                401  401  401  -    -    -    -    -    -    -    404  404  -      -    -
  sites                               401  401  401  -    -    -    -    -    -    -    -    -    -    -    -
  boroughs                            401  401  401  -    -    -    -    -    -    -    -    -    -    -    -
  wards                               401  401  401  -    -    -    -    -    -    -    -    -    -    -    -
  release                             401  401  401  404  404  5000 404  5000 5000 5000 5000 404  404  404  5000
  hotspot map                         401  401  401  404  404  5000 404  5000 5000 5000 5000 404  404  404  5000
GET /api/collections/{layer}/items/{id}
  places                              401  401  401  E    E    404  404  404  404  404  404  404  E    404  E
  risks                               401  401  401  E    E    404  404  404  404  404  404  404  E    404  E
  visits                              401  401  401  E    E    404  404  404  404  404  404  404  E    404  404
  plan                                401  401  401  404  404  404  404  404  404  404  404  404  404  404  404
  places, the partner's square        401  401  401  404  404  500  404  404  500  404  404  404  404  404  500
GET /api/collections/{layer}/export
  places                              401  401  401  E    E    500  -    5000 500  1000 404  404  403  -    E
  risks                               401  401  401  E    E    500  -    5000 500  1000 404  404  403  -    E
  visits                              401  401  401  E    E    500  -    5000 500  1000 404  404  403  -    500
  hotspots                            401  401  401  404  404  404  404  404  500  -    404  404  404  404  404
  coverage                            401  401  401  404  404  404  404  404  500  -    404  404  404  404  404
  plan                                401  401  401  -    -    -    -    -    -    -    404  404  403    -    -
  boroughs                            401  401  401  -    -    -    -    -    -    -    -    -    403  -    -
  release                             401  401  401  404  404  5000 404  5000 5000 5000 5000 404  404  404  5000
  hotspot map                         401  401  401  404  404  5000 404  5000 5000 5000 5000 404  404  404  5000
POST /api/places
  collected for safeguarding          401  401  401  -    -    -    -    403  403  403  403  403  403  -    -
  collected for enforcement           401  401  401  403  403  403  403  -    403  403  403  403  403  403  403
GET /api/places/{id}                  401  401  401  E    E    404  404  404  404  404  404  404  E    404  E
PATCH /api/places/{id}                401  401  401  E    E    404  404  404  404  404  404  404  403  404  403
PATCH /api/places/{id}/flags          401  401  401  -    -    404  404  404  404  404  404  404  403  404  403
GET /api/places/{id}/history          401  401  401  E    E    404  404  404  404  404  404  404  E    404  -
GET /api/places/{id}/visits           401  401  401  E    E    404  404  404  404  404  404  404  403  404  -
POST /api/places/{id}/visits          401  401  401  -    -    404  404  404  404  404  404  404  403  404  -
GET /api/places/{id}/notes            401  401  401  E    E    404  404  404  404  404  404  404  403  404  -
POST /api/places/{id}/notes           401  401  401  -    -    404  404  404  404  404  404  404  403  404  -
GET /api/joint-visits                 401  401  401  E    E    500  -    403  403  403  403  403  403  -    500
POST /api/joint-visits                401  401  401  -    -    404  404  404  404  404  404  404  403  404  403
GET /api/joint-visits/{id}
  accepted                            401  401  401  E    E    500  404  403  403  403  403  403  403  404  E
  proposed                            401  401  401  E    E    500  404  403  403  403  403  403  403  404  E
POST /api/joint-visits/{id}/accept
  proposed                            401  401  401  403  403  -    404  403  403  403  403  403  403  404  -
  accepted                            401  401  401  403  403  422  404  403  403  403  403  403  403  404  422
POST /api/joint-visits/{id}/decline
  proposed                            401  401  401  403  403  -    404  403  403  403  403  403  403  404  -
POST /api/joint-visits/{id}/cancel
  proposed                            401  401  401  -    -    -    404  403  403  403  403  403  403  404  -
POST /api/joint-visits/{id}/extend
  accepted                            401  401  401  -    -    403  404  403  403  403  403  403  403  404  403
  proposed                            401  401  401  422  422  403  404  403  403  403  403  403  403  404  403
POST /api/joint-visits/{id}/agree-extension
  accepted                            401  401  401  -    -    403  404  403  403  403  403  403  403  404  403
GET /api/reviews                      401  401  401  -    -    -    -    -    403  403  -    403  403  -    -
DELETE /api/notes/{id}                401  401  401  404  404  404  404  404  404  404  404  404  404  404  404
GET /api/colleagues                   401  401  401  -    -    -    -    -    403  403  403  403  403  -    -
GET /api/plans                        401  401  401  -    -    -    -    -    403  403  403  403  403  -    -
POST /api/plans                       401  401  401  -    -    422  422  422  403  403  403  403  403  422  422
GET /api/plans/{id}                   401  401  401  404  404  404  404  404  403  403  403  403  403  404  404
PATCH /api/plans/{id}                 401  401  401  404  404  404  404  404  403  403  403  403  403  404  404
DELETE /api/plans/{id}                401  401  401  404  404  404  404  404  403  403  403  403  403  404  404
POST /api/plans/{id}/wishes           401  401  401  404  404  404  404  404  403  403  403  403  403  404  404
POST /api/plans/{id}/improve          401  401  401  404  404  404  404  404  403  403  403  403  403  404  404
POST /api/hotspots                    401  401  401  403  403  403  403  403  500  -    403  403  403  403  403
GET /api/hotspots/work/{id}           401  401  401  403  403  403  403  403  404  404  403  403  403  403  403
DELETE /api/hotspots/work/{id}        401  401  401  403  403  403  403  403  404  404  403  403  403  403  403
GET /api/coverage                     401  401  401  403  403  403  403  403  500  -    403  403  403  403  403
GET /api/releases                     401  401  401  -    -    -    -    -    -    -    -    -    -    -    -
GET /api/release-recipients           401  401  401  403  403  403  403  403  -    -    403  403  403  403  403
POST /api/releases
  counts                              401  401  401  403  403  403  403  403  -    422  403  403  403  403  403
  hotspots                            401  401  401  403  403  403  403  403  -    422  403  403  403  403  403
GET /api/releases/{id}
  released                            401  401  401  404  404  5000 404  5000 5000 5000 5000 404  404  404  5000
  hotspot map released                401  401  401  404  404  5000 404  5000 5000 5000 5000 404  404  404  5000
POST /api/releases/{id}/approve       401  401  401  403  403  403  403  403  404  404  404  403  403  403  403
POST /api/releases/{id}/withdraw      401  401  401  403  403  403  403  403  404  404  404  403  403  403  403
GET /api/initiatives                  401  401  401  -    -    -    -    403  -    -    403  403  403  -    -
POST /api/initiatives                 401  401  401  403  403  403  403  403  -    -    403  403  403  403  403
GET /api/initiatives/{id}             401  401  401  404  404  404  404  403  404  404  403  403  403  404  404
PUT /api/initiatives/{id}             401  401  401  404  404  404  404  403  404  404  403  403  403  404  404
DELETE /api/initiatives/{id}          401  401  401  404  404  404  404  403  404  404  403  403  403  404  404
GET /api/briefings                    401  401  401  403  403  403  403  403  -    -    403  403  403  403  403
POST /api/briefings                   401  401  401  403  403  403  403  403  -    -    403  403  403  403  403
GET /api/briefings/{id}               401  401  401  403  403  403  403  403  404  404  403  403  403  403  403
POST /api/briefings/{id}/approve      401  401  401  403  403  403  403  403  404  404  403  403  403  403  403
POST /api/briefings/{id}/withdraw     401  401  401  403  403  403  403  403  404  404  403  403  403  403  403
GET /api/shifts                       401  401  401  -    -    -    -    -    403  403  403  403  403  -    -
POST /api/shifts                      401  401  401  404  404  404  404  404  403  403  403  403  403  404  404
GET /api/shifts/{id}                  401  401  401  404  404  404  404  404  403  403  403  403  403  404  404
POST /api/shifts/{id}/briefings       401  401  401  404  404  404  404  404  403  403  403  403  403  404  404
POST /api/shifts/{id}/check-ins       401  401  401  404  404  404  404  404  403  403  403  403  403  404  404
POST /api/shifts/{id}/close           401  401  401  404  404  404  404  404  403  403  403  403  403  404  404
PUT /api/account/words                401  401  401  -    -    -    -    -    403  403  403  403  403  -    -
GET /api/alarms                       401  401  401  -    -    -    -    -    403  403  403  403  403  -    -
POST /api/alarms/{id}/take            401  401  401  404  404  404  404  404  403  403  403  403  403  404  404
POST /api/alarms/{id}/close           401  401  401  404  404  404  404  404  403  403  403  403  403  404  404
GET /api/notices                      401  401  401  -    -    -    -    -    -    -    -    -    403  -    -
POST /api/notices/{id}/acknowledge    401  401  401  404  404  404  404  404  404  404  404  404  403  404  404
POST /api/plans/{id}/search            401  401  401  404  404  404  404  404  403  403  403  403  403  404  404
GET /api/plans/{id}/search             401  401  401  404  404  404  404  404  403  403  403  403  403  404  404
DELETE /api/plans/{id}/search          401  401  401  404  404  404  404  404  403  403  403  403  403  404  404
GET /api/planning-settings            401  401  401  -    -    -    -    -    403  403  -    403  403  -    -
PUT /api/planning-settings            401  401  401  403  403  403  403  403  403  403  -    403  403  403  403
GET /api/teams                        401  401  401  -    -    -    -    -    403  403  -    403  403  -    -
POST /api/teams                       401  401  401  403  403  403  403  403  403  403  -    403  403  403  403
PUT /api/teams/{number}               401  401  401  403  403  403  403  403  403  403  404  403  403  403  403
POST /api/imports                     401  401  401  403  403  403  403  403  403  403  422  403  403  403  403
GET /api/imports                      401  401  401  403  403  403  403  403  403  403  -    403  403  403  403
GET /api/imports/{id}                 401  401  401  403  403  403  403  403  403  403  404  403  403  403  403
GET /api/imports/{id}/preview         401  401  401  403  403  403  403  403  403  403  404  403  403  403  403
GET /api/imports/{id}/rejects         401  401  401  403  403  403  403  403  403  403  404  403  403  403  403
PUT /api/imports/{id}/mapping         401  401  401  403  403  403  403  403  403  403  404  403  403  403  403
POST /api/imports/{id}/commit         401  401  401  403  403  403  403  403  403  403  404  403  403  403  403
POST /api/imports/{id}/undo           401  401  401  403  403  403  403  403  403  403  404  403  403  403  403
DELETE /api/imports/{id}              401  401  401  403  403  403  403  403  403  403  404  403  403  403  403
"""


def columns(table: str = ROWS) -> list[str]:
    """Return the kinds of session, in the order of the table."""
    return table.split("\n", 2)[1].split()


def rows(table: str = ROWS) -> dict[tuple[str, str], dict[str, str]]:
    """Return the expected cells, by operation and variant ("" where it has one row), then by kind of session."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    operation, kinds = "", columns(table)
    for line in table.splitlines()[2:]:
        words = line.split()
        cells, named = words[-len(kinds) :], " ".join(words[: -len(kinds)])
        if not line.startswith(" "):
            operation, named = " ".join(words[:2]), ""
        if len(words) >= len(kinds):
            found[operation, named] = dict(zip(kinds, cells, strict=True))
    return found
