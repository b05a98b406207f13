// The steps of a long form inside one page, so that the browser's own Back leads to the step before, with what was
// typed. The server words each step and keeps nothing on the way; without this module each step is a page.
import { SessionOver, page, part } from './pages.js';
import { sayNotSent } from './reach.js';

const seen = [];
let here = 0;
let isSending = false;
let isWhole = false;
history.replaceState({ step: 0 }, '');

async function send(event) {
  const form = event.target.closest('#step form');
  const button = event.submitter;
  if (!form || isWhole || button?.value === 'save') return;
  event.preventDefault();
  if (isSending) return;
  isSending = true;
  button?.setAttribute('aria-busy', 'true');
  try {
    await take(form, button);
  } catch (error) {
    if (error instanceof SessionOver) sendWhole(form, button);
    else sayNotSent();
  } finally {
    isSending = false;
    button?.removeAttribute('aria-busy');
  }
}

/** Take the step that the button asks for. */
async function take(form, button) {
  const data = new FormData(form);
  if (button?.name) data.set(button.name, button.value);
  const answer = await page(form.action, data, { isTyped: true });
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

/** Leave the page with what was typed: the page that asks to sign in holds it, and offers it again. */
function sendWhole(form, button) {
  isWhole = true;
  form.requestSubmit(button);
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
