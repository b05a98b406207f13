// A form is sent once: on a slow line people press again, and would save the same thing twice. While it is on its way
// its button says so; it can be pressed again after a while, for an answer that never came. A button that asks for a
// file (data-file) saves nothing, and leaves the page where it is. What took long to type (data-long), and everything
// where the server may be out of reach, is sent once the server has answered.
import { isDoubtful, isReached } from './reach.js';

const AGAIN_AFTER = 8_000;
const sent = new Map();
const answered = new WeakSet();

function send(event) {
  if (event.defaultPrevented) return; // Another module sends it.
  const { target: form, submitter } = event;
  if (submitter?.dataset.file !== undefined) return;
  if (sent.has(form)) return event.preventDefault();
  submitter?.setAttribute('aria-busy', 'true');
  sent.set(form, setTimeout(() => forget(form), AGAIN_AFTER));
  if (answered.delete(form) || !(isDoubtful() || 'long' in form.dataset)) return;
  event.preventDefault();
  ask(form, submitter);
}

/** Send the form once the server has answered; leave it as it is where nothing answers. */
async function ask(form, submitter) {
  const isThere = await isReached();
  forget(form);
  if (!isThere) return;
  answered.add(form);
  form.requestSubmit(submitter);
}

function forget(form) {
  clearTimeout(sent.get(form));
  sent.delete(form);
  for (const button of form.querySelectorAll('[aria-busy]')) button.removeAttribute('aria-busy');
}

addEventListener('submit', send);
// Going back shows a page as it was left.
addEventListener('pageshow', () => [...sent.keys()].forEach(forget));
