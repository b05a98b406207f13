// Parts of pages, fetched as documents: the server words every fact once, and nothing here makes
// markup from text. Scripts of a document fetched so never run.
import { used } from './session.js';

const PATIENCE = 20_000;

/** The session is over, and what was typed is not to be left for the sign-in page. */
export class SessionOver extends Error {}

/** The document at `url`. A session that ended goes to the sign-in page instead, unless what is sent was typed. */
export function page(url, form, { isTyped = false } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(form ? 'POST' : 'GET', url);
    request.responseType = 'document';
    if (isTyped) request.timeout = PATIENCE;
    request.onload = () => {
      if (request.status === 401) return isTyped ? reject(new SessionOver('The session is over.')) : signInAgain();
      used();
      if (request.response) resolve(request.response);
      else reject(new Error('The answer was not a page.'));
    };
    request.onerror = request.ontimeout = () => reject(new Error('The server could not be reached.'));
    request.send(form);
  });
}

/** The element that `selector` finds in a fetched document, or else its error, as part of this page. */
export function part(from, selector) {
  const found = from.querySelector(selector) ?? from.querySelector('#error') ?? from.querySelector('main');
  return document.importNode(found, true);
}

export function signInAgain() {
  location.assign('/sign-in?ended');
}
