// A better plan, looked for while somebody looks at this one: asked about every second, told in a line, shown at the
// end. Without this there is the button "Look for a better plan".
import { page, part } from './pages.js';

const EVERY = 1_000;
const line = document.getElementById('search');
const where = `/api/plans/${line.dataset.plan}/search`;
let searching = false;

function told(state) {
  const score = state.score === null ? '' : `, score ${state.score}`;
  return `${state.visits} visits, ${state.travel} minutes of travel${score}`;
}

async function shown() {
  const answer = await page(location.pathname);
  for (const id of ['routes', 'left-out']) document.getElementById(id).replaceWith(part(answer, `#${id}`));
}

async function look() {
  if (!searching) return;
  const answer = await fetch(where, { cache: 'no-store' }).catch(() => null);
  if (!answer?.ok) return over('The search could not be followed. Your plan is kept as it is.');
  const state = await answer.json();
  line.textContent = `Looking for a better plan: ${told(state)}.`;
  if (!state.is_over) return setTimeout(look, EVERY);
  const is_better = String(state.version) !== line.dataset.version;
  if (is_better) await shown();
  line.dataset.version = state.version;
  return over(is_better ? `A better plan was found: ${told(state)}.` : 'No better plan was found.');
}

function over(words) {
  searching = false;
  line.textContent = words;
}

async function start() {
  const answer = await fetch(where, { method: 'POST' }).catch(() => null);
  if (!answer?.ok) return;
  searching = true;
  line.textContent = 'Looking for a better plan.';
  setTimeout(look, EVERY);
}

addEventListener('pagehide', () => {
  if (searching) fetch(where, { method: 'DELETE', keepalive: true }).catch(() => null);
  searching = false;
});
if (line.dataset.start) start();
