// Night mode follows the device; the button overrides it and the choice is kept in a cookie, so that the
// server already answers in the right colours.
const sheet = document.getElementById('night');
const button = document.getElementById('night-button');
const device = window.matchMedia('(prefers-color-scheme: dark)');

export const isNight = () => window.matchMedia(sheet.media).matches;

function show() {
  button.setAttribute('aria-pressed', String(isNight()));
  document.dispatchEvent(new Event('night'));
}

button.hidden = false;
button.addEventListener('click', () => {
  const wanted = isNight() ? 'day' : 'night';
  sheet.media = wanted === 'night' ? 'all' : 'not all';
  document.cookie = `colours=${wanted}; Path=/; Max-Age=31536000; SameSite=Strict`;
  show();
});
device.addEventListener('change', show);
show();
