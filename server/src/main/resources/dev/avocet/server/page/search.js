// SPDX-License-Identifier: Apache-2.0
import {$, element} from './view.js';
import {dot} from './scores.js';
import {embedTexts} from './api.js';

const MOST = 100;
const pictures = [];
let query = null;
let running = null;

/** The address of a picture within this page; the same one for a picture that is remembered. */
export function urlOf(blob) {
  return pictures.find(picture => picture.blob === blob)?.url ?? URL.createObjectURL(blob);
}

/** Remembers a picture for the search; the oldest make room. */
export function remember(picture) {
  if (pictures.some(other => other.blob === picture.blob)) {
    return;
  }
  pictures.push(picture);
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
  const ranked = pictures.map(picture => ({picture, cosine: query ? dot(query, picture.embedding) : null}));
  ranked.sort((a, b) => b.cosine - a.cosine);
  $('gallery').replaceChildren(...ranked.map(({picture, cosine}) => {
    const button = element('button', {type: 'button'}, element('img', {src: picture.url, alt: picture.name}),
      element('span', {textContent: query ? `${picture.name} · ${cosine.toFixed(3)}` : picture.name}));
    button.addEventListener('click', () => {
      dispatchEvent(new CustomEvent('chosen', {detail: picture}));
      $('drop').scrollIntoView({block: 'nearest'});
    });
    return element('li', {className: query ? 'ranked' : ''}, button);
  }));
  $('gallery-empty').hidden = pictures.length > 0;
}
