// How the map is drawn, by day and by night: outlines below, then squares, then signs.
import { baseLayers, baseSources } from './backdrop.js';
import { conditionOn } from './filters.js';
import { FONT } from './vendor.js';

const DAY = { land: '#f4f3ef', beyond: '#dde5ea', line: '#8d979e', ward: '#c9ced1', text: '#2b343a', halo: '#ffffff', mark: '#12181d', count: '#31688e' };
const NIGHT = { land: '#161b1f', beyond: '#07090b', line: '#6f7b83', ward: '#333c43', text: '#d5dce1', halo: '#000000', mark: '#ffffff', count: '#6fb4dc' };
const RULES = { ok: ['#0b6b48', '#57c79b'], two_people: ['#1d5fc0', '#7fb2ff'], contact_owner_first: ['#a86f00', '#ffc94a'], do_not_attend: ['#b3131f', '#ff8a93'] };

const byRule = (night) => [
  'match', ['get', 'attend_rule'],
  ...Object.entries(RULES).flatMap(([rule, tones]) => [rule, tones[Number(night)]]),
  night ? NIGHT.text : DAY.text,
];
const sizeInWords = [
  'case', ['>=', ['get', 'size'], 1000],
  ['concat', ['to-string', ['/', ['get', 'size'], 1000]], ' km'],
  ['concat', ['to-string', ['get', 'size']], ' m'],
];
const font = { 'text-font': ['App'] };
const placeSize = ['interpolate', ['linear'], ['zoom'], 13, 0.5, 16, 0.85];

/** The whole style. `outlines` has the GeoJSON that this page makes; `layers` the catalogue, `base` the base map. */
export function styleFor({ night, layers, base, hidden, outlines, basket }) {
  const tone = night ? NIGHT : DAY;
  const sources = {
    ...baseSources(base),
    ...Object.fromEntries(Object.entries(outlines).map(([name, data]) => [name, { type: 'geojson', data }])),
  };
  const under = baseLayers(base, night);
  const drawing = { boroughs: [], wards: [] };
  for (const layer of layers) {
    sources[layer.name] ??= {
      type: 'vector', tiles: [location.origin + layer.tiles], minzoom: layer.minzoom, maxzoom: layer.maxzoom,
    };
    drawing[layer.name] ??= drawn[layer.draws ?? layer.name]?.(layer.name, { night, tone }) ?? [];
  }
  const switched = Object.entries(drawing).flatMap(([name, drawnLayers]) => drawnLayers.map((one) => ({
    ...filtered({ ...one, source: name }), metadata: { layer: name },
    layout: { ...one.layout, visibility: hidden.has(name) ? 'none' : 'visible' },
  })));
  const squares = switched.filter((one) => one.type !== 'symbol');
  const signs = switched.filter((one) => one.type === 'symbol');
  return {
    version: 8, 'font-faces': { App: FONT }, sources,
    layers: [
      ...ground(tone, hidden, under), ...squares, ...listed(night), ...under.names, ...names(tone),
      ...chosen(tone), ...basketed(tone, layers, basket), ...signs, ...listedSigns(),
    ],
  };
}

function filtered(layer) {
  const conditions = [layer.filter, conditionOn(layer)].filter(Boolean);
  return conditions.length ? { ...layer, filter: ['all', ...conditions] } : layer;
}

function ground(tone, hidden, under) {
  const visibility = (name) => ({ visibility: hidden.has(name) ? 'none' : 'visible' });
  return [
    { id: 'beyond', type: 'background', paint: { 'background-color': under.ground.length ? tone.land : tone.beyond } },
    { id: 'land', type: 'fill', source: 'boroughs', paint: { 'fill-color': tone.land } },
    ...under.ground,
    { id: 'ward-lines', type: 'line', source: 'wards', minzoom: 10.5, metadata: { layer: 'wards' }, layout: visibility('wards'), paint: { 'line-color': tone.ward, 'line-width': 1 } },
    { id: 'borough-lines', type: 'line', source: 'boroughs', metadata: { layer: 'boroughs' }, layout: visibility('boroughs'), paint: { 'line-color': tone.line, 'line-width': 2 } },
  ];
}

function names(tone) {
  const paint = { 'text-color': tone.text, 'text-halo-color': tone.halo, 'text-halo-width': 1.5 };
  const text = { ...font, 'text-field': ['get', 'name'], 'text-max-width': 8, 'text-variable-anchor': ['center', 'top', 'bottom', 'left', 'right'], 'text-radial-offset': 1 };
  return [
    { id: 'ward-names', type: 'symbol', source: 'names', minzoom: 11.5, filter: ['==', ['get', 'of'], 'wards'], layout: { ...text, 'text-size': 14 }, paint },
    { id: 'borough-names', type: 'symbol', source: 'names', maxzoom: 12, filter: ['==', ['get', 'of'], 'boroughs'], layout: { ...text, 'text-size': 17 }, paint },
  ];
}

// A ring around each place that was chosen for a sheet.
function basketed(tone, layers, basket) {
  if (!layers.some((layer) => layer.name === 'places')) return [];
  return [
    { id: 'basket-places', type: 'circle', source: 'places', 'source-layer': 'places', filter: ['in', ['get', 'id'], ['literal', basket]], paint: { 'circle-radius': 18, 'circle-color': 'transparent', 'circle-stroke-color': tone.mark, 'circle-stroke-width': 3 } },
  ].map(filtered);
}

function chosen(tone) {
  return [
    { id: 'here-place', type: 'circle', source: 'here', paint: { 'circle-radius': 9, 'circle-color': '#1d5fc0', 'circle-stroke-color': '#ffffff', 'circle-stroke-width': 4 } },
    { id: 'chosen-square', type: 'line', source: 'chosen', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'line-color': tone.mark, 'line-width': 5 } },
    { id: 'chosen-place', type: 'circle', source: 'chosen', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': 21, 'circle-color': '#ffd400', 'circle-stroke-color': '#12181d', 'circle-stroke-width': 3 } },
  ];
}

// While filters are on, what is listed is drawn from the list.
function listed(night) {
  const isSquare = ['==', ['geometry-type'], 'Polygon'];
  return [
    { id: 'listed-squares', type: 'fill', source: 'listed', filter: isSquare, paint: { 'fill-color': byRule(night), 'fill-opacity': 0.25 } },
    { id: 'listed-square-lines', type: 'line', source: 'listed', filter: isSquare, paint: { 'line-color': byRule(night), 'line-width': 2 } },
  ];
}

const listedSigns = () => [{ id: 'listed-signs', type: 'symbol', source: 'listed', filter: ['==', ['geometry-type'], 'Point'], layout: sign(['get', 'attend_rule'], { 'icon-size': placeSize }) }];

const sign = (image, more) => ({ 'icon-image': image, 'icon-allow-overlap': true, 'icon-ignore-placement': true, ...more });

// A square that several tiles hold is written on once, in the tile that holds its middle.
function squaresOf(name, colour, { opacity, text, tone, of = `${name}_cells` }) {
  const from = { 'source-layer': of };
  return [
    { id: `${name}-squares`, type: 'fill', ...from, paint: { 'fill-color': colour, 'fill-opacity': opacity } },
    { id: `${name}-square-lines`, type: 'line', ...from, paint: { 'line-color': colour, 'line-width': 2 } },
    { id: `${name}-square-words`, type: 'symbol', ...from, filter: ['has', 'is_middle'], layout: { ...font, 'text-field': text, 'text-size': 15, 'text-optional': true }, paint: { 'text-color': tone.text, 'text-halo-color': tone.halo, 'text-halo-width': 2 } },
  ];
}

const drawn = {
  hotspots(name, { tone }) {
    const rate = ['/', ['get', 'notes'], ['max', ['get', 'visits'], 1]];
    const text = ['concat', ['to-string', ['get', 'notes']], ' of ', ['to-string', ['get', 'visits']]];
    return squaresOf(name, tone.count, { tone, opacity: ['interpolate', ['linear'], rate, 0, 0.08, 1, 0.6], text });
  },
  coverage(name, { tone }) {
    const days = ['coalesce', ['get', 'days_since'], 366];
    const text = ['case', ['has', 'days_since'], ['concat', ['to-string', ['get', 'days_since']], ' days'], 'never'];
    return squaresOf(name, tone.count, { tone, opacity: ['interpolate', ['linear'], days, 0, 0.08, 366, 0.6], text });
  },
  released_counts(name, { tone }) {
    const number = ['coalesce', ['get', 'number'], 0];
    return squaresOf(name, tone.count, { tone, of: name, opacity: ['interpolate', ['linear'], number, 0, 0.06, 5, 0.2, 50, 0.65], text: ['get', 'places'] });
  },
  released_hotspots(name, { tone }) {
    const [hot, few] = ['hot', 'too few to say'].map((state) => ['==', ['get', 'state'], state]);
    const [fills, lines, words] = squaresOf(name, ['case', hot, '#21918c', few, 'transparent', '#fde725'], { tone, of: name, opacity: ['case', hot, 0.75, 0.4], text: ['case', hot, 'hot', ''] });
    lines.paint = { 'line-color': ['case', hot, '#d3001b', tone.line], 'line-width': ['case', hot, 4, 1] };
    return [fills, { id: `${name}-stripes`, type: 'fill', 'source-layer': name, filter: few, paint: { 'fill-pattern': 'too_few', 'fill-opacity': 0.6 } }, lines, words];
  },
  places(name, { night, tone }) {
    const colour = ['case', ['has', 'places'], tone.count, byRule(night)];
    return [
      ...squaresOf(name, colour, {
        tone,
        opacity: ['case', ['has', 'places'], ['interpolate', ['linear'], ['coalesce', ['get', 'places'], 0], 1, 0.1, 10, 0.25, 100, 0.6], 0.25],
        text: ['case', ['has', 'places'], ['to-string', ['get', 'places']], sizeInWords],
      }),
      { id: 'places-signs', type: 'symbol', 'source-layer': 'places', layout: sign(['get', 'attend_rule'], { 'icon-size': placeSize }) },
    ];
  },
  risks(name, { night, tone }) {
    const colour = night ? '#c79bf2' : '#5b2a86';
    const strength = ['interpolate', ['linear'], ['get', 'severity'], 1, 0.06, 5, 0.25];
    return [
      ...squaresOf(name, colour, { tone, opacity: strength, text: ['concat', 'risk ', ['to-string', ['get', 'severity']]] }),
      { id: 'risks-signs', type: 'symbol', 'source-layer': 'risks', layout: { ...font, ...sign('risk', { 'icon-size': 0.6, 'icon-offset': [26, -26] }), 'text-field': ['to-string', ['get', 'severity']], 'text-size': 12, 'text-offset': [1.3, -1.3], 'text-allow-overlap': true, 'text-ignore-placement': true }, paint: { 'text-color': '#ffffff' } },
    ];
  },
  visits(name, { night, tone }) {
    return [
      ...squaresOf(name, night ? '#9aa7b0' : '#46525b', { tone, opacity: 0.08, text: ['get', 'visited_month'] }),
      { id: 'visits-signs', type: 'symbol', 'source-layer': 'visits', layout: sign('visit', { 'icon-size': 0.5, 'icon-offset': [-36, 36] }), paint: { 'icon-opacity': ['case', ['==', ['get', 'outcome'], 'planned'], 0.5, 1] } },
    ];
  },
  plan(name, { tone }) {
    return [
      { id: 'plan-discs', type: 'circle', 'source-layer': 'plan', paint: { 'circle-radius': 13, 'circle-color': '#12181d', 'circle-stroke-color': '#ffffff', 'circle-stroke-width': 2, 'circle-translate': [0, -22] } },
      { id: 'plan-numbers', type: 'symbol', 'source-layer': 'plan', layout: { ...font, 'text-field': ['to-string', ['get', 'number']], 'text-size': 14, 'text-allow-overlap': true, 'text-ignore-placement': true }, paint: { 'text-color': '#ffffff', 'text-translate': [0, -22], 'text-halo-color': tone.halo, 'text-halo-width': 0 } },
    ];
  },
  sites(name, { tone }) {
    return [{ id: 'sites-signs', type: 'symbol', 'source-layer': 'sites', layout: { ...font, 'icon-image': 'site', 'icon-size': 0.55, 'text-field': ['step', ['zoom'], '', 14, ['get', 'name']], 'text-size': 13, 'text-anchor': 'top', 'text-offset': [0, 0.8], 'text-optional': true }, paint: { 'text-color': tone.text, 'text-halo-color': tone.halo, 'text-halo-width': 1.5 } }];
  },
};
