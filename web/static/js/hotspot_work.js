// Work on a map: asked about every second; when it is done, the question is asked again and answered from what was made.
import { used } from './session.js';

const EVERY = 1_000;
const bar = document.getElementById('work');
const words = document.getElementById('work-words');
const again = document.getElementById('again');

async function look() {
  try {
    const answer = await fetch(bar.dataset.work);
    if (answer.status === 401) return location.assign('/sign-in?ended');
    const work = answer.ok ? await answer.json() : { state: 'gone' };
    if (work.state !== 'running') return again.submit();
    used();
    bar.value = Math.round(100 * work.share);
    words.textContent = `The second method takes up to a minute: ${bar.value} % is done.`;
  } catch {
    words.textContent = 'The server could not be reached. It is asked again.';
  }
  return setTimeout(look, EVERY);
}

setTimeout(look, EVERY);
