"""Free bonds: what a seller puts aside for delivering in time."""
