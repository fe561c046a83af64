// Solidity's ABI: from an ABI entry and plain values to calldata. Numbers come as decimal text, bytes as 0x hex.
// Anything that does not fit its type exactly is an error, never a guess.

import { keccak256 } from "./keccak.js";

const WORD = 32;

export const hex = bytes => "0x" + Array.from(bytes, b => b.toString(16).padStart(2, "0")).join("");

export function bytesOf(text) {
  if (!/^0x([0-9a-fA-F]{2})*$/.test(text)) throw new Error(`not hex: ${String(text).slice(0, 80)}`);
  return Uint8Array.from((text.slice(2).match(/../g) || []), pair => parseInt(pair, 16));
}

function join(parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { out.set(part, at); at += part.length; }
  return out;
}

function word(number) {
  return bytesOf("0x" + number.toString(16).padStart(2 * WORD, "0"));
}

function padded(bytes) {
  const out = new Uint8Array(Math.ceil(bytes.length / WORD) * WORD);
  out.set(bytes);
  return out;
}

export function typeName(part) {
  const array = /^(.*)(\[\d*\])$/.exec(part.type);
  if (array) return typeName({ ...part, type: array[1] }) + array[2];
  return part.type === "tuple" ? `(${part.components.map(typeName).join(",")})` : part.type;
}

function isDynamic(part) {
  const array = /^(.*)\[(\d*)\]$/.exec(part.type);
  if (array) return array[2] === "" || isDynamic({ ...part, type: array[1] });
  if (part.type === "tuple") return part.components.some(isDynamic);
  return part.type === "string" || part.type === "bytes";
}

function whole(value) {
  if (typeof value !== "string" || !/^-?[0-9]+$/.test(value)) throw new Error(`not a whole number: ${String(value).slice(0, 80)}`);
  return BigInt(value);
}

function encodeOne(part, value) {
  const array = /^(.*)\[(\d*)\]$/.exec(part.type);
  if (array) {
    if (!Array.isArray(value)) throw new Error("not a list");
    if (array[2] !== "" && value.length !== Number(array[2])) throw new Error("wrong length of a list");
    const items = encodeAll(value.map(() => ({ ...part, type: array[1] })), value);
    return array[2] === "" ? join([word(BigInt(value.length)), items]) : items;
  }
  if (part.type === "tuple") return encodeAll(part.components, value);
  if (part.type === "string") {
    if (typeof value !== "string") throw new Error("not a text");
    const bytes = new TextEncoder().encode(value);
    return join([word(BigInt(bytes.length)), padded(bytes)]);
  }
  if (part.type === "bytes") {
    const bytes = bytesOf(value);
    return join([word(BigInt(bytes.length)), padded(bytes)]);
  }
  if (part.type === "address") {
    if (!/^0x[0-9a-fA-F]{40}$/.test(value)) throw new Error(`not an address: ${String(value).slice(0, 80)}`);
    return word(BigInt(value));
  }
  if (part.type === "bool") {
    if (typeof value !== "boolean") throw new Error("not true or false");
    return word(value ? 1n : 0n);
  }
  const fixed = /^bytes(\d+)$/.exec(part.type);
  if (fixed) {
    const bytes = bytesOf(value);
    if (bytes.length !== Number(fixed[1])) throw new Error("wrong number of bytes");
    return padded(bytes);
  }
  const number = /^(u?)int(\d*)$/.exec(part.type);
  if (number) {
    const bits = BigInt(number[2] || 256);
    const found = whole(value);
    const [low, high] = number[1] ? [0n, (1n << bits) - 1n] : [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n];
    if (found < low || found > high) throw new Error(`out of range for ${part.type}`);
    return word(found < 0n ? found + (1n << 256n) : found);
  }
  throw new Error(`unknown type ${part.type}`);
}

// heads first, tails behind them, as the ABI wants it
export function encodeAll(parts, values) {
  if (!Array.isArray(values) || values.length !== parts.length) throw new Error("wrong number of values");
  const bodies = parts.map((part, i) => encodeOne(part, values[i]));
  let at = parts.reduce((sum, part, i) => sum + (isDynamic(part) ? WORD : bodies[i].length), 0);
  const heads = [], tails = [];
  parts.forEach((part, i) => {
    if (!isDynamic(part)) { heads.push(bodies[i]); return; }
    heads.push(word(BigInt(at)));
    tails.push(bodies[i]);
    at += bodies[i].length;
  });
  return join([...heads, ...tails]);
}

export function selectorOf(entry) {
  const signature = `${entry.name}(${entry.inputs.map(typeName).join(",")})`;
  return keccak256(new TextEncoder().encode(signature)).slice(0, 4);
}

export function encodeCall(entry, values) {
  return hex(join([selectorOf(entry), encodeAll(entry.inputs, values)]));
}

export const hashOf = (parts, values) => hex(keccak256(encodeAll(parts, values)));
