// Stands in for parts of age that our notes never use: passphrases, post-quantum and hardware recipients, and X25519 in
// plain JavaScript for browsers that lack it (their users are told). It keeps the bundle at a third of its size.

const leftOut = () => { throw new Error("not in this bundle"); };
const nothing = new Proxy({}, { get: leftOut });

// the curve's base point is asked for even where the browser does the work
export const x25519 = { GuBytes: Uint8Array.of(9, ...new Array(31).fill(0)), scalarMult: leftOut, scalarMultBase: leftOut };
export const scrypt = leftOut;
export { nothing as MLKEM768P256, nothing as MLKEM768X25519, nothing as p256 };
