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
  if (e.request.mode === 'navigate' && /^\/s\/[^\/]+$/i.test(address.pathname)) e.respondWith(form(e, address));
  else if (/^\/(static|qr)\//.test(address.pathname)) e.respondWith(caches.match(e.request).then(kept => kept || fetch(e.request)));
});

// Where a browser can: called when the network is back, the page long closed.
function wake() { return self.registration.sync && self.registration.sync.register('out').catch(() => 0); }

async function open(name) {
  const answer = name && await fetch(name, { credentials: 'omit' });
  if (answer && answer.status === 200) await keep(name, answer);
}

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
    if (name && answer.status === 200 && !address.searchParams.has('ticket')) event.waitUntil(keep(name, answer.clone()).catch(() => 0));
    if (name && (answer.status === 404 || answer.status === 410)) event.waitUntil(cache.delete(name));
    return answer;
  } catch (e) { return kept || new Response(NONE, { status: 503, headers: { 'content-type': 'text/html; charset=utf-8' } }); }
}

const NONE = '<!DOCTYPE html><html lang="vi"><meta name="viewport" content="width=device-width"><title>Không có mạng</title>' +
  '<body style="font:1.1rem/1.6 sans-serif;max-width:36rem;margin:2rem auto;padding:0 1rem"><h1>Không có mạng</h1>' +
  '<p>Phiếu của điểm này chưa từng được mở trên máy này. Xin thử lại khi có mạng.</p>' +
  '<p lang="en">No network, and this form was never opened on this phone. Please try again later.</p>';
