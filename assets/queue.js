// Answers that wait on this machine: encrypted with a key that never leaves the browser, forgotten after 72 hours. Part of
// the worker, behind deliver.js.
var queue = (function () {
'use strict';
const KEEP = 72 * 36e5;
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

async function put(id, entry) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(entry));
  const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await key(), text);
  await store('out', 'readwrite', rows => rows.put({ at: entry.at, iv, data, next: 0, tries: 0 }, id));
}

function remove(id) { return store('out', 'readwrite', rows => rows.delete(id)).catch(() => 0); }

// Sends what waits, but `own`, which its page sends itself: how many were sent, are left, refused, too old.
async function flush(own) {
  const told = { sent: 0, left: 0, refused: 0, old: 0 };
  const ids = await store('out', 'readonly', rows => rows.getAllKeys()), rows = await store('out', 'readonly', all => all.getAll());
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i], row = rows[i], wait = row.next - Date.now();
    let entry = null;
    if (Math.abs(Date.now() - row.at) < KEEP) {
      if (id === own || wait > 0 && wait < 72e5) { told.left++; continue; }
      const text = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: row.iv }, await key(), row.data).catch(() => null);
      entry = text && JSON.parse(new TextDecoder().decode(text));
    }
    const end = entry ? await road.deliver(entry) : { old: 1 };
    const what = end.done ? 'sent' : end.refused ? 'refused' : end.old ? 'old' : 'left';
    told[what]++;
    if (what !== 'left') await remove(id);
    else if (end.busy) {
      row.next = Date.now() + road.pause(row.tries++, end.after);
      await store('out', 'readwrite', all => all.put(row, id));
    }
  }
  return told;
}

return { put, remove, flush };
})();
