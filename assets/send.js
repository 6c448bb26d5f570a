// Gives the form an attempt of its own, sends it without leaving the page, and keeps it when it cannot be sent. What the
// server does not take is sent once more the plain way, so that its own page says why. Without this script the form is
// sent the plain way at once.
(() => {
const d = document, { id, says, forget } = sipas, find = what => d.querySelector(what);
let form, code, worker, busy, mine, held, timer, free, last, tries = 0;
const day = new Date().toDateString();

function start() {
  form = d.forms[0];
  code = form.dataset.code;
  form.dataset.queue = 1;
  fresh();
  // Kept by the browser's memory of pages: another answer.
  addEventListener('pageshow', e => e.persisted && fresh());
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
  d.addEventListener('visibilitychange', () => d.hidden || again());
  Object.assign(sipas, { panel: show, fresh, ready: () => { busy = false; } }); // kiosk
  if (form.dataset.offline) register();
  // The phone's own voice, where it has one for this language; the script that reads aloud comes only then.
  const talk = self.speechSynthesis, voices = () => talk.getVoices().some(one => !one.lang.indexOf(d.documentElement.lang)) && d.head.append(Object.assign(d.createElement('script'), { src: 'ALOUD' })); // phone
  if (talk) voices(talk.onvoiceschanged = voices); // phone
  // Said, never forced: a family may share a phone.
  try { if (localStorage[code] === day) note('today'); } catch (e) {} // phone
}

// A version 4 UUID; crypto.randomUUID needs https and a browser of 2021.
function attempt() {
  return '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, c => (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));
}

function fresh() { try { form.elements.attempt.value = attempt(); } catch (e) {} }

// All that the form says, or without free words: the comment and what was typed as text.
function read(bare) {
  const sheet = { answers: {}, demographics: {} }, all = sheet.answers;
  new FormData(form).forEach((value, name) => {
    const to = name.slice(2);
    if (value && (name === 'comment' || form.elements[name].maxLength > 99)) {
      free = 1;
      if (bare) return;
    }
    if (/^q\./.test(name)) all[to] = all[to] ? [].concat(all[to], value) : /^[1-5]$/.test(value) ? +value : value;
    else if (/^d\./.test(name)) sheet.demographics[to] = value;
    else if (value) sheet[name] = value;
  });
  return sheet;
}

async function send() {
  busy = true;
  form.setAttribute('aria-busy', 'true');
  says('sending', 'trying');
  held = { code, sheet: read(), at: Date.now() };
  const end = await road.deliver(held, 1);
  says('sending', '');
  form.removeAttribute('aria-busy');
  if (end.done) return thanks();
  if (end.refused) { forget(); return form.submit(); }
  busy = false;
  held = 0; // kiosk
  return show('lost'); // kiosk
  mine = attempt();
  const kept = await keep();
  show('waiting', kept ? '.unsent' : '.kept');
  const words = find('.words');
  if (kept && free) words.onchange = e => keep(e.target.checked);
  else words.remove();
  find('.panel button').onclick = again;
  later(end.after);
}

// Free words stay out of what waits unless the citizen wants them kept: others may use this phone.
async function keep(words) {
  const kept = await tell({ put: mine, entry: words ? held : { code, sheet: read(1), at: held.at } });
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
  if (!held) return flush();
  busy = true;
  says('state', 'trying');
  const end = await road.deliver(held);
  busy = false;
  if (end.done) { tell({ remove: mine }); return thanks(); }
  // The server's own page says why, with everything typed; what the worker keeps of it stays until it is mended or seen.
  if (end.refused) { d.body.append(form); return form.submit(); }
  says('state', 'still');
  later(end.after);
}

// The next try, by itself.
function later(after) { timer = setTimeout(again, road.pause(tries++, after)); }

// Puts a panel in the place of the form, without the part of it that does not hold.
function show(name, part) {
  const panel = id(name).content.firstElementChild.cloneNode(true);
  d.documentElement.classList.remove('later', 'extra');
  form.remove();
  if (id('lead')) id('lead').remove();
  find('main').append(panel);
  if (part) find(part).remove();
  scrollTo(0, 0);
  const heading = find('.panel h1');
  heading.tabIndex = -1;
  heading.focus();
  d.title = heading.textContent;
  if (sipas.ended) sipas.ended(name); // kiosk
}

function thanks() {
  held = 0;
  d.querySelectorAll('.panel').forEach(old => old.remove());
  forget();
  show('after');
  try { localStorage[code] = day; } catch (e) {} // phone
  // Back to where the form began, so that one step back from thanks leads out of it.
  const deep = (history.state || 0).step, out = () => history.replaceState(sipas.out = null, '', id('after').dataset.address); // phone
  if (deep) { sipas.out = out; history.go(-deep); } else out(); // phone
  flush();
}

// What waits from earlier times. Told where it is seen at once and nothing moves for it, until something is answered; once, however
// often it is tried.
async function flush() {
  const told = await tell({ flush: 1, own: held && mine });
  const what = told && ['refused', 'old', 'left', 'sent'].find(name => told[name]);
  if (!what) return;
  if (what !== last) note(last = what);
  clearTimeout(timer);
  if (told.left) later();
}

function note(what) {
  says('sending', what);
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
