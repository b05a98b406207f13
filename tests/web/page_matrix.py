"""Who gets what of Amber Yard from every page: one row per route, one column per kind of session.

Columns as in tests/api/access_matrix.py, without those that no browser can be: `layr` is a layer token in a cookie.
Cells: `in` led to sign in (or asked to, holding what was sent), `E` shows its exact point, its content or its name;
`422E`, `409E` a form shown again that is about it, to those who may know it;
`500`, `1000`, `5000` a square of so many metres with it inside; `-` nothing of it; `to` led on to another page;
otherwise the status.
"""

PAGES = """
                                      stra garb gone own  safe part none enf  ana  pana adm  aud  layr excl join
GET /measures                         -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
GET /                                 in   in   in   to   to   to   to   to   to   to   to   to   to   to   to
GET /sign-in                          -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
POST /sign-in                         422  422  422  422  422  422  422  422  422  422  422  422  422  422  422
POST /sign-out                        in   in   in   in   in   in   in   in   in   in   in   in   in   in   in
GET /help                             -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
GET /map                              in   in   in   E    E    500  -    5000 500  1000 -    -    E    -    E
POST /map/list                        in   in   in   E    E    500  -    5000 500  1000 -    -    E    -    E
POST /map                             in   in   in   E    E    500  -    5000 500  1000 -    -    E    -    E
POST /map/search                      in   in   in   E    E    -    -    -    -    -    -    -    E    -    E
GET /basemap/{z}/{x}/{y}              in   in   in   404  404  404  404  404  404  404  404  404  404  404  404
GET /account                          in   in   in   -    -    -    -    -    -    -    -    -    403  -    -
POST /account/sessions/end            in   in   in   to   to   to   to   to   to   to   to   to   403  to   to
POST /account/passkeys/remove         in   in   in   404  404  404  404  404  404  404  404  404  403  404  404
GET /audit                            in   in   in   403  403  403  403  403  403  403  403  -    403  403  403
POST /audit/verify                    in   in   in   403  403  403  403  403  403  403  403  -    403  403  403
POST /audit/export                    in   in   in   403  403  403  403  403  403  403  403  -    403  403  403
GET /sheets                           in   in   in   -    -    -    -    -    -    -    -    -    -    -    -
POST /sheets                          in   in   in   to   to   404  404  404  404  404  404  404  403  404  to
GET /sheets/{id}                      in   in   in   404  404  404  404  404  404  404  404  404  403  404  404
GET /sheets/{id}/map.js               in   in   in   404  404  404  404  404  404  404  404  404  403  404  404
GET /places/{id}                      in   in   in   E    E    404  404  404  404  404  404  404  E    404  E
GET /plans                            in   in   in   -    -    -    -    -    403  403  403  403  403  -    -
GET /plans/new                        in   in   in   -    -    -    -    -    403  403  403  403  403  -    -
POST /plans/new                       in   in   in   422  422  422  422  422  403  403  403  403  403  422  422
GET /plans/{id}                       in   in   in   404  404  404  404  404  403  403  403  403  403  404  404
POST /plans/{id}/improve              in   in   in   404  404  404  404  404  403  403  403  403  403  404  404
POST /plans/{id}/wish                 in   in   in   404  404  404  404  404  403  403  403  403  403  404  404
POST /plans/{id}/state                in   in   in   404  404  404  404  404  403  403  403  403  403  404  404
POST /plans/{id}/drop                 in   in   in   404  404  404  404  404  403  403  403  403  403  404  404
GET /plans/{id}/calendar              in   in   in   404  404  404  404  404  403  403  403  403  403  404  404
GET /plans/{id}/pack                  in   in   in   404  404  404  404  404  403  403  403  403  403  404  404
POST /plans/{id}/pack                 in   in   in   404  404  404  404  404  403  403  403  403  403  404  404
GET /planning                         in   in   in   403  403  403  403  403  403  403  -    403  403  403  403
POST /planning                        in   in   in   403  403  403  403  403  403  403  422  403  403  403  403
GET /people                           in   in   in   403  403  403  403  403  403  403  -    403  403  403  403
GET /people/new                       in   in   in   403  403  403  403  403  403  403  -    403  403  403  403
POST /people/new                      in   in   in   403  403  403  403  403  403  403  422  403  403  403  403
GET /people/{id}                      in   in   in   403  403  403  403  403  403  403  404  403  403  403  403
POST /people/{id}                     in   in   in   403  403  403  403  403  403  403  404  403  403  403  403
POST /people/{id}/effect              in   in   in   403  403  403  403  403  403  403  404  403  403  403  403
POST /people/{id}/suspend             in   in   in   403  403  403  403  403  403  403  404  403  403  403  403
POST /people/{id}/lift                in   in   in   403  403  403  403  403  403  403  404  403  403  403  403
POST /people/{id}/sessions            in   in   in   403  403  403  403  403  403  403  404  403  403  403  403
GET /agreements                       in   in   in   403  403  403  403  403  403  403  -    403  403  403  403
GET /agreements/new                   in   in   in   403  403  403  403  403  403  403  -    403  403  403  403
POST /agreements/new                  in   in   in   403  403  403  403  403  403  403  422  403  403  403  403
GET /agreements/{id}                  in   in   in   403  403  403  403  403  403  403  404  403  403  403  403
GET /agreements/{id}/change           in   in   in   403  403  403  403  403  403  403  404  403  403  403  403
POST /agreements/{id}/change          in   in   in   403  403  403  403  403  403  403  404  403  403  403  403
POST /agreements/{id}/effect          in   in   in   403  403  403  403  403  403  403  404  403  403  403  403
POST /agreements/{id}/sign            in   in   in   403  403  403  403  403  403  403  404  403  403  403  403
POST /agreements/{id}/suspend         in   in   in   403  403  403  403  403  403  403  404  403  403  403  403
POST /agreements/{id}/resume          in   in   in   403  403  403  403  403  403  403  404  403  403  403  403
POST /agreements/{id}/renew           in   in   in   403  403  403  403  403  403  403  404  403  403  403  403
GET /operations                       in   in   in   403  403  403  403  403  403  403  -    403  403  403  403
POST /operations                      in   in   in   403  403  403  403  403  403  403  422  403  403  403  403
GET /operations/{id}                  in   in   in   403  403  403  403  403  403  403  404  403  403  403  403
POST /operations/{id}/add             in   in   in   403  403  403  403  403  403  403  404  403  403  403  403
POST /operations/{id}/remove          in   in   in   403  403  403  403  403  403  403  404  403  403  403  403
GET /who-sees-what                    in   in   in   -    -    -    -    -    -    -    -    -    -    -    -
GET /imports                          in   in   in   403  403  403  403  403  403  403  -    403  403  403  403
GET /imports/new                      in   in   in   403  403  403  403  403  403  403  -    403  403  403  403
POST /imports/new                     in   in   in   403  403  403  403  403  403  403  422  403  403  403  403
GET /imports/template                 in   in   in   403  403  403  403  403  403  403  -    403  403  403  403
GET /imports/{id}                     in   in   in   403  403  403  403  403  403  403  404  403  403  403  403
GET /imports/{id}/columns             in   in   in   403  403  403  403  403  403  403  404  403  403  403  403
GET /imports/{id}/check               in   in   in   403  403  403  403  403  403  403  404  403  403  403  403
GET /imports/{id}/rejects             in   in   in   403  403  403  403  403  403  403  404  403  403  403  403
GET /imports/{id}/commit              in   in   in   403  403  403  403  403  403  403  404  403  403  403  403
GET /imports/{id}/undo                in   in   in   403  403  403  403  403  403  403  404  403  403  403  403
GET /imports/{id}/discard             in   in   in   403  403  403  403  403  403  403  404  403  403  403  403
POST /imports/{id}/columns            in   in   in   403  403  403  403  403  403  403  404  403  403  403  403
POST /imports/{id}/sheet              in   in   in   403  403  403  403  403  403  403  404  403  403  403  403
POST /imports/{id}/commit             in   in   in   403  403  403  403  403  403  403  404  403  403  403  403
POST /imports/{id}/undo               in   in   in   403  403  403  403  403  403  403  404  403  403  403  403
POST /imports/{id}/discard            in   in   in   403  403  403  403  403  403  403  404  403  403  403  403
GET /places/new                       in   in   in   -    -    -    -    -    403  403  403  403  403  -    -
POST /places/new                      in   in   in   422  422  422  422  422  403  403  403  403  403  422  422
GET /places/{id}/edit                 in   in   in   E    E    404  404  404  404  404  404  404  403  404  403
POST /places/{id}/edit                in   in   in   422E 422E 404  404  404  404  404  404  404  403  404  403
GET /places/{id}/history              in   in   in   E    E    404  404  404  404  404  404  404  E    404  E
POST /places/{id}/review              in   in   in   to   to   404  404  404  404  404  404  404  403  404  403
GET /places/{id}/note                 in   in   in   E    E    404  404  404  404  404  404  404  403  404  E
POST /places/{id}/note                in   in   in   422E 422E 404  404  404  404  404  404  404  403  404  422E
POST /places/{id}/note/check          in   in   in   -    -    404  404  404  404  404  404  404  403  404  -
GET /places/{id}/visit                in   in   in   E    E    404  404  404  404  404  404  404  403  404  E
POST /places/{id}/visit               in   in   in   to   to   404  404  404  404  404  404  404  403  404  to
GET /places/{id}/joint-visit          in   in   in   E    E    404  404  404  404  404  404  404  403  404  403
POST /places/{id}/joint-visit         in   in   in   422E 422E 404  404  404  404  404  404  404  403  404  403
GET /joint-visits                     in   in   in   E    E    500  -    403  403  403  403  403  403  -    500
GET /joint-visits/{id}                in   in   in   E    E    500  404  403  403  403  403  403  403  404  E
POST /joint-visits/{id}/accept        in   in   in   403  403  to   404  403  403  403  403  403  403  404  to
POST /joint-visits/{id}/decline       in   in   in   403  403  to   404  403  403  403  403  403  403  404  to
POST /joint-visits/{id}/cancel        in   in   in   to   to   to   404  403  403  403  403  403  403  404  to
POST /joint-visits/{id}/extend        in   in   in   to   to   403  404  403  403  403  403  403  403  404  403
POST /joint-visits/{id}/agree-extension
                                      in   in   in   to   to   403  404  403  403  403  403  403  403  404  403
GET /reviews                          in   in   in   -    -    -    -    -    403  403  -    403  403  -    -
POST /reviews                         in   in   in   404  404  404  404  404  404  404  404  404  404  404  404
"""
