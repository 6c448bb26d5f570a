// A tablet at the counter: one question large, then the rest for who wants; blank after each citizen, nothing kept, no
// way to another page. Served behind the lines of the other two scripts that are for a kiosk, and to pages with `?kiosk` only.
(function () {
'use strict';
const d = document, root = d.documentElement, id = name => d.getElementById(name);
// Seconds: quiet before somebody is asked, time to answer that (WCAG 2.2.1 wants 20 at least), thanks on the screen,
// looks at the server; quiet after the one question before its answer goes, as its page says; signs of life for staff.
const QUIET = 40, REACT = 25, THANKS = 8, LOOK = 20, GONE = 10, BEAT = 60;
let main, parts, last = Date.now(), begun = false, ended = '', until = 0, looked = Date.now(), said = 0, beat = 0, moved = false;

function start() {
  main = d.querySelector('main');
  parts = Array.from(main.children).filter(part => part.tagName !== 'TEMPLATE');
  for (const kind of ['pointerdown', 'keydown', 'input', 'touchstart']) d.addEventListener(kind, touched, true);
  id('idle').onclick = touched;
  d.addEventListener('change', () => {
    const level = d.querySelector('fieldset[id^=q-] :checked');
    if (level) sipas.says('after-face', level.value < 3 ? 'low' : 'high');
  });
  // Come back with what was wrong: somebody was here.
  begun = !!d.querySelector('.summary');
  sipas.ended = name => {
    ended = name;
    until = Date.now() + 1e3 * (name === 'after' ? THANKS : LOOK);
    begun = false;
    calm();
    parts.forEach(part => { if (part.reset) part.reset(); });
  };
  addEventListener('offline', look);
  addEventListener('online', look);
  setInterval(tick, 500);
  look();
}

function touched(e) {
  last = Date.now();
  if (!ended && e.type !== 'click') begun = true;
  // Not at the first touch: what the finger lifts from must not be an answer that lies below.
  if (!id('idle').hidden && /click|key/.test(e.type)) calm();
  // A tablet in a holder shows nothing else; where the browser asks first, it stays as it is.
  if (e.type === 'pointerdown' && root.requestFullscreen && !d.fullscreenElement) Promise.resolve(root.requestFullscreen()).catch(() => 0);
}

function calm() { id('idle').hidden = true; said = 0; }

function tick() {
  const now = Date.now();
  // Whatever is being done, so that nothing of it can be told from when it comes.
  if (Math.abs(now - beat) > 1e3 * BEAT) {
    beat = now;
    fetch(id('idle').getAttribute('data-home').split('?')[0] + '/alive', { method: 'POST', credentials: 'omit' })
      .then(answer => { moved = answer.status === 410; }).catch(() => 0);
  }
  if (ended && now > until) {
    if (ended === 'after') return blank();
    until = now + 1e3 * LOOK;
    look();
  }
  if (ended) return;
  if (!begun) { if (now - looked > 1e3 * LOOK) look(); return; }
  const left = Math.ceil(QUIET + REACT - (now - last) / 1e3);
  // One touch is an answer: it goes by itself, and so does whatever was answered by the time nobody is there any more.
  if (d.querySelector('#enough.now') && now - last > 1e3 * GONE || left <= 0 && d.querySelector('[name^=q]:checked')) return gone();
  if (left <= 0) return blank();
  if (left > REACT) return;
  const box = id('idle');
  id('left').textContent = left;
  if (box.hidden) { box.hidden = false; id('stay').focus(); }
  // Said aloud when it begins and near its end, not every second.
  const step = left <= 10 ? 2 : 1;
  if (said !== step) { said = step; id('idle-words').textContent = id('idle-words').getAttribute(full() ? 'data-sends' : 'data-words').replace('#', left); }
}

// Whether it will be sent as it stands.
function full() {
  return d.querySelector('[name^=q]:checked') && !Array.from(d.querySelectorAll('fieldset[data-must]')).some(step => !step.querySelector(':checked'));
}

// Sent as it stands; where the server would not take it so, nothing is sent.
function gone() {
  last = Date.now();
  if (sipas.miss()) return blank();
  d.forms[0].requestSubmit(id('now'));
}

// Nothing of the last citizen stays: not in the form, not on the screen, not in the browser's history.
function blank() {
  ended = '';
  begun = false;
  calm();
  d.querySelectorAll('.panel').forEach(panel => panel.remove());
  parts.forEach(part => main.appendChild(part));
  d.querySelectorAll('audio').forEach(sound => { sound.pause(); sound.currentTime = 0; });
  d.forms[0].reset();
  sipas.fresh();
  sipas.show(0);
  sipas.ready();
  scrollTo(0, 0);
  d.title = id('lead').querySelector('h1').textContent;
  look(true);
}

// Is the server there? Asked while nobody answers. Not there: said before a whole form is filled in for nothing. After
// a citizen the page is loaded anew, in the first language and size; so it is when the point's code was replaced, since the address
// of the old one leads to the form of the new one.
function look(again) {
  looked = Date.now();
  fetch('/health/live', { cache: 'no-store', credentials: 'omit' }).then(answer => {
    if (!answer.ok) throw new Error('down');
    if (begun) return;
    if (ended === 'lost') blank();
    else if (again === true || moved) location.replace(id('idle').getAttribute('data-home'));
  }).catch(() => { if (!begun && ended !== 'after') { d.querySelectorAll('.panel').forEach(panel => panel.remove()); sipas.panel('lost'); } });
}

d.addEventListener('DOMContentLoaded', start);
})();
