"""Reads the user's own data, describes it, and proposes a project that can be built from it.

`looking.look` returns the `Profile`; the other modules are its steps. Polars takes 0.1 s to
import, so commands import these modules only when there is data to read.
"""
