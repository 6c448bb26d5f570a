// Served in the place of the worker when SIPAS_OFFLINE is off: takes its kept pages away, and itself.
self.addEventListener('install', e => e.waitUntil(self.skipWaiting()));
self.addEventListener('activate', e => e.waitUntil(caches.keys()
  .then(names => Promise.all(names.map(name => caches.delete(name))))
  .then(() => self.registration.unregister())));
