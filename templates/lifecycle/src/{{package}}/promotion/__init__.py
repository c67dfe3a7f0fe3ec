"""Whether a challenger becomes champion: exported, judged on the same rows, offered; compared on live traffic."""
