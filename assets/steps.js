// The form one item at a time on small screens, inlined in the page's head: what a second request would bring seconds
// later must not move what a finger is about to touch. ES2015, as every browser of the last ten years has it. Without it, or
// when anything here fails, the page is the whole form. Whole-line comments and indentation are not served. Lines marked with
// places are served there only: `kiosk` is a tablet at the counter, `preview` a look at the form, of which nothing is kept or
// sent, `phone` all others.
(() => {
'use strict';
const d = document, root = d.documentElement, id = name => d.getElementById(name);
const one = what => form.querySelector(what), all = what => Array.from(form.querySelectorAll(what)), given = step => step.querySelector(':checked'), rated = () => one('[name^=q]:checked');
const on = (kind, work) => form.addEventListener(kind, work), key = () => 's' + location.pathname.toUpperCase();
// An element says what its data hold under that name.
const says = (name, what) => { id(name).textContent = what && id(name).dataset[what]; };
let box, form, steps, core, at = 0, single, last = -1e3, hand = -1e4, timer, auto;
// Storage may be refused: by a setting, in a private window, inside another app.
try { box = sessionStorage; } catch (e) {}
function get(name) { try { return JSON.parse(box.getItem(name)); } catch (e) {} }
function put(name, value) {
  try { if (value) box.setItem(name, JSON.stringify(value)); else box.removeItem(name); } catch (e) {}
}

// The form stays unseen until its shape is settled, so that it is seen once.
root.classList.add('wait');
d.addEventListener('DOMContentLoaded', () => {
  try { start(); } finally { root.classList.remove('wait'); }
});

function start() {
  form = d.forms[0];
  // Kept by the browser's memory of pages: someone else's turn.
  addEventListener('pageshow', e => { if (e.persisted && form.sent) { form.sent = 0; form.reset(); show(0); } }); // phone kiosk
  on('change', save);
  // Sent by the browser itself: what comes next is the server's page.
  on('submit', () => { if (!form.dataset.queue) { form.sent = 1; forget(); } }); // phone kiosk
  // Enter goes on, or does nothing: it never sends a form of which the rest was not seen.
  on('keydown', e => {
    if (e.key !== 'Enter' || e.target.tagName !== 'INPUT') return;
    e.preventDefault();
    if (single && !id('next').hidden) next(e);
  });
  if (d.querySelector('.summary')) return;
  restore(); // phone
  steps = all('fieldset,#enough,#words');
  core = steps.indexOf(id('enough'));
  if (core < 1) return;
  // A kiosk asks one question (and what it was about, where there is a choice), then offers to send.
  steps.splice(core, 1); // kiosk
  core = steps.indexOf(id('field') || one('fieldset[id^=q-]')) + 1; // kiosk
  steps.splice(core, 0, id('enough')); // kiosk
  steps.forEach(step => { step.tabIndex = -1; });
  id('view').onclick = () => { set(!single); put('view', single ? 1 : 2); };
  id('back').onclick = () => { if (at) history.back(); }; // phone preview
  id('back').onclick = () => { if (at) show(at - 1, 1); }; // kiosk
  id('next').onclick = next;
  // No place in the page gets an entry in the browser's memory: one step back from thanks leads out.
  id('more').onclick = e => {
    e.preventDefault();
    if (single) next(e); else id('further').scrollIntoView();
  };
  // A tap on an answer goes on by itself; keys choose without going on. Of two taps the first one goes on, and ends the other's wait.
  on('pointerdown', e => { hand = e.timeStamp; });
  on('click', e => {
    if (!auto || !single || e.target.type !== 'radio' || e.timeStamp - hand > 1e3 || id('next').hidden) return;
    timer = setTimeout(go, 350);
  });
  auto = 1;
  id('auto').onclick = () => { auto = !auto; label(); }; // phone preview
  addEventListener('popstate', e => {
    if (form.parentNode) { if (single) show((e.state || 0).step || 0, 1); }
    else if (sipas.out) sipas.out(); // phone kiosk
    else location.reload(); // phone kiosk
  });
  id('ways').hidden = false;
  const kept = get('view');
  at = get(key()) && (history.state || 0).step || 0; // phone kiosk
  set(kept ? kept < 2 : matchMedia('(max-width:40rem),(max-height:30rem)').matches); // phone preview
  set(true); // kiosk
}

function set(now) {
  single = now;
  form.className = now ? 'steps' : '';
  root.classList.toggle('stepwise', now);
  id('bar').hidden = !now;
  says('view', now ? 'all' : 'one');
  show(now ? Math.min(at, steps.length - 1) : 0);
}

function show(n, move) {
  at = n;
  clearTimeout(timer);
  all('.now').forEach(old => old.classList.remove('now'));
  root.classList.toggle('later', single && n > 0);
  root.classList.toggle('extra', n > core);
  says('count', '');
  says('sending', '');
  if (!single) return;
  let step = steps[n], own = n < core, of = own ? core : steps.length - 1 - core, count = id('count');
  step.classList.add('now');
  step.parentNode.classList.add('now');
  // Of one question there is nothing to count.
  if (own && core < 3) of = 0; // kiosk
  if (n !== core && of) count.textContent = count.dataset[own ? 'core' : 'more'].replace('#', own ? n + 1 : n - core).replace('#', of);
  id('meter').style.width = (n >= core ? 100 : 100 * n / core) + '%';
  id('back').disabled = !n;
  id('next').hidden = n === core || n === steps.length - 1;
  label();
  if (move) { scrollTo(0, 0); step.focus({ preventScroll: true }); }
}

// “Skip” until something is chosen. Who has answered something may send it from here.
function label() {
  const step = steps[at], done = step.querySelector(':checked,.typed,textarea'), field = id('field');
  says('next', done ? 'next' : 'skip');
  id('next').className = done ? '' : 'quiet';
  id('soon').hidden = !at || at >= core || !rated() || field && !given(field);
  says('auto', auto ? 'on' : 'off'); // phone preview
}

function next(e) {
  // A second tap of the same finger is not a second wish.
  if (e.timeStamp - last < 400 || at >= steps.length - 1) return;
  last = e.timeStamp;
  if (steps[at].dataset.must && !given(steps[at])) return says('sending', 'must');
  go();
}

// On to the next question that is asked: `data-when` selects the answers that lead to one.
function go() {
  let to = at + 1;
  while (to < steps.length - 1 && !one(steps[to].dataset.when || '*')) to++;
  history.pushState({ step: to }, ''); // phone preview
  show(to, 1);
}

// Closed answers only, in this tab only: a reload, a call, a look at the papers must not cost them.
function save() {
  says('sending', '');
  if (single) label();
  const sheet = { at: Date.now() }; // phone kiosk
  all('input:checked').forEach(input => { sheet[input.name + input.value] = 1; }); // phone kiosk
  put(key(), sheet); // phone
}

function restore() { // phone kiosk
  const sheet = get(key()); // phone kiosk
  // Half an hour: later it is likely someone else.
  if (!sheet || !(Math.abs(Date.now() - sheet.at) < 18e5)) return forget(); // phone kiosk
  all('label>input').forEach(input => { if (sheet[input.name + input.value]) input.checked = 1; }); // phone kiosk
} // phone kiosk

function forget() { put(key()); } // phone kiosk

// Whether the server would refuse the form as it stands: led to and said, before anything is sent or promised.
function miss() { // phone kiosk
  const none = !rated(), typed = one('#ticket:invalid'); // phone kiosk
  const wrong = all('fieldset').find(step => (step.dataset.must || none && /^q/.test(step.id)) && !given(step)) || typed; // phone kiosk
  if (!wrong) return; // phone kiosk
  if (single) show(Math.max(steps.indexOf(wrong), 0), 1); else wrong.scrollIntoView(); // phone kiosk
  says('sending', wrong === typed ? 'code' : 'must'); // phone kiosk
  return 1; // phone kiosk
} // phone kiosk

// What the second script builds on.
window.sipas = { id, says, miss, forget }; // phone
window.sipas = { id, says, miss, forget, show }; // kiosk
})();
