"""Whether the champion is still right: input, output, quality; the decision, its reports and alerts."""
