// Parts of pages, fetched as documents: the server words every fact once, and nothing here makes
// markup from text. Scripts of a document fetched so never run.
import { used } from './session.js';

/** The document at `url`; a session that ended goes to the sign-in page instead. */
export function page(url, form) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(form ? 'POST' : 'GET', url);
    request.responseType = 'document';
    request.onload = () => {
      if (request.status === 401) return signInAgain();
      used();
      if (request.response) resolve(request.response);
      else reject(new Error('The answer was not a page.'));
    };
    request.onerror = () => reject(new Error('The server could not be reached.'));
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
