// What this browser keeps from one tab to the next lies under the account that it belongs to: its cart, and the secret of the
// nickname that it is claiming. Signing out, and another account, remove it.

const account = document.getElementById("signed-in")?.dataset.account?.toLowerCase();
const KINDS = ["cart", "nickname"];

// where the signed-in account's things of a kind lie; null when nobody is signed in
export const keyOf = kind => (account ? `${kind}-${account}` : null);

export function forgetOthers() {
  const own = KINDS.map(keyOf);
  for (const name of Object.keys(localStorage)) {
    if (KINDS.some(kind => name.startsWith(`${kind}-`)) && !own.includes(name)) localStorage.removeItem(name);
  }
}
