"""The cart: what a browser has collected, looked at anew and bought in one transaction. The server keeps none of it."""
