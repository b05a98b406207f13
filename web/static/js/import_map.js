// Where the rows of an import are, before they are places: a circle each, its verdict written in it.
import './trusted.js';
import { maplibre } from './vendor.js';
import { isNight } from './night.js';
import { emptyOutlines, fetchOutlines } from './outlines.js';
import { signInAgain } from './pages.js';
import { styleFor } from './style.js';

const OUTLINES = [{ name: 'boroughs' }, { name: 'wards' }];
const MARKS = { warning: '!', duplicate: '=' };
const TONES = { good: '#57c79b', warning: '#ffc94a', duplicate: '#7fb2ff' };
const WORDS = { good: 'good', warning: 'look again', duplicate: 'there already' };
const frame = document.getElementById('map');
const words = document.getElementById('map-words');
const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
let outlines = emptyOutlines();
let rows = { type: 'FeatureCollection', features: [] };
let chosen = [];

function style() {
  const drawn = styleFor({ night: isNight(), layers: OUTLINES, hidden: new Set(), outlines });
  const verdict = (values, otherwise) => ['match', ['get', 'verdict'], ...Object.entries(values).flat(), otherwise];
  drawn.sources.rows = { type: 'geojson', data: rows };
  drawn.sources.row = { type: 'geojson', data: point(chosen) };
  drawn.layers.push(
    { id: 'row', type: 'circle', source: 'row', paint: { 'circle-radius': 18, 'circle-color': '#ffd400', 'circle-stroke-color': '#12181d', 'circle-stroke-width': 3 } },
    { id: 'rows', type: 'circle', source: 'rows', paint: { 'circle-radius': verdict({ good: 7 }, 10), 'circle-color': verdict(TONES, '#ffffff'), 'circle-stroke-color': '#12181d', 'circle-stroke-width': 2 } },
    { id: 'row-marks', type: 'symbol', source: 'rows', layout: { 'text-font': ['App'], 'text-field': verdict(MARKS, ''), 'text-size': 15, 'text-allow-overlap': true, 'text-ignore-placement': true }, paint: { 'text-color': '#12181d' } },
  );
  return drawn;
}

const point = (at) => ({ type: 'FeatureCollection', features: at.length ? [{ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: at } }] : [] });

async function fetchRows() {
  const answer = await fetch(frame.dataset.preview, { headers: { Accept: 'application/geo+json' } });
  if (answer.status === 401) signInAgain();
  if (!answer.ok) throw new Error('The rows could not be loaded.');
  return answer.json();
}

function start() {
  const bounds = new maplibre.LngLatBounds();
  for (const { geometry } of rows.features) bounds.extend(geometry.coordinates);
  const map = new maplibre.Map({
    container: frame, style: style(), bounds, fitBoundsOptions: { padding: 40, maxZoom: 15 },
    minZoom: 4, maxZoom: 18, attributionControl: false, dragRotate: false, pitchWithRotate: false,
    touchPitch: false, maxPitch: 0, fadeDuration: still ? 0 : 200, cooperativeGestures: false,
    locale: { 'Map.Title': 'Map of the rows. The list below holds the same facts.' },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), 'top-right');
  map.on('error', () => { words.textContent = 'Part of the map could not be loaded. The list below holds the same facts.'; });
  map.on('idle', () => { frame.dataset.ready = 'yes'; });
  map.on('click', 'rows', ({ features: [row] }) => {
    const { line, name, verdict } = row.properties;
    show(map, row.geometry.coordinates, `${line}: ${name}, ${WORDS[verdict] ?? verdict}.`);
  });
  document.addEventListener('night', () => map.setStyle(style()));
  document.addEventListener('click', ({ target }) => {
    const button = target.closest?.('[data-at]');
    if (!button) return;
    const at = button.dataset.at.split(' ').map(Number);
    map.easeTo({ center: at, zoom: Math.max(map.getZoom(), 14), animate: !still });
    show(map, at, 'The map shows this row.');
    frame.scrollIntoView({ block: 'center', behavior: still ? 'instant' : 'smooth' });
  });
  return map;
}

function show(map, at, said) {
  chosen = at;
  map.getSource('row')?.setData(point(at));
  words.textContent = said;
}

async function drawOutlines(map) {
  try {
    outlines = await fetchOutlines(OUTLINES);
    for (const [name, data] of Object.entries(outlines)) map.getSource(name)?.setData(data);
  } catch {
    words.textContent = 'The outlines of boroughs and wards could not be loaded.';
  }
}

async function draw() {
  if (!frame) return;
  try {
    rows = await fetchRows();
    if (!rows.features.length) return;
    const map = start();
    map.once('load', () => drawOutlines(map));
    document.getElementById('map-legend').hidden = false;
    for (const button of document.querySelectorAll('[data-at]')) button.hidden = false;
    const drawn = rows.features.length;
    const share = drawn < Number(frame.dataset.rows) ? ', spread over the file' : '';
    words.textContent = `Drawn: ${drawn.toLocaleString('en-GB')} rows${share}. The list below holds every row.`;
  } catch {
    words.textContent = 'This device cannot draw the map. The list below holds the same facts.';
  }
}

draw();
