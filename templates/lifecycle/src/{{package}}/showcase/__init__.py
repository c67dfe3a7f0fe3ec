"""What was measured, shown: README, model card, plots, badges, site; and the owner's decisions."""
