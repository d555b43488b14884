// SPDX-License-Identifier: Apache-2.0
import {Refusal, classify, embedPicture, embedTexts, models, useKey} from './api.js';
import {$, bars, element, error, status, timing} from './view.js';
import {remember, search, urlOf} from './search.js';
import {offerCamera} from './camera.js';
import {zeroShot} from './scores.js';

const TEMPLATE = 'This is a photo of {}.';
const SAMPLES = ['cat', 'airplane', 'boats', 'flower', 'astronaut', 'coffee', 'mountains', 'rocket'];
const MOST_KEPT = 2000;

let temperature = null;
let picture = null;
let shown = 0;
let typing = null;
const texts = new Map();
const samples = {};

async function describe() {
  const all = await models();
  const vit = all.find(model => model.task === 'classify');
  const align = all.find(model => model.task === 'zero-shot');
  temperature = Math.fround(align.temperature);
  $('vit-model').textContent = vit.name;
  $('align-model').textContent = align.name;
  const small = all.filter(model => model.demonstration);
  $('models').textContent = small.map(model => `${model.name}: ${model.description}.`).join(' ');
  $('demonstration').hidden = small.length === 0;
  $('key-form').hidden = true;
}

/** Shows a picture and asks for everything about it, unless it was shown before. */
async function show(blob, name) {
  const turn = ++shown;
  const url = urlOf(blob);
  $('preview').src = url;
  $('preview').alt = `The picture: ${name}`;
  $('preview').hidden = false;
  $('invitation').hidden = true;
  $('drop').classList.add('full');
  error(null);
  status(`Looking at ${name} …`);
  picture = null;
  await attempt(async () => {
    if (temperature === null) {
      await describe();
    }
    const [classes, embedded] = await Promise.all([classify(blob), embedPicture(blob)]);
    remember({name, url, blob, embedding: embedded.embedding});
    if (turn !== shown) {
      return;
    }
    bars($('classes'), classes.predictions);
    timing($('vit-timing'), classes.timing);
    timing($('align-timing'), embedded.timing);
    picture = embedded.embedding;
    await score();
    const best = classes.predictions[0];
    status(`${name}: most probably ${best.label}, ${Math.round(100 * best.score)} %.`);
  });
}

/** Scores the picture against the labels in the page; only labels that are new are embedded. */
async function score() {
  const labels = [...new Set($('labels').value.split(',').map(label => label.trim()).filter(Boolean))];
  typing?.abort();
  if (!picture || labels.length === 0) {
    $('scores').replaceChildren();
    return;
  }
  const fresh = labels.filter(label => !texts.has(label));
  if (fresh.length > 0) {
    typing = new AbortController();
    const {embeddings} = await embedTexts(fresh.map(label => TEMPLATE.replace('{}', () => label)), typing.signal);
    if (texts.size > MOST_KEPT) {
      texts.clear();
      return score();
    }
    fresh.forEach((label, i) => texts.set(label, embeddings[i]));
  }
  bars($('scores'), zeroShot(picture, labels, labels.map(label => texts.get(label)), temperature));
}

async function attempt(action) {
  try {
    await action();
    error(null);
  } catch (failure) {
    if (failure.name === 'AbortError') {
      return;
    }
    if (failure instanceof Refusal) {
      $('key-form').hidden = failure.status !== 401;
      status('');
      error(failure.message);
    } else {
      error('Something in this page went wrong. Reload it, please.');
      throw failure;
    }
  }
}

function take(files) {
  const chosen = [...files];
  if (chosen.length === 0) {
    error('That was not a file. Drop a picture from a folder, or save it first.');
  }
  progress(0, chosen.length);
  chosen.reduce((before, file, i) => before.then(async () => {
    await show(file, file.name || 'pasted picture');
    progress(i + 1, chosen.length);
  }), Promise.resolve());
}

/** Of a single picture, how long it takes is not known; of several, how many are done is. */
function progress(done, all) {
  const bar = $('progress');
  bar.hidden = done === all;
  if (all > 1) {
    bar.max = all;
    bar.value = done;
  } else {
    bar.removeAttribute('value');
  }
}

// Some pictures are read by the server and not shown by browsers, and some files are none.
$('preview').addEventListener('error', () => {
  $('preview').hidden = true;
  $('drop').classList.remove('full');
  $('invitation').hidden = false;
});
for (const id of ['file', 'shot']) {
  $(id).addEventListener('change', event => {
    take(event.target.files);
    event.target.value = '';
  });
}
for (const type of ['dragenter', 'dragover']) {
  addEventListener(type, event => {
    event.preventDefault();
    $('drop').classList.add('over');
  });
}
addEventListener('dragleave', () => $('drop').classList.remove('over'));
addEventListener('drop', event => {
  event.preventDefault();
  $('drop').classList.remove('over');
  take(event.dataTransfer.files);
});
addEventListener('paste', event => {
  if (event.clipboardData.files.length > 0) {
    event.preventDefault();
    take(event.clipboardData.files);
  }
});
$('labels').addEventListener('input', () => attempt(score));
$('query').addEventListener('input', event => attempt(() => search(event.target.value)));
$('key-form').addEventListener('submit', event => {
  event.preventDefault();
  useKey($('key').value);
  attempt(describe);
});
offerCamera(show, error);
addEventListener('chosen', event => show(event.detail.blob, event.detail.name));

$('samples').replaceChildren(...SAMPLES.map(name => {
  const button = element('button', {type: 'button'},
    element('img', {src: `samples/${name}.jpg`, alt: name, loading: 'lazy'}));
  button.dataset.sample = name;
  button.addEventListener('click', () => attempt(async () => {
    progress(0, 1);
    try {
      samples[name] ??= await (await fetch(`samples/${name}.jpg`)).blob();
      await show(samples[name], name);
    } finally {
      progress(1, 1);
    }
  }));
  return element('li', {}, button);
}));

attempt(describe);
