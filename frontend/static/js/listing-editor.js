// The form of a new listing: its pictures, its times, what its price comes to, and how it looks on a phone.

import "./pictures.js";
import "./listing-times.js";
import "./phone.js";

if (document.querySelector("[data-fiat]")) import("./price-hint.js");
