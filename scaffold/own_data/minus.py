"""Regular expressions that normalize unusual notations of negative and whole numbers."""

MINUS = {
    "no decimals": ("[.,][-\u2013]+$", ""),
    "other minus": ("^[\u2212\u2013]|[\u2212\u2013]$", "-"),
    "brackets": (r"^-?\((.*\d.*)\)$", r"-\1"),
    "minus behind": (r"^([\d.,' ]+)-$", r"-\1"),
    "space": (r"^- +(\d.*)$", r"-\1"),
}
