"use strict";
// Editing a questionnaire: what is typed is kept by itself and the phone shows it; parts can be dragged. Without this script the form
// is a form, and its buttons do the same.
(() => {
  const form = document.getElementById("draft");
  if (!form || !window.fetch) return;
  const phone = document.querySelector("iframe[name=preview]");
  let timer = 0;
  let dirty = false;
  let busy = false;
  // A button that was pressed while the form was on its way.
  let pressed = null;
  // What the server made of it: the revision, names of new parts, what is wrong.
  const take = (page) => {
    for (const now of page.querySelectorAll("#draft input[type=hidden]")) {
      const here = form.querySelector(`input[type=hidden][name="${now.name}"]`);
      if (here) here.value = now.value;
    }
    for (const id of ["checks", "kept"]) {
      const [now, here] = [page.getElementById(id), document.getElementById(id)];
      if (now && here) here.replaceChildren(...now.childNodes);
    }
    for (const now of page.querySelectorAll("#draft .part > details > summary, #draft .section-head h2")) {
      const part = now.closest("[id]");
      const here = part && document.getElementById(part.id);
      const old = here && here.querySelector(now.tagName === "H2" ? ".section-head h2" : "summary");
      if (old) old.replaceChildren(...[...now.childNodes].map((node) => node.cloneNode(true)));
    }
  };
  // The phone again, in its language and at its place.
  const show = () => {
    if (!phone) return;
    const { location, scrollY } = phone.contentWindow;
    phone.addEventListener("load", () => phone.contentWindow.scrollTo(0, scrollY), { once: true });
    location.replace(location.pathname + location.search);
  };
  const keep = async () => {
    if (busy) return;
    busy = true;
    dirty = false;
    try {
      const body = new URLSearchParams(new FormData(form));
      body.set("do", "save");
      const answer = await fetch(form.action, { method: "POST", body });
      if (!answer.ok) throw new Error(String(answer.status));
      take(new DOMParser().parseFromString(await answer.text(), "text/html"));
      show();
    } catch {
      // The button keeps it, and says what is in the way.
      dirty = true;
      return;
    } finally {
      busy = false;
      if (pressed) form.requestSubmit(pressed);
    }
    if (dirty) later();
  };
  const later = () => {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(keep, 1200);
  };
  form.addEventListener("input", later);
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!busy) return;
    event.preventDefault();
    pressed = event.submitter;
  });
  // Another kind or condition has other fields: the page comes anew.
  form.addEventListener("change", (event) => {
    if (/\.(kind|question)$/.test(event.target.name) || event.target.name === "languages") {
      clearTimeout(timer);
      form.requestSubmit();
    }
  });
  let from = null;
  const kind = (path) => path.replace(/\d+/g, "").replace(/^sections\./, "");
  for (const part of form.querySelectorAll("[data-part]")) {
    const grip = document.createElement("span");
    grip.className = "grip";
    grip.draggable = true;
    grip.title = "Kéo để đổi chỗ";
    grip.setAttribute("aria-hidden", "true");
    part.prepend(grip);
    grip.addEventListener("dragstart", (event) => {
      from = part.dataset.part;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", from);
      event.dataTransfer.setDragImage(part, 0, 0);
    });
    grip.addEventListener("dragend", () => (from = null));
    part.addEventListener("dragover", (event) => {
      if (!from || kind(from) !== kind(part.dataset.part)) return;
      event.preventDefault();
      part.classList.add("over-part");
    });
    part.addEventListener("dragleave", () => part.classList.remove("over-part"));
    part.addEventListener("drop", (event) => {
      part.classList.remove("over-part");
      if (!from || from === part.dataset.part) return;
      event.preventDefault();
      clearTimeout(timer);
      const button = document.createElement("button");
      button.name = "do";
      button.value = `to.${from}/${part.dataset.part}`;
      button.hidden = true;
      form.append(button);
      form.requestSubmit(button);
    });
  }
})();
