// What can go wrong with a sealed file. A page has words for each key; `detail` is for people who look closer.

export class SealedProblem extends Error {
  constructor(key, detail = "") {
    super(detail ? `${key}: ${detail}` : key);
    this.name = "SealedProblem";
    this.key = key;
    this.detail = detail;
  }
}
