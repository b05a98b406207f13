// How the squares were drawn before: features of MapLibre's, coloured by their state. Served in place of hotspot_map.js.
import { SquareMap as Ours, together } from '/static/js/hotspot_map.js?ours';
import { isNight } from '/static/js/night.js';

const VIRIDIS = ['#fde725', '#5ec962', '#21918c', '#3b528b', '#440154'];
const [NOTHING, STRIPES] = [-2, -1];
const kind = ['coalesce', ['feature-state', 'class'], NOTHING];
const isOf = (value) => ['==', kind, value];

class SquareMap extends Ours {
  style() {
    const style = super.style();
    const colour = ['match', kind, ...VIRIDIS.flatMap((tone, at) => [at, tone]), 'transparent'];
    style.layers.unshift(
      { id: 'beyond', type: 'background', paint: { 'background-color': this.tones.beyond } },
      { id: 'land', type: 'fill', source: 'boroughs', paint: { 'fill-color': this.tones.land } },
    );
    const { features } = this.features(() => true);
    style.sources.squares = { type: 'geojson', data: { type: 'FeatureCollection', features: features.map((one, id) => ({ ...one, id })) } };
    style.layers.splice(style.layers.findIndex((layer) => layer.id === 'hot'), 0,
      { id: 'squares', type: 'fill', source: 'squares', paint: { 'fill-color': colour, 'fill-opacity': ['case', isOf(NOTHING), 0, 0.72] } },
      { id: 'stripes', type: 'fill', source: 'squares', paint: { 'fill-pattern': 'stripes', 'fill-opacity': ['case', isOf(STRIPES), 0.9, 0] } });
    return style;
  }

  prepare() {
    if (!this.map.getSource('squares')) return;
    if (!this.map.hasImage('stripes')) this.map.addImage('stripes', stripes(isNight()), { pixelRatio: 2 });
    const classes = this.shown;
    this.shown = new Int8Array(classes.length).fill(NOTHING);
    this.draw(classes);
  }

  draw(classes) {
    if (!this.map.getSource('squares')) return this.shown.set(classes);
    for (let id = 0; id < classes.length; id += 1) {
      if (classes[id] !== this.shown[id]) this.map.setFeatureState({ source: 'squares', id }, { class: classes[id] });
    }
    return this.shown.set(classes);
  }
}

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

export { SquareMap, together };
