// What stands beside the map: the list of what is in view, or the card of the place chosen.
import { showBasket, showOnCard } from './basket.js';
import { filters } from './filters.js';
import { page, part } from './pages.js';

const listSide = document.getElementById('list-side');
const cardSide = document.getElementById('card-side');
const cardHere = document.getElementById('card-here');
const panel = document.getElementById('panel');
const said = document.getElementById('said');
let latest = 0;
let chosen = null;

/** Say something to people who cannot see the map move. */
export function say(words) {
  said.textContent = words;
}

/** List what lies in `box` (west, south, east, north) and meets the filters, unless a newer list was asked for. */
export async function listIn(box) {
  latest += 1;
  const mine = latest;
  const form = new FormData();
  form.set('box', box.map((degrees) => degrees.toFixed(6)).join(','));
  for (const [name, value] of Object.entries(filters())) form.set(name, value);
  const answer = await page('/map/list', form);
  if (mine !== latest) return;
  const focused = document.activeElement?.dataset?.place;
  document.getElementById('list')?.replaceWith(part(answer, '#list'));
  showBasket();
  rowOf(focused)?.focus({ preventScroll: true });
  const words = document.getElementById('list-words');
  if (words) say(words.textContent);
}

/** Show the card of a place, as the server words it on the place's own page. */
export async function showCard(id) {
  chosen = id;
  const answer = await page(`/places/${encodeURIComponent(id)}`);
  if (chosen === id) show(part(answer, '#card'));
}

/** Show what is known of a square: its size, the strictest rule in it, and a count where there is one. */
export function showSquare({ size, attend_rule: rule, places }) {
  chosen = null;
  const card = document.getElementById('square-card').content.firstElementChild.cloneNode(true);
  for (const words of card.querySelectorAll('[data-rule]')) words.hidden = words.dataset.rule !== rule;
  for (const words of card.querySelectorAll('[data-counted]')) words.hidden = (words.dataset.counted === 'yes') !== Boolean(places);
  card.querySelector('[data-size]').textContent = size >= 1000 ? `${size / 1000} km square` : `${size} m square`;
  card.querySelector('[data-count]').textContent = places === 1 ? '1 place' : `${places} places`;
  show(card);
}

function show(card) {
  showOnCard(chosen);
  if (cardSide.hidden) history.pushState({ card: true }, '');
  cardHere.replaceChildren(card);
  [listSide.hidden, cardSide.hidden] = [true, false];
  panel.scrollTop = 0;
  card.tabIndex = -1;
  card.focus({ preventScroll: true });
}

function showList() {
  [listSide.hidden, cardSide.hidden] = [false, true];
  cardHere.replaceChildren();
  const left = chosen;
  chosen = null;
  // Afterwards, because going back to an address with a fragment moves the focus too.
  setTimeout(() => (rowOf(left) ?? panel).focus());
  document.dispatchEvent(new Event('unchosen'));
}

const rowOf = (id) => (id ? document.querySelector(`a[data-place="${CSS.escape(id)}"]`) : null);

document.getElementById('to-list').addEventListener('click', () => history.back());
window.addEventListener('popstate', () => { if (!cardSide.hidden) showList(); });
