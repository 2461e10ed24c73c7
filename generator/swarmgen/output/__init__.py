"""The output folder: formatting texts, comparing them with a folder, writing them to it."""
