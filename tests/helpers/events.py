"""Events, whole: every event of a transaction in order, with each name and value."""


def events_of(tx, *contracts) -> list[tuple[str, dict]]:
    """Give all events of a transaction as (name, values), those of the given contracts only, or all."""
    addresses = {str(contract.address) for contract in contracts}
    return [
        (event.name, {name: plain(value) for name, value in event.items()})
        for event in tx.events
        if not addresses or str(event.address) in addresses
    ]


def plain(value):
    """Give a decoded value in a form that compares: hex text for bytes, tuples for structs and lists."""
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, list | tuple):
        return tuple(plain(part) for part in value)
    if isinstance(value, bool | int):
        return value
    text = str(value)
    return text.lower() if text.startswith("0x") else text


def assert_events(tx, contracts, *expected: tuple[str, dict]) -> None:
    """Compare all events of the contracts with what was expected: names, order, values."""
    wanted = [(name, {key: plain(value) for key, value in values.items()}) for name, values in expected]
    found = events_of(tx, *contracts)
    assert found == wanted, f"{found}\n is not\n{wanted}"
