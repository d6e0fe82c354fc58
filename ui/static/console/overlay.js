// A canvas that lies over a picture which is fitted into its box.

/** Size the canvas to the video; return a pen and where shares of the picture lie, null without one. */
export function penOver(video, canvas) {
  if (!canvas.parentElement) return null;
  const box = video.getBoundingClientRect(), frame = canvas.parentElement.getBoundingClientRect();
  const fine = window.devicePixelRatio || 1;
  canvas.style.left = `${box.left - frame.left}px`;
  canvas.style.top = `${box.top - frame.top}px`;
  canvas.style.width = `${box.width}px`;
  canvas.style.height = `${box.height}px`;
  canvas.width = Math.round(box.width * fine);
  canvas.height = Math.round(box.height * fine);
  if (!video.videoWidth || !box.width) return null;
  const scale = Math.min(canvas.width / video.videoWidth, canvas.height / video.videoHeight);
  const width = video.videoWidth * scale, height = video.videoHeight * scale;
  const left = (canvas.width - width) / 2, top = (canvas.height - height) / 2;
  return { pen: canvas.getContext("2d"), fine, x: (share) => left + share * width, y: (share) => top + share * height };
}
