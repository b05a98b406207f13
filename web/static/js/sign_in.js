// Sign in with a passkey, beside the password: the purpose is chosen either way.
import { lastPurpose } from './session.js';
import { answer, isOffered, post } from './webauthn.js';

const form = document.getElementById('sign-in');
const button = document.getElementById('with-passkey');
const words = document.getElementById('passkey-words');

async function signIn() {
  const purpose = form.elements.purpose.value;
  if (!purpose) {
    words.textContent = 'Choose what you are here to do, then use your passkey.';
    document.getElementById('purpose').focus();
    return;
  }
  words.textContent = 'Your device asks you now.';
  try {
    const options = await post('/api/session/passkey/options');
    const credential = await answer(options.body);
    const organisation = form.elements.organisation?.value || undefined;
    const opened = await post('/api/session/passkey', { credential, purpose, organisation });
    if (opened.ok) goOn();
    else words.textContent = opened.body.organisations ? `${opened.body.detail} Sign in with your password to choose.` : opened.body.detail;
  } catch {
    words.textContent = 'No passkey was used. Try again, or sign in with your password.';
  }
}

// What was held goes through the form's own way, which knows by the cookie that somebody is signed in.
function goOn() {
  if (form.querySelector('[name^="held."]')) form.submit();
  else location.assign('/');
}

if (isOffered()) {
  document.getElementById('passkey-side').hidden = false;
  button.addEventListener('click', signIn);
}

// Whoever was signed in here a moment ago is here for the same; they may choose otherwise.
const choice = [...form.elements.purpose].find((one) => one.value === lastPurpose());
if (choice && !form.elements.purpose.value) {
  choice.checked = true;
  (isOffered() ? button : form.elements.email).focus();
}
