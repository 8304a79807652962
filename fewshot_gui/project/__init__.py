"""The open project as all features see it: its store, its pictures as arrays, queries, and the model and
grid of pictures.
"""
