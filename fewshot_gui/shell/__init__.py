"""What a desktop program has whatever it is for: actions, bars, theme, translation, remembered choices,
error reports.
"""
