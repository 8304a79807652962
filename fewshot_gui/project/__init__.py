"""The open project, shared by all features: its store, its pictures as arrays, questions, and the model and
grid of pictures."""
