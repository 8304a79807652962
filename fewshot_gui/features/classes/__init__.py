"""The list of classes: names, colours, keys, and the places to drop examples on."""
