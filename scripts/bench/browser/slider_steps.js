// Put into the page before its own scripts: how long a key on the slider takes until the browser has shown the frame.
(() => {
  const rest = (milliseconds) => new Promise((go) => { setTimeout(go, milliseconds); });
  const frame = () => new Promise((go) => { requestAnimationFrame(go); });
  const told = [];
  const watched = new PerformanceObserver((list) => told.push(...list.getEntries()));
  watched.observe({ type: 'event', durationThreshold: 16 });

  /** Wait until frames come and go without delay, so that one step does not weigh on the next. */
  window.calm = async () => {
    await rest(60);
    await frame();
    await frame();
  };

  /** Milliseconds of the script alone for so many steps, each followed by its frame. */
  window.sliderSteps = async (count) => {
    const slider = document.getElementById('window-start');
    const taken = [];
    for (let at = 0; at < count; at += 1) {
      slider.value = String((Number(slider.value) + 1) % (Number(slider.max) + 1));
      const began = performance.now();
      slider.dispatchEvent(new Event('input'));
      taken.push(performance.now() - began);
      await calm();
    }
    return taken;
  };

  /** Milliseconds from each key to the frame that was shown next, in eights, as the browser tells it; 16 and more. */
  window.keysTold = async () => {
    await rest(500);
    told.push(...watched.takeRecords());
    const longest = new Map();
    for (const one of told.splice(0).filter(({ interactionId }) => interactionId)) {
      longest.set(one.interactionId, Math.max(one.duration, longest.get(one.interactionId) ?? 0));
    }
    return [...longest.values()];
  };
})();
