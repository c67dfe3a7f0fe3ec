"""Adds add-ons and template updates to a project with git's three-way merge.

One parent of the merge is the user's project. The other is a pristine commit: the project as the
tool renders it, whose parent is the previous pristine commit.
"""
