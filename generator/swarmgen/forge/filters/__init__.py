"""Every filter, test and function that templates have, by the name they use.

Each module of this package exports any of FILTERS, TESTS and FUNCTIONS (name → callable).
"""
