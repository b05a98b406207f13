// One quiet style for an administrator's base map, by day and by night. Each schema says in a table where its roads,
// water, buildings and names are; what is drawn, and how, is the same for all.
const DAY = { green: '#dfe9d8', water: '#c3d7e3', built: '#e9e6e1', road: '#ffffff', edge: '#cbc7c1', rail: '#b3aea8', text: '#3b4246', halo: '#ffffff' };
const NIGHT = { green: '#16231b', water: '#0a1a26', built: '#1b2024', road: '#3a4249', edge: '#242a2f', rail: '#343b41', text: '#c7cfd5', halo: '#000000' };

const where = (property, values) => ['in', ['get', property], ['literal', values]];
const isLine = ['==', ['geometry-type'], 'LineString'];
const isArea = ['==', ['geometry-type'], 'Polygon'];
const named = ['has', 'name'];
const both = (...conditions) => ['all', ...conditions];
const streetKinds = { main: ['motorway', 'trunk', 'primary', 'secondary'], rail: ['rail', 'narrow_gauge', 'light_rail', 'tram', 'subway'] };

// Of each theme: the layer it is in, and which of its features.
const SCHEMAS = {
  openmaptiles: {
    built: ['landuse', where('class', ['residential', 'commercial', 'industrial', 'retail'])],
    green: ['landcover', where('class', ['wood', 'grass'])],
    park: ['park'],
    water: ['water'],
    river: ['waterway'],
    building: ['building'],
    path: ['transportation', where('class', ['path', 'track'])],
    rail: ['transportation', where('class', ['rail', 'transit'])],
    minor: ['transportation', where('class', ['minor', 'service', 'tertiary'])],
    main: ['transportation', where('class', streetKinds.main)],
    border: ['boundary'],
    street: ['transportation_name', isLine],
    village: ['place', where('class', ['village', 'hamlet', 'suburb', 'neighbourhood', 'quarter'])],
    town: ['place', where('class', ['city', 'town'])],
    name: ['coalesce', ['get', 'name:latin'], ['get', 'name']],
  },
  protomaps: {
    built: ['landuse', where('kind', ['residential', 'commercial', 'industrial', 'retail'])],
    green: ['landuse', where('kind', ['wood', 'forest', 'grass', 'grassland', 'meadow', 'scrub'])],
    park: ['landuse', where('kind', ['park', 'nature_reserve', 'golf_course', 'cemetery', 'recreation_ground', 'playground'])],
    water: ['water', isArea],
    river: ['water', isLine],
    building: ['buildings', isArea],
    path: ['roads', where('kind', ['path'])],
    rail: ['roads', where('kind', ['rail'])],
    minor: ['roads', where('kind', ['minor_road', 'other'])],
    main: ['roads', where('kind', ['highway', 'major_road'])],
    border: ['boundaries'],
    street: ['roads', both(named, where('kind', ['minor_road', 'major_road', 'highway']))],
    village: ['places', both(where('kind', ['locality', 'neighbourhood', 'macrohood']), ['!', where('kind_detail', ['city', 'town'])])],
    town: ['places', both(where('kind', ['locality']), where('kind_detail', ['city', 'town']))],
    name: ['get', 'name'],
  },
  shortbread: {
    built: ['land', where('kind', ['residential', 'commercial', 'industrial', 'retail'])],
    green: ['land', where('kind', ['forest', 'grass', 'grassland', 'meadow', 'scrub', 'heath', 'orchard'])],
    park: ['land', where('kind', ['park', 'garden', 'golf_course', 'cemetery', 'recreation_ground', 'playground', 'village_green'])],
    water: ['water_polygons'],
    river: ['water_lines'],
    building: ['buildings'],
    path: ['streets', where('kind', ['footway', 'path', 'track', 'steps', 'cycleway', 'bridleway', 'pedestrian'])],
    rail: ['streets', where('kind', streetKinds.rail)],
    minor: ['streets', where('kind', ['tertiary', 'unclassified', 'residential', 'living_street', 'service', 'busway'])],
    main: ['streets', where('kind', streetKinds.main)],
    border: ['boundaries'],
    street: ['street_labels', isLine],
    village: ['place_labels', where('kind', ['village', 'hamlet', 'suburb', 'neighbourhood', 'quarter'])],
    town: ['place_labels', where('kind', ['city', 'town'])],
    name: ['coalesce', ['get', 'name_en'], ['get', 'name']],
  },
};

/** The source of the base map, under the name `base`; nothing without a base map. */
export function baseSources(base) {
  if (!base) return {};
  const { tiles, minzoom, maxzoom, bounds } = base;
  return { base: { type: 'vector', tiles: [location.origin + tiles], minzoom, maxzoom, bounds } };
}

/** The layers of the base map: its ground, to lie under everything, and its names, to lie under our signs. */
export function baseLayers(base, night) {
  if (!base) return { ground: [], names: [] };
  const schema = SCHEMAS[base.schema];
  const tone = night ? NIGHT : DAY;
  const draw = drawing(schema);
  return { ground: ground(draw, tone), names: names(draw, tone, schema.name) };
}

function drawing(schema) {
  return (id, type, theme, paint, more = {}) => {
    if (!schema[theme]) return [];
    const [layer, filter] = schema[theme];
    return [{ id: `base-${id}`, type, source: 'base', 'source-layer': layer, ...(filter && { filter }), paint, ...more }];
  };
}

const width = (far, near) => ['interpolate', ['exponential', 1.5], ['zoom'], 8, far, 16, near];

function ground(draw, tone) {
  const fill = (colour) => ({ 'fill-color': colour });
  const line = (colour, far, near) => ({ 'line-color': colour, 'line-width': width(far, near) });
  return [
    ...draw('built', 'fill', 'built', fill(tone.built)),
    ...draw('green', 'fill', 'green', fill(tone.green)),
    ...draw('park', 'fill', 'park', fill(tone.green)),
    ...draw('water', 'fill', 'water', fill(tone.water)),
    ...draw('river', 'line', 'river', line(tone.water, 0.5, 4)),
    ...draw('building', 'fill', 'building', { 'fill-color': tone.built, 'fill-outline-color': tone.edge }, { minzoom: 14 }),
    ...draw('path', 'line', 'path', { ...line(tone.edge, 0.3, 2), 'line-dasharray': [2, 1.5] }, { minzoom: 14 }),
    ...draw('rail', 'line', 'rail', line(tone.rail, 0.5, 2)),
    ...draw('minor-edge', 'line', 'minor', line(tone.edge, 0.4, 13), { minzoom: 11 }),
    ...draw('minor', 'line', 'minor', line(tone.road, 0.2, 10), { minzoom: 11 }),
    ...draw('main-edge', 'line', 'main', line(tone.rail, 1.4, 20)),
    ...draw('main', 'line', 'main', line(tone.road, 0.9, 16)),
    ...draw('border', 'line', 'border', { 'line-color': tone.rail, 'line-dasharray': [3, 2] }),
  ];
}

function names(draw, tone, name) {
  const paint = { 'text-color': tone.text, 'text-halo-color': tone.halo, 'text-halo-width': 1.5 };
  const text = (size, more) => ({ layout: { 'text-font': ['App'], 'text-field': name, 'text-size': size, 'text-max-width': 8, ...more } });
  return [
    ...draw('street-names', 'symbol', 'street', paint, { minzoom: 14, ...text(13, { 'symbol-placement': 'line' }) }),
    ...draw('village-names', 'symbol', 'village', paint, { minzoom: 11, ...text(14) }),
    ...draw('town-names', 'symbol', 'town', paint, { minzoom: 6, ...text(18) }),
  ];
}
