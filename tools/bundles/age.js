// What the pages need of age and secp256k1; tools/vendor.py makes one file of it (frontend/static/vendor/age-*.js).

export { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
export { Point, recoverPublicKey } from "@noble/secp256k1";
