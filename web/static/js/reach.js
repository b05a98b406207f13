// Whether the server can be reached. Where it cannot, the browser's own page about that would take the place of what
// was typed, and of whom to call: so nothing is sent, nothing is left, and the page says so.
const banner = document.getElementById('not-sent');
const PATIENCE = 10_000;

/** Something speaks for it that the server cannot be reached just now: the device, or the page that asked last. */
export function isDoubtful() {
  return !navigator.onLine || document.querySelector('#unreachable:not([hidden])') !== null;
}

/** Ask the server; resolves to whether it answers, and says so on the page when it does not. */
export async function isReached() {
  try {
    const answer = await fetch('/api/health', { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok) throw new Error(`${answer.status}`);
  } catch {
    sayNotSent();
    return false;
  }
  banner.hidden = true;
  return true;
}

/** Say that nothing was sent, and that the page is as it was. */
export function sayNotSent() {
  banner.hidden = false;
  navigator.vibrate?.(200);
}

/** A link is followed only where it leads somewhere. Hide leads to a page that is in the browser already. */
async function follow(event) {
  const link = event.target.closest('a[href^="/"]');
  if (!link || link.id === 'hide' || event.defaultPrevented || !isDoubtful()) return;
  event.preventDefault();
  if (await isReached()) location.assign(link.href);
}

addEventListener('click', follow);
addEventListener('online', () => { banner.hidden = true; });
