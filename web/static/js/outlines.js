// Borough and ward outlines from our own collections, and one point for each name (a label on a polygon
// would be repeated in every tile it touches).
const nothing = () => ({ type: 'FeatureCollection', features: [] });

export const emptyOutlines = () => ({ boroughs: nothing(), wards: nothing(), names: nothing(), chosen: nothing(), here: nothing(), listed: nothing() });

/** Fetch the outlines that the catalogue offers this session, following pages. */
export async function fetchOutlines(layers) {
  const outlines = { boroughs: nothing(), wards: nothing(), names: nothing() };
  const names = ['boroughs', 'wards'].filter((name) => layers.some((layer) => layer.name === name));
  const found = await Promise.all(names.map((name) => allFeatures(`/api/collections/${name}/items?limit=1000`)));
  for (const [index, name] of names.entries()) {
    outlines[name].features = found[index];
    outlines.names.features.push(...found[index].map((feature) => nameOf(feature, name)));
  }
  return outlines;
}

async function allFeatures(first) {
  const features = [];
  for (let url = first; url;) {
    const answer = await fetch(url, { headers: { Accept: 'application/geo+json' } });
    if (!answer.ok) throw new Error('The outlines could not be loaded.');
    const collection = await answer.json();
    features.push(...collection.features);
    url = ownLink(collection.links?.find((link) => link.rel === 'next')?.href);
  }
  return features;
}

/** A link of ours, whatever name the server believes it is called by. */
function ownLink(href) {
  if (!href) return null;
  const url = new URL(href, location.origin);
  return url.pathname + url.search;
}

function nameOf(feature, of) {
  const { type, coordinates } = feature.geometry;
  const rings = type === 'MultiPolygon' ? coordinates.map((polygon) => polygon[0]) : [coordinates[0]];
  const largest = rings.map((ring) => centre(ring)).reduce((a, b) => (b.area > a.area ? b : a));
  return { type: 'Feature', properties: { name: feature.properties.name, of }, geometry: { type: 'Point', coordinates: largest.at } };
}

/** Area and centre of gravity of a ring (the shoelace formula). */
function centre(ring) {
  let [twice, x, y] = [0, 0, 0];
  for (let i = 1; i < ring.length; i += 1) {
    const [[x0, y0], [x1, y1]] = [ring[i - 1], ring[i]];
    const cross = x0 * y1 - x1 * y0;
    twice += cross;
    x += (x0 + x1) * cross;
    y += (y0 + y1) * cross;
  }
  return { area: Math.abs(twice) / 2, at: twice ? [x / (3 * twice), y / (3 * twice)] : ring[0] };
}
