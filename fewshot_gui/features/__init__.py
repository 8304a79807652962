"""One folder for each thing that a person does. Features do not import each other; `main_window.py`
connects them.
"""
