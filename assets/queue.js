// Answers that wait on this machine: encrypted with a key that never leaves the browser, forgotten after 72 hours. Part of
// the worker, behind deliver.js.
var queue = (function () {
'use strict';
// What the phone does with what the server said of an answer, by the server's own word. `mend`: kept, and shown to be mended and
// sent again. `final`: kept until somebody has seen it. A word that is not here, and whatever others say in the server's place,
// changes nothing: the answer waits.
const DOES = {
  "stored": "done", "stored_before": "done", "other_content": "done",
  "invalid_fields": "mend", "ticket_unusable": "mend", "other_form": "mend", "no_kiosk": "mend", "body_broken": "mend",
  "unknown_point": "final", "retired_point": "final", "body_too_long": "final", "wrong_type": "final"
};
// Days of the phone on which an answer is looked at before its wait is over, however its clock jumps.
const DAYS = 5;
let opened;

function open() {
  opened = opened || new Promise((done, fail) => {
    const request = indexedDB.open('sipas', 1);
    request.onupgradeneeded = () => { request.result.createObjectStore('key'); request.result.createObjectStore('out'); };
    request.onsuccess = () => done(request.result);
    request.onerror = request.onblocked = () => fail(request.error);
  });
  return opened;
}

async function store(name, mode, work) {
  const db = await open();
  return new Promise((done, fail) => {
    const transaction = db.transaction(name, mode), request = work(transaction.objectStore(name));
    transaction.oncomplete = () => done(request.result);
    transaction.onerror = transaction.onabort = () => fail(transaction.error);
  });
}

async function key() {
  const kept = () => store('key', 'readonly', keys => keys.get(1));
  if (!await kept()) {
    const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
    // Another tab may be faster: its key is the one.
    await store('key', 'readwrite', keys => keys.add(made, 1)).catch(() => 0);
  }
  return kept();
}

async function sealed(entry) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(entry));
  return { iv, data: await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await key(), text) };
}

async function read(row) {
  const text = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: row.iv }, await key(), row.data).catch(() => null);
  return text && JSON.parse(new TextDecoder().decode(text));
}

// How far the server's clock is ahead of the phone's, as it was when the two last met.
function met(date) { return date ? store('key', 'readwrite', keys => keys.put(Date.parse(date) - Date.now(), 2)).catch(() => 0) : 0; }
function ahead() { return store('key', 'readonly', keys => keys.get(2)); }

async function put(id, entry) {
  const skew = await ahead();
  entry.at += skew || 0;
  entry.sure = skew !== undefined;
  const row = await sealed(entry);
  await write(id, Object.assign(row, { at: entry.at, next: 0, tries: 0, days: [today()] }));
}

function write(id, row) { return store('out', 'readwrite', rows => rows.put(row, id)); }
function remove(id) { return store('out', 'readwrite', rows => rows.delete(id)).catch(() => 0); }
function today() { return new Date().toDateString(); }

async function rows() {
  const ids = await store('out', 'readonly', all => all.getAllKeys()), found = await store('out', 'readonly', all => all.getAll());
  return ids.map((id, i) => ({ id, row: found[i] }));
}

// Sends what waits, but `own`, which its page sends itself: how many were sent, are left, refused, too old.
async function flush(own) {
  const told = { sent: 0, left: 0, refused: 0, old: 0 };
  for (const { id, row } of await rows()) told[await one(id, row, id === own)]++;
  return told;
}

async function one(id, row, own) {
  const wait = row.next - Date.now(), days = row.days = row.days || [];
  if (own || wait > 0 && wait < 72e5) return 'left';
  if (!days.includes(today())) days.push(today());
  const entry = days.length > DAYS ? null : await read(row);
  const end = entry ? await road.deliver(entry) : { old: 1 }, does = end.done ? 'done' : DOES[end.said];
  if (does === 'done' || end.old) { await remove(id); return end.old ? 'old' : 'sent'; }
  // Seen on an earlier day, and nothing more can be done for it.
  if (does === 'final' && row.seen && row.seen !== today()) { await remove(id); return 'old'; }
  row.said = does ? end.said : row.said;
  if (end.said && !does) row.next = Date.now() + road.pause(row.tries++, end.after);
  await write(id, row);
  return row.said ? 'refused' : 'left';
}

// What was refused, with its words, for the page that shows it; shown is seen.
async function refused() {
  const found = [];
  for (const { id, row } of await rows()) {
    const entry = row.said && await read(row);
    if (!entry) continue;
    row.seen = row.seen || today();
    await write(id, row);
    found.push({ id, entry, said: row.said, does: DOES[row.said] });
  }
  return found;
}

return { put, remove, flush, refused, met };
})();
