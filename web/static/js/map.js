// The map page: one map, the list of what it shows, and the card of what is chosen.
import './trusted.js';
import { maplibre } from './vendor.js';
import { startAdding } from './add_here.js';
import { basket, startBasket, toggle as toggleChosen } from './basket.js';
import { listed, startFilters } from './filters.js';
import { keep, kept } from './kept.js';
import { Locate } from './locate.js';
import { isNight } from './night.js';
import { emptyOutlines, fetchOutlines } from './outlines.js';
import { signInAgain } from './pages.js';
import { listIn, say, showCard, showSquare } from './panel.js';
import { startSearch } from './search.js';
import { drawSigns } from './signs.js';
import { styleFor } from './style.js';

const WEST_MIDLANDS = [-2.21, 52.34, -1.42, 52.67];
const { layers, base, box } = JSON.parse(document.getElementById('map-parts').textContent);
const hidden = hiddenAtFirst();
const frame = document.getElementById('map');
const words = document.getElementById('map-words');
const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
const outlines = emptyOutlines();
let isOutlined = false;

/** What this tab keeps hidden, or what is not shown at first; and every release that nobody here asked for. */
function hiddenAtFirst() {
  const before = kept('hidden') ?? layers.filter((layer) => !layer.shown).map((layer) => layer.name);
  const asked = new Set(kept('releases') ?? []);
  return new Set([...before, ...released().filter((name) => !asked.has(name))]);
}

function released() {
  return layers.filter((layer) => layer.draws).map((layer) => layer.name);
}

const style = () => styleFor({ night: isNight(), layers, base, hidden, outlines, basket: basket() });

/** Where the map begins: at the box that was asked for, else where this tab left it, else with the whole region. */
function view() {
  const [west, south, east, north] = box ?? WEST_MIDLANDS;
  const whole = { bounds: [west, south, east, north], fitBoundsOptions: { padding: 8, maxZoom: 17 } };
  return box ? whole : kept('view') ?? whole;
}

function start() {
  const map = new maplibre.Map({
    container: frame, style: style(), ...view(),
    minZoom: 7, maxZoom: 18, attributionControl: false, dragRotate: false, pitchWithRotate: false,
    touchPitch: false, maxPitch: 0, fadeDuration: still ? 0 : 200,
    locale: { 'Map.Title': 'Map. The list holds the same facts.' },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), 'top-right');
  map.addControl(new maplibre.FullscreenControl({ container: document.getElementById('main') }), 'top-right');
  if ('geolocation' in navigator) map.addControl(new Locate({ found: (at) => draw(map, 'here', at), say: tell }), 'top-right');
  map.addControl(new maplibre.ScaleControl({ unit: 'metric' }), 'bottom-left');
  return map;
}

function watch(map) {
  drawSigns(map);
  map.on('error', ({ error }) => {
    if (error?.status === 401) signInAgain();
    else tell('Part of the map could not be loaded. Move the map to try again.');
  });
  map.on('idle', () => { if (isOutlined) frame.dataset.ready = 'yes'; });
  map.on('movestart', () => { delete frame.dataset.ready; });
  map.on('moveend', () => {
    keep('view', { center: map.getCenter().toArray(), zoom: map.getZoom() });
    list(map);
  });
  map.on('click', ({ point, originalEvent }) => choose(map, point, originalEvent.shiftKey));
  document.addEventListener('night', () => map.setStyle(style()));
  document.addEventListener('unchosen', () => draw(map, 'chosen', null));
  document.addEventListener('change', ({ target }) => target.dataset?.layer && toggle(map, target));
  document.addEventListener('click', (event) => follow(map, event));
  startFilters(() => {
    map.setStyle(style());
    list(map);
  });
  startBasket(() => map.setStyle(style()));
  startAdding(map);
}

function tell(sentence) {
  words.textContent = sentence;
}

async function list(map) {
  const box = map.getBounds();
  try {
    await listIn([box.getWest(), box.getSouth(), box.getEast(), box.getNorth()]);
    outlines.listed = listed();
    map.getSource('listed')?.setData(outlines.listed);
  } catch {
    say('The list could not be loaded. Move the map to try again.');
  }
}

/** What was touched: the nearest sign within a thumb's width, else the smallest square below it. */
function choose(map, { x, y }, isToChoose) {
  const ids = ['places-signs', 'listed-signs', 'risks-signs'].filter((id) => map.getLayer(id));
  const near = map.queryRenderedFeatures([[x - 20, y - 20], [x + 20, y + 20]], { layers: ids });
  const away = (feature) => {
    const at = map.project(feature.geometry.coordinates);
    return Math.hypot(at.x - x, at.y - y);
  };
  const nearest = near.sort((a, b) => away(a) - away(b))[0];
  if (nearest) {
    const id = nearest.properties.place ?? nearest.properties.id;
    if (isToChoose) toggleChosen(id);
    else open(map, id, nearest.geometry);
    return;
  }
  const squares = ['places-squares'].filter((id) => map.getLayer(id));
  const under = map.queryRenderedFeatures([x, y], { layers: squares });
  const smallest = under.sort((a, b) => a.properties.size - b.properties.size)[0];
  if (!smallest) return;
  draw(map, 'chosen', smallest.geometry);
  showSquare(smallest.properties);
}

async function open(map, id, geometry) {
  draw(map, 'chosen', geometry);
  try {
    await showCard(id);
  } catch {
    tell('The place could not be opened. Check the connection and try again.');
  }
}

/** A row of the list or of a search: a place opens its card, a square or a position is shown on the map. */
function follow(map, event) {
  const row = event.target.closest?.('[data-box]');
  if (!row || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const [west, south, east, north] = row.dataset.box.split(' ').map(Number);
  const bounds = [[west, south], [east, north]];
  const animate = !still;
  if (row.dataset.place) {
    map.easeTo({ center: bounds[0], zoom: Math.max(map.getZoom(), 15), animate });
    open(map, row.dataset.place, { type: 'Point', coordinates: bounds[0] });
  } else {
    map.fitBounds(bounds, { padding: 48, maxZoom: row.dataset.rule ? 15 : 17, animate });
    draw(map, 'chosen', { type: 'Polygon', coordinates: [[[west, south], [east, south], [east, north], [west, north], [west, south]]] });
    say(row.dataset.rule ? 'The map shows this square.' : 'The map shows this position, and the list what is near it.');
  }
}

/** Draw one shape of this page's own, or nothing. */
function draw(map, name, geometry) {
  outlines[name].features = geometry ? [{ type: 'Feature', properties: {}, geometry }] : [];
  map.getSource(name)?.setData(outlines[name]);
}

function toggle(map, { dataset, checked }) {
  if (checked) hidden.delete(dataset.layer);
  else hidden.add(dataset.layer);
  keep('hidden', [...hidden].filter((name) => !released().includes(name)));
  keep('releases', released().filter((name) => !hidden.has(name)));
  for (const layer of map.getStyle().layers) {
    if (layer.metadata?.layer === dataset.layer) {
      map.setLayoutProperty(layer.id, 'visibility', checked ? 'visible' : 'none');
    }
  }
}

async function drawOutlines(map, coming) {
  try {
    const fetched = await coming;
    Object.assign(outlines, fetched);
    for (const [name, data] of Object.entries(fetched)) map.getSource(name)?.setData(data);
  } catch {
    tell('The outlines of boroughs and wards could not be loaded.');
  }
  isOutlined = true;
  map.triggerRepaint();
}

for (const box of document.querySelectorAll('[data-layer]')) box.checked = !hidden.has(box.dataset.layer);
document.getElementById('switches')?.removeAttribute('hidden');
startSearch(say);
const coming = fetchOutlines(layers);
coming.catch(() => {}); // It is told when the map would draw them.
try {
  const map = start();
  watch(map);
  map.once('load', () => {
    drawOutlines(map, coming);
    if (box || kept('view') || kept('filters')) list(map);
  });
} catch {
  tell('This device cannot draw the map. The list holds the same facts.');
}
