// My account: add a passkey.
import { isOffered, make, post } from './webauthn.js';

const form = document.getElementById('add-passkey');
const words = document.getElementById('passkey-words');

async function add(event) {
  event.preventDefault();
  words.textContent = 'Your device asks you now.';
  try {
    const options = await post('/api/account/passkeys/options');
    if (!options.ok) throw new Error(options.body.detail);
    const credential = await make(options.body);
    const added = await post('/api/account/passkeys', { name: document.getElementById('passkey-name').value, credential });
    if (!added.ok) throw new Error(added.body.detail);
    location.assign('/account?added');
  } catch (error) {
    words.textContent = error instanceof DOMException ? 'No passkey was added. You can try again.' : error.message;
  }
}

if (isOffered()) {
  words.textContent = '';
  form.hidden = false;
  form.addEventListener('submit', add);
}
