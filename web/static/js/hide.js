// Hide: the screen is blank at once, and the neutral page takes this one's place in the history. Shift three
// times within two seconds does the same. A picture of the page in a list of open apps shows nothing either.
const button = document.getElementById('hide');
const WITHIN = 2000;
let presses = [];

function hide(event) {
  event?.preventDefault();
  document.documentElement.classList.add('blank');
  document.title = 'Kitchen measures';
  location.replace(button.href);
}

function count({ key, repeat, timeStamp }) {
  if (repeat) return;
  presses = key === 'Shift' ? [...presses.filter((at) => timeStamp - at < WITHIN), timeStamp] : [];
  if (presses.length === 3) hide();
}

if (button) {
  button.addEventListener('click', hide);
  document.addEventListener('keydown', count);
  document.addEventListener('visibilitychange', () => {
    document.documentElement.classList.toggle('blank', document.visibilityState === 'hidden');
  });
}
