"""How a project gets an add-on or a newer template: by git's own three-way merge.

One parent of the merge is the owner's project. The other is a commit that holds the project as
the tool renders it, whose parent is the last such commit.
"""
