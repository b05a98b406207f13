// Today: asks every 15 seconds what waits for whoever is signed in, which does not keep the session awake; says when the
// server cannot be reached, and when the session is over by when to check in all the same.
import { end } from './session.js';

const page = document.getElementById('today');
const news = document.getElementById('new-notice');
const unreachable = document.getElementById('unreachable');
const signedOut = document.getElementById('signed-out');
const EVERY = 15_000;
// What waited when the page was made: whatever came since is told, however late this runs.
let known = new Set(page?.dataset.told.split(' '));
let asking;

async function listen() {
  let waiting;
  try {
    const answer = await fetch('/api/notices');
    if (answer.status === 401) {
      end();
      return;
    }
    if (!answer.ok) throw new Error(`${answer.status}`);
    waiting = (await answer.json()).notices.filter((notice) => !notice.acknowledged_at);
  } catch {
    unreachable.hidden = false;
    return;
  }
  unreachable.hidden = true;
  const ids = waiting.map((notice) => notice.id);
  if (ids.some((id) => !known.has(id))) tell();
  known = new Set([...known, ...ids]);
}

function tell() {
  news.hidden = false;
  navigator.vibrate?.([300, 200, 300]);
}

function over({ detail }) {
  clearInterval(asking);
  if (!detail.hasTyped) {
    for (const part of page.children) part.hidden = part !== signedOut && part.tagName !== 'H1';
  }
  signedOut.hidden = false;
  const due = Date.parse(page.querySelector('[data-due]')?.dataset.due ?? '');
  if (due) setTimeout(late, Math.max(0, due - Date.now()));
}

function late() {
  document.getElementById('still-due').textContent = 'You were expected to check in.';
  navigator.vibrate?.([300, 200, 300]);
}

document.addEventListener('session-over', over);
if (page && 'listens' in page.dataset) {
  listen();
  asking = setInterval(listen, EVERY);
  addEventListener('online', listen);
  addEventListener('offline', () => { unreachable.hidden = false; });
}
