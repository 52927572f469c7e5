"""``python -m callcenter`` and the ``callcenter`` command."""

from callcenter.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
