// Add a place where the map's middle is, by button, or where somebody pressed long. The position is posted.
const form = document.getElementById('add-here');

export function startAdding(map) {
  if (!form) return;
  form.hidden = false;
  form.addEventListener('submit', () => fill(map.getCenter()));
  map.on('contextmenu', ({ lngLat }) => {
    fill(lngLat);
    form.submit();
  });
}

function fill({ lng, lat }) {
  form.elements.longitude.value = lng.toFixed(6);
  form.elements.latitude.value = lat.toFixed(6);
}
