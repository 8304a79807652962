"""One file for each kind of issue; a module that publishes `ISSUE_KIND` is found."""
