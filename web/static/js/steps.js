// The steps of a long form inside one page, so that the browser's own Back leads to the step before, with what was
// typed. The server words each step and keeps nothing on the way; without this module each step is a page.
import { page, part } from './pages.js';

const seen = [];
let here = 0;
history.replaceState({ step: 0 }, '');

async function send(event) {
  const form = event.target.closest('#step form');
  const button = event.submitter;
  if (!form || button?.value === 'save') return;
  event.preventDefault();
  const data = new FormData(form);
  if (button?.name) data.set(button.name, button.value);
  let answer;
  try {
    answer = await page(form.action, data);
  } catch {
    form.submit();
    return;
  }
  const now = document.getElementById('step');
  const next = part(answer, '#step');
  document.title = answer.title;
  seen[here] = now;
  here += 1;
  seen.length = here + 1;
  seen[here] = next;
  history.pushState({ step: here }, '');
  show(now, next);
}

function show(now, next) {
  now.replaceWith(next);
  window.scrollTo(0, 0);
  (document.getElementById('faults') ?? document.getElementById('look-again') ?? next).focus();
  document.dispatchEvent(new Event('step'));
}

document.addEventListener('submit', send);
window.addEventListener('popstate', ({ state }) => {
  const wanted = seen[state?.step];
  const now = document.getElementById('step');
  if (!wanted || wanted === now) return;
  seen[here] = now;
  here = state.step;
  show(now, wanted);
});
