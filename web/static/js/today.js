// Today: asks every 15 seconds what waits for whoever is signed in, and says when the server cannot be reached.
import { used } from './session.js';

const page = document.getElementById('today');
const news = document.getElementById('new-notice');
const unreachable = document.getElementById('unreachable');
const EVERY = 15_000;
let known;

async function listen() {
  let waiting;
  try {
    const answer = await fetch('/api/notices');
    if (answer.status === 401) return;
    if (!answer.ok) throw new Error(`${answer.status}`);
    waiting = (await answer.json()).notices.filter((notice) => !notice.acknowledged_at);
    used();
  } catch {
    unreachable.hidden = false;
    return;
  }
  unreachable.hidden = true;
  const ids = waiting.map((notice) => notice.id);
  if (known && ids.some((id) => !known.has(id))) tell();
  known = new Set([...(known ?? []), ...ids]);
}

function tell() {
  news.hidden = false;
  navigator.vibrate?.([300, 200, 300]);
}

if (page && 'listens' in page.dataset) {
  listen();
  setInterval(listen, EVERY);
  addEventListener('online', listen);
  addEventListener('offline', () => { unreachable.hidden = false; });
}
