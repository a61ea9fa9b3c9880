"""The page around the views: theme, transport bar, drawer, cards."""
