"""The Dutch words of the dossier: buttons, their explanation and every refusal (messages V-62 to V-65 of part 6).

A V-message is followed by what the person can do. Keys of the tables are the values of ``declaration.Event``.
"""

from domain.errors import N_

LABELS: dict[str, str] = {
    "OPEN_NEW": N_("Nieuw dossier"),
    "SAVE": N_("Bewaren"),
    "SUBMIT": N_("Indienen"),
    "REOPEN": N_("Heropenen"),
    "BLOCK": N_("Ambtshalve blokkeren"),
    "REOPEN_ONCE": N_("Heropenen"),
    "BLOCK_AGAIN": N_("Opnieuw blokkeren"),
    "TAKE_INTO_AUDIT": N_("In audit nemen"),
    "REOPEN_FROM_AUDIT": N_("Opnieuw openstellen"),
    "CLOSE_FROM_AUDIT": N_("Afsluiten"),
    "RESTORE": N_("Terugzetten"),
}

HELP: dict[str, str] = {
    "OPEN_NEW": N_("U start de aangifte van één kwartaal."),
    "SAVE": N_("U bewaart wat is ingevuld. Het kwartaal is daarmee nog niet ingediend."),
    "SUBMIT": N_("U dient het kwartaal in. Daarna kunt u het enkel nog raadplegen."),
    "REOPEN": N_(
        "De voorziening vroeg om het ingediende kwartaal te heropenen. Ze moet het daarna opnieuw indienen; "
        "de vorige indiening blijft bewaard."
    ),
    "BLOCK": N_("Het kwartaal werd niet ingediend en wordt ambtshalve gesloten. De laatst bewaarde gegevens tellen."),
    "REOPEN_ONCE": N_(
        "De voorziening vroeg om te heropenen na de voorlopige berekening. Dat kan één keer per referentieperiode, "
        "voor alle gevraagde kwartalen samen. Ze moet ze binnen dezelfde termijn opnieuw indienen."
    ),
    "BLOCK_AGAIN": N_("Het heropende kwartaal werd niet op tijd opnieuw ingediend en wordt opnieuw gesloten."),
    "TAKE_INTO_AUDIT": N_("U controleert het kwartaal. Intussen kan de voorziening het enkel raadplegen."),
    "REOPEN_FROM_AUDIT": N_(
        "De controle stopt en de voorziening kan het kwartaal opnieuw bewerken en indienen. "
        "Dit telt niet als de eenmalige heropening."
    ),
    "CLOSE_FROM_AUDIT": N_("De controle stopt en u sluit het kwartaal af met de gegevens zoals ze nu zijn."),
    "RESTORE": N_("De controle stopt en het kwartaal krijgt zijn vorige status terug, zonder wijziging."),
}

V62 = N_(
    "Tijdens de berekening kunnen geen gegevens aangeleverd worden voor deze referentieperiode. "
    "Na de voorlopige berekening kunt u op het overzicht één keer een heropening vragen."
)
V62_CASE_MANAGER = N_(
    "Tijdens de berekening kunnen geen gegevens aangeleverd worden voor deze referentieperiode. "
    "Na de voorlopige berekening kunt u de kwartalen heropenen."
)
V63_FACILITY = N_(
    "De definitieve berekening is gemaakt. Wijzigen is niet meer mogelijk. "
    "Merkt u een fout, meld dat dan via de berichtenmodule."
)
V63_CASE_MANAGER = N_(
    "De definitieve berekening is gemaakt. Wijzigen is niet meer mogelijk. "
    "Is een correctie nodig, neem het afgesloten kwartaal dan in audit en start een herberekening."
)
V63_IN_AUDIT = N_(
    "De definitieve berekening is gemaakt. Wijzigen is niet meer mogelijk. "
    "Sluit het kwartaal af om de audit te beëindigen."
)
V64 = N_(
    "De termijn van {days} dagen is verstreken op {date}. "
    "Het Departement sluit de referentieperiode nu af; wacht de definitieve berekening af."
)
V65 = N_(
    "De kwartalen van deze referentieperiode werden al één keer heropend. "
    "Is een correctie nodig, neem het kwartaal dan in audit."
)
V65_FACILITY = N_(
    "De kwartalen van deze referentieperiode werden al één keer heropend. "
    "Merkt u nog een fout, meld dat dan via de berichtenmodule."
)

ONLY_CASE_MANAGER = N_("Enkel een dossierbeheerder van het Departement kan dit doen. Vraag het via de berichtenmodule.")
ONLY_FACILITY_SUBMITS = N_(
    "Enkel de voorziening kan een kwartaal indienen. Neem het dossier in audit en kies daarna 'Afsluiten'."
)
NOT_FOR_SCHEDULER = N_(
    "Deze actie gebeurt nooit automatisch. Een dossierbeheerder of de voorziening moet ze uitvoeren."
)

AUDIT_FIRST = N_("Neem het dossier eerst in audit. Daarna kunt u de gegevens wijzigen.")
IN_AUDIT = N_("Een dossierbeheerder controleert dit kwartaal. U kunt het enkel raadplegen tot de controle is afgerond.")
NO_PREVIOUS_STATUS = N_("De vorige status is niet gekend. Kies 'Afsluiten' of 'Opnieuw openstellen'.")
EXISTS_ALREADY = N_("Voor dit kwartaal bestaat al een dossier. Open het vanuit het overzicht.")
NOT_OPENED_YET = N_("Dit kwartaal werd nog niet geopend. Maak eerst een nieuw dossier.")
WRONG_STATUS = N_(
    "De actie '{action}' kan niet bij een dossier met de status {status}. Vernieuw de pagina om te zien wat wel kan."
)
IS_BLOCKED = N_(
    "Dit kwartaal is ambtshalve geblokkeerd. Neem contact op via de berichtenmodule als u iets wilt wijzigen."
)
ASK_REOPENING = N_(
    "Dit kwartaal is ingediend; u kunt het enkel raadplegen. Wilt u iets wijzigen, vraag dan ten laatste op {date} "
    "de heropening."
)
ASK_REOPENING_ONCE = N_(
    "Na de voorlopige berekening kunt u enkel wijzigen in een heropend kwartaal. Vraag de eenmalige heropening en dien "
    "opnieuw in, ten laatste op {date}."
)

QUARTER_NOT_BEGUN = N_("Dit kwartaal is nog niet begonnen. U kunt het dossier openen vanaf {date}.")
QUARTER_STILL_RUNS = N_("Dit kwartaal loopt nog. U kunt het indienen vanaf {date}; bewaren kan altijd.")
BEFORE_FIRST_QUARTER = N_("Deze voorziening geeft gegevens in vanaf {quarter}. Kies een later kwartaal.")
REOPENING_IS_OVER = N_(
    "Een ingediend kwartaal kon gewoon heropend worden tot en met {date}. Gebruik nu de eenmalige heropening."
)
ORDINARY_REOPENING = N_(
    "De eenmalige heropening bestaat pas na de voorlopige berekening. Tot en met {date} kan een ingediend kwartaal "
    "gewoon heropend worden."
)
REQUEST_OUTSIDE_WINDOW = N_(
    "De aanvraag moet ontvangen zijn van {first} tot en met {last}. Kijk de datum van ontvangst na."
)
BLOCKING_TOO_EARLY = N_("Een kwartaal kan pas ambtshalve geblokkeerd worden vanaf {date}.")
USE_BLOCK_AGAIN = N_("Dit kwartaal was heropend. Kies 'Opnieuw blokkeren'.")
WAS_NOT_REOPENED = N_("Dit kwartaal was niet heropend. Kies 'Ambtshalve blokkeren'.")
WINDOW_STILL_RUNS = N_(
    "De voorziening kan dit heropende kwartaal nog indienen tot en met {date}. Blokkeer het pas daarna."
)
