// What lies under the lines and names of a hotspot map: the land and the squares, on canvases of our own. A step of the
// slider paints the squares alone, and MapLibre draws nothing anew: on a device without a card that is most of the work.
import { maplibre } from './vendor.js';
import { NOTHING, STRIPES } from './hotspot_squares.js';

const [FILL_COVERS, STRIPES_COVER, GAP_FROM_PIXELS, TILE_PIXELS] = [0.85, 0.9, 10, 512];

export class Ground {
  /** `rings` are four corners each, the south-west one first. */
  constructor(map, rings) {
    this.map = map;
    [this.land, this.squares] = [below(map), below(map)];
    this.corners = Float64Array.from(rings.flatMap((ring) => ring.flatMap(mercator)));
    this.classes = new Int8Array(rings.length).fill(NOTHING);
    this.boroughs = [];
    map.on('render', () => this.follow());
  }

  /** Take the colours of day or night: `beyond`, `land`, `ramp` of five, `ink` of the stripes. */
  colour(tones) {
    this.tones = tones;
    this.stripes = this.squares.createPattern(stripes(tones.ink), 'repeat');
    this.paint();
  }

  /** Take the outlines of what is land, as GeoJSON features. */
  outline(features) {
    this.boroughs = features.flatMap(({ geometry: { type, coordinates } }) => (type === 'MultiPolygon' ? coordinates : [coordinates]))
      .flat().map((ring) => ring.map(mercator));
    this.paint();
  }

  /** Show each square in its class. */
  show(classes) {
    this.classes.set(classes);
    this.paintSquares();
  }

  /** Where the map looks: pixels of the whole world, and those of its north-west corner; the size of the canvas. */
  view() {
    // As MapLibre last laid itself out: asking the page would have it laid out anew at each step.
    const [wide, high] = ['width', 'height'].map((side) => Number.parseFloat(this.map.getCanvas().style[side]));
    const world = TILE_PIXELS * 2 ** this.map.getZoom();
    const { x, y } = maplibre.MercatorCoordinate.fromLngLat(this.map.getCenter());
    return { world, west: x * world - wide / 2, north: y * world - high / 2, wide, high, ratio: this.map.getPixelRatio() };
  }

  follow() {
    const seen = Object.values(this.view()).join();
    if (seen === this.seen) return;
    this.seen = seen;
    this.paint();
  }

  paint() {
    if (!this.tones) return;
    const { world, west, north, ...size } = this.view();
    clear(this.land, size);
    this.land.fillStyle = this.tones.beyond;
    this.land.fillRect(0, 0, size.wide, size.high);
    this.land.fillStyle = this.tones.land;
    this.land.beginPath();
    for (const ring of this.boroughs) {
      for (const [at, [x, y]] of ring.entries()) this.land[at ? 'lineTo' : 'moveTo'](x * world - west, y * world - north);
    }
    this.land.fill('evenodd');
    this.paintSquares();
  }

  paintSquares() {
    if (!this.tones) return;
    const view = this.view();
    clear(this.squares, view);
    this.squares.globalAlpha = FILL_COVERS;
    for (const [kind, tone] of this.tones.ramp.entries()) this.fill(kind, tone, view);
    this.squares.globalAlpha = STRIPES_COVER;
    this.stripes.setTransform(new DOMMatrix([1, 0, 0, 1, -(view.west % 8), -(view.north % 8)].map(Math.round)));
    this.fill(STRIPES, this.stripes, view);
  }

  /** Fill the squares of one class that are in view, with a hair's breadth between them where there is room. */
  fill(kind, tone, { world, west, north, wide, high }) {
    const { squares: on, corners, classes } = this;
    const gap = (corners[2] - corners[0]) * world > GAP_FROM_PIXELS ? 0.5 : 0;
    on.fillStyle = tone;
    on.beginPath();
    for (let id = 0, at = 0; id < classes.length; id += 1, at += 8) {
      if (classes[id] !== kind) continue;
      const [left, bottom] = [corners[at] * world - west, corners[at + 1] * world - north];
      const [right, top] = [corners[at + 4] * world - west, corners[at + 5] * world - north];
      if (right < 0 || left > wide || bottom < 0 || top > high) continue;
      on.moveTo(left + gap, bottom - gap);
      on.lineTo(corners[at + 2] * world - west - gap, corners[at + 3] * world - north - gap);
      on.lineTo(right - gap, top + gap);
      on.lineTo(corners[at + 6] * world - west + gap, corners[at + 7] * world - north + gap);
    }
    on.fill();
  }
}

function mercator(at) {
  const { x, y } = maplibre.MercatorCoordinate.fromLngLat(at);
  return [x, y];
}

/** A canvas under MapLibre's own, which is transparent where it draws nothing. */
function below(map) {
  const canvas = document.createElement('canvas');
  canvas.className = 'hotspot-ground';
  canvas.ariaHidden = 'true';
  map.getCanvas().before(canvas);
  return canvas.getContext('2d');
}

function clear(on, { wide, high, ratio }) {
  const [columns, rows] = [Math.round(wide * ratio), Math.round(high * ratio)];
  if (on.canvas.width !== columns || on.canvas.height !== rows) Object.assign(on.canvas, { width: columns, height: rows });
  on.setTransform(ratio, 0, 0, ratio, 0, 0);
  on.globalAlpha = 1;
  on.clearRect(0, 0, wide, high);
}

/** Diagonal stripes of 8 by 8 pixels. */
function stripes(ink) {
  const canvas = Object.assign(document.createElement('canvas'), { width: 8, height: 8 });
  const on = canvas.getContext('2d');
  on.strokeStyle = ink;
  on.lineWidth = 2;
  on.beginPath();
  for (const at of [-4, 0, 4]) {
    on.moveTo(2 * at - 1, 9);
    on.lineTo(2 * at + 9, -1);
  }
  on.stroke();
  return canvas;
}
