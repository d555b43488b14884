// SPDX-License-Identifier: Apache-2.0

export const $ = id => document.getElementById(id);

export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

const percent = new Intl.NumberFormat('en', {style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1});

/** A list of names with bars; text is set as text, whatever it is. */
export function bars(list, predictions) {
  list.replaceChildren(...predictions.map(({label, score}) => {
    const fill = element('i');
    fill.style.width = `${Math.max(0.5, 100 * score)}%`;
    const track = element('span', {className: 'track'}, fill);
    track.setAttribute('aria-hidden', 'true');
    const item = element('li', {},
      element('span', {className: 'name', textContent: label}),
      track,
      element('span', {className: 'value', textContent: percent.format(score)}));
    item.dataset.label = label;
    item.dataset.score = String(score);
    return item;
  }));
}

const STAGES = [['queue', 'waiting'], ['preprocess', 'preparing'], ['compute', 'computing'], ['postprocess', 'finishing']];

/** Where the time went: a bar with a part for each stage, and the same in words. */
export function timing(place, times) {
  const stages = STAGES.filter(([stage]) => stage in times);
  const total = stages.reduce((sum, [stage]) => sum + times[stage], 0);
  const bar = element('span', {className: 'stages'}, ...stages.map(([stage]) => {
    const part = element('i', {className: stage});
    part.style.flexGrow = String(times[stage] / total);
    return part;
  }));
  bar.setAttribute('aria-hidden', 'true');
  const words = element('ul', {}, ...stages.map(([stage, name]) =>
    element('li', {className: stage, textContent: `${name} ${times[stage].toFixed(1)} ms`})));
  place.replaceChildren(bar, words);
}

export function status(text) {
  $('status').textContent = text;
}

export function error(text) {
  $('error').textContent = text ?? '';
  $('error').hidden = !text;
}
