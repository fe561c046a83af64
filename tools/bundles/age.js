// What the pages need of age and secp256k1; tools/vendor.py makes one file of it (frontend/static/vendor/age-*.js).

export { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
export { Point, getPublicKey, recoverPublicKey, signAsync } from "@noble/secp256k1";
export { bech32 } from "@scure/base"; // writes a sold key as the identity that it is
