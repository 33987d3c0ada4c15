// A field to sign in: what is drawn goes with the form as a picture, instead of a file.
//
// The page gives:
//   <form data-drawing> <div data-pad hidden><canvas></canvas>
//     <button type="button" data-clear></button> <input type="hidden" name="drawn" disabled></div> …
// Without this script the field stays hidden, and a file is handed in.

function place(canvas, event) {
  const box = canvas.getBoundingClientRect();
  const scale = canvas.width / box.width;
  return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
}

function prepare(form) {
  const pad = form.querySelector("[data-pad]");
  const canvas = pad.querySelector("canvas");
  const drawn = pad.querySelector("input[name=drawn]");
  const pen = canvas.getContext("2d");
  pen.lineWidth = 4;
  pen.lineCap = "round";
  pen.lineJoin = "round";
  pad.hidden = false;

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...place(canvas, event));
    drawn.disabled = false;
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    pen.lineTo(...place(canvas, event));
    pen.stroke();
  });
  pad.querySelector("[data-clear]").addEventListener("click", () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    drawn.value = "";
    drawn.disabled = true;
  });
  form.addEventListener("submit", () => {
    if (!drawn.disabled) drawn.value = canvas.toDataURL("image/png");
  });
}

for (const form of document.querySelectorAll("form[data-drawing]")) prepare(form);
