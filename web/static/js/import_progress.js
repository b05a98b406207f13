// Work on an import: asked about every two seconds, which also keeps the session that the work belongs to.
// Without this the page is looked at again with its link.
import { page } from './pages.js';

const EVERY = 2_000;
const words = document.getElementById('work-words');
const { then } = document.getElementById('work').dataset;
document.getElementById('look').hidden = true;

async function look() {
  try {
    const answer = await page(then);
    const now = answer.getElementById('work-words');
    if (!now) return location.replace(then);
    if (now.textContent !== words.textContent) words.textContent = now.textContent;
  } catch {
    words.textContent = 'The server could not be reached. It is asked again.';
  }
  setTimeout(look, EVERY);
  return null;
}

setTimeout(look, EVERY);
