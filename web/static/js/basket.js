// The basket: places that were chosen for a sheet. Their ids are kept in this tab and leave it only with the form.
import { keep, kept } from './kept.js';

const form = document.getElementById('basket');
const count = document.getElementById('basket-count');
const clear = document.getElementById('basket-clear');
const onCard = document.getElementById('card-pick');
// What was ticked before this ran, on a slow line, is chosen too.
const ticked = [...document.querySelectorAll('[data-pick]:checked')].map((box) => box.value);
let chosen = new Set([...(kept('basket') ?? []), ...ticked]);
let onCardNow = null;
let changed = () => {};

export const basket = () => [...chosen];

export function startBasket(whenChanged) {
  if (!form) return;
  changed = whenChanged;
  document.addEventListener('change', ({ target }) => target.matches?.('[data-pick]') && pick(target.value, target.checked));
  clear.addEventListener('click', () => {
    chosen = new Set();
    settle();
  });
  onCard?.addEventListener('click', () => toggle(onCardNow));
  // Places that were chosen before and are not in the list now go with the form too.
  form.addEventListener('formdata', ({ formData }) => {
    formData.delete('place');
    for (const id of chosen) formData.append('place', id);
  });
  showBasket();
}

export function toggle(id) {
  if (id && form) pick(id, !chosen.has(id));
}

function pick(id, isWanted) {
  if (isWanted) chosen.add(id);
  else chosen.delete(id);
  settle();
}

function settle() {
  keep('basket', [...chosen]);
  showBasket();
  changed();
}

/** Tick what is chosen in the list as it is now, and say how many are. */
export function showBasket() {
  if (!form) return;
  for (const box of document.querySelectorAll('[data-pick]')) box.checked = chosen.has(box.value);
  form.hidden = clear.hidden = chosen.size === 0;
  count.textContent = `Chosen: ${chosen.size}`;
  showOnCard(onCardNow);
}

/** Offer to choose the place whose card is shown; null for a card of none. */
export function showOnCard(id) {
  onCardNow = id;
  if (!onCard) return;
  onCard.hidden = !id || !form;
  onCard.setAttribute('aria-pressed', String(chosen.has(id)));
  onCard.textContent = chosen.has(id) ? 'Chosen: leave it out' : 'Choose this place';
}
