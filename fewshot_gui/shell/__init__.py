"""What any desktop program needs: actions, bars, theme, translation, saved settings, error reports."""
