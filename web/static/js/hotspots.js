// The hotspots page: one map or two beside each other, what they show, the months they show, and the table's rows.
import './trusted.js';
import { emptyOutlines, fetchOutlines } from './outlines.js';
import { SquareMap, together } from './hotspot_map.js';
import { Squares } from './hotspot_squares.js';
import { startWindow } from './hotspot_window.js';

const OUTLINES = [{ name: 'boroughs' }, { name: 'wards' }];
const drawn = JSON.parse(document.getElementById('drawn').textContent);
const words = document.getElementById('map-words');
const shown = document.getElementById('shown');
const ramp = document.getElementById('ramp');
const usualRamp = [...ramp.querySelectorAll('li')].slice(0, 5).map((entry) => entry.lastChild.textContent);
const squares = drawn.map((table) => new Squares(table));
const maps = [];
const names = { visits: ['visit', 'visits'], notes: ['note', 'notes'] };
const whole = (count, [one, many]) => `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`;

function start() {
  for (const [at, table] of drawn.entries()) {
    if (!table.rings.length) continue; // The page says that there is nothing to count.
    const frame = document.getElementById(at ? 'map-beside' : 'map');
    maps[at] = new SquareMap(frame, table, {
      outlines: emptyOutlines(),
      chosen: (id) => choose(at, id),
      ready: () => { frame.dataset.ready = 'yes'; },
      failed: () => { words.textContent = 'Part of the map could not be drawn. The table holds the same facts.'; },
    });
  }
  if (maps[0] && maps[1]) together(maps[0], maps[1]);
}

function draw() {
  for (const [at, table] of squares.entries()) {
    maps[at]?.draw(table.classed(shown.value));
    maps[at]?.tell(table.isWhole && shown.value === 'ratio');
  }
  explain();
}

/** What the five colours stand for now. */
function explain() {
  const [table] = squares;
  const isRatio = shown.value === 'ratio' && table.drawn.method !== 'activity';
  const what = shown.value === 'visits' ? 'visits' : 'notes';
  const limits = isRatio || !table.months ? [] : [1, ...table.limits(what)];
  for (const [at, entry] of [...ramp.querySelectorAll('li')].slice(0, 5).entries()) {
    const last = at === 4 ? 'and more' : `to ${limits[at + 1] - 1}`;
    const text = limits[at] === limits[at + 1] - 1 ? whole(limits[at], names[what]) : `${limits[at]} ${last} ${what}`;
    entry.lastChild.textContent = limits.length ? text : usualRamp[at];
    entry.hidden = limits.length > 0 && at < 4 && limits[at + 1] <= limits[at];
  }
  for (const entry of [...ramp.querySelectorAll('li')].slice(5)) entry.hidden = !isRatio && shown.value !== 'ratio';
}

function choose(at, id) {
  const table = squares[at];
  maps[at]?.mark(id);
  const row = document.querySelectorAll('.squares-table')[at]?.querySelector(`[data-square="${id}"]`)?.closest('tr');
  const name = row?.querySelector('button').textContent ?? 'This square';
  const said = [row?.cells[1].firstChild.textContent, steady(table.drawn, id)].filter(Boolean).join('. ');
  if (!table.months) {
    words.textContent = said ? `${name}: ${said}.` : `${name} is listed further down: list all squares.`;
    return;
  }
  const { visits, notes, noted, expected } = table.around();
  const beside = expected[id] >= 0.05 ? `${noted[id]} around it where ${expected[id].toFixed(1)} were expected` : 'nobody went near it';
  words.textContent = `${name}: ${whole(visits[id], names.visits)}, ${whole(notes[id], names.notes)}; ${beside}.${said && table.isWhole ? ` ${said}.` : ''}`;
}

/** In how many other ways of drawing the squares one is hot; nothing for one that is not. */
function steady({ steady: words, method }, id) {
  return words[id] && `${method === 'activity' ? 'Busy' : 'Hot'} in ${words[id]} ways if the squares are drawn otherwise`;
}

function wire() {
  document.getElementById('map-tools').hidden = false;
  shown.addEventListener('change', draw);
  for (const [at, table] of [...document.querySelectorAll('.squares-table')].entries()) {
    for (const button of table.querySelectorAll('[data-square]')) {
      button.disabled = false;
      button.addEventListener('click', () => {
        maps[at]?.go(Number(button.dataset.square));
        choose(at, Number(button.dataset.square));
      });
    }
  }
  const [{ months }] = drawn;
  if (months.length < 2) return draw();
  const show = startWindow(months, (from, length) => {
    for (const table of squares) table.show(from, Math.min(length, table.months));
    draw();
  });
  document.getElementById('window-ask').addEventListener('click', () => ask());
  return show(0, months.length);
}

/** Ask for the months that are shown. */
function ask() {
  const form = document.getElementById('asking');
  const options = [...form.elements.first.options];
  const first = options.findIndex((option) => option.value === form.elements.first.value) - squares[0].start;
  form.elements.first.value = options[first].value;
  form.elements.last.value = options[first - squares[0].length + 1].value;
  form.requestSubmit();
}

try {
  start();
  wire();
  const outlines = await fetchOutlines(OUTLINES).catch(() => null);
  if (outlines) for (const map of maps) map?.outline(structuredClone(outlines));
} catch {
  words.textContent = 'This device cannot draw the map. The table holds the same facts.';
}
