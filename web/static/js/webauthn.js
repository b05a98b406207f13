// Passkeys as the server speaks of them: JSON in which bytes are base64url.

export const isOffered = () =>
  window.isSecureContext && 'PublicKeyCredential' in window && !/^[\d.]+$|:/.test(location.hostname);

const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

const PARTS = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'];

function told({ id, rawId, type, response }) {
  const parts = PARTS.filter((name) => response[name]).map((name) => [name, text(response[name])]);
  return { id, rawId: text(rawId), type, response: Object.fromEntries(parts) };
}

/** Post JSON; the answer and its body. */
export async function post(path, body) {
  const answer = await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body ?? {}) });
  return { ok: answer.ok, status: answer.status, body: await answer.json() };
}

/** Have the authenticator make a passkey for these options. */
export async function make(options) {
  const named = (options.excludeCredentials ?? []).map((one) => ({ ...one, id: bytes(one.id) }));
  const user = { ...options.user, id: bytes(options.user.id) };
  const publicKey = { ...options, challenge: bytes(options.challenge), user, excludeCredentials: named };
  return told(await navigator.credentials.create({ publicKey }));
}

/** Have the authenticator answer these options. */
export async function answer(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: [] };
  return told(await navigator.credentials.get({ publicKey }));
}
