// node unbrotli.js PACKED PLAIN: unpacks one brotli file, which Python's standard library cannot do.
'use strict';

const fs = require('fs');
const zlib = require('zlib');
const { pipeline } = require('stream');

const [packed, plain] = process.argv.slice(2);
pipeline(fs.createReadStream(packed), zlib.createBrotliDecompress(), fs.createWriteStream(plain), (problem) => {
  if (problem) {
    process.stderr.write(`unbrotli: ${problem.message}\n`);
    process.exitCode = 1;
  }
});
