// Put into the page before its own scripts: how long steps of the slider take, from the event to a finished picture.
(() => {
  const contexts = [];
  const { getContext } = HTMLCanvasElement.prototype;
  HTMLCanvasElement.prototype.getContext = function remembered(...asked) {
    const found = getContext.apply(this, asked);
    if (asked[0] === 'webgl2' && found && !contexts.includes(found)) contexts.push(found);
    return found;
  };
  const frame = () => new Promise((go) => { requestAnimationFrame(go); });
  const rest = (milliseconds) => new Promise((go) => { setTimeout(go, milliseconds); });
  const told = [];
  new PerformanceObserver((list) => told.push(...list.getEntries())).observe({ type: 'event', durationThreshold: 16 });

  /** Wait until every pixel is drawn: a card, or the software in its place, works behind the script's back. */
  function finished() {
    for (const gl of contexts) gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
  }

  /** Milliseconds of so many steps: of the script alone, and until the picture is finished. */
  window.sliderSteps = async (count) => {
    const slider = document.getElementById('window-start');
    const steps = [];
    for (let at = 0; at < count; at += 1) {
      slider.value = String((Number(slider.value) + 1) % (Number(slider.max) + 1));
      await rest(120);
      await frame();
      const began = performance.now();
      slider.dispatchEvent(new Event('input'));
      const scripted = performance.now();
      await frame();
      finished();
      steps.push([scripted - began, performance.now() - began]);
    }
    return steps;
  };

  /** Milliseconds from each key to the next frame that was shown, in eights, as the browser tells it. */
  window.keysTold = async () => {
    await rest(500);
    const longest = new Map();
    for (const one of told.splice(0).filter(({ interactionId }) => interactionId)) {
      longest.set(one.interactionId, Math.max(one.duration, longest.get(one.interactionId) ?? 0));
    }
    return [...longest.values()];
  };
})();
