// Gives the form an attempt of its own, sends it without leaving the page, and keeps it when it cannot be sent. What the
// server does not take is sent once more the plain way, so that its own page says why. Without this script the form is
// sent the plain way at once.
(() => {
'use strict';
const d = document, { id, says, forget } = sipas;
let form, code, worker, busy, mine, pending, timer, tries = 0;
const day = new Date().toDateString();

function start() {
  form = d.forms[0];
  code = form.dataset.code;
  form.dataset.queue = 1;
  fresh();
  // Kept by the browser's memory of pages: another answer.
  addEventListener('pageshow', e => { if (e.persisted) fresh(); });
  const ticket = new URLSearchParams(location.search).get('ticket');
  if (ticket && !form.elements.ticket) {
    form.insertAdjacentHTML('beforeend', '<input type=hidden name=ticket>');
    form.elements.ticket.value = ticket;
  }
  form.addEventListener('submit', e => {
    if (e.defaultPrevented) return;
    e.preventDefault();
    if (!busy && !sipas.miss()) send();
  });
  addEventListener('online', again);
  d.addEventListener('visibilitychange', () => { if (!d.hidden) again(); });
  Object.assign(sipas, { panel: show, fresh, ready: () => { busy = false; } }); // kiosk
  if (form.dataset.offline) register();
  // Said, never forced: a family may share a phone.
  try { if (localStorage[code] === day) tellBelow('today'); } catch (e) {} // phone
}

// A version 4 UUID; crypto.randomUUID needs https and a browser of 2021.
function attempt() {
  return '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, c => (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));
}

function fresh() { try { form.elements.attempt.value = attempt(); } catch (e) {} }

function read() {
  const sheet = { answers: {}, demographics: {} };
  new FormData(form).forEach((value, name) => {
    if (/^q\./.test(name)) sheet.answers[name.slice(2)] = value === 'na' ? value : +value;
    else if (/^d\./.test(name)) sheet.demographics[name.slice(2)] = value;
    else if (value) sheet[name] = value;
  });
  return sheet;
}

async function send() {
  busy = true;
  form.setAttribute('aria-busy', 'true');
  says('sending', 'trying');
  const at = Date.now(), sheet = read(), end = await road.deliver({ code, sheet, at, first: 1 });
  says('sending', '');
  form.removeAttribute('aria-busy');
  if (end.done) return thanks();
  if (end.refused) { forget(); return form.submit(); }
  busy = false;
  return show('lost'); // kiosk
  mine = attempt();
  pending = { code, sheet, at };
  const kept = await keep(false), panel = show('waiting', kept ? '.unsent' : '.kept');
  const words = panel.querySelector('.words');
  if (kept && sheet.comment) words.onchange = e => keep(e.target.checked);
  else words.remove();
  panel.querySelector('button').onclick = again;
  timer = setTimeout(again, road.pause(tries++, end.after));
}

// Free words stay out of what waits unless the citizen wants them kept: others may use this phone.
async function keep(words) {
  const sheet = Object.assign({}, pending.sheet);
  if (!words) delete sheet.comment;
  const kept = await tell({ put: mine, entry: { code, sheet, at: pending.at } });
  if (kept) forget();
  return kept;
}

// Asks the worker, which alone keeps things; nothing comes back where there is none.
function tell(what) {
  return new Promise(done => {
    if (!worker) return done();
    const line = new MessageChannel();
    line.port1.onmessage = e => done(e.data);
    worker.postMessage(what, [line.port2]);
    setTimeout(done, 2e4);
  });
}

// The next try of what was sent from this page, else of what waits from before.
async function again() {
  clearTimeout(timer);
  if (busy) return;
  if (!pending) return flush();
  busy = true;
  say('trying');
  const end = await road.deliver(pending);
  busy = false;
  if (end.done) { tell({ remove: mine }); pending = 0; return thanks(); }
  // The server's own page says why, with everything typed; what the worker keeps of it stays until it is mended or seen.
  if (end.refused) { d.body.append(form); return form.submit(); }
  say('still');
  timer = setTimeout(again, road.pause(tries++, end.after));
}

// What the panel says.
function say(what) { const line = d.querySelector('.state'); line.textContent = line.dataset[what]; }

// Puts a panel in the place of the form, without the part of it that does not hold.
function show(name, part) {
  const panel = id(name).content.firstElementChild.cloneNode(true), main = d.querySelector('main');
  d.documentElement.classList.remove('later', 'extra');
  form.remove();
  if (id('lead')) id('lead').remove();
  if (part) panel.querySelector(part).remove();
  main.appendChild(panel);
  scrollTo(0, 0);
  const heading = panel.querySelector('h1');
  heading.tabIndex = -1;
  heading.focus();
  d.title = heading.textContent;
  if (sipas.ended) sipas.ended(name); // kiosk
  return panel;
}

function thanks() {
  d.querySelectorAll('.panel').forEach(old => old.remove());
  forget();
  show('after');
  try { localStorage[code] = day; } catch (e) {} // phone
  // Back to where the form began, so that one step back from thanks leads out of it.
  const deep = history.state && history.state.step, out = () => history.replaceState(sipas.out = null, '', id('after').dataset.address); // phone
  if (deep) { sipas.out = out; history.go(-deep); } else out(); // phone
  flush();
}

// What waits from earlier times; told below the form, where nothing moves for it.
async function flush() {
  const told = await tell({ flush: 1, own: pending && mine });
  const what = told && ['refused', 'old', 'left', 'sent'].find(name => told[name]);
  if (!what) return;
  tellBelow(what);
  clearTimeout(timer);
  if (told.left) timer = setTimeout(again, road.pause(tries++, 0));
}

function tellBelow(what) {
  id('note').hidden = false;
  says('note', what);
  id('unsent').hidden = what !== 'refused'; // phone
}

// The worker keeps this form for the next time without network, at both of its addresses. A kiosk keeps
// its page only: never an answer.
function register() {
  const workers = navigator.serviceWorker, served = workers && workers.controller;
  // What the code holds, `/S/`, and what people type.
  if (workers) Promise.all(['/s/', '/S/'].map(scope => workers.register('/static/worker.js', { scope }))).then(() => workers.ready).then(found => {
    if (!served) found.active.postMessage({ page: location.href });
    worker = found.active; // phone
    flush();
  }).catch(() => 0);
}

if (d.readyState === 'loading') d.addEventListener('DOMContentLoaded', start); else start();
})();
