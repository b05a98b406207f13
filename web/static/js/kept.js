// What a page keeps for itself until the session ends: in this tab only, never in an address, never sent by itself.
// What another session left in the tab is forgotten.
const session = document.body.dataset.ends ?? '';
const NAME = 'waymark';

function all() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(NAME) ?? '{}');
    if (kept.session === session) return kept;
  } catch {
    // Nothing of ours can be read there: begin anew.
  }
  return { session };
}

export const kept = (name) => all()[name] ?? null;

export function keep(name, value) {
  try {
    sessionStorage.setItem(NAME, JSON.stringify({ ...all(), [name]: value }));
  } catch {
    // A browser that keeps nothing works all the same; the next page begins anew.
  }
}

document.querySelector('form[action="/sign-out"]')?.addEventListener('submit', () => sessionStorage.removeItem(NAME));
