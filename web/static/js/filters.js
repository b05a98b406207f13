// The filters: kept in this tab, sent with each request for the list, and put on what the map draws. What tiles do
// not say of a place (its status, visits and risk notes) the list decides: then the map draws what is listed.
import { keep, kept } from './kept.js';

const form = document.getElementById('filters');
const isOn = document.getElementById('filters-on');
const IN_TILES = ['kind', 'attend_rule'];

/** The filters that are on, by name. */
export function filters() {
  const chosen = form ? [...new FormData(form)].filter(([, value]) => value) : [];
  return Object.fromEntries(chosen);
}

/** Choose again what this tab kept, unless the page came with filters; tell of each change afterwards. */
export function startFilters(changed) {
  if (!form) return;
  if (Object.keys(filters()).length === 0) choose(kept('filters') ?? {});
  show();
  const change = () => {
    keep('filters', filters());
    show();
    changed();
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    change();
  });
  document.getElementById('filters-off').addEventListener('click', (event) => {
    event.preventDefault();
    choose({});
    change();
  });
}

function choose(values) {
  for (const one of form.querySelectorAll('select')) {
    const wanted = values[one.name] ?? '';
    one.value = [...one.options].some((option) => option.value === wanted) ? wanted : '';
  }
}

function show() {
  isOn.hidden = Object.keys(filters()).length === 0;
}

const equal = (name, value) => ['==', ['get', name], value];
const nothing = ['literal', false];

/** The condition that the filters put on a drawn layer of the map, or null for none. */
export function conditionOn({ source, 'source-layer': from }) {
  const on = filters();
  const names = Object.keys(on);
  if (source === 'places' && names.length) {
    if (names.some((name) => !IN_TILES.includes(name))) return nothing;
    if (from !== 'places_cells') return ['all', ...names.map((name) => equal(name, on[name]))];
    return on.kind ? nothing : ['all', ['!', ['has', 'places']], equal('attend_rule', on.attend_rule)];
  }
  if (source === 'risks' && (on.category || on.severity)) {
    const parts = [];
    if (on.category) parts.push(equal('category', on.category));
    if (on.severity) parts.push(['>=', ['get', 'severity'], Number(on.severity)]);
    return ['all', ...parts];
  }
  return null;
}

/** What is listed, as it is drawn while filters are on; nothing otherwise, when the tiles hold it all. */
export function listed() {
  const features = Object.keys(filters()).length ? [...document.querySelectorAll('#list [data-box]')].map(feature) : [];
  return { type: 'FeatureCollection', features };
}

function feature({ dataset }) {
  const [west, south, east, north] = dataset.box.split(' ').map(Number);
  const geometry = dataset.place
    ? { type: 'Point', coordinates: [west, south] }
    : { type: 'Polygon', coordinates: [[[west, south], [east, south], [east, north], [west, north], [west, south]]] };
  return { type: 'Feature', properties: { id: dataset.place ?? '', attend_rule: dataset.rule }, geometry };
}
