// The check of a note's text while it is written: the server's own, asked soon after the last key. What is typed goes
// to our own origin alone and is not kept there. Without this module the check comes on saving.
import { page, part } from './pages.js';

const PAUSE = 600;
let waiting = null;
let latest = 0;

async function look(check, text) {
  latest += 1;
  const mine = latest;
  const form = new FormData();
  form.set('text', text);
  try {
    const answer = await page(check.dataset.check, form, { isTyped: true });
    const found = answer.getElementById('findings');
    if (mine === latest && found) check.querySelector('#findings')?.replaceWith(part(answer, '#findings'));
  } catch {
    // Offline, or signed out: the check comes on saving.
  }
}

document.addEventListener('input', ({ target }) => {
  const check = target.closest('#check');
  if (!check) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => look(check, target.value), PAUSE);
});
// What was typed before this ran, on a slow line, is looked at too.
for (const check of document.querySelectorAll('#check')) {
  const { value, defaultValue } = check.querySelector('textarea');
  if (value !== defaultValue) look(check, value);
}
document.getElementById('look-again')?.focus();
