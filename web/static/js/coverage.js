// The coverage page: squares by the days since somebody went, and the table's rows on the map.
import './trusted.js';
import { emptyOutlines, fetchOutlines } from './outlines.js';
import { SquareMap } from './hotspot_map.js';

const drawn = JSON.parse(document.getElementById('drawn').textContent);
const frame = document.getElementById('map');
const words = document.getElementById('map-words');

function choose(id) {
  const row = document.querySelector(`[data-square="${id}"]`)?.closest('tr');
  words.textContent = row
    ? `${row.querySelector('button').textContent}: ${row.cells[1].textContent}; latest visit ${row.cells[2].textContent}, ${row.cells[5].textContent} notes, ${row.cells[4].textContent} planned.`
    : 'This square is further down in the table: list all squares.';
}

function start() {
  const map = new SquareMap(frame, drawn, {
    outlines: emptyOutlines(),
    chosen: (id) => {
      map.mark(id);
      choose(id);
    },
    ready: () => { frame.dataset.ready = 'yes'; },
    failed: () => { words.textContent = 'Part of the map could not be drawn. The table holds the same facts.'; },
  });
  map.draw(Int8Array.from(drawn.classes));
  for (const button of document.querySelectorAll('[data-square]')) {
    button.disabled = false;
    button.addEventListener('click', () => {
      map.go(Number(button.dataset.square));
      choose(Number(button.dataset.square));
    });
  }
  return map;
}

try {
  const map = start();
  const outlines = await fetchOutlines([{ name: 'boroughs' }, { name: 'wards' }]).catch(() => null);
  if (outlines) map.outline(outlines);
} catch {
  words.textContent = 'This device cannot draw the map. The table holds the same facts.';
}
