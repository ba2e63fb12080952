"""What a file really is, by its content; what it tells about a person; and a copy without that."""

from integrations.file_contents.cleaning import cleaned
from integrations.file_contents.looking import Contents, carried, inspect

__all__ = ["Contents", "carried", "cleaned", "inspect"]
