"""Meta-training from the window: the form, the progress, trainings to resume."""
