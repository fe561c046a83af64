// The points that keys of sealed files are wrapped to: bn254's G1, as the chain's precompiles have it (EIP-196), without
// the pairing; tools/vendor.py makes one file of it (frontend/static/vendor/bn254-*.js).

import { weierstrass } from "@noble/curves/abstract/weierstrass.js";

export const Point = /* @__PURE__ */ weierstrass({
  p: 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47n,
  n: 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001n,
  h: 1n,
  a: 0n,
  b: 3n,
  Gx: 1n,
  Gy: 2n,
});
