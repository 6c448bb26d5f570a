// An answer on its way to the server: one try, and when the next may be. Part of the form's second script and of the worker.
var road = (function () {
'use strict';
function ask(address, init) {
  const stop = self.AbortController && new AbortController();
  if (stop) { init.signal = stop.signal; setTimeout(() => stop.abort(), 3e4); }
  init.credentials = 'omit';
  return fetch(address, init);
}

// A civil day of Vietnam.
function day(at) { return new Date(at + 7 * 36e5).toISOString().slice(0, 10); }

// Sends a sheet. `done`: it is stored, now or before. `refused`: it will never be. Neither: later, after so many seconds.
async function deliver(entry) {
  const sheet = Object.assign({}, entry.sheet);
  try {
    if (!entry.first) {
      // The phone's clock may be wrong; how long ago it was is right all the same, and the server knows what day it is.
      const clock = await ask('/health/live', { cache: 'no-store' }), now = Date.parse(clock.headers.get('date'));
      const given = day(now - Math.max(0, Date.now() - entry.at));
      if (given !== day(now)) sheet.answered_on = given;
    }
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(sheet) };
    const answer = await ask('/api/v1/points/' + entry.code + '/responses', init);
    // The status first: what stands between may answer in any words, and a server without its database in none.
    if (answer.status === 429 || answer.status >= 500) return { busy: 1, after: +answer.headers.get('retry-after') || 0 };
    const said = await answer.json();
    // Only the server's own word is thanks: the sign-in page of a hotel's network also answers 200.
    if (answer.ok) return /^stored/.test(said.status) ? { done: 1 } : {};
    // Nobody else has this attempt: our first try arrived, and only its answer got lost.
    if (answer.status === 409 && !entry.first) return { done: 1 };
    return said.error ? { refused: answer.status } : {};
  } catch (e) { return {}; }
}

// Milliseconds until the next try: what the server asked for, twice as long each time, an hour at most, never in step.
function pause(tries, after) { return Math.max((after || 0) * 1e3, Math.min(36e5, 5e3 * Math.pow(2, tries))) * (1 + Math.random() / 2); }

return { deliver, pause };
})();
