"""Every URL there is, by its name, with what an address of it holds."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver


def urls(
    resolver: URLResolver | None = None, namespace: str = "", holds: tuple[str, ...] = ()
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """`("case", ("case_id",))` and so on, from the URL conf itself."""
    for pattern in (resolver or get_resolver()).url_patterns:
        held = (*holds, *pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLResolver):
            yield from urls(pattern, namespace + (f"{pattern.namespace}:" if pattern.namespace else ""), held)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", held
