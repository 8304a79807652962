"""Prepares pictures for the run to come, while the person does something else."""
