// keccak256 as Ethereum uses it (the original padding, not SHA-3's). Bytes in, bytes out.

const MASK = 0xffffffffffffffffn;
const RATE = 136;
const ROUNDS = 24;

const { ROTATIONS, CONSTANTS } = tables();

function tables() {
  const rotations = [], constants = [];
  for (let t = 0; t < ROUNDS; t++) {
    rotations.push(BigInt((((t + 1) * (t + 2)) / 2) % 64));
  }
  let register = 1;
  const bit = () => {
    const out = register & 1;
    register = register & 0x80 ? ((register << 1) ^ 0x171) & 0xff : register << 1;
    return out;
  };
  for (let round = 0; round < ROUNDS; round++) {
    let constant = 0n;
    for (let j = 0; j <= 6; j++) if (bit()) constant |= 1n << BigInt(2 ** j - 1);
    constants.push(constant);
  }
  return { ROTATIONS: rotations, CONSTANTS: constants };
}

const rotate = (lane, by) => by === 0n ? lane : ((lane << by) | (lane >> (64n - by))) & MASK;

// lanes lie at x + 5y
function permute(a) {
  for (let round = 0; round < ROUNDS; round++) {
    const c = [0, 1, 2, 3, 4].map(x => a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20]);
    for (let x = 0; x < 5; x++) {
      const d = c[(x + 4) % 5] ^ rotate(c[(x + 1) % 5], 1n);
      for (let y = 0; y < 25; y += 5) a[x + y] ^= d;
    }
    // the walk visits (1,0) first and moves each lane to where the next one stands
    let moving = a[1], from = [1, 0];
    for (let t = 0; t < ROUNDS; t++) {
      const to = [from[1], (2 * from[0] + 3 * from[1]) % 5];
      const at = to[0] + 5 * to[1];
      const kept = a[at];
      a[at] = rotate(moving, ROTATIONS[t]);
      moving = kept;
      from = to;
    }
    for (let y = 0; y < 25; y += 5) {
      const row = a.slice(y, y + 5);
      for (let x = 0; x < 5; x++) a[y + x] = row[x] ^ (~row[(x + 1) % 5] & MASK & row[(x + 2) % 5]);
    }
    a[0] ^= CONSTANTS[round];
  }
}

export function keccak256(bytes) {
  const blocks = Math.floor(bytes.length / RATE) + 1;
  const padded = new Uint8Array(blocks * RATE);
  padded.set(bytes);
  padded[bytes.length] ^= 0x01;
  padded[padded.length - 1] ^= 0x80;
  const view = new DataView(padded.buffer);
  const state = new Array(25).fill(0n);
  for (let block = 0; block < blocks; block++) {
    for (let lane = 0; lane < RATE / 8; lane++) state[lane] ^= view.getBigUint64(block * RATE + lane * 8, true);
    permute(state);
  }
  const out = new DataView(new ArrayBuffer(32));
  for (let lane = 0; lane < 4; lane++) out.setBigUint64(lane * 8, state[lane], true);
  return new Uint8Array(out.buffer);
}
