// Search within the page: what was typed is posted when it is sent, never while typing, and the results are rows
// that the map follows like those of the list.
import { page, part } from './pages.js';

const form = document.getElementById('search');
let latest = 0;

export function startSearch(say) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    search().catch(() => say('The search could not be made. Check the connection and try again.'));
  });
  document.addEventListener('click', (event) => {
    if (event.target.id !== 'found-close') return;
    event.preventDefault();
    document.getElementById('found').hidden = true;
    form.elements.text.focus();
  });
}

async function search() {
  latest += 1;
  const mine = latest;
  const answer = await page('/map/search', new FormData(form));
  if (mine !== latest) return;
  document.getElementById('found').replaceWith(part(answer, '#found'));
  document.getElementById('found-title').focus();
}
