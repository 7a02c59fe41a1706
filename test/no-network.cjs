/**
 * Loaded before a program: every way to a network throws, and is noted in the file that `NETWORK_LOG` names. Programs that catch the error
 * are found, too.
 */
const { appendFileSync } = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');

const log = process.env.NETWORK_LOG;

function refuse(name) {
  return function refused() {
    appendFileSync(log, `${name}\n`);
    throw new Error(`The test has no network: ${name}.`);
  };
}

const WAYS = {
  net: ['connect', 'createConnection', 'createServer'],
  tls: ['connect', 'createServer'],
  http: ['request', 'get', 'createServer'],
  https: ['request', 'get', 'createServer'],
  http2: ['connect', 'createServer', 'createSecureServer'],
  dgram: ['createSocket'],
};
for (const [name, functions] of Object.entries(WAYS)) {
  const loaded = require(`node:${name}`);
  for (const each of functions) loaded[each] = refuse(`${name}.${each}`);
}
const net = require('node:net');
net.Socket.prototype.connect = refuse('net.Socket.connect');
net.Server.prototype.listen = refuse('net.Server.listen');
const dns = require('node:dns');
for (const owner of [dns, dns.promises])
  for (const [name, value] of Object.entries(owner)) {
    if (typeof value === 'function' && /^(lookup|resolve|reverse)/.test(name)) owner[name] = refuse(`dns.${name}`);
  }
for (const name of ['fetch', 'WebSocket', 'EventSource'])
  Object.defineProperty(globalThis, name, { value: refuse(name), writable: true, configurable: true });
syncBuiltinESMExports();
