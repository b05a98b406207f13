"""MapServer 8 from Debian: two FastCGI processes behind nginx, over the rivals' table, without security."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from data.bench import EVERYTHING
from layers.tiles import TileAddress
from scripts.bench.load import Walk
from scripts.bench.processes import free_port, require, running
from scripts.bench.world import World, run_time_files

PROGRAMS: Final = ("mapserv", "nginx", "spawn-fcgi", "multiwatch")
PACKAGES: Final = "cgi-mapserver nginx-light spawn-fcgi multiwatch"
PROCESSES: Final = 2

_MAP: Final = """MAP
  NAME "bench"
  SIZE 256 256
  MAXSIZE 8192
  PROJECTION "init=epsg:3857" END
  EXTENT -20037508.34 -20037508.34 20037508.34 20037508.34
  OUTPUTFORMAT
    NAME "mvt" DRIVER "MVT" MIMETYPE "application/vnd.mapbox-vector-tile"
    FORMATOPTION "EXTENT=4096" FORMATOPTION "EDGE_BUFFER=0"
  END
  OUTPUTFORMAT
    NAME "geojson" DRIVER "OGR/GEOJSON" MIMETYPE "application/json; subtype=geojson"
    FORMATOPTION "STORAGE=stream" FORMATOPTION "FORM=SIMPLE"
  END
  WEB METADATA
    "ows_title" "bench" "ows_enable_request" "*" "ows_srs" "EPSG:4326 EPSG:3857"
    "ows_onlineresource" "{base}/mapserver?map=BENCH" "wfs_compute_number_matched" "false"
  END END
  LAYER
    NAME "place" TYPE POINT STATUS ON
    CONNECTIONTYPE POSTGIS
    CONNECTION "{connection}"
    PROCESSING "CLOSE_CONNECTION=DEFER"
    DATA "geom from {schema}.place using unique id using srid=3857"
    PROJECTION "init=epsg:3857" END
    METADATA
      "ows_title" "place" "gml_include_items" "all" "gml_featureid" "id" "gml_types" "auto"
      "wfs_getfeature_formatlist" "geojson" "ows_srs" "EPSG:4326 EPSG:3857"
    END
    TEMPLATE "nothing"
    CLASS STYLE COLOR 0 0 0 END END
  END
END
"""
_CONFIGURATION: Final = 'CONFIG\n  ENV MS_MAP_PATTERN "." END\n  MAPS BENCH "{map}" END\nEND\n'
_NGINX: Final = """daemon off;
pid {folder}/nginx.pid;
worker_processes 1;
error_log {folder}/nginx-error.log;
events {{ worker_connections 256; }}
http {{
  access_log off;
  keepalive_requests 10000000;
  client_body_temp_path {folder}/nginx-body;
  proxy_temp_path {folder}/nginx-proxy;
  fastcgi_temp_path {folder}/nginx-fastcgi;
  uwsgi_temp_path {folder}/nginx-uwsgi;
  scgi_temp_path {folder}/nginx-scgi;
  server {{
    listen 127.0.0.1:{port};
    location /mapserver {{
      fastcgi_pass unix:{folder}/mapserv.socket;
      fastcgi_buffers 64 64k;
      fastcgi_buffer_size 64k;
      fastcgi_param QUERY_STRING $query_string;
      fastcgi_param REQUEST_METHOD $request_method;
      fastcgi_param CONTENT_TYPE $content_type;
      fastcgi_param CONTENT_LENGTH $content_length;
      fastcgi_param SCRIPT_NAME /mapserver;
      fastcgi_param SERVER_NAME 127.0.0.1;
      fastcgi_param SERVER_PORT {port};
      fastcgi_param SERVER_PROTOCOL $server_protocol;
    }}
  }}
}}
"""


@dataclass(frozen=True, kw_only=True)
class MapServer:
    """A running MapServer, at `base`."""

    base: str
    shown: str

    def tiles(self, tiles: Sequence[TileAddress]) -> Walk:
        """Return the walk through tiles as Mapbox Vector Tiles."""
        asked = "/mapserver?map=BENCH&mode=tile&tilemode=gmap&layers=place&map.imagetype=mvt&tile={x}+{y}+{z}"
        return self._walk("tiles", [asked.format(x=tile.x, y=tile.y, z=tile.z) for tile in tiles])

    def items(self, boxes: Sequence[tuple[float, float, float, float]], limit: int) -> Walk:
        """Return the walk through boxes of longitude and latitude: GetFeature of WFS 2.0 as GeoJSON."""
        asked = (
            "/mapserver?map=BENCH&service=WFS&version=2.0.0&request=GetFeature&typenames=place"
            "&outputformat=geojson&srsname=urn:ogc:def:crs:EPSG::4326"
            f"&count={limit}&bbox={{south}},{{west}},{{north}},{{east}},urn:ogc:def:crs:EPSG::4326"
        )
        boxed = [asked.format(west=w, south=s, east=e, north=n) for w, s, e, n in boxes]
        return self._walk("items", boxed)

    def _walk(self, what: str, paths: Sequence[str]) -> Walk:
        return Walk(base=self.base, paths=paths, file=run_time_files() / f"mapserver_{what}.txt")


@contextlib.contextmanager
def mapserver(world: World) -> Iterator[MapServer]:
    """Give a running MapServer over the table of the session that sees everything."""
    require(*PROGRAMS, packages=PACKAGES)
    folder, port = run_time_files(), free_port()
    base = f"http://127.0.0.1:{port}"
    socket = folder / "mapserv.socket"
    socket.unlink(missing_ok=True)
    reader = world.readers[EVERYTHING]
    _write(folder / "bench.map", _MAP.format(base=base, connection=world.rival(reader), schema=reader.schema))
    _write(folder / "mapserver.conf", _CONFIGURATION.format(map=folder / "bench.map"))
    _write(folder / "nginx.conf", _NGINX.format(folder=folder, port=port))
    command = ["spawn-fcgi", "-n", "-s", str(socket), "-M", "0666", "--"]
    command += ["/usr/bin/multiwatch", "-f", str(PROCESSES), "--", "/usr/bin/mapserv"]
    nginx = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "nginx-error.log")]
    environment = {"MAPSERVER_CONFIG_FILE": str(folder / "mapserver.conf"), "PATH": f"{os.environ['PATH']}:/usr/sbin"}
    with (
        running(command, log=folder / "mapserv.log", environment=environment),
        running(nginx, log=folder / "nginx.log", port=port, environment=environment),
    ):
        yield MapServer(base=base, shown=" ".join(command).replace(str(folder), "."))


def _write(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text)
