// One MapLibre map of squares: colours of five classes, stripes where nothing can be said, thick lines where it is hot.
import { maplibre } from './vendor.js';
import { isNight } from './night.js';
import { NOTHING, STRIPES } from './hotspot_squares.js';
import { styleFor } from './style.js';

const VIRIDIS = ['#fde725', '#5ec962', '#21918c', '#3b528b', '#440154'];
const OUTLINES = [{ name: 'boroughs' }, { name: 'wards' }];
const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
const isHot = ['in', ['get', 'state'], ['literal', ['hot', 'hot_for_team', 'busy', 'overdue']]];
const wide = (hot, forTeam) => ['case', ['==', ['get', 'state'], 'hot'], hot, forTeam];
const state = (value) => ['==', ['coalesce', ['feature-state', 'class'], NOTHING], value];

export class SquareMap {
  /** `table` are the drawn squares; `outlines` the GeoJSON of boroughs and wards, filled in later. */
  constructor(container, table, { outlines, chosen, ready, failed }) {
    this.rings = table.rings;
    this.outlines = outlines;
    this.shown = new Int8Array(table.rings.length).fill(NOTHING);
    this.squares = { type: 'FeatureCollection', features: table.rings.map((ring, id) => square(ring, id, table.states[id])) };
    this.map = new maplibre.Map({
      container, style: this.style(), bounds: bounds(table.rings.flat()), fitBoundsOptions: { padding: 24, maxZoom: 13 },
      minZoom: 6, maxZoom: 15, attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false,
      maxPitch: 0, fadeDuration: 0, locale: { 'Map.Title': 'Map of squares. The table holds the same facts.' },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.addControl(new maplibre.NavigationControl({ showCompass: false }), 'top-right');
    this.map.addControl(new maplibre.ScaleControl({ unit: 'metric' }), 'bottom-left');
    this.map.on('style.load', () => this.prepare());
    this.map.on('error', failed);
    this.map.on('idle', ready);
    this.map.on('click', 'squares', ({ features: [one] }) => chosen(one.id));
    document.addEventListener('night', () => this.map.setStyle(this.style(), { diff: false }));
  }

  style() {
    const night = isNight();
    const style = styleFor({ night, layers: OUTLINES, hidden: new Set(), outlines: this.outlines });
    const ramp = night ? [...VIRIDIS].reverse() : VIRIDIS;
    style.sources.squares = { type: 'geojson', data: this.squares };
    const colour = ['match', ['coalesce', ['feature-state', 'class'], NOTHING], ...ramp.flatMap((tone, at) => [at, tone]), 'transparent'];
    const edge = night ? '#ff8a93' : '#d3001b';
    const layers = [
      { id: 'squares', type: 'fill', source: 'squares', paint: { 'fill-color': colour, 'fill-opacity': ['case', state(NOTHING), 0, 0.72] } },
      { id: 'stripes', type: 'fill', source: 'squares', paint: { 'fill-pattern': 'stripes', 'fill-opacity': ['case', state(STRIPES), 0.9, 0] } },
      { id: 'hot', type: 'line', source: 'squares', filter: isHot, paint: { 'line-color': edge, 'line-width': ['interpolate', ['linear'], ['zoom'], 9, wide(0.6, 1.2), 12, wide(2.5, 4.5)], 'line-opacity': 1 } },
    ];
    const at = style.layers.findIndex((layer) => layer.id === 'ward-names');
    style.layers.splice(at < 0 ? style.layers.length : at, 0, ...layers);
    return style;
  }

  prepare() {
    if (!this.map.hasImage('stripes')) this.map.addImage('stripes', stripes(isNight()), { pixelRatio: 2 });
    const classes = this.shown;
    this.shown = new Int8Array(classes.length).fill(NOTHING);
    this.draw(classes);
  }

  /** Show each square in its class; only those that changed are told to the map. */
  draw(classes) {
    if (!this.map.getSource('squares')) return this.shown.set(classes);
    for (let id = 0; id < classes.length; id += 1) {
      if (classes[id] !== this.shown[id]) this.map.setFeatureState({ source: 'squares', id }, { class: classes[id] });
    }
    return this.shown.set(classes);
  }

  /** Whether what was tested is drawn: for the months that it was tested for. */
  tell(isTested) {
    if (this.map.getLayer('hot')) this.map.setPaintProperty('hot', 'line-opacity', isTested ? 1 : 0);
  }

  go(id) {
    this.map.fitBounds(bounds(this.rings[id]), { padding: 60, maxZoom: 13, animate: !still });
    this.mark(id);
  }

  mark(id) {
    const { features: [one] } = { features: [this.squares.features[id]] };
    this.map.getSource('chosen')?.setData({ type: 'FeatureCollection', features: [one] });
  }

  outline(fetched) {
    Object.assign(this.outlines, fetched);
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

const square = (ring, id, of) => ({ type: 'Feature', id, properties: { state: of }, geometry: { type: 'Polygon', coordinates: [[...ring, ring[0]]] } });

function bounds(corners) {
  const found = new maplibre.LngLatBounds();
  for (const corner of corners) found.extend(corner);
  return found;
}

/** Diagonal stripes of 16 by 16 pixels. */
function stripes(night) {
  const [side, ink] = [16, night ? [182, 192, 199, 255] : [70, 82, 91, 255]];
  const data = new Uint8ClampedArray(side * side * 4);
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      if ((x + y) % 8 < 3) data.set(ink, (y * side + x) * 4);
    }
  }
  return { width: side, height: side, data };
}
