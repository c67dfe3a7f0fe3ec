"""How a model comes to be: searched, fitted, tracked, registered, scored; which feedback it may learn from."""
