"""Between the window and what takes time: the tasks that run, and their threads."""
