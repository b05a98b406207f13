// The months that are shown: a slider with boxes for numbers beside it, and play, which nobody starts but the reader.
const EVERY = 900;
const part = (name) => document.getElementById(`window-${name}`);

/** Call `show(start, length)` for each choice; `months` are their names. */
export function startWindow(months, show) {
  const [slider, first, length, words, play] = ['start', 'first', 'length', 'words', 'play'].map(part);
  let timer = null;
  for (const [at, name] of months.entries()) first.append(new Option(name, String(at)));
  length.max = String(months.length);
  length.value = String(months.length);

  function chosen(start, count) {
    const asked = Number.isFinite(count) ? Math.trunc(count) : 1;
    const kept = Math.min(Math.max(asked, 1), months.length);
    const from = Math.min(Math.max(start, 0), months.length - kept);
    slider.max = String(months.length - kept);
    slider.value = String(from);
    first.value = String(from);
    length.value = String(kept);
    const last = months[from + kept - 1];
    words.textContent = kept === months.length ? 'all' : kept === 1 ? last : `${months[from]} to ${last}`;
    slider.setAttribute('aria-valuetext', words.textContent);
    show(from, kept);
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    play.setAttribute('aria-pressed', 'false');
    play.textContent = 'Play';
  }

  function start() {
    if (Number(length.value) === months.length) chosen(0, Math.min(3, months.length));
    timer = setInterval(() => {
      const next = Number(slider.value) + 1;
      if (next > Number(slider.max)) stop();
      else chosen(next, Number(length.value));
    }, EVERY);
    play.setAttribute('aria-pressed', 'true');
    play.textContent = 'Stop';
  }

  slider.addEventListener('input', () => chosen(Number(slider.value), Number(length.value)));
  first.addEventListener('change', () => chosen(Number(first.value), Number(length.value)));
  length.addEventListener('change', () => chosen(Number(slider.value), Number(length.value)));
  play.addEventListener('click', () => (timer ? stop() : start()));
  document.getElementById('window').hidden = months.length < 2;
  return chosen;
}
