def keep_numbers(filter: str) -> str:
    return filter
