"""A question with one button: nothing but the token that proves the person asked."""

from __future__ import annotations

from flask_wtf import FlaskForm


class ConfirmationForm(FlaskForm):
    """Confirm an act on the page that asks."""
