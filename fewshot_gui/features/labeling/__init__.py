"""Labels by keys and menus, accepted predictions, and the step to the next picture."""
