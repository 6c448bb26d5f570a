// An answer on its way to the server: one try, and when the next may be. Part of the form's second script and of the worker.
var road = (function () {
// 72 hours.
const KEEP = 2592e5;
function ask(address, init) {
  const stop = self.AbortController && new AbortController();
  if (stop) { init.signal = stop.signal; setTimeout(() => stop.abort(), 3e4); }
  init.credentials = 'omit';
  return fetch(address, init);
}

// A civil day of Vietnam.
function day(at) { return new Date(at + 252e5).toISOString().slice(0, 10); }

// Sends a sheet, for the `first` time or again; where the point's code was replaced meanwhile, to its new one, which the entry has
// from then on. `done`: it is stored, now or before. `refused`: not as it is. Neither: later, after so many seconds. `old`: it
// waited longer than was promised. `said`: the server's own word.
async function deliver(entry, first) {
  const sheet = Object.assign({}, entry.sheet);
  try {
    if (!first) {
      // How long ago it was, by one clock: the server's, where its time was known when the answer was kept, else the phone's.
      // An age that cannot be is no age: a clock was set right meanwhile.
      const now = Date.parse((await ask('/health/live', { cache: 'no-store' })).headers.get('date'));
      const age = (entry.sure ? now : Date.now()) - entry.at, given = day(now - (age > 0 && age < KEEP ? age : 0));
      if (entry.sure && age > KEEP) return { old: 1 };
      if (given !== day(now)) sheet.answered_on = given;
    }
    const answer = await ask('/api/v1/points/' + entry.code + '/responses', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(sheet) });
    // Only the server's own word counts, whatever the status: it signs what it says. A hotel's sign-in page also answers 200.
    const [said, moved] = (answer.headers.get('sipas-said') || '').split(' ');
    if (moved) { entry.code = moved; return deliver(entry, first); }
    // Nobody else has this attempt: if other content was stored, our first try arrived, and only its answer got lost.
    if (/^stored/.test(said) || said === 'other_content' && !first) return { done: 1 };
    return { said, refused: said && !/^(too_|busy|unav|fault)/.test(said), after: +answer.headers.get('retry-after') };
  } catch (e) { return {}; }
}

// Milliseconds until the next try: what the server asked for, twice as long each time, an hour at most, never in step.
function pause(tries, after) { return Math.max((after || 0) * 1e3, Math.min(36e5, 5e3 * Math.pow(2, tries))) * (1 + Math.random() / 2); }

return { deliver, pause };
})();
