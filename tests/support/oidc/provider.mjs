// A certified OpenID provider for the tests: oidc-provider on a free port of loopback, with its own pages for signing in and
// agreeing. Prints its address, then reads commands from standard input, a JSON object a line, and prints `done` for each:
//   {"callback": "http://…"}            where the program under test takes answers
//   {"person": "lan", "claims": {…}}    what is told of a person from now on
//   {"rotate": true}                    the keys are thrown away for new ones
//   {"signed_out": "http://…"}          where the program under test is told of sign-outs
//   {"brief": true}                     what is told of a person stands in its own answer, not in the ID token
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import * as crypto from 'node:crypto';
import { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';

// What Debian 12's Node.js 18 lacks of what the package uses.
if (!crypto.hash) {
  globalThis.crypto ??= crypto.webcrypto;
  globalThis.CryptoKey ??= crypto.webcrypto.CryptoKey;
  URL.parse ??= (text, base) => (URL.canParse(text, base) ? new URL(text, base) : null);
  const script = (text) => `data:text/javascript,${encodeURIComponent(text)}`;
  const whole = script(`export * from 'node:crypto';
    import { createHash } from 'node:crypto';
    export const hash = (kind, data, form = 'hex') => {
      const digest = createHash(kind).update(data);
      return form === 'buffer' ? digest.digest() : digest.digest(form);
    };`);
  register(script(`export const resolve = (name, from, next) => name === 'node:crypto' && from.parentURL.includes('/oidc-provider/')
    ? { url: ${JSON.stringify(whole)}, shortCircuit: true } : next(name, from);`));
}

// Its remarks about what a real installation should set would stand between the answers.
console.info = () => {};
console.warn = () => {};

// The package lies in the folder that is named, not beside this file.
const require = createRequire(pathToFileURL(`${process.argv[2]}/package.json`));
const { Provider } = await import(pathToFileURL(require.resolve('oidc-provider')));

const people = new Map();
let provider;
let callback = 'http://127.0.0.1/';
let brief = false;
let signedOut;

function key(kind) {
  const [type, options, alg] = kind === 'RSA'
    ? ['rsa', { modulusLength: 2048 }, 'RS256'] : ['ec', { namedCurve: 'P-256' }, 'ES256'];
  const { privateKey } = crypto.generateKeyPairSync(type, options);
  return { ...privateKey.export({ format: 'jwk' }), kid: crypto.randomUUID(), use: 'sig', alg };
}

const server = createServer((request, response) => provider.callback()(request, response));
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const issuer = `http://127.0.0.1:${server.address().port}`;

function renew() {
  provider = new Provider(issuer, {
    clients: [{
      client_id: 'sipas', client_secret: 'secret of the tests', redirect_uris: [callback],
      id_token_signed_response_alg: process.argv[3] ?? 'RS256', ...(signedOut && { backchannel_logout_uri: signedOut }),
    }],
    features: { backchannelLogout: { enabled: true } },
    // The program under test listens on loopback, to which the package connects by no other way.
    fetch: (url, options) => globalThis.fetch(url, { ...options, dispatcher: undefined }),
    jwks: { keys: [key('RSA'), key('EC')] },
    cookies: { keys: ['of the tests'] },
    scopes: ['openid'],
    claims: { openid: ['sub', 'amr', 'acr'], profile: ['name', 'preferred_username', 'realm_access', 'unit'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: brief,
    pkce: { required: () => true },
    findAccount: (_, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, ...people.get(id) }),
    }),
  });
  // Its own pages ask a password only; whether more was asked is told of a person too.
  const finish = provider.interactionFinished.bind(provider);
  provider.interactionFinished = (request, response, result, ...rest) => {
    if (result.login) result.login.amr = people.get(result.login.accountId)?.amr;
    return finish(request, response, result, ...rest);
  };
}
renew();
console.log(issuer);

for await (const line of createInterface({ input: process.stdin })) {
  const said = JSON.parse(line);
  if (said.person) people.set(said.person, said.claims);
  if (said.callback) callback = said.callback;
  if (said.brief !== undefined) brief = said.brief;
  if (said.signed_out) signedOut = said.signed_out;
  if (said.callback || said.rotate || said.signed_out || said.brief !== undefined) renew();
  console.log('done');
}
process.exit(0);
