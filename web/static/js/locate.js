// "Show where I am": the device is asked only when the button is pressed, and its answer stays in this page. When the
// map must move, it moves to a rounded place nearby, so that what it then loads does not tell the position either.
const STEP = 100;
const ENOUGH = 14;
const REFUSED = 1;

export class Locate {
  constructor({ found, say }) {
    this.found = found;
    this.say = say;
  }

  onAdd(map) {
    this.map = map;
    this.box = document.createElement('div');
    this.box.className = 'maplibregl-ctrl maplibregl-ctrl-group';
    const button = document.createElement('button');
    button.type = 'button';
    button.id = 'locate';
    button.title = 'Show where I am';
    button.setAttribute('aria-label', 'Show where I am');
    button.addEventListener('click', () => this.ask());
    this.box.append(button);
    return this.box;
  }

  onRemove() {
    this.box.remove();
  }

  ask() {
    this.say('Looking for your position.');
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => this.show(coords),
      ({ code }) => this.say(code === REFUSED
        ? 'This device may not tell the page its position. Allow it in the browser, or search instead.'
        : 'This device cannot find its position now. Search instead.'),
      { enableHighAccuracy: true, timeout: 20_000, maximumAge: 30_000 },
    );
  }

  show({ longitude, latitude, accuracy }) {
    const at = [longitude, latitude];
    this.found({ type: 'Point', coordinates: at });
    if (!this.map.getBounds().contains(at)) {
      this.map.jumpTo({ center: at.map((degrees) => Math.round(degrees * STEP) / STEP), zoom: Math.min(this.map.getZoom(), ENOUGH) });
      if (!this.map.getBounds().contains(at)) this.map.jumpTo({ zoom: ENOUGH - 2 });
    }
    this.say(`You are about here, within ${Math.max(10, Math.ceil(accuracy / 10) * 10)} m. Your position stays on this device.`);
  }
}
