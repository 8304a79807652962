"""The tab of issues: doubtful labels, duplicates, unreadable pictures, scarce classes."""
