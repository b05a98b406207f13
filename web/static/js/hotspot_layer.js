// The squares of a hotspot map, drawn by ourselves: one byte a square is all that a step of the slider hands to the card.
// Corners are laid out once; a colour is looked up by the class of the square while it is drawn.
import { maplibre } from './vendor.js';
import { NOTHING, STRIPES } from './hotspot_squares.js';

const [STRIPE_PIXELS, INK_PIXELS, EDGE_FROM_PIXELS] = [6, 2, 10];
const [FILL_COVERS, STRIPES_COVER, STRIPED] = [0.72, 0.9, 0.8];
const VERTEX = `#version 300 es
uniform mat4 matrix;
uniform vec4 tones[7];
in vec2 corner;
in int shown;
flat out vec4 tone;
out vec2 within;
void main() {
  tone = tones[shown + 2];
  within = vec2(gl_VertexID & 1, gl_VertexID >> 1 & 1);
  gl_Position = shown == ${NOTHING} ? vec4(2.0, 2.0, 2.0, 1.0) : matrix * vec4(corner, 0.0, 1.0);
}`;
const FRAGMENT = `#version 300 es
precision highp float;
uniform vec3 stripe;
uniform vec2 origin;
uniform float side;
flat in vec4 tone;
in vec2 within;
out vec4 colour;
void main() {
  vec2 away = min(within, 1.0 - within) * side;
  vec2 at = gl_FragCoord.xy - origin;
  float kept = tone.a > ${STRIPED} ? step(mod(at.x + at.y, stripe.x), stripe.y) : min(away.x, away.y) < stripe.z ? 0.5 : 1.0;
  colour = tone * kept;
}`;

export class SquareLayer {
  /** `rings` are four corners each, the south-west one first; `ramp` five colours, `ink` that of stripes. */
  constructor(rings, { ramp, ink }) {
    Object.assign(this, { id: 'squares', type: 'custom', renderingMode: '2d', size: rings.length });
    // In the order of classes: nothing, stripes, then the ramp; colours times how much they cover.
    const covering = [[ink, 0], [ink, STRIPES_COVER], ...ramp.map((tone) => [tone, FILL_COVERS])];
    this.tones = Float32Array.from(covering.flatMap(([tone, alpha]) => [...parts(tone).map((part) => part * alpha), alpha]));
    this.classes = new Int8Array(4 * this.size).fill(NOTHING);
    this.isNew = true;
    const corners = rings.map((ring) => ring.map((at) => maplibre.MercatorCoordinate.fromLngLat(at)));
    // Single precision tells metres apart near the origin alone, so that corners are told from the first of them.
    this.origin = corners[0][0];
    this.corners = Float32Array.from(corners.flatMap(([sw, se, ne, nw]) => [sw, se, nw, ne].flatMap(
      ({ x, y }) => [x - this.origin.x, y - this.origin.y],
    )));
    this.side = Math.abs(this.corners[2] - this.corners[0]);
  }

  /** Show each square in its class from the next frame on. */
  show(classes) {
    for (let id = 0; id < this.size; id += 1) this.classes.fill(classes[id], 4 * id, 4 * id + 4);
    this.isNew = true;
    this.map?.triggerRepaint();
  }

  onAdd(map, gl) {
    this.map = map;
    this.program = linked(gl);
    this.at = Object.fromEntries(
      ['matrix', 'origin', 'tones', 'stripe', 'side'].map((name) => [name, gl.getUniformLocation(this.program, name)]),
    );
    this.array = gl.createVertexArray();
    gl.bindVertexArray(this.array);
    this.buffers = [gl.createBuffer(), gl.createBuffer(), gl.createBuffer()];
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[0]);
    gl.bufferData(gl.ARRAY_BUFFER, this.corners, gl.STATIC_DRAW);
    gl.vertexAttribPointer(used(gl, gl.getAttribLocation(this.program, 'corner')), 2, gl.FLOAT, false, 8, 0);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[1]);
    gl.bufferData(gl.ARRAY_BUFFER, this.classes, gl.DYNAMIC_DRAW);
    gl.vertexAttribIPointer(used(gl, gl.getAttribLocation(this.program, 'shown')), 1, gl.BYTE, 1, 0);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.buffers[2]);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, triangles(this.size), gl.STATIC_DRAW);
    gl.bindVertexArray(null);
  }

  onRemove(map, gl) {
    gl.deleteProgram(this.program);
    gl.deleteVertexArray(this.array);
    for (const buffer of this.buffers) gl.deleteBuffer(buffer);
    this.map = null;
  }

  render(gl, { defaultProjectionData: { mainMatrix } }) {
    const [wide, high, ratio] = [gl.drawingBufferWidth, gl.drawingBufferHeight, this.map.getPixelRatio()];
    gl.useProgram(this.program);
    gl.bindVertexArray(this.array);
    if (this.isNew) {
      gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[1]);
      gl.bufferSubData(gl.ARRAY_BUFFER, 0, this.classes);
      this.isNew = false;
    }
    const matrix = moved(mainMatrix, this.origin);
    const pixels = (this.side * matrix[0] * wide) / 2 / matrix[15];
    gl.uniformMatrix4fv(this.at.matrix, false, matrix);
    gl.uniform4fv(this.at.tones, this.tones);
    // Stripes keep to the ground, in whole pixels, so that no rounding breaks them.
    gl.uniform2f(this.at.origin, ...[[12, wide], [13, high]].map(([at, size]) => Math.floor(((1 + matrix[at] / matrix[15]) * size) / 2)));
    gl.uniform3f(this.at.stripe, STRIPE_PIXELS * ratio, INK_PIXELS * ratio, pixels > EDGE_FROM_PIXELS * ratio ? ratio / 2 : 0);
    gl.uniform1f(this.at.side, pixels);
    gl.drawElements(gl.TRIANGLES, 6 * this.size, gl.UNSIGNED_INT, 0);
    gl.bindVertexArray(null);
  }
}

/** Two triangles a square, of its corners south-west, south-east, north-west, north-east. Drawn as one: a square each as
    an instance costs software ten times as much. */
function triangles(count) {
  const corners = new Uint32Array(6 * count);
  for (let id = 0; id < count; id += 1) corners.set([0, 1, 2, 2, 1, 3].map((corner) => 4 * id + corner), 6 * id);
  return corners;
}

const parts = (colour) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);

/** The matrix for coordinates that count from an origin; in double precision, as the map has it. */
function moved(matrix, { x, y }) {
  const found = Float64Array.from(matrix);
  for (let row = 0; row < 4; row += 1) found[12 + row] += matrix[row] * x + matrix[4 + row] * y;
  return Float32Array.from(found);
}

function used(gl, place) {
  gl.enableVertexAttribArray(place);
  return place;
}

function linked(gl) {
  const program = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) throw new Error('The squares cannot be drawn.');
  return program;
}
