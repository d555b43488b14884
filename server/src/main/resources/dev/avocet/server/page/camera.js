// SPDX-License-Identifier: Apache-2.0
import {$} from './view.js';

/** Offers the live camera where the browser has one for this page: only on https and on this machine. */
export function offerCamera(taken, failed) {
  const button = $('camera');
  const video = $('video');
  if (!navigator.mediaDevices?.getUserMedia) {
    return;
  }
  button.hidden = false;
  button.addEventListener('click', async () => {
    try {
      if (video.hidden) {
        video.srcObject = await navigator.mediaDevices.getUserMedia({video: {facingMode: 'environment'}});
        await video.play();
        $('preview').hidden = $('invitation').hidden = true;
        video.hidden = false;
        button.textContent = 'Shoot';
      } else {
        const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
        canvas.getContext('2d').drawImage(video, 0, 0);
        const picture = await canvas.convertToBlob({type: 'image/jpeg', quality: 0.95});
        stop();
        taken(picture, 'camera');
      }
    } catch (failure) {
      stop();
      failed(`The camera cannot be used (${failure.message}). Choose a file instead.`);
    }
  });

  function stop() {
    video.srcObject?.getTracks().forEach(track => track.stop());
    video.srcObject = null;
    video.hidden = true;
    button.textContent = 'Camera';
  }
}
