// SPDX-License-Identifier: Apache-2.0

/** What the server refused, in words for people. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

let key = null;

export function useKey(given) {
  key = given;
}

async function ask(path, options = {}) {
  const headers = {...options.headers};
  if (key) {
    headers.Authorization = `Bearer ${key}`;
  }
  let response;
  try {
    response = await fetch(path, {...options, headers});
  } catch (failure) {
    if (failure.name === 'AbortError') {
      throw failure;
    }
    throw new Refusal(0, 'The server cannot be reached. Is it still running?');
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Refusal(response.status, words(response.status, body.message));
  }
  return {body, timing: timing(response.headers.get('Server-Timing'))};
}

function words(status, message = 'no reason was given') {
  const lead = {
    401: 'The server wants its API key',
    413: 'That picture is too large',
    415: 'That is not a picture that can be read',
    429: 'The server is busy; try again in a moment',
    503: 'The server is stopping or starting',
    504: 'That took too long',
  }[status];
  return lead ? `${lead} (${message}).` : `That did not work: ${message}.`;
}

function timing(header) {
  return Object.fromEntries((header ?? '').split(',').filter(Boolean).map(part => {
    const [name, duration] = part.trim().split(';dur=');
    return [name, Number(duration)];
  }));
}

const floats = numbers => Float32Array.from(numbers);

export async function models() {
  return (await ask('api/models')).body.models;
}

export async function classify(picture) {
  const {body, timing} = await ask('api/classify?top_k=5', picturePost(picture));
  return {predictions: body.predictions, timing};
}

export async function embedPicture(picture) {
  const {body, timing} = await ask('api/embed', picturePost(picture));
  return {embedding: floats(body.embedding), timing};
}

export async function embedTexts(texts, signal) {
  const {body, timing} = await ask('api/embed', {
    method: 'POST', signal, headers: {'Content-Type': 'application/json'}, body: JSON.stringify({texts}),
  });
  return {embeddings: body.embeddings.map(floats), timing};
}

function picturePost(picture) {
  return {method: 'POST', headers: {'Content-Type': 'application/octet-stream'}, body: picture};
}
