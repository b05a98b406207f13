// When the session ends: said two minutes before, with a button that keeps it; and once it is over, a page on which
// nothing was typed goes to the sign-in page. What was typed stays: sending it leads there too, and keeps it.
const { idleMinutes, ends, purpose } = document.body.dataset;
const WARN = 2 * 60_000;
const banner = document.getElementById('ending');
const words = document.getElementById('ending-words');
const stay = document.getElementById('stay');
const last = Date.parse(ends ?? '');
let idleUntil = Date.now() + Number(idleMinutes) * 60_000;
const PURPOSE = 'waymark-purpose';
const KEPT = 'form[method="post"]:not([data-fleeting])';
let hasTyped = wasTyped();
let isOver = false;

/** What this tab's latest session was for, so that signing in again takes fewer touches; nothing after signing out. */
export function lastPurpose() {
  try {
    return sessionStorage.getItem(PURPOSE);
  } catch {
    return null; // A browser that keeps nothing asks anew.
  }
}

function remember() {
  try {
    sessionStorage.setItem(PURPOSE, purpose);
  } catch {
    // As above.
  }
}

/** Something was typed before this ran, or was sent, refused and is offered again. */
function wasTyped() {
  const forms = [...document.querySelectorAll(KEPT)];
  return forms.some((form) => form.querySelector('.govuk-form-group--error') || [...form.elements].some(differs));
}

function differs(field) {
  if (field.type === 'checkbox' || field.type === 'radio') return field.checked !== field.defaultChecked;
  if (!field.options) return 'defaultValue' in field && field.value !== field.defaultValue;
  return field.selectedIndex > 0 && !field.options[field.selectedIndex].defaultSelected;
}

/** The session was used just now: each answer of the server lengthens it. */
export function used() {
  idleUntil = Date.now() + Number(idleMinutes) * 60_000;
}

function look() {
  if (isOver) return;
  const left = Math.min(idleUntil, last) - Date.now();
  banner.hidden = left > WARN;
  if (left <= 0) end();
  else if (left <= WARN) warn(left);
}

function warn(left) {
  const minutes = Math.ceil(left / 60_000);
  stay.hidden = last - Date.now() <= WARN;
  words.textContent = `Your session ends in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`;
}

/** The session is over: what is shown goes, unless something was typed; a page may say so itself. */
export function end() {
  if (isOver) return;
  isOver = true;
  banner.hidden = false;
  stay.hidden = true;
  words.textContent = 'Your session has ended. What you typed is still here: send it, sign in, and it is offered to you again.';
  const own = document.getElementById('signed-out');
  if (own && !hasTyped) banner.hidden = true;
  if (own) document.dispatchEvent(new CustomEvent('session-over', { detail: { hasTyped } }));
  else if (!hasTyped) location.assign('/sign-in?ended');
}

async function keep() {
  try {
    const answer = await fetch('/api/session');
    if (answer.ok) used();
    look();
  } catch {
    words.textContent = 'The server could not be reached. Try again.';
  }
}

if (banner) {
  remember();
  document.querySelector('form[action="/sign-out"]').addEventListener('submit', () => sessionStorage.removeItem(PURPOSE));
  document.addEventListener('input', ({ target }) => { hasTyped ||= Boolean(target.closest(KEPT)); });
  stay.addEventListener('click', keep);
  setInterval(look, 5_000);
  document.addEventListener('visibilitychange', look);
}
