"""Private notes: publishing a key, keeping what browsers have sealed, giving it to those it is for."""
