"""The user's own data: read by its content, described, and turned into a proposal for a project.

`looking.look` gives the `Profile`; the other modules are its steps. Polars takes a tenth of a
second to import, so commands import these modules only when there is data to look at.
"""
