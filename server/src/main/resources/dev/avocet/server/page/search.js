// SPDX-License-Identifier: Apache-2.0
import {$, element} from './view.js';
import {dot} from './scores.js';
import {embedTexts} from './api.js';

const MOST = 100;
const pictures = [];
let query = null;
let running = null;

/** Remembers a picture for the search; the oldest make room. */
export function remember(name, url, embedding) {
  pictures.push({name, url, embedding});
  if (pictures.length > MOST) {
    URL.revokeObjectURL(pictures.shift().url);
  }
  show();
}

export async function search(text) {
  running?.abort();
  if (!text.trim()) {
    query = null;
    show();
    return;
  }
  running = new AbortController();
  const {embeddings} = await embedTexts([text], running.signal);
  query = embeddings[0];
  show();
}

function show() {
  const ranked = pictures.map(picture => ({...picture, cosine: query ? dot(query, picture.embedding) : null}));
  ranked.sort((a, b) => b.cosine - a.cosine);
  $('gallery').replaceChildren(...ranked.map(({name, url, cosine}) => element('li', {className: query ? 'ranked' : ''},
    element('figure', {},
      element('img', {src: url, alt: name}),
      element('figcaption', {textContent: query ? `${name} · ${cosine.toFixed(3)}` : name})))));
  $('gallery-empty').hidden = pictures.length > 0;
}
