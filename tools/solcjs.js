#!/usr/bin/env node
// Looks like the native `solc` to py-solc-x, brownie and slither, over the npm package "solc".
// Understood: --version, --standard-json (input on stdin, or a file name), --allow-paths A,B, --base-path P, --include-path P.
'use strict';

const fs = require('fs');
const path = require('path');

const MODULES = path.join(__dirname, '..', 'node_modules');
const PACKAGE = path.join(MODULES, 'solc');

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
  return JSON.stringify(asked);
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
  process.stdout.write(require(PACKAGE).compile(whole(input, read), { import: read }));
}

main();
