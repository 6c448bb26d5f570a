// The form one item at a time on small screens, inlined in the page's head: what a second request would bring seconds
// later must not move what a finger is about to touch. ES5, so that no browser stumbles over its grammar. Without it, or
// when anything here fails, the page is the whole form. Whole-line comments and indentation are not served. Lines marked
// `kiosk` are served to a tablet at the counter only, those marked `phone` to all others.
(function () {
'use strict';
var d = document, root = d.documentElement, box, form, steps, core, at = 0, stepwise, last = -1e3, hand = -1e4, timer, auto;
// Storage may be refused: by a setting, in a private window, inside another app.
try { box = sessionStorage; } catch (e) {}
function get(name) { try { return JSON.parse(box.getItem(name)); } catch (e) {} }
function put(name, value) {
  try { if (value) box.setItem(name, JSON.stringify(value)); else box.removeItem(name); } catch (e) {}
}
function id(name) { return d.getElementById(name); }
function all(what, work) { [].slice.call(form.querySelectorAll(what)).forEach(work); }
function on(what, work) { form.addEventListener(what, work); }
function key() { return 's' + location.pathname.toUpperCase(); }

// The form stays unseen until its shape is settled, so that it is seen once.
root.classList.add('wait');
d.addEventListener('DOMContentLoaded', function () {
  try { start(); } finally { root.classList.remove('wait'); }
});

function start() {
  form = d.forms[0];
  // Kept by the browser's memory of pages: someone else's turn.
  addEventListener('pageshow', function (e) { if (e.persisted && form.sent) { form.sent = 0; form.reset(); show(0); } });
  on('change', save);
  // Sent by the browser itself: what comes next is the server's page.
  on('submit', function () { if (!form.dataset.queue) { form.sent = 1; forget(); } });
  // Enter goes on, or does nothing: it never sends a form of which the rest was not seen.
  on('keydown', function (e) {
    if (e.key !== 'Enter' || e.target.tagName !== 'INPUT') return;
    e.preventDefault();
    if (stepwise && !id('next').hidden) next(e);
  });
  if (d.querySelector('.summary')) return;
  restore(); // phone
  steps = [];
  all('fieldset,#enough,#words', function (step) { step.tabIndex = -1; steps.push(step); });
  core = steps.indexOf(id('enough'));
  if (core < 1) return;
  // A kiosk asks one question, then offers to send.
  steps.splice(core, 1); // kiosk
  core = steps.indexOf(form.querySelector('fieldset[id^=q-]')) + 1; // kiosk
  steps.splice(core, 0, id('enough')); // kiosk
  id('view').onclick = function () { set(!stepwise); put('view', stepwise ? 1 : 2); };
  id('back').onclick = function () { if (at) history.back(); }; // phone
  id('back').onclick = function () { if (at) show(at - 1, 1); }; // kiosk
  id('next').onclick = next;
  // No place in the page gets an entry in the browser's memory: one step back from thanks leads out.
  id('more').onclick = function (e) {
    e.preventDefault();
    if (stepwise) next(e); else id('further').scrollIntoView();
  };
  // A tap on an answer goes on by itself; keys choose without going on. Of two taps the first one goes on, and ends the other's wait.
  on('pointerdown', function (e) { hand = e.timeStamp; });
  on('click', function (e) {
    if (!auto || !stepwise || e.target.type !== 'radio' || e.timeStamp - hand > 1e3 || id('next').hidden) return;
    timer = setTimeout(go, 350);
  });
  auto = 1;
  id('auto').onclick = function () { auto = !auto; label(); }; // phone
  addEventListener('popstate', function (e) {
    if (form.parentNode) { if (stepwise) show(e.state && e.state.step || 0, 1); }
    else if (sipas.out) sipas.out();
    else location.reload();
  });
  id('ways').hidden = false;
  var kept = get('view');
  at = get(key()) && history.state && history.state.step || 0;
  set(kept ? kept === 1 : matchMedia('(max-width:40rem)').matches); // phone
  set(true); // kiosk
}

function set(on) {
  stepwise = on;
  form.className = on ? 'steps' : '';
  root.classList.toggle('stepwise', on);
  id('bar').hidden = !on;
  id('view').textContent = id('view').dataset[on ? 'all' : 'one'];
  show(on ? Math.min(at, steps.length - 1) : 0);
}

function show(n, move) {
  at = n;
  clearTimeout(timer);
  all('.now', function (old) { old.classList.remove('now'); });
  root.classList.toggle('later', stepwise && n > 0);
  root.classList.toggle('extra', n > core);
  var count = id('count');
  count.textContent = '';
  if (!stepwise) return;
  var step = steps[n], own = n < core, of = own ? core : steps.length - 1 - core, number = own ? n + 1 : n - core;
  step.classList.add('now');
  step.parentNode.classList.add('now');
  // Of one question there is nothing to count.
  if (own && core < 3) of = 0; // kiosk
  if (n !== core && of) count.textContent = count.dataset[own ? 'core' : 'more'].replace('#', number).replace('#', of);
  id('meter').style.width = (n >= core ? 100 : 100 * n / core) + '%';
  id('back').disabled = !n;
  id('next').hidden = n === core || n === steps.length - 1;
  label();
  if (move) { scrollTo(0, 0); step.focus({ preventScroll: true }); }
}

// “Skip” until something is chosen. Who has answered something may send it from here.
function label() {
  var step = steps[at], next = id('next'), given = step.querySelector(':checked,.typed,textarea'), soon = id('soon'), field = id('field');
  next.textContent = next.dataset[given ? 'next' : 'skip'];
  next.className = given ? '' : 'quiet';
  soon.hidden = !at || at >= core || !form.querySelector('[name^=q]:checked') || field && !field.querySelector(':checked');
  id('auto').textContent = id('auto').dataset[auto ? 'on' : 'off']; // phone
}

function next(e) {
  // A second tap of the same finger is not a second wish.
  if (e.timeStamp - last < 400 || at >= steps.length - 1) return;
  last = e.timeStamp;
  var step = steps[at], must = step.dataset.must;
  if (must && !step.querySelector(':checked')) { id('count').textContent = must; return; }
  go();
}

function go() {
  for (var to = at + 1; to < steps.length - 1 && !asked(steps[to]); to++);
  history.pushState({ step: to }, ''); // phone
  show(to, 1);
}

// Whether a question is asked, by what was chosen before: `data-when` selects the answers that lead to it.
function asked(step) {
  var when = step.dataset.when;
  return !when || form.querySelector(when);
}

// Closed answers only, in this tab only: a reload, a call, a look at the papers must not cost them.
function save() {
  if (stepwise) label();
  var sheet = { at: Date.now() };
  all('input:checked', function (input) { sheet[input.name + '=' + input.value] = 1; });
  put(key(), sheet); // phone
}

function restore() {
  var sheet = get(key());
  // Half an hour: later it is likely someone else.
  if (!sheet || !(Math.abs(Date.now() - sheet.at) < 18e5)) return forget();
  all('label>input', function (input) { if (sheet[input.name + '=' + input.value]) input.checked = true; });
}

function forget() { put(key()); }

// What the second script builds on.
window.sipas = { forget: forget }; // phone
window.sipas = { forget: forget, show: show }; // kiosk
})();
