#!/usr/bin/env node
// Looks like the native `solc` to py-solc-x, brownie and slither, over the npm package "solc".
// Understood: --version, --standard-json (input on stdin, or a file name), --allow-paths A,B, --base-path P, --include-path P.
'use strict';

const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const zlib = require('zlib');

const MODULES = path.join(__dirname, '..', 'node_modules');
const PACKAGE = path.join(MODULES, 'solc');
const KEPT = path.join(__dirname, '..', '.local', 'solc-answers');
const MOST_KEPT = 6;
// all that any of our callers reads; asked for together, so that they can share one answer
const EVERYTHING = {
  '*': {
    '*': ['abi', 'devdoc', 'userdoc', 'metadata', 'storageLayout', 'evm.bytecode', 'evm.deployedBytecode', 'evm.methodIdentifiers'],
    '': ['ast'],
  },
};

function fail(sentence) {
  process.stderr.write(`solcjs: ${sentence}\n`);
  process.exit(1);
}

function parse(argv) {
  const wanted = { roots: [], file: null, version: false, standardJson: false };
  for (let i = 0; i < argv.length; i += 1) {
    const word = argv[i];
    if (word === '--version') wanted.version = true;
    else if (word === '--standard-json') wanted.standardJson = true;
    else if (word === '--base-path' || word === '--include-path') wanted.roots.push(argv[(i += 1)]);
    else if (word === '--allow-paths') i += 1; // a sandbox of the native compiler; the wasm one reads only what it is handed
    else if (word === '-') wanted.file = null;
    else if (!word.startsWith('-')) wanted.file = word;
    else fail(`unknown option ${word}; only --version and --standard-json are offered`);
  }
  return wanted;
}

// The long version string is cached: starting the wasm only to ask costs 350 ms, and brownie asks about thirty times.
function longVersion() {
  const short = require(path.join(PACKAGE, 'package.json')).version;
  const cache = path.join(MODULES, '.solc-long-version');
  try {
    const known = fs.readFileSync(cache, 'utf8');
    if (known.startsWith(`${short}+`)) return known;
  } catch (missing) {
    // first call after an install
  }
  const long = require(PACKAGE).version();
  try {
    fs.writeFileSync(cache, long);
  } catch (readOnly) {
    // only slower
  }
  return long;
}

function reader(roots) {
  return (name) => {
    for (const root of path.isAbsolute(name) ? [''] : roots) {
      const file = path.join(root, name);
      try {
        return { contents: fs.readFileSync(file, 'utf8') };
      } catch (missing) {
        // the next root
      }
    }
    return { error: `File not found: ${name}` };
  };
}

const IMPORT = /^\s*import\s+(?:[^"';]*?\bfrom\s+)?["']([^"']+)["']\s*;/gm;

// The compiler numbers what it reads in the order in which it comes, and through the IR a contract's bytes can depend on these
// numbers. Handed over whole, sources come sorted by name, whoever asks: brownie, or an explorer with the published input.
function whole(input, read) {
  const asked = JSON.parse(input);
  const remappings = (asked.settings?.remappings ?? []).map((entry) => entry.split('='));
  const sources = asked.sources ?? {};
  const left = Object.keys(sources);
  while (left.length > 0) {
    const name = left.pop();
    for (const [, found] of (sources[name].content ?? '').matchAll(IMPORT)) {
      const known = remappings.find(([prefix]) => found.startsWith(prefix));
      const meant = found.startsWith('.') ? path.posix.join(path.posix.dirname(name), found) : known ? known[1] + found.slice(known[0].length) : found;
      const { contents } = meant in sources ? {} : read(meant);
      if (contents === undefined) continue; // it is there, or the compiler says that it is not
      sources[meant] = { content: contents };
      left.push(meant);
    }
  }
  return asked;
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

function compiled(asked, read) {
  return require(PACKAGE).compile(JSON.stringify(asked), { import: read });
}

// Making code of all contracts takes minutes, and brownie, the bundle for explorers and its test ask for the same. An answer
// is kept under the hash of the whole question and the compiler's version; what asks for no code is answered anew each time.
function answer(asked, read) {
  if (!JSON.stringify(asked.settings?.outputSelection ?? {}).includes('evm.')) return compiled(asked, read);
  const question = sorted({ ...asked, settings: { ...asked.settings, outputSelection: EVERYTHING } });
  const hash = crypto.createHash('sha256').update(longVersion()).update(JSON.stringify(question)).digest('hex');
  const file = path.join(KEPT, `${hash}.json.gz`);
  try {
    const known = zlib.gunzipSync(fs.readFileSync(file)).toString();
    fs.utimesSync(file, new Date(), new Date());
    return known;
  } catch (unknown) {
    // not asked yet, or half written
  }
  const made = compiled(question, read);
  if (!(JSON.parse(made).errors ?? []).some((problem) => problem.severity === 'error')) keep(file, made);
  return made;
}

function keep(file, made) {
  try {
    fs.mkdirSync(KEPT, { recursive: true });
    const own = `${file}.${process.pid}`;
    fs.writeFileSync(own, zlib.gzipSync(made, { level: 1 }));
    fs.renameSync(own, file);
    const known = fs.readdirSync(KEPT).map((name) => path.join(KEPT, name));
    const age = new Map(known.map((name) => [name, fs.statSync(name).mtimeMs]));
    for (const old of known.sort((a, b) => age.get(b) - age.get(a)).slice(MOST_KEPT)) fs.rmSync(old, { force: true });
  } catch (readOnly) {
    // only slower
  }
}

function main() {
  if (!fs.existsSync(PACKAGE)) fail('the npm package "solc" is not installed; run: make bootstrap');
  const wanted = parse(process.argv.slice(2));
  if (wanted.version) {
    process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${longVersion()}\n`);
    return;
  }
  if (!wanted.standardJson) fail('nothing to do; give --version or --standard-json');
  const input = fs.readFileSync(wanted.file === null ? 0 : wanted.file, 'utf8');
  const roots = wanted.roots.length > 0 ? wanted.roots : [process.cwd()];
  const read = reader(roots);
  process.stdout.write(answer(whole(input, read), read));
}

main();
