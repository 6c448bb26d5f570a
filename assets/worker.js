// The worker of `/s/` and `/S/`: the forms that were opened on this phone open without network, and what waits is sent.
// It knows the citizens' forms and their scripts and passes everything else by. deliver.js and queue.js stand in front of it.
'use strict';
const KEPT = 'forms-1', FORMS = 12;

self.addEventListener('install', e => e.waitUntil(self.skipWaiting()));
self.addEventListener('activate', e => e.waitUntil(caches.keys()
  .then(names => Promise.all(names.filter(name => name !== KEPT).map(name => caches.delete(name))))
  .then(() => self.clients.claim())));
self.addEventListener('message', e => {
  const what = e.data, tell = said => e.ports[0] && e.ports[0].postMessage(said), no = () => tell(null);
  if (what.page) e.waitUntil(open(nameOf(new URL(what.page))).catch(no));
  if (what.put) e.waitUntil(queue.put(what.put, what.entry).then(wake).then(() => tell(true), no));
  if (what.remove) e.waitUntil(queue.remove(what.remove).then(tell));
  if (what.flush) e.waitUntil(queue.flush(what.own).then(tell, no));
});
// An open page sends by itself, and more than is kept: the free words.
self.addEventListener('sync', e => e.waitUntil(self.clients.matchAll().then(pages => pages.length ? { left: 0 } : queue.flush())
  .then(told => { if (told.left) throw new Error('left'); })));
self.addEventListener('fetch', e => {
  const address = new URL(e.request.url);
  if (e.request.method !== 'GET' || address.origin !== location.origin) return;
  if (e.request.mode === 'navigate' && /^\/s\/unsent$/i.test(address.pathname)) return e.respondWith(unsent(address));
  if (e.request.mode === 'navigate' && /^\/s\/[^\/]+$/i.test(address.pathname)) e.respondWith(form(e, address));
  else if (/^\/(static|qr)\//.test(address.pathname)) e.respondWith(caches.match(e.request).then(kept => kept || fetch(e.request)));
});

// Where a browser can: called when the network is back, the page long closed.
function wake() { return self.registration.sync && self.registration.sync.register('out').catch(() => 0); }

async function open(name) {
  const answer = name && await fetch(name, { credentials: 'omit' });
  if (!answer || !ours(answer)) return;
  await queue.met(answer.headers.get('date'));
  if (answer.status === 200) await keep(name, answer);
}

// Whether the server itself says it, and nobody in its place: a hotel's sign-in page also answers 200.
function ours(answer) { return answer.headers.has('sipas-said'); }

// The address under which a form is kept: without its ticket; none for what is not to be kept, as a preview.
function nameOf(address) {
  const wanted = [];
  let all = /^\/s\/[^\/]+$/i.test(address.pathname);
  address.searchParams.forEach((value, name) => {
    if (/^(lang|large|kiosk)$/.test(name)) wanted.push(name + '=' + encodeURIComponent(value)); else if (name !== 'ticket') all = false;
  });
  return all ? address.pathname.slice(0, 3) + address.pathname.slice(3).toUpperCase() + '?' + wanted.sort().join('&') : null;
}

async function keep(name, answer) {
  const cache = await caches.open(KEPT), page = await answer.clone().text();
  await cache.put(name, answer);
  for (const [, file] of Array.from(matches(page))) if (!await cache.match(file)) await cache.add(file);
  const forms = (await cache.keys()).filter(request => /^\/s\//i.test(new URL(request.url).pathname));
  for (const old of forms.slice(0, -FORMS)) await cache.delete(old);
}

function* matches(page) {
  const pattern = /src=\x22(\/(?:static|qr)\/[^\x22]+)/g;
  for (let found; (found = pattern.exec(page));) yield found;
}

// From the server; without it, or when it takes longer than people wait, as it was kept.
async function form(event, address) {
  const name = nameOf(address), cache = await caches.open(KEPT), kept = name && await cache.match(name);
  const asked = fetch(event.request);
  try {
    const answer = await (kept ? Promise.race([asked, new Promise((_, late) => setTimeout(late, 6e3))]) : asked);
    if (answer.status >= 500 && kept) return kept;
    if (!ours(answer)) return answer;
    event.waitUntil(queue.met(answer.headers.get('date')));
    if (name && answer.status === 200 && !address.searchParams.has('ticket')) event.waitUntil(keep(name, answer.clone()).catch(() => 0));
    if (name && (answer.status === 404 || answer.status === 410)) event.waitUntil(cache.delete(name));
    return answer;
  } catch (e) { return kept || await sibling(cache, address) || page(NONE, 503); }
}

// The form of the same point as it was kept in another language or size, rather than none.
async function sibling(cache, address) {
  const code = path => path.slice(3).toUpperCase();
  for (const request of await cache.keys()) {
    const known = new URL(request.url);
    if (/^\/s\//i.test(known.pathname) && code(known.pathname) === code(address.pathname) && !known.searchParams.has('kiosk')) return cache.match(request);
  }
}

function page(text, status) { return new Response(text, { status, headers: { 'content-type': 'text/html; charset=utf-8' } }); }

// What the server did not take, with its words: to be mended on the server's own page, or let go by the one who wrote it.
async function unsent(address) {
  const gone = address.searchParams.get('forget');
  if (gone) await queue.remove(gone);
  const found = await queue.refused().catch(() => []);
  return page(HEAD + (found.length ? found.map(card).join('') : '<p>Không còn phiếu nào chưa gửi được.<p lang="en">Nothing is left to send.') + '<p><a href="/">Trang đầu</a>', 200);
}

const WHY = {
  mend: ['Phiếu còn thiếu hoặc sai một chỗ. Bấm nút để xem lại, sửa và gửi.', 'Something is missing or wrong. Look at it, mend it, send it.'],
  final: ['Điểm khảo sát này không còn nhận phiếu. Các ý kiến còn ghi bên dưới; phiếu sẽ tự xóa khỏi máy vào ngày khác.', 'This point takes no answers any more. Your words stand below; they leave this phone on another day.']
};

function card({ id, entry, does }) {
  const sheet = entry.sheet, pairs = [], add = (name, value) => [].concat(value).forEach(one => pairs.push([name, one]));
  for (const name of Object.keys(sheet)) {
    const prefix = { answers: 'q.', demographics: 'd.' }[name];
    if (prefix) Object.keys(sheet[name]).forEach(key => add(prefix + key, sheet[name][key])); else add(name, sheet[name]);
  }
  const hidden = pairs.map(([name, value]) => '<input type=hidden name="' + safe(name) + '" value="' + safe(value) + '">').join('');
  const code = encodeURIComponent(entry.code);
  return '<section><h2>' + safe(entry.code) + ', ' + new Date(entry.at + 7 * 36e5).toISOString().slice(0, 10).split('-').reverse().join('/') + '</h2><p>' + WHY[does][0] +
    '<p lang="en">' + WHY[does][1] + (sheet.comment ? '<blockquote>' + safe(sheet.comment) + '</blockquote>' : '') +
    (does === 'mend' ? '<form method=post action="/s/' + code + '">' + hidden + '<button>Xem lại và gửi / Mend and send</button></form>' : '') +
    '<p><a href="unsent?forget=' + encodeURIComponent(id) + '">Xóa phiếu này khỏi máy / Delete it</a></section>';
}

function safe(text) { return String(text).replace(/[&<>\x22]/g, c => '&#' + c.charCodeAt(0) + ';'); }

const TOP = '<!DOCTYPE html><html lang="vi"><meta name="viewport" content="width=device-width">' +
  '<style>body{font:1.1rem/1.6 sans-serif;max-width:36rem;margin:2rem auto;padding:0 1rem}button,a{display:inline-block;font:inherit;min-height:2.75rem;padding:.5rem 1rem}blockquote{margin:0;padding-left:1rem;border-left:.25rem solid}</style>';
const HEAD = TOP + '<title>Phiếu chưa gửi được</title><body><h1>Phiếu chưa gửi được</h1>';
const NONE = TOP + '<title>Không có mạng</title><body><h1>Không có mạng</h1>' +
  '<p>Phiếu của điểm này chưa từng được mở trên máy này. Xin thử lại khi có mạng.</p>' +
  '<p lang="en">No network, and this form was never opened on this phone. Please try again later.</p>';
