"""Why mail came back or could not leave, in words that say what to do. The code itself stands beside them."""

from __future__ import annotations

import re

from flask_babel import gettext


def bounce_words(status: str) -> str:
    """What an enhanced status (5.1.1) or the answer of a mail server (SMTP 550) means for who can mend it."""
    code = status.removeprefix("SMTP ").strip()
    if code.startswith(("5.1", "550", "551", "553")):
        return gettext("Dit adres bestaat niet. Kijk na of het juist is geschreven.")
    if code.startswith(("5.2.2", "552", "4.2.2", "452")):
        return gettext("De mailbox is vol. Maak er plaats in en probeer het opnieuw.")
    if code.startswith("5.2"):
        return gettext("De mailbox neemt geen e-mail aan. Vraag het na bij wie hem beheert.")
    if code.startswith(("5.7", "554")):
        return gettext("De mailserver weigert onze e-mail, bijvoorbeeld door een spamfilter. Vraag uw ICT-dienst hulp.")
    if code.startswith("4"):
        return gettext("De mailserver vraagt om het later opnieuw te proberen.")
    return gettext("De mailserver van de ontvanger kon de e-mail niet afleveren.")


def failure_words(error: str) -> str:
    """Why a mail did not leave, or not yet."""
    if error == "no address":
        return gettext("Dit is geen e-mailadres. Verbeter het waar het staat.")
    if error.startswith("text: "):
        return gettext("De tekst kon niet gemaakt worden. Dat is een fout in het programma: meld het aan het beheer.")
    if error == "digest":
        return gettext("Het overzicht waar deze e-mail in stond, kon niet vertrekken.")
    if re.match(r"SMTP [45]\d\d|[45]\d\d\b", error):
        return bounce_words(error)
    return gettext("De mailserver is niet bereikbaar. Er wordt vanzelf opnieuw geprobeerd.")
