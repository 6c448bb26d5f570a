"use strict";
// Keying paper sheets: one key an answer, and the cursor goes on by itself. Without this script the form is a form.
(() => {
  const form = document.getElementById("keying");
  if (!form) return;
  const stops = [...form.querySelectorAll("[data-stop]")];
  const send = form.querySelector("button.primary");
  const go = (from, step) => {
    const next = stops[stops.indexOf(from) + step];
    if (!next) {
      if (step > 0) send.focus();
      return;
    }
    next.focus();
    if (next.select) next.select();
  };
  form.addEventListener("focusin", (event) => {
    if (event.target.dataset.stop === "level") event.target.select();
  });
  form.addEventListener("input", (event) => {
    const box = event.target;
    if (box.dataset.stop !== "level") return;
    const key = box.value.slice(-1).toLowerCase();
    if (/^[0-5]$/.test(key)) box.value = key;
    else if (key === "n" || key === "-") box.value = "0";
    else {
      box.value = "";
      if (key !== " ") return;
    }
    go(box, 1);
  });
  form.addEventListener("keydown", (event) => {
    const at = event.target;
    if (event.key === "Enter" && event.ctrlKey) {
      event.preventDefault();
      form.requestSubmit(send);
      return;
    }
    if (!stops.includes(at)) return;
    const level = at.dataset.stop === "level";
    if (event.key === "Enter" && at.tagName !== "TEXTAREA") {
      event.preventDefault();
      go(at, 1);
    } else if (level && event.key === "ArrowDown") {
      event.preventDefault();
      go(at, 1);
    } else if (level && (event.key === "ArrowUp" || (event.key === "Backspace" && at.value === ""))) {
      event.preventDefault();
      go(at, -1);
    }
  });
})();
