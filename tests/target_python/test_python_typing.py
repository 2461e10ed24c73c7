"""What a type checker tells those who use the generated helpers wrongly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

RIGHT = """
from shop import child_environment, traceparent
from shop.attributes.shop import SHOP_ORDER_ID, ShopPaymentMethodValues
from shop.events.shop import emit_shop_order_lost
from shop.metrics.shop import create_shop_duration, create_shop_visits
from shop.spans.shop import start_shop_checkout
from shop.types.shop import ShopCheckoutSpan

attributes: ShopCheckoutSpan = {"shop.order.id": "1", "shop.order.items": 2}
with start_shop_checkout(shop_order_id="1", shop_label={"a": "b"}, kind="server") as scope:
    scope.set({"shop.payment.method": ShopPaymentMethodValues.CARD})
create_shop_duration().record(0.5, {SHOP_ORDER_ID: "1"})
create_shop_visits().add(1)
emit_shop_order_lost("body", shop_order_id="1", severity="WARN")
environment: dict[str, str] = child_environment({})
header: str = traceparent()
"""

WRONG = [
    ("start_shop_checkout()", "call-arg"),
    ('start_shop_checkout(shop_order_id="1", shop_ordr_items=1)', "call-arg"),
    ('start_shop_checkout(shop_order_id="1", shop_order_items="two")', "arg-type"),
    (
        'start_shop_checkout(shop_order_id="1").set({"shop.order.itms": 2})',
        "typeddict-unknown-key",
    ),
    ("create_shop_duration().record(0.5)", "call-arg"),
    ("create_shop_duration().record(0.5, {})", "typeddict-item"),
    ('create_shop_duration().record("x", {"shop.order.id": "1"})', "arg-type"),
    ("emit_shop_order_lost()", "call-arg"),
    ("start_shop_browse()", "deprecated"),
    ("attributes.SHOP_ORDER_DI", "attr-defined"),
]


@pytest.fixture(scope="module")
def errors(
    shop_package: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[int, str]:
    """mypy's errors in the right use (line 0) and the wrong ones, by line."""
    folder = tmp_path_factory.mktemp("users")
    (folder / "shop").symlink_to(shop_package)
    (folder / "right.py").write_text(RIGHT)
    heads = [
        "from shop.attributes import shop as attributes; "
        "from shop.events.shop import *; from shop.metrics.shop import *; "
        "from shop.spans.shop import *"
    ]
    (folder / "wrong.py").write_text("\n".join(heads + [line for line, _ in WRONG]))
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file=",
        "--no-error-summary",
    ]
    options = ["--enable-error-code=deprecated", f"--cache-dir={folder / 'cache'}"]
    done = subprocess.run(
        [*command, *options, "right.py", "wrong.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    found: dict[int, str] = {}
    for line in done.stdout.splitlines():
        name, number, rest = line.split(":", 2)
        if " error: " in f"{rest} ":
            key = int(number) if name == "wrong.py" else 0
            found[key] = found.get(key, "") + rest + "\n"
    return found


def test_correct_use_passes_mypy_strict(errors: dict[int, str]) -> None:
    assert errors.get(0) is None


@pytest.mark.parametrize(
    ("number", "code"), [(i + 2, code) for i, (_, code) in enumerate(WRONG)]
)
def test_wrong_use_is_an_error_of_mypy(
    errors: dict[int, str], number: int, code: str
) -> None:
    assert f"[{code}]" in errors.get(number, ""), WRONG[number - 2][0]
