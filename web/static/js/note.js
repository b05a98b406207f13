// The check of a note's text while it is written: the server's own, asked half a second after the last key. What is
// typed goes to our own origin alone and is not kept there. Without this module the check comes on saving.
import { page, part } from './pages.js';

const PAUSE = 600;
const check = document.getElementById('check');
const text = check?.querySelector('textarea');
let waiting = null;
let latest = 0;

async function look() {
  latest += 1;
  const mine = latest;
  const form = new FormData();
  form.set('text', text.value);
  try {
    const answer = await page(check.dataset.check, form);
    const found = answer.getElementById('findings');
    if (mine === latest && found) document.getElementById('findings').replaceWith(part(answer, '#findings'));
  } catch {
    // Offline: the check comes on saving.
  }
}

text?.addEventListener('input', () => {
  clearTimeout(waiting);
  waiting = setTimeout(look, PAUSE);
});
document.getElementById('look-again')?.focus();
