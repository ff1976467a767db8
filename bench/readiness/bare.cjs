// Node by itself.
