// A form is sent once: on a slow line people press again, and would save the same thing twice. While it is on its way
// its button says so; it can be pressed again after a while, for an answer that never came. A button that asks for a
// file (data-file) saves nothing, and leaves the page where it is.
const AGAIN_AFTER = 8_000;
const sent = new Map();

function send(event) {
  if (event.defaultPrevented) return; // Another module sends it.
  if (event.submitter?.dataset.file !== undefined) return;
  const form = event.target;
  if (sent.has(form)) return event.preventDefault();
  event.submitter?.setAttribute('aria-busy', 'true');
  sent.set(form, setTimeout(() => forget(form), AGAIN_AFTER));
}

function forget(form) {
  clearTimeout(sent.get(form));
  sent.delete(form);
  for (const button of form.querySelectorAll('[aria-busy]')) button.removeAttribute('aria-busy');
}

addEventListener('submit', send);
// Going back shows a page as it was left.
addEventListener('pageshow', () => [...sent.keys()].forEach(forget));
