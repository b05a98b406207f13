// A sheet: the button prints it. On paper the map keeps the size it was drawn in, which fits A4.
const button = document.getElementById('print');
const map = document.querySelector('.sheet__map');
map.style.width = `${map.offsetWidth}px`;
button.hidden = false;
button.addEventListener('click', () => window.print());
