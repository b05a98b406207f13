// One MapLibre map of squares: colours of five classes, stripes where nothing can be said, thick lines where it is hot.
import { maplibre } from './vendor.js';
import { isNight } from './night.js';
import { Ground } from './hotspot_ground.js';
import { NOTHING } from './hotspot_squares.js';
import { styleFor } from './style.js';

const VIRIDIS = ['#fde725', '#5ec962', '#21918c', '#3b528b', '#440154'];
const INK = ['#46525b', '#b6c0c7'];
const OUTLINES = [{ name: 'boroughs' }, { name: 'wards' }];
const HOT = ['hot', 'hot_for_team', 'busy', 'overdue'];
const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
const wide = (hot, forTeam) => ['case', ['==', ['get', 'state'], 'hot'], hot, forTeam];

export class SquareMap {
  /** `table` are the drawn squares; `outlines` the GeoJSON of boroughs and wards, filled in later. */
  constructor(container, table, { outlines, chosen, ready, failed }) {
    this.table = table;
    this.outlines = outlines;
    this.shown = new Int8Array(table.rings.length).fill(NOTHING);
    this.isTested = true;
    this.map = new maplibre.Map({
      container, style: this.style(), bounds: bounds(table.rings.flat()), fitBoundsOptions: { padding: 24, maxZoom: 13 },
      minZoom: 6, maxZoom: 15, attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false,
      maxPitch: 0, fadeDuration: 0, locale: { 'Map.Title': 'Map of squares. The table holds the same facts.' },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.addControl(new maplibre.NavigationControl({ showCompass: false }), 'top-right');
    this.map.addControl(new maplibre.ScaleControl({ unit: 'metric' }), 'bottom-left');
    this.ground = new Ground(this.map, table.rings);
    this.prepare();
    this.map.on('style.load', () => this.prepare());
    this.map.on('error', failed);
    this.map.on('idle', ready);
    this.map.on('click', ({ lngLat }) => {
      const id = table.rings.findIndex((ring) => isWithin(ring, lngLat));
      if (id >= 0) chosen(id);
    });
    document.addEventListener('night', () => this.map.setStyle(this.style(), { diff: false }));
  }

  style() {
    const night = isNight();
    const style = styleFor({ night, layers: OUTLINES, hidden: new Set(), outlines: this.outlines });
    const [beyond, land] = style.layers.splice(0, 2);
    const ramp = night ? [...VIRIDIS].reverse() : VIRIDIS;
    this.tones = { beyond: beyond.paint['background-color'], land: land.paint['fill-color'], ramp, ink: INK[Number(night)] };
    style.sources.hot = { type: 'geojson', data: this.features((of) => HOT.includes(of)) };
    const hot = {
      id: 'hot', type: 'line', source: 'hot',
      paint: {
        'line-color': night ? '#ff8a93' : '#d3001b', 'line-opacity': this.isTested ? 1 : 0,
        'line-width': ['interpolate', ['linear'], ['zoom'], 9, wide(0.6, 1.2), 12, wide(2.5, 4.5)],
      },
    };
    const at = style.layers.findIndex((layer) => layer.id === 'ward-names');
    style.layers.splice(at < 0 ? style.layers.length : at, 0, hot);
    return style;
  }

  features(isOf) {
    const { rings, states } = this.table;
    return collection(rings.map((ring, id) => square(ring, states[id])).filter((_, id) => isOf(states[id])));
  }

  prepare() {
    this.ground.colour(this.tones);
  }

  /** Show each square in its class. */
  draw(classes) {
    this.shown.set(classes);
    this.ground.show(this.shown);
  }

  /** Whether what was tested is drawn: for the months that it was tested for. */
  tell(isTested) {
    if (isTested === this.isTested) return;
    this.isTested = isTested;
    if (this.map.getLayer('hot')) this.map.setPaintProperty('hot', 'line-opacity', isTested ? 1 : 0);
  }

  go(id) {
    this.map.fitBounds(bounds(this.table.rings[id]), { padding: 60, maxZoom: 13, animate: !still });
    this.mark(id);
  }

  mark(id) {
    this.map.getSource('chosen')?.setData(collection([square(this.table.rings[id], this.table.states[id])]));
  }

  outline(fetched) {
    Object.assign(this.outlines, fetched);
    this.ground.outline(this.outlines.boroughs.features);
    for (const [name, data] of Object.entries(fetched)) this.map.getSource(name)?.setData(data);
  }
}

/** Have one map follow the other. */
export function together(one, other) {
  let isFollowing = false;
  const follow = (from, to) => from.on('move', () => {
    if (isFollowing) return;
    isFollowing = true;
    to.jumpTo({ center: from.getCenter(), zoom: from.getZoom() });
    isFollowing = false;
  });
  follow(one.map, other.map);
  follow(other.map, one.map);
}

const square = (ring, of) => ({ type: 'Feature', properties: { state: of }, geometry: { type: 'Polygon', coordinates: [[...ring, ring[0]]] } });
const collection = (features) => ({ type: 'FeatureCollection', features });

function bounds(corners) {
  const found = new maplibre.LngLatBounds();
  for (const corner of corners) found.extend(corner);
  return found;
}

/** Whether a position lies within a ring that runs anticlockwise: on the left of each of its sides. */
function isWithin(ring, { lng, lat }) {
  return ring.every(([x, y], at) => {
    const [east, north] = ring[(at + 1) % ring.length];
    return (east - x) * (lat - y) - (north - y) * (lng - x) >= 0;
  });
}
