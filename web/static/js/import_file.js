// Sending a file: it may be dropped on the form, and while it travels the page says so.
const form = document.getElementById('send-file');
const input = document.getElementById('file');
const drop = document.getElementById('drop');
const chosen = document.getElementById('file-chosen');
const sending = document.getElementById('sending');
const MEBIBYTE = 1024 * 1024;

const size = (bytes) => (bytes >= MEBIBYTE ? `${(bytes / MEBIBYTE).toFixed(1)} MB` : `${Math.ceil(bytes / 1024)} kB`);

function tell() {
  const [file] = input.files;
  chosen.textContent = file ? `${file.name}, ${size(file.size)}` : '';
}

document.getElementById('drop-words').hidden = false;
input.addEventListener('change', tell);
for (const name of ['dragover', 'dragenter']) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add('is-over');
  });
}
drop.addEventListener('dragleave', () => drop.classList.remove('is-over'));
drop.addEventListener('drop', (event) => {
  event.preventDefault();
  drop.classList.remove('is-over');
  if (!event.dataTransfer.files.length) return;
  input.files = event.dataTransfer.files;
  tell();
});
form.addEventListener('submit', (event) => {
  const [file] = input.files;
  if (file && file.size > Number(input.dataset.most)) {
    event.preventDefault();
    chosen.textContent = `${file.name} has ${size(file.size)}; at most ${size(Number(input.dataset.most))} are taken.`;
    input.focus();
    return;
  }
  sending.textContent = 'Sending the file. Keep this page open.';
  for (const button of form.querySelectorAll('button')) button.disabled = true;
});
// Coming back to the page with the browser's own button, it can be sent again.
window.addEventListener('pageshow', () => {
  sending.textContent = '';
  for (const button of form.querySelectorAll('button')) button.disabled = false;
});
